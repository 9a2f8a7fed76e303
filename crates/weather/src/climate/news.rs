//! Records that fell today.

use super::period::Period;
use super::records::{self, Record};
use super::{Calendar, Day, Days, within};
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

/// So many other days make a record of all days, or of a year, one: a young station breaks one each day.
pub const DAYS_MIN: usize = 30;
/// So many other days make a record of a month one.
pub const MONTH_DAYS_MIN: usize = 10;
/// So many other years make a record of a date one.
pub const DATE_YEARS_MIN: usize = 5;

/// The records that today's values are, each once: the greatest that it is. None of a station with fewer than 30 days before.
pub fn of(days: &Days, calendar: &Calendar) -> Vec<NewRecord> {
    type Better = fn(f64, f64) -> bool;
    let (higher, lower): (Better, Better) = (|new, old| new > old, |new, old| new < old);
    [
        (Of::Highest, &days.temperature, records::high as fn(&Day) -> Record, higher),
        (Of::Lowest, &days.temperature, records::low, lower),
        (Of::Gust, &days.gust, records::high, higher),
        (Of::Wettest, &days.rain, records::high, higher),
    ]
    .into_iter()
    .filter_map(|(of, days, value, is_better)| {
        let record = value(super::on(days, calendar.today)?);
        let among = among(days, calendar, |day| is_better(record.value, value(day).value))?;
        // No rain and no wind break no record.
        let is_some = !matches!(of, Of::Gust | Of::Wettest) || record.value > 0.0;
        is_some.then_some(NewRecord { of, among, record })
    })
    .collect()
}

/// The greatest company of days before today that a value is beyond all of.
fn among(days: &[Day], calendar: &Calendar, beats: impl Fn(&Day) -> bool) -> Option<Among> {
    let before = |period: Period| {
        let (from, to) = period.dates(calendar);
        within(days, (from, to.pred_opt().unwrap_or(to)))
    };
    if before(Period::Ever).len() < DAYS_MIN {
        return None;
    }
    let of_date = |day: &&Day| {
        day.date < calendar.today
            && (day.date.month(), day.date.day()) == (calendar.today.month(), calendar.today.day())
    };
    let on_date: Vec<&Day> = days.iter().filter(of_date).collect();
    let all = |period, least: usize| before(period).len() >= least && before(period).iter().all(&beats);
    if all(Period::Ever, DAYS_MIN) {
        Some(Among::Ever)
    } else if all(Period::Year, DAYS_MIN) {
        Some(Among::Year)
    } else if on_date.len() >= DATE_YEARS_MIN && on_date.iter().all(|day| beats(day)) {
        Some(Among::Date)
    } else if all(Period::Month, MONTH_DAYS_MIN) {
        Some(Among::Month)
    } else {
        None
    }
}
