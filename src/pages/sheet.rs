//! A station's part of the overview: its card and its part of the scripts' state, each made once for many pages.

use super::chart::Chart;
use super::facts::Facts;
use super::hero::Hero;
use super::indoors::{self, Indoors};
use super::roster::{Columns, RosterRow};
use super::tiles::Wind;
use super::{assets, row_state, state, tiles};
use askama::Template;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{SECOND_MS, Timestamp};

/// One station as all pages show it, until there is news of it. Nothing in it is a visitor's own.
pub struct Sheet {
    facts: Facts,
    json: Kept<()>,
    cards: Kept<Preference>,
    /// As a row of a table: the scripts' state, and what is printed in some columns.
    row_json: Kept<()>,
    rows: Kept<(Preference, Columns)>,
}

/// Texts that are kept of one kind: few readers come in the same second with other units.
const KEPT_MAX: usize = 4;

/// Texts of one second, because ages count seconds, by what else they depend on. The oldest give way beyond [`KEPT_MAX`].
struct Kept<K>(Mutex<Vec<(K, i64, Arc<str>)>>);

impl<K> Default for Kept<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq> Kept<K> {
    /// What was printed this second already, or prints it.
    fn print(&self, of: K, now: Timestamp, make: impl FnOnce() -> String) -> Arc<str> {
        let second = now.0.div_euclid(SECOND_MS);
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., text)) = lock().iter().find(|(known, at, _)| *known == of && *at == second) {
            return Arc::clone(text);
        }
        let text: Arc<str> = make().into();
        let mut kept = lock();
        kept.retain(|(known, ..)| *known != of);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((of, second, Arc::clone(&text)));
        text
    }
}

impl Sheet {
    /// A sheet of these facts. Extremes are not on it.
    pub fn new(facts: Facts) -> Self {
        let (json, row_json) = (Kept::default(), Kept::default());
        Self { facts, json, cards: Kept::default(), row_json, rows: Kept::default() }
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
        self.json.print((), now, || state::card(&self.facts.known_at(now), now))
    }

    /// Its card as of this second, HTML.
    pub(crate) fn card(&self, now: Timestamp, preference: Preference) -> Arc<str> {
        // Printing to memory does not fail.
        let make = || Card::of(&self.facts.known_at(now), now, preference).render().unwrap_or_default();
        self.cards.print(preference, now, make)
    }

    /// Its part of the scripts' state as of this second where it is a row, JSON.
    pub(crate) fn row_json(&self, now: Timestamp) -> Arc<str> {
        self.row_json.print((), now, || row_state::row(&self.facts.known_at(now), now))
    }

    /// Its row in these columns as of this second, HTML.
    pub(crate) fn row(&self, columns: Columns, now: Timestamp, preference: Preference) -> Arc<str> {
        let make = || RosterRow::of(&self.facts.known_at(now), columns, now, preference).render().unwrap_or_default();
        self.rows.print((preference, columns), now, make)
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
    /// Whether the wind's speed stands large already.
    wind_leads: bool,
    /// Whether the humidity does.
    humidity_leads: bool,
    wind_speed: String,
    humidity: String,
    spark: Option<Chart>,
}

impl<'a> Card<'a> {
    fn of(facts: &'a Facts, now: Timestamp, preference: Preference) -> Self {
        let indoors = indoors::indoors(facts, now, preference);
        let shown = || indoors.iter().flat_map(|indoors| &indoors.values);
        let leads = |quantity: Quantity| shown().any(|one| one.key == quantity.name());
        Self {
            wind_leads: leads(Quantity::WindSpeed),
            humidity_leads: leads(Quantity::Humidity),
            build: assets::build(),
            slug: facts.station.slug.as_str(),
            name: &facts.station.name,
            hero: Hero::of(facts, now, preference),
            indoors,
            wind: Wind::of(facts, now, preference),
            wind_speed: tiles::main_text(facts, Quantity::WindSpeed, now, preference),
            humidity: tiles::main_text(facts, Quantity::Humidity, now, preference),
            spark: Chart::spark(facts, preference),
        }
    }
}
