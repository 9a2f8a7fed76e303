//! Local hours: they begin where the station's clocks show a full hour, and where they are changed to show a part of one. So a local
//! day is made of whole hours, in every zone.

use super::time::{HOUR_MS, Timestamp};
use crate::zone::Zone;

/// The first instant of the local hour that an instant lies in, and the first instant after it. Where the clocks are changed by a part
/// of an hour, or not at a full one, the hours beside that are shorter.
pub fn bounds(zone: &Zone, at: Timestamp) -> (Timestamp, Timestamp) {
    let ahead_ms = zone.ahead_ms(at);
    let start = at.plus(-at.plus(ahead_ms).0.rem_euclid(HOUR_MS));
    let end = start.plus(HOUR_MS);
    let is_whole = |at| zone.ahead_ms(at) == ahead_ms;
    let start = if is_whole(start) { start } else { zone.last_change(start, at).unwrap_or(start) };
    let end = if is_whole(end.plus(-1)) { end } else { zone.first_change(at, end).unwrap_or(end) };
    (start, end)
}

/// The local hours that a stretch touches, from `from` (inclusive) to `to` (exclusive), in the order of time.
pub fn between(zone: &Zone, from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let first = (from < to).then(|| bounds(zone, from));
    std::iter::successors(first, move |(_, end)| (*end < to).then(|| bounds(zone, *end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day;
    use crate::time::MINUTE_MS;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    const ZONES: [&str; 8] = [
        "UTC",
        "Europe/Berlin",
        "Asia/Kathmandu",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "Pacific/Apia",
    ];

    fn zone(name: &str) -> Zone {
        Zone::inside(name).expect("a zone")
    }

    fn at(rfc3339: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(rfc3339).expect("a time").to_utc().into()
    }

    /// The hour of an instant as its zone's clocks show it, and its length in minutes.
    fn hour(name: &str, when: &str) -> (String, i64) {
        let zone = zone(name);
        let (from, to) = bounds(&zone, at(when));
        (from.to_utc().with_timezone(&zone).format("%d %H:%M").to_string(), to.since(from) / MINUTE_MS)
    }

    #[test]
    fn an_hour_begins_where_the_local_clock_shows_it() {
        assert_eq!(hour("UTC", "2026-11-22T12:34:56Z"), ("22 12:00".into(), 60));
        assert_eq!(hour("Asia/Kathmandu", "2026-11-22T12:34:56Z"), ("22 18:00".into(), 60));
        assert_eq!(bounds(&zone("Asia/Kathmandu"), at("2026-11-22T12:34:56Z")).0, at("2026-11-22T12:15:00Z"));
        assert_eq!(bounds(&zone("Asia/Kolkata"), at("2026-11-22T12:34:56Z")).0, at("2026-11-22T12:30:00Z"));
        assert_eq!(hour("Europe/Berlin", "1960-01-01T00:59:59.999Z"), ("01 01:00".into(), 60));
    }

    #[test]
    fn a_change_by_half_an_hour_makes_a_short_hour() {
        // At 02:00 the clocks go to 02:30.
        assert_eq!(hour("Australia/Lord_Howe", "2026-10-03T15:29:00Z"), ("04 01:00".into(), 60));
        assert_eq!(hour("Australia/Lord_Howe", "2026-10-03T15:40:00Z"), ("04 02:30".into(), 30));
        assert_eq!(hour("Australia/Lord_Howe", "2026-10-03T16:00:00Z"), ("04 03:00".into(), 60));
        // At 02:00 the clocks go back to 01:30.
        assert_eq!(hour("Australia/Lord_Howe", "2026-04-04T14:45:00Z"), ("05 01:00".into(), 60));
        assert_eq!(hour("Australia/Lord_Howe", "2026-04-04T15:10:00Z"), ("05 01:30".into(), 30));
        assert_eq!(hour("Australia/Lord_Howe", "2026-04-04T15:30:00Z"), ("05 02:00".into(), 60));
    }

    #[test]
    fn a_day_is_made_of_whole_hours() {
        let day = |name: &str, (y, m, d): (i32, u32, u32)| {
            let zone = zone(name);
            let (from, to) = day::bounds(&zone, NaiveDate::from_ymd_opt(y, m, d).expect("a date"));
            let hours: Vec<_> = between(&zone, from, to).collect();
            assert_eq!((hours.first().map(|hour| hour.0), hours.last().map(|hour| hour.1)), (Some(from), Some(to)));
            hours.len()
        };
        assert_eq!(day("Europe/Berlin", (2026, 3, 29)), 23);
        assert_eq!(day("Europe/Berlin", (2026, 10, 25)), 25);
        assert_eq!(day("Australia/Lord_Howe", (2026, 10, 4)), 24, "one of half an hour");
        assert_eq!(day("America/Sao_Paulo", (2018, 11, 4)), 23, "its midnight does not exist");
        assert_eq!(day("America/Sao_Paulo", (2018, 2, 17)), 25, "its last hour comes twice");
        assert_eq!(day("Asia/Kathmandu", (2026, 11, 22)), 24);
    }

    proptest! {
        #[test]
        fn hours_follow_each_other_without_gaps(since in 0_i64..3_000_000_000_000, name in 0_usize..ZONES.len()) {
            let zone = zone(ZONES[name]);
            let at = Timestamp(-1_000_000_000_000 + since);
            let (from, to) = bounds(&zone, at);
            prop_assert!(from <= at && at < to && to.since(from) <= HOUR_MS);
            for inside in [from, from.plus(1), to.plus(-1)] {
                prop_assert_eq!(bounds(&zone, inside), (from, to));
            }
            prop_assert_eq!(bounds(&zone, to).0, to);
            prop_assert_eq!(bounds(&zone, from.plus(-1)).1, from);
            prop_assert_eq!(day::date_at(&zone, from), day::date_at(&zone, to.plus(-1)));
        }
    }
}
