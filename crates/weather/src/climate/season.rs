//! Meteorological seasons, and the year of rain.

use chrono::{Datelike, Months, NaiveDate};

/// The half of the earth on which a station stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Winter begins in December.
    North,
    /// Winter begins in June.
    South,
}

impl Half {
    /// The half of a latitude; the equator counts as north.
    pub fn of(latitude: f64) -> Self {
        if latitude < 0.0 { Self::South } else { Self::North }
    }
}

/// A meteorological season: three whole months, the first of which is December, March, June or September.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

impl Season {
    /// The season of a date.
    pub fn of(date: NaiveDate) -> Self {
        let into = date.month() % 3;
        let first = date.with_day(1).unwrap_or(date);
        let from = first.checked_sub_months(Months::new(into)).unwrap_or(first);
        let to = from.checked_add_months(Months::new(3)).and_then(|next| next.pred_opt()).unwrap_or(date);
        Self { from, to }
    }

    /// The one before.
    pub fn before(self) -> Self {
        self.from.pred_opt().map_or(self, Self::of)
    }

    /// What people call it: `Winter 2026/27` north of the equator. December belongs to the winter of the next year. Where nobody knows
    /// the half of the earth, it is named by its months: `Dec–Feb 2026/27`.
    pub fn name(self, half: Option<Half>) -> String {
        let quarter = (self.from.month() / 3 % 4) as usize;
        let word = match half {
            Some(Half::North) => ["Winter", "Spring", "Summer", "Autumn"][quarter],
            Some(Half::South) => ["Summer", "Autumn", "Winter", "Spring"][quarter],
            None => ["Dec–Feb", "Mar–May", "Jun–Aug", "Sep–Nov"][quarter],
        };
        format!("{word} {}", years(self.from, self.to))
    }
}

/// `2026`, or `2026/27` of what lies in two years.
pub(super) fn years(from: NaiveDate, to: NaiveDate) -> String {
    match from.year() == to.year() {
        true => from.year().to_string(),
        false => format!("{}/{:02}", from.year(), to.year().rem_euclid(100)),
    }
}

/// The month in which a year of rain usually begins. North: October, the water year of the U.S. Geological Survey
/// (<https://water.usgs.gov/nwc/explain_data.html>). South: July, the water year of Australia's Bureau of
/// Meteorology.
pub fn rain_year_from(half: Option<Half>) -> u32 {
    match half {
        Some(Half::South) => 7,
        Some(Half::North) | None => 10,
    }
}
