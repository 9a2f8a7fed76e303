//! The extremes of a stretch of days.

use super::spell::{self, Spell};
use super::{Calendar, Day, Days, within};
use crate::time::Timestamp;
use chrono::NaiveDate;

/// A value that no other day of the stretch went beyond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Canonical.
    pub value: f64,
    /// On which day; of several, the first.
    pub date: NaiveDate,
    /// When it was first observed.
    pub at: Timestamp,
}

/// The records of a stretch; absent where nothing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// Of the air, °C.
    pub highest: Option<Record>,
    /// Of the air, °C.
    pub lowest: Option<Record>,
    /// The warmest night: the highest of the days' lows. Of whole days.
    pub highest_low: Option<Record>,
    /// The coldest day: the lowest of the days' highs. Of whole days.
    pub lowest_high: Option<Record>,
    /// m/s.
    pub gust: Option<Record>,
    /// The most rain of a day, mm. `at` is when it had all fallen.
    pub wettest: Option<Record>,
    /// All rain, mm.
    pub rain: Option<f64>,
    /// Days in a row below 0.2 mm.
    pub dry_spell: Option<Spell>,
    /// Days in a row from 1.0 mm on.
    pub wet_spell: Option<Spell>,
    /// hPa.
    pub highest_pressure: Option<Record>,
    /// hPa.
    pub lowest_pressure: Option<Record>,
    /// How many days have a temperature.
    pub days: usize,
}

impl Records {
    /// The records from one date to another, both included.
    pub fn of(days: &Days, dates: (NaiveDate, NaiveDate), calendar: &Calendar) -> Self {
        let [temperature, rain, gust, pressure] =
            [&days.temperature, &days.rain, &days.gust, &days.pressure].map(|days| within(days, dates));
        let whole = || temperature.iter().filter(|day| calendar.is_whole(day));
        Self {
            highest: highest(temperature.iter().map(high)),
            lowest: lowest(temperature.iter().map(low)),
            highest_low: highest(whole().map(low)),
            lowest_high: lowest(whole().map(high)),
            gust: highest(gust.iter().map(high)),
            // A day without rain is not the wettest of anything.
            wettest: highest(rain.iter().map(high)).filter(|record| record.value > 0.0),
            rain: (!rain.is_empty()).then(|| rain.iter().map(|day| day.high).sum()),
            dry_spell: spell::dry(rain, calendar),
            wet_spell: spell::wet(rain),
            highest_pressure: highest(pressure.iter().map(high)),
            lowest_pressure: lowest(pressure.iter().map(low)),
            days: temperature.len(),
        }
    }
}

/// The high of a day.
pub(super) fn high(day: &Day) -> Record {
    Record { value: day.high, date: day.date, at: day.high_at }
}

/// The low of a day.
pub(super) fn low(day: &Day) -> Record {
    Record { value: day.low, date: day.date, at: day.low_at }
}

/// The highest; of several, the first.
pub(super) fn highest(records: impl Iterator<Item = Record>) -> Option<Record> {
    records.reduce(|best, next| if next.value > best.value { next } else { best })
}

/// The lowest; of several, the first.
pub(super) fn lowest(records: impl Iterator<Item = Record>) -> Option<Record> {
    records.reduce(|best, next| if next.value < best.value { next } else { best })
}
