//! Climatological days as tables of years and months.

use chrono::Datelike;
use std::collections::BTreeMap;
use weather::climate::counts::{self, Count, Kind};
use weather::climate::{Calendar, Days, means};
use weather::preference::Preference;
use weather::quantity::Quantity;

/// One kind of day.
#[derive(Debug)]
pub(crate) struct KindTable {
    /// `Frost days`.
    pub name: String,
    /// `low below 0.0 °C`.
    pub rule: String,
    /// `12 this year, 480 in all`.
    pub sum: String,
    /// Years, the newest first; none if there has been no such day.
    pub years: Vec<KindYear>,
}

/// A year of it.
#[derive(Debug)]
pub(crate) struct KindYear {
    pub year: i32,
    /// January to December; empty where nothing is known.
    pub months: Vec<String>,
    pub sum: String,
}

/// All kinds. Where no temperature is known, nobody can count them.
pub(crate) fn of(days: &Days, calendar: &Calendar, preference: Preference) -> Vec<KindTable> {
    if days.temperature.is_empty() {
        return Vec::new();
    }
    Kind::ALL.into_iter().map(|kind| table(days, kind, calendar, preference)).collect()
}

fn table(days: &Days, kind: Kind, calendar: &Calendar, preference: Preference) -> KindTable {
    let months = counts::by_month(days, kind, calendar);
    let all: u32 = months.values().map(|count| count.days).sum();
    let this_year = in_year(&months, calendar.today.year());
    let limit = preference.text(Quantity::Temperature, kind.limit_c());
    let known = |year: &i32| months.keys().any(|(known, _)| known == year);
    let years = if all == 0 { Vec::new() } else { means::years(days) };
    KindTable {
        name: capital(kind.name()),
        rule: format!("{} {limit}", kind.rule()),
        sum: if all == 0 { "none".to_owned() } else { format!("{this_year} this year, {all} in all") },
        years: years.into_iter().filter(known).map(|year| row(&months, year)).collect(),
    }
}

fn in_year(months: &BTreeMap<(i32, u32), Count>, year: i32) -> u32 {
    months.range((year, 1)..=(year, 12)).map(|(_, count)| count.days).sum()
}

fn row(months: &BTreeMap<(i32, u32), Count>, year: i32) -> KindYear {
    let text = |month| months.get(&(year, month)).map_or_else(String::new, |count| count.days.to_string());
    KindYear { year, months: (1..=12).map(text).collect(), sum: in_year(months, year).to_string() }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
