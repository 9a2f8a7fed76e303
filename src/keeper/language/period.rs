//! Which days or hours a question is about, and what they are called in the answer.

use super::clock;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Weekday};
use weather::day;
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// A stretch of the past, as it was said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Period {
    /// Since midnight.
    Today,
    /// The day before.
    Yesterday,
    /// The day before that.
    DayBeforeYesterday,
    /// This calendar week, from Monday, or one of those before.
    Week {
        /// How many before this one.
        ago: u32,
    },
    /// This calendar month, or one of those before.
    Month {
        /// How many before this one.
        ago: u32,
    },
    /// This year so far.
    Year,
    /// From the newest such day on.
    Since(Weekday),
    /// From that date on.
    SinceDate(NaiveDate),
    /// The newest such day; not today if it was called the last one.
    On(Weekday, bool),
    /// That date.
    OnDate(NaiveDate),
    /// So many days, today included.
    LastDays(u32),
    /// So many minutes up to now.
    LastMinutes(u32),
    /// From six in the evening to nine in the morning.
    LastNight,
    /// From midnight, or six in the morning, to noon.
    ThisMorning,
}

/// A period on the calendar or on the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stretch {
    /// Whole local days, both included.
    Days(NaiveDate, NaiveDate),
    /// From one instant (inclusive) to another (exclusive).
    Hours(Timestamp, Timestamp),
}

/// Days that are looked back at most: ten years.
pub(super) const DAYS_MAX: u32 = 3_660;
impl Period {
    /// True if it is all that is known.
    pub fn is_ever(self) -> bool {
        matches!(self, Self::LastDays(DAYS_MAX))
    }

    /// The days or hours that it means now.
    pub fn stretch(self, zone: &Zone, now: Timestamp) -> Stretch {
        let today = day::date_at(zone, now);
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        let since_monday = u64::from(today.weekday().num_days_from_monday());
        let newest =
            |day: Weekday| u64::from((7 + today.weekday().num_days_from_monday() - day.num_days_from_monday()) % 7);
        match self {
            Self::Today => Stretch::Days(today, today),
            Self::Yesterday => Stretch::Days(back(1), back(1)),
            Self::DayBeforeYesterday => Stretch::Days(back(2), back(2)),
            Self::Week { ago: 0 } => Stretch::Days(back(since_monday), today),
            Self::Week { ago } => {
                let monday = since_monday + 7 * u64::from(ago);
                Stretch::Days(back(monday), back(monday - 6))
            }
            Self::Month { ago } => {
                let first = today.with_day(1).unwrap_or(today);
                let from = first.checked_sub_months(Months::new(ago)).unwrap_or(first);
                let next = from.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(today);
                Stretch::Days(from, next.min(today))
            }
            Self::Year => Stretch::Days(NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today), today),
            Self::Since(day) => Stretch::Days(back(newest(day)), today),
            Self::SinceDate(date) => Stretch::Days(date.max(back(u64::from(DAYS_MAX))), today),
            Self::On(day, last) => {
                let days = match newest(day) {
                    0 if last => 7,
                    days => days,
                };
                Stretch::Days(back(days), back(days))
            }
            Self::OnDate(date) => Stretch::Days(date, date),
            Self::LastDays(days) => Stretch::Days(back(u64::from(days.saturating_sub(1))), today),
            Self::LastMinutes(minutes) => Stretch::Hours(now.plus(-i64::from(minutes) * MINUTE_MS), now.plus(1)),
            Self::LastNight => {
                let (evening, morning) = (at_hour(zone, back(1), 18), at_hour(zone, today, 9));
                Stretch::Hours(evening, morning.min(now.plus(1)))
            }
            Self::ThisMorning => {
                Stretch::Hours(at_hour(zone, today, 6).min(now), at_hour(zone, today, 12).min(now.plus(1)))
            }
        }
    }

    /// What it is called inside a sentence: `today`, `this week`, `since Monday`.
    pub fn name(self) -> String {
        match self {
            Self::Today => "today".into(),
            Self::Yesterday => "yesterday".into(),
            Self::DayBeforeYesterday => "the day before yesterday".into(),
            Self::Week { ago: 0 } => "this week".into(),
            Self::Week { ago: 1 } => "last week".into(),
            Self::Week { ago } => format!("{ago} weeks ago"),
            Self::Month { ago: 0 } => "this month".into(),
            Self::Month { ago: 1 } => "last month".into(),
            Self::Month { ago } => format!("{ago} months ago"),
            Self::Year => "this year".into(),
            Self::Since(day) => format!("since {}", clock::weekday(day)),
            Self::SinceDate(date) => format!("since {}", clock::date(date)),
            Self::On(day, last) => format!("{} {}", if last { "last" } else { "on" }, clock::weekday(day)),
            Self::OnDate(date) => format!("on {}", clock::date(date)),
            Self::LastDays(1) => "today".into(),
            Self::LastDays(DAYS_MAX) => "ever".into(),
            Self::LastDays(days) => format!("in the last {days} days"),
            Self::LastMinutes(1) => "in the last minute".into(),
            Self::LastMinutes(60) => "in the last hour".into(),
            Self::LastMinutes(minutes) if minutes % 60 == 0 => format!("in the last {} hours", minutes / 60),
            Self::LastMinutes(minutes) => format!("in the last {minutes} minutes"),
            Self::LastNight => "last night".into(),
            Self::ThisMorning => "this morning".into(),
        }
    }
}

fn at_hour(zone: &Zone, date: NaiveDate, hour: u32) -> Timestamp {
    let (midnight, _) = day::bounds(zone, date);
    let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    // An hour that the clocks skip is counted from midnight.
    zone.from_local_datetime(&date.and_time(time))
        .earliest()
        .map_or(midnight.plus(i64::from(hour) * HOUR_MS), Timestamp::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 12:00 UTC, a Sunday; 13:00 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_348_800_000);
    fn berlin() -> Zone {
        Zone::inside("Europe/Berlin").expect("a zone")
    }

    #[test]
    fn every_period_of_every_day_ends_no_earlier_than_it_starts() {
        for step in 0..800 {
            let now = Timestamp(NOW.0 + step * 40_000_003);
            for zone in [
                &berlin(),
                &Zone::inside("America/Sao_Paulo").expect("a zone"),
                &Zone::inside("Pacific/Apia").expect("a zone"),
            ] {
                for period in [
                    Period::Today,
                    Period::Week { ago: 0 },
                    Period::Week { ago: 3 },
                    Period::Month { ago: 0 },
                    Period::Month { ago: 13 },
                    Period::Year,
                    Period::LastNight,
                    Period::ThisMorning,
                ] {
                    match period.stretch(zone, now) {
                        Stretch::Days(from, to) => assert!(from <= to, "{period:?}"),
                        Stretch::Hours(from, to) => assert!(from <= to, "{period:?} at {}", now.rfc3339()),
                    }
                }
            }
        }
    }
}
