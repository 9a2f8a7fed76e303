//! The calendar: the mean temperature of each day of a year, in the colours of temperatures.

use super::past::Past;
use crate::pages::warmth;
use chrono::{Datelike, NaiveDate};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::units::format_half_up;

/// Days that a month has at most.
pub(crate) const DAYS_MAX: usize = 31;

/// A month, ready to print.
#[derive(Debug, Clone)]
pub(crate) struct Month {
    /// `Nov 2026`.
    pub name: String,
    /// The days from the first on.
    pub days: Vec<Cell>,
}

/// A day.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// Whole degrees; empty: nobody measured.
    pub number: String,
    /// The step of its colour.
    pub warmth: usize,
    /// `Sun 22 Nov 2026: 4.2 °C, 1.0 to 7.9`.
    pub title: String,
    /// False for a day that the month does not have.
    pub is_day: bool,
}

/// The months of the year that ends with the window, the newest last; empty if there are no days.
pub(crate) fn months(past: &Past, preference: Preference) -> Vec<Month> {
    let Some((begin, last)) = past.calendar.filter(|_| !past.days.is_empty()) else { return Vec::new() };
    let mut first = begin.with_day(1).unwrap_or(begin);
    // The month in which the year began is shown from its end on: twelve months are enough.
    if begin.day() > 1 || first.month() == last.month() {
        first = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    }
    let mut months = Vec::new();
    while first <= last {
        let days = (1..=DAYS_MAX).map(|day| cell(past, first.with_day(day as u32), preference));
        months.push(Month { name: first.format("%b %Y").to_string(), days: days.collect() });
        let Some(next) = first.checked_add_months(chrono::Months::new(1)) else { break };
        first = next;
    }
    months
}

fn cell(past: &Past, date: Option<NaiveDate>, preference: Preference) -> Cell {
    let empty = Cell { number: String::new(), warmth: 0, title: String::new(), is_day: date.is_some() };
    let Some(date) = date else { return empty };
    let day = past.days.binary_search_by_key(&date, |day| day.date).ok().and_then(|place| past.days.get(place));
    let Some(day) = day else { return empty };
    let quantity = Quantity::Temperature;
    let degrees = preference.unit(quantity).from_canonical(day.mean);
    Cell {
        number: preference.written(format_half_up(degrees, 0)),
        warmth: warmth::step(day.mean),
        title: format!(
            "{}: {}, {} to {}",
            date.format("%a %-d %b %Y"),
            preference.text(quantity, day.mean),
            preference.number(quantity, day.low),
            preference.number(quantity, day.high)
        ),
        is_day: true,
    }
}
