//! Local days: from midnight to midnight of the station's zone, 23, 24 or 25 hours long.

use super::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::zone::Zone;
use chrono::{Days, LocalResult, NaiveDate, NaiveTime, TimeZone};

/// The local date at an instant.
pub fn date_at(zone: &Zone, at: Timestamp) -> NaiveDate {
    at.to_utc().with_timezone(zone).date_naive()
}

/// The first instant of a local date, and the first instant after it.
///
/// Where a zone skips midnight (Cairo, Beirut, São Paulo until 2018) the day starts when the clocks do, mostly at
/// 01:00; where midnight comes twice, at the first one. A date that a zone skipped altogether has an empty range.
pub fn bounds(zone: &Zone, date: NaiveDate) -> (Timestamp, Timestamp) {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    (start(zone, date), start(zone, next))
}

fn start(zone: &Zone, date: NaiveDate) -> Timestamp {
    /// Gaps start and end on quarter hours.
    const STEP_MS: i64 = 15 * MINUTE_MS;
    let midnight = date.and_time(NaiveTime::MIN);
    (0..=DAY_MS / STEP_MS)
        .find_map(|step| match zone.from_local_datetime(&(midnight + chrono::Duration::milliseconds(step * STEP_MS))) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(Timestamp::from(instant)),
            LocalResult::None => None,
        })
        .unwrap_or(Timestamp(midnight.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    fn hours(zone: &Zone, y: i32, m: u32, d: u32) -> f64 {
        let (from, to) = bounds(zone, NaiveDate::from_ymd_opt(y, m, d).expect("a date"));
        to.since(from) as f64 / HOUR_MS as f64
    }

    #[test]
    fn days_have_as_many_hours_as_their_zone_gives_them() {
        assert_eq!(hours(&Zone::inside("Europe/Berlin").expect("a zone"), 2026, 3, 29), 23.0);
        assert_eq!(hours(&Zone::inside("Europe/Berlin").expect("a zone"), 2026, 10, 25), 25.0);
        assert_eq!(hours(&Zone::inside("Europe/Berlin").expect("a zone"), 2026, 11, 22), 24.0);
        assert_eq!(hours(&Zone::inside("Australia/Lord_Howe").expect("a zone"), 2026, 10, 4), 23.5);
        assert_eq!(hours(&Zone::inside("Pacific/Apia").expect("a zone"), 2011, 12, 30), 0.0, "Samoa skipped it");
    }

    #[test]
    fn a_day_whose_midnight_does_not_exist_starts_at_one() {
        let (from, _) = bounds(
            &Zone::inside("America/Sao_Paulo").expect("a zone"),
            NaiveDate::from_ymd_opt(2018, 11, 4).expect("a date"),
        );
        let local = from.to_utc().with_timezone(&Zone::inside("America/Sao_Paulo").expect("a zone"));
        assert_eq!(local.format("%F %T").to_string(), "2018-11-04 01:00:00");
        assert_eq!(hours(&Zone::inside("America/Sao_Paulo").expect("a zone"), 2018, 11, 4), 23.0);
    }

    #[test]
    fn every_instant_lies_within_the_bounds_of_its_date() {
        for zone in [
            Zone::UTC,
            Zone::inside("Europe/Berlin").expect("a zone"),
            Zone::inside("America/Sao_Paulo").expect("a zone"),
            Zone::inside("Asia/Kathmandu").expect("a zone"),
            Zone::inside("Australia/Lord_Howe").expect("a zone"),
            Zone::inside("Asia/Beirut").expect("a zone"),
        ] {
            for step in 0..3_000 {
                let at = Timestamp(1_520_000_000_000 + step * 7_777_777);
                let (from, to) = bounds(&zone, date_at(&zone, at));
                assert!(from <= at && at < to, "{zone} at {}", at.rfc3339());
            }
        }
    }
}
