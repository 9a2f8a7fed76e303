//! Monthly means, with how much of the month is known.

use super::{COMPLETE_SHARE, Calendar, Day, Days, within};
use chrono::{Datelike, Months, NaiveDate};

/// A figure of a month, and whether enough is known of the month to publish it without brackets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Canonical.
    pub value: f64,
    /// True if 80 % of the month's days that are over are whole.
    pub complete: bool,
}

/// A month in figures; absent where nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// The mean of the days' means, °C.
    pub mean: Option<Figure>,
    /// The mean of the days' highs, °C.
    pub high: Option<Figure>,
    /// The mean of the days' lows, °C.
    pub low: Option<Figure>,
    /// All rain, mm.
    pub rain: Option<Figure>,
}

/// The first and the last day of the month of a date.
pub fn dates(date: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = date.with_day(1).unwrap_or(date);
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(date);
    (first, last)
}

/// True if of the days from `from` to `to` that are over, 80 % are whole. A stretch without a day that is over has nothing to miss once something
/// is known of it.
pub fn is_complete(days: &[Day], (from, to): (NaiveDate, NaiveDate), calendar: &Calendar) -> bool {
    let yesterday = calendar.today.pred_opt().unwrap_or(calendar.today);
    let over = (to.min(yesterday) - from).num_days() + 1;
    let known = within(days, (from, to));
    let whole = known.iter().filter(|day| calendar.is_whole(day)).count();
    if over <= 0 { !known.is_empty() } else { whole as f64 >= COMPLETE_SHARE * over as f64 }
}

impl Month {
    /// The month of a date.
    pub fn of(days: &Days, date: NaiveDate, calendar: &Calendar) -> Self {
        Self::between(days, dates(date), calendar)
    }

    /// The same figures of any stretch, such as a year.
    pub fn between(days: &Days, dates: (NaiveDate, NaiveDate), calendar: &Calendar) -> Self {
        let figure = |days: &[Day], value: fn(&Day) -> f64, is_sum: bool| {
            let of = within(days, dates);
            let sum: f64 = of.iter().map(value).sum();
            let value = if is_sum { sum } else { sum / of.len() as f64 };
            (!of.is_empty()).then(|| Figure { value, complete: is_complete(of, dates, calendar) })
        };
        Self {
            first: dates.0,
            mean: figure(&days.temperature, |day| day.mean, false),
            high: figure(&days.temperature, |day| day.high, false),
            low: figure(&days.temperature, |day| day.low, false),
            rain: figure(&days.rain, |day| day.high, true),
        }
    }

    /// True if nothing at all is known of it.
    pub fn is_empty(&self) -> bool {
        self.mean.is_none() && self.rain.is_none()
    }
}

/// The months of a year, January first.
pub fn of_year(days: &Days, year: i32, calendar: &Calendar) -> Vec<Month> {
    let first = |month| NaiveDate::from_ymd_opt(year, month, 1);
    (1..=12).filter_map(first).map(|first| Month::of(days, first, calendar)).collect()
}

/// The years of which anything is known, the newest first.
pub fn years(days: &Days) -> Vec<i32> {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => (first.year()..=last.year()).rev().collect(),
        _ => Vec::new(),
    }
}
