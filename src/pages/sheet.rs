//! A station's part of the overview: its card and its part of the scripts' state, each made once for many pages.

use super::chart::Chart;
use super::facts::Facts;
use super::hero::Hero;
use super::tiles::{Indoors, Wind};
use super::{assets, state, tiles};
use askama::Template;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{SECOND_MS, Timestamp};

/// One station as all pages show it, until there is news of it. Nothing in it is a visitor's own.
pub struct Sheet {
    facts: Facts,
    made: Mutex<Made>,
}

/// Cards that are kept of a station: few readers come in the same second with other units.
const CARDS_MAX: usize = 4;

/// A text, and the second that it is of.
type Printed = (i64, Arc<str>);

/// What was printed, and in which second: ages count seconds.
#[derive(Default)]
struct Made {
    json: Option<Printed>,
    /// For the units and the decimal sign of readers, those that were printed last; at most [`CARDS_MAX`].
    cards: Vec<(Preference, Printed)>,
}

impl Sheet {
    /// A sheet of these facts. Extremes are not on it.
    pub fn new(facts: Facts) -> Self {
        Self { facts, made: Mutex::default() }
    }

    /// What is known of it.
    pub(crate) fn facts(&self, now: Timestamp) -> Cow<'_, Facts> {
        self.facts.known_at(now)
    }

    /// The station's name in addresses.
    pub(crate) fn slug(&self) -> &str {
        self.facts.station.slug.as_str()
    }

    /// Its part of the scripts' state as of this second, JSON.
    pub(crate) fn json(&self, now: Timestamp) -> Arc<str> {
        let make = || state::card(&self.facts.known_at(now), now);
        let keep = |made: &mut Made, printed| made.json = Some(printed);
        self.print(now, |made| made.json.as_ref(), keep, make)
    }

    /// Its card as of this second, HTML.
    pub(crate) fn card(&self, now: Timestamp, preference: Preference) -> Arc<str> {
        // Printing to memory does not fail.
        let make = || Card::of(&self.facts.known_at(now), now, preference).render().unwrap_or_default();
        let find = |made: &'_ Made| made.cards.iter().position(|(of, _)| *of == preference);
        let keep = |made: &mut Made, printed| {
            let oldest = find(made).or((made.cards.len() >= CARDS_MAX).then_some(0));
            if let Some(place) = oldest {
                made.cards.remove(place);
            }
            made.cards.push((preference, printed));
        };
        self.print(now, |made| made.cards.get(find(made)?).map(|(_, printed)| printed), keep, make)
    }

    /// What was printed this second already, or prints it.
    fn print(
        &self,
        now: Timestamp,
        find: impl Fn(&Made) -> Option<&Printed>,
        keep: impl FnOnce(&mut Made, Printed),
        make: impl FnOnce() -> String,
    ) -> Arc<str> {
        let second = now.0.div_euclid(SECOND_MS);
        let lock = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = find(&lock()).filter(|(of, _)| *of == second) {
            return Arc::clone(text);
        }
        let text: Arc<str> = make().into();
        keep(&mut lock(), (second, Arc::clone(&text)));
        text
    }
}

/// A station on the overview.
#[derive(Debug, Template)]
#[template(path = "part/card.html")]
struct Card<'a> {
    build: String,
    slug: &'a str,
    name: &'a str,
    hero: Hero,
    /// Other values, if the station has no outdoor thermometer.
    indoors: Option<Indoors>,
    wind: Wind,
    wind_speed: String,
    humidity: String,
    spark: Option<Chart>,
}

impl<'a> Card<'a> {
    fn of(facts: &'a Facts, now: Timestamp, preference: Preference) -> Self {
        Self {
            build: assets::build(),
            slug: facts.station.slug.as_str(),
            name: &facts.station.name,
            hero: Hero::of(facts, now, preference),
            indoors: tiles::indoors(facts, now, preference),
            wind: Wind::of(facts, now, preference),
            wind_speed: tiles::main_text(facts, Quantity::WindSpeed, now, preference),
            humidity: tiles::main_text(facts, Quantity::Humidity, now, preference),
            spark: Chart::spark(facts, preference),
        }
    }
}
