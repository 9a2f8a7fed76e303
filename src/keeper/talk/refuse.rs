//! Questions about sensors, places and times that the station does not have. An honest "no" is better than the answer
//! to another question.

use super::impossible::impossible;
use super::intent::Intent;
use super::unanswerable::unanswerable;
use crate::keeper::language::dates;
use crate::keeper::language::tokens::Tokens;
use crate::keeper::language::topic::{self, Context};
use crate::keeper::language::units;
use crate::keeper::language::vocabulary::{
    ABOVE, AVERAGE, BELOW, COMPARE, FORGET, FUTURE, HIGHEST, LESS, LOWEST, MORE, WARN, is_known,
};
use weather::day;

/// Words for places that a sensor may stand at, and that are never the weather outside.
const SENSOR_PLACES: &[&str] = &[
    "inside",
    "indoor",
    "indoors",
    "greenhouse",
    "cellar",
    "basement",
    "attic",
    "loft",
    "garage",
    "kitchen",
    "bedroom",
    "bathroom",
    "fridge",
    "freezer",
    "shed",
    "pool",
    "pond",
    "cabin",
    "stable",
    "barn",
    "office",
    "lounge",
    "sauna",
    "aquarium",
    "terrarium",
    "chicken",
    "beehive",
    "hive",
];
/// Words for what falls and no gauge here counts.
const SNOW: &[&str] = &["snow", "snows", "snowing", "snowed", "snowfall", "snowy", "hail", "hails", "hailing", "sleet"];
/// Words that may stand behind `at`, `in` and `than` without being a place.
const NO_PLACES: &[&str] = &[
    "the",
    "a",
    "an",
    "all",
    "any",
    "my",
    "your",
    "this",
    "that",
    "these",
    "those",
    "its",
    "it",
    "here",
    "there",
    "outside",
    "outdoors",
    "air",
    "sky",
    "open",
    "shade",
    "sun",
    "moment",
    "present",
    "now",
    "once",
    "night",
    "general",
    "total",
    "average",
    "fact",
    "case",
    "usual",
    "usually",
    "normal",
    "before",
    "then",
    "ever",
    "earlier",
    "later",
    "noon",
    "midday",
    "midnight",
    "dawn",
    "dusk",
    "sunrise",
    "sunset",
    "morning",
    "evening",
    "afternoon",
    "spring",
    "summer",
    "autumn",
    "winter",
    "past",
    "previous",
    "current",
    "same",
    "area",
    "region",
    "wild",
    "town",
    "home",
    "ground",
    "soil",
    "between",
    "row",
    "particular",
    "detail",
    "short",
    "about",
    "around",
    "most",
    "least",
    "me",
    "you",
    "i",
    "we",
    "us",
    "course",
    "what",
    "which",
    "hour",
    "day",
    "days",
    "minute",
    "minutes",
    "second",
    "seconds",
    "real",
    "year",
    "years",
    "month",
    "months",
    "english",
    "german",
    "station",
    "measured",
    "may",
];

/// Why a text cannot be answered, if it is about something that is not here.
pub fn refuse(text: &str, tokens: &Tokens, context: &Context) -> Option<Intent> {
    let first = tokens.at(0).unwrap_or_default();
    let is_ahead = tokens.any(FUTURE) || tokens.phrase(&["going", "to"]);
    if FORGET.contains(&first) || first == "list" || (is_ahead && !tokens.any(WARN)) {
        return None;
    }
    let compares = tokens.any(LESS) || tokens.any(MORE) || tokens.any(COMPARE);
    let limits = tokens.any(BELOW) || tokens.any(ABOVE) || tokens.any(WARN);
    let extreme = tokens.any(LOWEST) || tokens.any(HIGHEST) || tokens.any(AVERAGE);
    let weather = topic::quantity(tokens).is_some() || tokens.any(&["weather", "feel", "feels"]);
    if tokens.any(SNOW) {
        return Some(Intent::Cannot("I have no gauge for snow or hail, only one for rain at best.".to_owned()));
    }
    let is_wish = tokens.any(WARN);
    if let Some(why) = unanswerable(tokens, context, is_wish) {
        return Some(Intent::Cannot(why));
    }
    if !(weather || compares || limits || extreme) {
        return None;
    }
    let today = day::date_at(&context.here.zone, context.now);
    (0..tokens.all.len())
        .find_map(|at| units::foreign_at(tokens, at).filter(|_| at > 0 && tokens.at(at - 1) == Some("in")))
        .map(|unit| format!("I do not know the unit \"{unit}\"."))
        .or_else(|| sensor(tokens, context))
        .or_else(|| place(tokens, context, limits))
        .map(Intent::Cannot)
        .or_else(|| impossible(text, tokens, today))
        .or_else(|| is_instant(text, tokens, limits).then(instant))
        .or_else(|| stretch(tokens).map(Intent::Cannot))
        .or_else(|| (!compares && !is_wish).then(|| part_of_a_stretch(tokens))?.map(Intent::Cannot))
}

fn instant() -> Intent {
    Intent::Cannot(
        "I answer for now and for stretches of time (\"this morning\", \"yesterday\", \"in the last 3 hours\"), not for a \
         single time of day."
            .to_owned(),
    )
}

/// Words for stretches of time that no period means. Without them here, the day would be answered for.
const NO_PERIODS: &[&str] = &[
    "afternoon",
    "evening",
    "evenings",
    "noon",
    "midday",
    "dawn",
    "dusk",
    "sunrise",
    "sunset",
    "weekend",
    "weekends",
    "fortnight",
    "second",
    "seconds",
    "decade",
    "decades",
    "century",
    "season",
    "seasons",
    "spring",
    "summer",
    "autumn",
    "winter",
    "quarter",
    "tonight",
    "couple",
    "except",
    "semester",
    "holidays",
    "christmas",
    "easter",
];

/// A stretch of time that cannot be answered for, by its name.
fn stretch(tokens: &Tokens) -> Option<String> {
    let part = |word: &str, with: &[&[&str]]| tokens.any(&[word]) && !with.iter().any(|phrase| tokens.phrase(phrase));
    let quarter = |at: usize| tokens.at(at) == Some("quarter") && (1..=3).any(|on| tokens.at(at + on) == Some("hour"));
    let named = (0..tokens.all.len())
        .find(|&at| tokens.at(at).is_some_and(|word| NO_PERIODS.contains(&word)) && !quarter(at))
        .and_then(|at| tokens.at(at))
        .or_else(|| part("morning", &[&["this", "morning"], &["good", "morning"]]).then_some("morning"))
        .or_else(|| part("night", &[&["last", "night"], &["over", "night"], &["good", "night"]]).then_some("night"))?;
    Some(format!(
        "I have no stretch of time called \"{named}\" here. I know today, yesterday, last night, this morning, weeks, months, \
         this year, single days, and lengths such as \"in the last 20 minutes\" or \"in the last 3 days\"."
    ))
}

/// Words that cut a stretch of time, or that ask for many of them, if a time stands behind them.
const CUTS: &[&str] = &["between", "until", "till", "before", "after", "first", "final", "each", "every", "per"];

/// A question for which the stretch that was found would be only a part of the answer: with two times in it, or with a
/// word that cuts one.
fn part_of_a_stretch(tokens: &Tokens) -> Option<String> {
    let all = 0..tokens.all.len();
    let times: Vec<usize> = all.filter(|&at| dates::is_time(tokens, at)).collect();
    let cut = |&at: &usize| {
        let before = (1..=3).filter_map(|back| at.checked_sub(back)).filter_map(|place| tokens.at(place));
        before.into_iter().find(|word| CUTS.contains(word)).filter(|_| !tokens.phrase(&["day", "before", "yesterday"]))
    };
    let many = |&&at: &&usize| dates::is_weekday(tokens, at) && at > 0 && tokens.number_at(at - 1).is_some();
    let named = match times[..] {
        [one, other, ..] => two(tokens, one, other)?,
        _ => match times.iter().find_map(cut) {
            Some(word) => format!("\"{word}\""),
            None => format!("several of \"{}\"", times.iter().find(many).and_then(|&at| tokens.at(at))?),
        },
    };
    Some(format!(
        "I answer for one stretch of time in a question (\"since Monday\", \"yesterday\", \"in the last 90 minutes\"), not \
         for {named}."
    ))
}

/// Two times as they were said: `"monday" and "today"`, `"3 november" and "5 november"`, `"monday" twice`.
fn two(tokens: &Tokens, one: usize, other: usize) -> Option<String> {
    let (first, second) = (tokens.at(one)?, tokens.at(other)?);
    if first != second {
        return Some(format!("\"{first}\" and \"{second}\""));
    }
    let is_ordinal = |at: usize| matches!(tokens.at(at), Some("of" | "st" | "nd" | "rd" | "th"));
    let day = |at: usize| {
        let before = (1..=3).filter_map(|back| at.checked_sub(back)).find(|&before| !is_ordinal(before));
        before.and_then(|before| tokens.number_at(before)).or_else(|| tokens.number_at(at + 1))
    };
    Some(match (day(one), day(other)) {
        (Some(one), Some(other)) if one != other => format!("\"{one} {first}\" and \"{other} {first}\""),
        _ => format!("\"{first}\" twice"),
    })
}

/// A sensor that the station does not have.
fn sensor(tokens: &Tokens, context: &Context) -> Option<String> {
    if context.sensor(tokens).is_some() || context.station(tokens, true).is_some() {
        return None;
    }
    let at = tokens.find(SENSOR_PLACES)?;
    let word = tokens.at(at)?;
    let own = context.here.name.to_lowercase();
    if own.split_whitespace().any(|part| part == word) {
        return None;
    }
    let number = tokens.number_at(at + 1).filter(|number| number.fract() == 0.0 && (0.0..100.0).contains(number));
    let number = number.map_or(String::new(), |number| format!(" {number}"));
    let mut names: Vec<String> =
        context.known.iter().map(|(sensor, _)| sensor.as_str().replace(['-', '_'], " ")).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names.truncate(SENSORS_NAMED_MAX);
    let others =
        if names.is_empty() { String::new() } else { format!(" Besides the main one I have: {}.", names.join(", ")) };
    Some(format!("I have no sensor called \"{word}{number}\".{others}"))
}

/// Sensors that are named to choose from.
const SENSORS_NAMED_MAX: usize = 5;

/// A place that is no station, or one that another keeper watches.
fn place(tokens: &Tokens, context: &Context, limits: bool) -> Option<String> {
    let named = context.station(tokens, true);
    let own = context.here.name.to_lowercase();
    let own = |word: &str| own.contains(word) || context.here.slug.as_str().contains(word);
    let of_sensor =
        |word: &str| context.known.iter().any(|(sensor, _)| sensor.as_str().split(['-', '_']).any(|part| part == word));
    // Some words are in the vocabulary only so that nothing else is taken for a slip of them.
    let means = |word: &str| is_known(word) && !NOT_PLACED.contains(&word);
    (0..tokens.all.len()).find_map(|at| {
        let leads = matches!(tokens.at(at)?, "at" | "in" | "than" | "near");
        let after = at + 1 + usize::from(tokens.at(at + 1) == Some("at"));
        let after = after + usize::from(matches!(tokens.at(after), Some("the" | "in")));
        let word = tokens.at(after).filter(|word| leads && word.chars().count() > 2)?;
        if let Some(station) = named {
            let told = limits && tokens.any(WARN);
            let name = &station.name;
            return told.then(|| format!("I watch only my own instruments. Ask the keeper of {name} on its page."));
        }
        let meant = means(word)
            || NO_PLACES.contains(&word)
            || NO_PERIODS.contains(&word)
            || units::is_unit(word)
            || own(word)
            || of_sensor(word);
        let typed = tokens.typed.get(after)?;
        (!meant).then(|| format!("I know no station called \"{typed}\"."))
    })
}

/// Words of the vocabulary that are places all the same.
const NOT_PLACED: &[&str] = &["harbour", "harbor", "tower", "garden", "field", "forest", "street", "house"];

/// True if a single point in time is meant: `at 15:00`, `3 pm`, `3 hours ago`, `yesterday at noon`.
fn is_instant(text: &str, tokens: &Tokens, limits: bool) -> bool {
    let clock = text
        .as_bytes()
        .windows(4)
        .any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit());
    let spoken = |at: usize| {
        let next = tokens.at(at + 1);
        tokens.number_at(at).is_some() && matches!(next, Some("pm" | "am" | "oclock"))
    };
    // "Warn me at 30 degrees" is about degrees.
    let hour = |at: usize| {
        tokens.number_at(at).is_some() && !limits && !tokens.phrase(&["or", "less"]) && !tokens.phrase(&["or", "more"])
    };
    let named = |at: usize| {
        let noon = matches!(tokens.at(at + 1), Some("noon" | "midday" | "midnight" | "dawn" | "sunrise" | "sunset"));
        tokens.at(at) == Some("at") && (noon || hour(at + 1))
    };
    clock || tokens.any(&["ago"]) || (0..tokens.all.len()).any(|at| spoken(at) || named(at))
}
