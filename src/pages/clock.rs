//! Times on the station's clock, and ages.

use chrono::{DateTime, Timelike};
use weather::freshness::{self, Freshness};
use weather::time::{DAY_MS, Timestamp};
use weather::zone::Zone;

/// The present instant. Pages read the clock here only.
#[expect(clippy::disallowed_methods, reason = "routes read the clock and pass the time on")]
pub(crate) fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// An instant on the station's clock.
pub(crate) fn local(zone: &Zone, at: Timestamp) -> DateTime<Zone> {
    at.to_utc().with_timezone(zone)
}

/// `15:18`.
pub(crate) fn hour_minute(zone: &Zone, at: Timestamp) -> String {
    local(zone, at).format("%H:%M").to_string()
}

/// `Sun 22 Nov`.
pub(crate) fn day(zone: &Zone, at: Timestamp) -> String {
    local(zone, at).format("%a %-d %b").to_string()
}

/// A moment further away says its year, ms: half a year.
const YEAR_SAID_MS: i64 = 183 * DAY_MS;

/// `15:18` today, `Sat 21 Nov, 15:18` on any other day, `Mon 30 Dec 2013, 19:00` if that is long ago.
pub(crate) fn moment(zone: &Zone, at: Timestamp, now: Timestamp) -> String {
    if local(zone, at).date_naive() == local(zone, now).date_naive() {
        hour_minute(zone, at)
    } else if now.since(at).abs() > YEAR_SAID_MS {
        local(zone, at).format("%a %-d %b %Y, %H:%M").to_string()
    } else {
        format!("{}, {}", day(zone, at), hour_minute(zone, at))
    }
}

/// What the clocks are ahead of UTC, in seconds, and since when, for a stretch and for these instants before it: a station that is
/// silent for years says when it was heard by the clocks of then.
pub(crate) fn clocks(
    zone: &Zone,
    (from, to): (Timestamp, Timestamp),
    told: impl Iterator<Item = Timestamp>,
) -> Vec<(Timestamp, i32)> {
    let mut old: Vec<_> = told.filter(|at| *at < from).collect();
    old.sort_unstable();
    let mut changes: Vec<_> = old.into_iter().flat_map(|at| zone.changes(at, at)).collect();
    changes.dedup_by_key(|(_, ahead_s)| *ahead_s);
    changes.extend(zone.changes(from, to));
    changes
}

/// The start of the local hour that `at` lies in. Zones differ from UTC by whole quarters of an hour, so an hour does not
/// always start where UTC's does.
pub(crate) fn hour_start(zone: &Zone, at: Timestamp) -> Timestamp {
    let clock = local(zone, at);
    let into_hour_s = i64::from(clock.minute() * 60 + clock.second());
    at.plus(-(into_hour_s * 1_000 + at.0.rem_euclid(1_000)))
}

/// The age that stands beside a value; empty while it is live.
pub(crate) fn age_if_old(at: Timestamp, now: Timestamp, interval_ms: Option<i64>) -> String {
    match Freshness::of(Some(at), now, interval_ms) {
        Freshness::Live => String::new(),
        _ => freshness::ago(at, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_starts_on_the_stations_clock() {
        let at = Timestamp(1_800_000_123_456); // 2027-01-15 08:02:03.456 UTC
        assert_eq!(hour_start(&Zone::UTC, at), Timestamp(1_800_000_000_000));
        assert_eq!(
            hour_minute(
                &Zone::inside("Asia/Kathmandu").expect("a zone"),
                hour_start(&Zone::inside("Asia/Kathmandu").expect("a zone"), at)
            ),
            "13:00"
        );
    }

    #[test]
    fn old_instants_have_the_clocks_of_then() {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let day = |days: i64| Timestamp(1_800_000_000_000).plus(days * DAY_MS); // of January 2027
        let told = [day(-1), day(-1_460), day(-1_461), day(-1_643), day(-800)];
        let found = clocks(&berlin, (day(-10), day(10)), told.into_iter());
        let wanted = [(day(-1_643), 7_200), (day(-1_461), 3_600), (day(-10), 3_600)];
        assert_eq!(found[..2], wanted[..2], "summer and winter");
        assert_eq!(found.last(), wanted.last());
        assert_eq!(clocks(&berlin, (day(-10), day(10)), [day(-1)].into_iter()), [wanted[2]]);
    }

    #[test]
    fn a_moment_of_another_day_says_which() {
        let now = Timestamp(1_800_000_123_456);
        assert_eq!(moment(&Zone::inside("Europe/Berlin").expect("a zone"), now, now), "09:02");
        assert_eq!(
            moment(&Zone::inside("Europe/Berlin").expect("a zone"), now.plus(-10 * 3_600_000), now),
            "Thu 14 Jan, 23:02"
        );
        for (days, text) in
            [(-183, "Thu 16 Jul, 10:02"), (-184, "Wed 15 Jul 2026, 10:02"), (400, "Sat 19 Feb 2028, 09:02")]
        {
            assert_eq!(moment(&Zone::inside("Europe/Berlin").expect("a zone"), now.plus(days * DAY_MS), now), text);
        }
    }
}
