//! What the days of years tell: records, climatological days, degree days, monthly means. All of it is made of days alone.
//!
//! A day is a civil local day. `docs/CLIMATE.md` says of each figure what it is and who defined it.

pub mod anniversary;
pub mod counts;
pub mod degree_days;
pub mod means;
pub mod month;
pub mod news;
pub mod period;
pub mod records;
pub mod season;
pub mod spell;

#[cfg(test)]
mod tests;

use crate::time::{HOUR_MS, Timestamp};
use chrono::NaiveDate;

/// What a datastream was on a local day, canonical unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// The mean of its values; of a direction, that of the vectors.
    pub mean: f64,
    /// Lowest.
    pub low: f64,
    /// When that was first observed.
    pub low_at: Timestamp,
    /// Highest. Of rain since midnight: what fell on that day.
    pub high: f64,
    /// When that was first observed.
    pub high_at: Timestamp,
    /// In how many of its hours there was a value.
    pub hours: u32,
}

/// The days of a station's main sensor: of each quantity those that have values, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Days {
    /// Of the air, °C.
    pub temperature: Vec<Day>,
    /// Rain since midnight, mm.
    pub rain: Vec<Day>,
    /// Wind speed, m/s.
    pub wind: Vec<Day>,
    /// Gusts, m/s; of a station without them, wind speed.
    pub gust: Vec<Day>,
    /// Wind direction, degrees.
    pub direction: Vec<Day>,
    /// Pressure at sea level, hPa; of a station without it, the barometer's.
    pub pressure: Vec<Day>,
}

/// What is known of time when days are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// The day that is not over yet.
    pub today: NaiveDate,
    /// On which half of the earth the station stands, if that is known.
    pub half: Option<season::Half>,
    /// The month in which the rain year begins, 1 to 12.
    pub rain_year_from: u32,
    /// A day with values in so many hours is whole: see [`whole_hours`].
    pub whole_hours: u32,
}

impl Calendar {
    /// The calendar of a station on that half of the earth, with what is usual there.
    pub fn of(today: NaiveDate, half: Option<season::Half>, interval_ms: Option<i64>) -> Self {
        Self { today, half, rain_year_from: season::rain_year_from(half), whole_hours: whole_hours(interval_ms) }
    }

    /// True if a day is over and has values enough: then its highest value is the day's, and not the night's.
    pub fn is_whole(&self, day: &Day) -> bool {
        day.date < self.today && day.hours >= self.whole_hours
    }
}

/// A day or a month of which less than this is known is told in brackets or not at all. It is the share of years that a climate normal
/// needs (WMO-No. 1203, Guidelines on the Calculation of Climate Normals), taken for hours and days as well.
pub const COMPLETE_SHARE: f64 = 0.8;
/// Hours of a day. The days on which clocks change are judged like others: 20 of 23 hours and 20 of 25 are both enough.
const DAY_HOURS: f64 = 24.0;

/// In how many hours a day needs a value to be whole: in 80 % of those in which the station reports.
pub fn whole_hours(interval_ms: Option<i64>) -> u32 {
    let every_h = interval_ms.map_or(1.0, |ms| (ms as f64 / HOUR_MS as f64).clamp(1.0, DAY_HOURS));
    (DAY_HOURS / every_h * COMPLETE_SHARE - 1e-9).ceil().max(1.0) as u32
}

/// The days from one date to another, both included.
pub fn within(days: &[Day], (from, to): (NaiveDate, NaiveDate)) -> &[Day] {
    let start = days.partition_point(|day| day.date < from);
    let end = days.partition_point(|day| day.date <= to);
    days.get(start..end).unwrap_or_default()
}

/// The day of a date.
pub fn on(days: &[Day], date: NaiveDate) -> Option<&Day> {
    days.binary_search_by_key(&date, |day| day.date).ok().and_then(|at| days.get(at))
}

impl Days {
    /// The days of each quantity from one date to another, both included.
    pub fn within(&self, dates: (NaiveDate, NaiveDate)) -> Self {
        let of = |days: &[Day]| within(days, dates).to_vec();
        Self {
            temperature: of(&self.temperature),
            rain: of(&self.rain),
            wind: of(&self.wind),
            gust: of(&self.gust),
            direction: of(&self.direction),
            pressure: of(&self.pressure),
        }
    }

    fn each(&self) -> [&[Day]; 6] {
        [&self.temperature, &self.rain, &self.wind, &self.gust, &self.direction, &self.pressure]
    }

    /// The first date of any.
    pub fn first(&self) -> Option<NaiveDate> {
        self.each().into_iter().filter_map(|days| Some(days.first()?.date)).min()
    }

    /// The last date of any.
    pub fn last(&self) -> Option<NaiveDate> {
        self.each().into_iter().filter_map(|days| Some(days.last()?.date)).max()
    }
}
