//! A station's part of the overview: its card and its part of the scripts' state, each made once for many pages.

use super::chart::Chart;
use super::facts::Facts;
use super::hero::Hero;
use super::roster::{Columns, RosterRow};
use super::tiles::{Indoors, Wind};
use super::{assets, row_state, state, tiles};
use askama::Template;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{SECOND_MS, Timestamp};

/// One station as all pages show it, until there is news of it. Nothing in it is a visitor's own.
pub struct Sheet {
    facts: Facts,
    made: Mutex<Made>,
}

/// What was printed, and in which second: ages count seconds.
#[derive(Default)]
struct Made {
    json: Option<(i64, Arc<str>)>,
    /// One for each choice of units.
    cards: [Option<(i64, Arc<str>)>; 4],
    /// As a row of a table; the scripts' state, and one for each choice of units with the columns that it has.
    row_json: Option<(i64, Arc<str>)>,
    rows: [Option<(i64, Columns, Arc<str>)>; 4],
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
        self.print(now, |made| &mut made.json, make)
    }

    /// Its card as of this second, HTML.
    pub(crate) fn card(&self, now: Timestamp, preference: Preference) -> Arc<str> {
        let place = place(preference);
        // Printing to memory does not fail.
        let make = || Card::of(&self.facts.known_at(now), now, preference).render().unwrap_or_default();
        self.print(now, |made| &mut made.cards[place], make)
    }

    /// Its part of the scripts' state as of this second where it is a row, JSON.
    pub(crate) fn row_json(&self, now: Timestamp) -> Arc<str> {
        let make = || row_state::row(&self.facts.known_at(now), now);
        self.print(now, |made| &mut made.row_json, make)
    }

    /// Its row in these columns as of this second, HTML. Pages with other columns make it again.
    pub(crate) fn row(&self, columns: Columns, now: Timestamp, preference: Preference) -> Arc<str> {
        let (place, second) = (place(preference), now.0.div_euclid(SECOND_MS));
        if let Some((of, with, text)) = &self.lock().rows[place]
            && (*of, *with) == (second, columns)
        {
            return Arc::clone(text);
        }
        let row = RosterRow::of(&self.facts.known_at(now), columns, now, preference).render();
        let text: Arc<str> = row.unwrap_or_default().into();
        self.lock().rows[place] = Some((second, columns, Arc::clone(&text)));
        text
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was printed this second already, or prints it.
    fn print(
        &self,
        now: Timestamp,
        place: impl Fn(&mut Made) -> &mut Option<(i64, Arc<str>)>,
        make: impl FnOnce() -> String,
    ) -> Arc<str> {
        let second = now.0.div_euclid(SECOND_MS);
        if let Some((of, text)) = place(&mut self.lock())
            && *of == second
        {
            return Arc::clone(text);
        }
        let text: Arc<str> = make().into();
        *place(&mut self.lock()) = Some((second, Arc::clone(&text)));
        text
    }
}

/// Where what depends on units is kept.
fn place(preference: Preference) -> usize {
    usize::from(preference.fahrenheit) * 2 + usize::from(preference.us)
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
