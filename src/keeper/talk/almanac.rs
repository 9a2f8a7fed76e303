//! Questions about the sun and the moon, about how many days were of a kind, and about the records of today.

use super::intent::{Intent, OfSun};
use crate::keeper::language::dates;
use crate::keeper::language::period::{Period, Stretch};
use crate::keeper::language::tokens::Tokens;
use crate::keeper::language::topic::Context;
use crate::keeper::language::vocabulary::{HIGHEST, LOWEST, WARN};
use chrono::NaiveDate;
use weather::climate::counts::Kind;
use weather::day;
use weather::quantity::Quantity;
use weather::station::SensorName;

const RISE: &[&str] = &["sunrise", "sunrises", "sunup"];
const SET: &[&str] = &["sunset", "sunsets", "sundown"];
const TWILIGHT: &[&str] = &["dawn", "dusk", "twilight"];
const MOON: &[&str] = &["moon", "moons", "moonlight"];

/// What such a text asks for. A wish to be warned is none of these, and a thing that is called so is no star.
pub(super) fn asked(tokens: &Tokens, context: &Context) -> Option<Intent> {
    let is_named = context.sensor(tokens).is_some() || context.station(tokens, true).is_some();
    if tokens.any(WARN) || is_named {
        return None;
    }
    kind(tokens)
        .map(|(kind, rest)| count(kind, &rest, context))
        .or_else(|| records(tokens))
        .or_else(|| sky(tokens, context))
}

/// True if a text speaks of when the sun rises or sets, or of the moon.
pub(super) fn is_of_the_sky(tokens: &Tokens) -> bool {
    of_sun(tokens).is_some() || tokens.any(MOON)
}

/// "How many frost days this year?", "hot days in the last 3 years", "was yesterday a frost day?"; and the text without the name, for
/// its `days` are none of a period.
fn kind(tokens: &Tokens) -> Option<(Kind, Tokens)> {
    let place = |kind: &Kind| {
        let (first, last) = kind.name().split_once(' ')?;
        tokens.find_phrase(&[first, last]).or_else(|| tokens.find_phrase(&[first, last.trim_end_matches('s')]))
    };
    let named = Kind::ALL.into_iter().find_map(|kind| Some((kind, place(&kind)?, 2)));
    let frosts = || Some((Kind::Frost, tokens.find_phrase(&["many", "frosts"])?, 2));
    let (kind, at, length) = named.or_else(frosts)?;
    let mut rest = tokens.clone();
    rest.all.drain(at..at + length);
    rest.typed.drain(at..at + length);
    Some((kind, rest))
}

fn count(kind: Kind, rest: &Tokens, context: &Context) -> Intent {
    let today = day::date_at(&context.here.zone, context.now);
    let period = dates::find(rest, today).unwrap_or(Period::Year);
    let is_measured = context.known.is_empty() || context.known.contains(&(SensorName::main(), Quantity::Temperature));
    match period.stretch(&context.here.zone, context.now) {
        _ if !is_measured => Intent::Missing(Quantity::Temperature),
        Stretch::Hours(..) => Intent::Cannot(format!("I count {} of whole days, not of hours.", kind.name())),
        Stretch::Days(..) => Intent::Count { kind, period },
    }
}

/// "Any records today?", "new records?"
fn records(tokens: &Tokens) -> Option<Intent> {
    let asked = tokens.any(&["record", "records"])
        && tokens.any(&["today", "new", "broken", "fallen"])
        && !(tokens.any(HIGHEST) || tokens.any(LOWEST));
    asked.then_some(Intent::NewRecords)
}

/// "Sunrise?", "when does the sun set?", "how long is the day?", "moon?"
fn sky(tokens: &Tokens, context: &Context) -> Option<Intent> {
    let asked = of_sun(tokens);
    if asked.is_none() && !tokens.any(MOON) {
        return None;
    }
    let Some(date) = date(tokens, context) else {
        return Some(Intent::Cannot("I tell of the sun and the moon on a single day.".to_owned()));
    };
    Some(asked.map_or(Intent::Moon(date), |asked| Intent::Sun { asked, date }))
}

fn of_sun(tokens: &Tokens) -> Option<OfSun> {
    let behind_sun = |words: &[&str]| {
        tokens.find(&["sun"]).and_then(|at| tokens.at(at + 1)).is_some_and(|word| words.contains(&word))
    };
    let gets = tokens.any(&["get", "gets", "become", "becomes"]);
    // "How light is it" is about radiation.
    if tokens.any(RISE) && tokens.any(SET) {
        Some(OfSun::Length)
    } else if tokens.any(RISE) || behind_sun(&["rise", "rises", "rising", "up"]) {
        Some(OfSun::Rise)
    } else if tokens.any(SET) || behind_sun(&["set", "sets", "setting", "down"]) {
        Some(OfSun::Set)
    } else if tokens.any(TWILIGHT) || (gets && tokens.any(&["dark"])) {
        Some(OfSun::Twilight)
    } else if tokens.any(&["daylight"])
        || tokens.phrase(&["day", "length"])
        || tokens.phrase(&["length", "of", "the", "day"])
        || tokens.phrase(&["how", "long", "is", "the", "day"])
    {
        Some(OfSun::Length)
    } else {
        None
    }
}

/// Today, if no other day is named. `None` for what is no single day.
fn date(tokens: &Tokens, context: &Context) -> Option<NaiveDate> {
    let today = day::date_at(&context.here.zone, context.now);
    if tokens.any(&["tomorrow", "tomorrows"]) {
        return today.succ_opt();
    }
    match dates::find(tokens, today).map(|period| period.stretch(&context.here.zone, context.now)) {
        None => Some(today),
        Some(Stretch::Days(from, to)) if from == to => Some(from),
        Some(_) => None,
    }
}
