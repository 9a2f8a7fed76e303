//! Records that fell today.

use super::period::Period;
use super::records::{self, Record};
use super::{Calendar, Day, Days, within};
use crate::preference::Preference;
use crate::quantity::Quantity;
use crate::zone::Zone;
use chrono::Datelike;

/// What a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The highest temperature.
    Highest,
    /// The lowest temperature.
    Lowest,
    /// The strongest gust.
    Gust,
    /// The wettest day.
    Wettest,
}

/// What a record is the first of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All that is known.
    Ever,
    /// This year.
    Year,
    /// This month.
    Month,
    /// This date in all years.
    Date,
}

/// A record of today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewRecord {
    /// Of what.
    pub of: Of,
    /// Among which days.
    pub among: Among,
    /// The value.
    pub record: Record,
}

impl NewRecord {
    /// `Highest temperature of the year so far: 31.2 °C, 14:35`, in somebody's units and on the station's clock.
    pub fn text(&self, zone: &Zone, preference: Preference) -> String {
        let (what, quantity) = match self.of {
            Of::Highest => ("Highest temperature", Quantity::Temperature),
            Of::Lowest => ("Lowest temperature", Quantity::Temperature),
            Of::Gust => ("Strongest gust", Quantity::WindGust),
            Of::Wettest => ("Most rain in a day", Quantity::Precipitation),
        };
        let among = match self.among {
            Among::Ever => "ever measured here".to_owned(),
            Among::Year => "of the year so far".to_owned(),
            Among::Month => "of the month so far".to_owned(),
            Among::Date => format!("ever on {}", self.record.date.format("%-d %B")),
        };
        let value = preference.text(quantity, self.record.value);
        match self.of {
            // Rain goes on falling: when it was so much says nothing.
            Of::Wettest => format!("{what} {among}: {value}"),
            _ => format!("{what} {among}: {value}, {}", self.record.at.to_utc().with_timezone(zone).format("%H:%M")),
        }
    }
}

/// So many other days make a record of all days, or of a year, one: a young station breaks one each day.
pub const DAYS_MIN: usize = 30;
/// So many other days make a record of a month one.
pub const MONTH_DAYS_MIN: usize = 10;
/// So many other years make a record of a date one.
pub const DATE_YEARS_MIN: usize = 5;

/// What today has brought so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Today {
    /// The highest temperature.
    pub highest: Option<Record>,
    /// The lowest temperature.
    pub lowest: Option<Record>,
    /// The strongest gust.
    pub gust: Option<Record>,
    /// The rain.
    pub rain: Option<Record>,
}

impl Today {
    /// What the days of today say.
    pub fn of(days: &Days, calendar: &Calendar) -> Self {
        let on = |days: &[Day]| super::on(days, calendar.today).copied();
        Self {
            highest: on(&days.temperature).as_ref().map(records::high),
            lowest: on(&days.temperature).as_ref().map(records::low),
            gust: on(&days.gust).as_ref().map(records::high),
            rain: on(&days.rain).as_ref().map(records::high),
        }
    }
}

/// The records that today's values are, each once: the greatest that it is. None of a station with fewer than 30 days before.
pub fn of(days: &Days, today: &Today, calendar: &Calendar) -> Vec<NewRecord> {
    type Better = fn(f64, f64) -> bool;
    let (higher, lower): (Better, Better) = (|new, old| new > old, |new, old| new < old);
    [
        (Of::Highest, today.highest, &days.temperature, records::high as fn(&Day) -> Record, higher),
        (Of::Lowest, today.lowest, &days.temperature, records::low, lower),
        (Of::Gust, today.gust, &days.gust, records::high, higher),
        (Of::Wettest, today.rain, &days.rain, records::high, higher),
    ]
    .into_iter()
    .filter_map(|(of, record, days, value, is_better)| {
        // No rain and no wind break no record.
        let record = record.filter(|record| record.value > 0.0 || matches!(of, Of::Highest | Of::Lowest))?;
        let among = among(days, calendar, |day| is_better(record.value, value(day).value))?;
        Some(NewRecord { of, among, record })
    })
    .collect()
}

/// The greatest company of days before today that a value is beyond all of.
fn among(days: &[Day], calendar: &Calendar, beats: impl Fn(&Day) -> bool) -> Option<Among> {
    let today = calendar.today;
    let before = |period: Period| {
        let (from, to) = period.dates(calendar);
        within(days, (from, to.pred_opt().unwrap_or(to)))
    };
    let beats_all = |days: &[Day], least: usize| days.len() >= least && days.iter().all(&beats);
    let ever = before(Period::Ever);
    if ever.len() < DAYS_MIN {
        return None;
    }
    if beats_all(ever, DAYS_MIN) {
        return Some(Among::Ever);
    }
    if beats_all(before(Period::Year), DAYS_MIN) {
        return Some(Among::Year);
    }
    let is_then = |day: &&Day| (day.date.month(), day.date.day()) == (today.month(), today.day());
    let (count, all) = ever.iter().filter(is_then).fold((0, true), |(count, all), day| (count + 1, all && beats(day)));
    if count >= DATE_YEARS_MIN && all {
        return Some(Among::Date);
    }
    beats_all(before(Period::Month), MONTH_DAYS_MIN).then_some(Among::Month)
}
