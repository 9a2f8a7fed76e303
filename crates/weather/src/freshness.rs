//! Never show old as new: how old is too old, in words.

use super::quality::AHEAD_MAX_MS;
use super::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// Never stale below this, ms: one lost report is no news.
const STALE_MIN_MS: i64 = 2 * MINUTE_MS;
/// Never offline below this, ms: a router restarts in less.
const OFFLINE_MIN_MS: i64 = 15 * MINUTE_MS;

/// How much a value's age says about it. `static/js/view/format.js` has the same rules.
/// The later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// As young as this station's values usually are.
    Live,
    /// Older than two and a half of its intervals.
    Stale,
    /// Older than five of its intervals, or from the future: not the weather of now.
    Offline,
    /// Nothing was ever observed.
    Waiting,
}

impl Freshness {
    /// Judges an observation of `at` by the station's learned interval.
    pub fn of(at: Option<Timestamp>, now: Timestamp, interval_ms: Option<i64>) -> Self {
        let Some(at) = at else { return Self::Waiting };
        let interval = interval_ms.unwrap_or(0);
        match now.since(at) {
            _ if is_ahead(at, now) => Self::Offline,
            age if age > offline_after_ms(interval_ms) => Self::Offline,
            age if age > STALE_MIN_MS.max(interval.saturating_mul(5) / 2) => Self::Stale,
            _ => Self::Live,
        }
    }

    /// The attribute's value: `live`, `stale`, `offline`, `waiting`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Offline => "offline",
        }
    }

    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "No readings yet",
            Self::Live => "Live",
            Self::Stale => "Stale",
            Self::Offline => "Offline",
        }
    }
}

/// A station whose newest value is older than this is silent, ms.
pub fn offline_after_ms(interval_ms: Option<i64>) -> i64 {
    OFFLINE_MIN_MS.max(interval_ms.unwrap_or(0).saturating_mul(5))
}

/// True if a clock cannot be that far ahead: the server's own was wrong when it noted the time.
pub fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    now.since(at) < -AHEAD_MAX_MS
}

/// An age as people say it: `12 s`, `9 min`, `5 h`, `3 days`. A little ahead of us counts as now.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    match now.since(at).max(0) {
        ms if ms < MINUTE_MS => format!("{} s", ms / SECOND_MS),
        ms if ms < HOUR_MS => format!("{} min", ms / MINUTE_MS),
        ms if ms < 2 * DAY_MS => format!("{} h", ms / HOUR_MS),
        ms => format!("{} days", ms / DAY_MS),
    }
}

/// `12 s ago`, or `just now` below two seconds, or `in the future` beyond what a clock may be ahead.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.since(at) {
        _ if is_ahead(at, now) => "in the future".to_owned(),
        ms if ms < 2 * SECOND_MS => "just now".to_owned(),
        _ => format!("{} ago", age(at, now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn after(age_ms: i64, interval_ms: Option<i64>) -> &'static str {
        Freshness::of(Some(NOW.plus(-age_ms)), NOW, interval_ms).name()
    }

    #[test]
    fn a_value_grows_stale_and_then_offline_by_its_stations_interval() {
        assert_eq!(Freshness::of(None, NOW, Some(1)), Freshness::Waiting);
        for (age_ms, interval_ms, state) in [
            (0, None, "live"),
            (-3_000, None, "live"),
            (-300_000, None, "live"),
            (-300_001, None, "offline"),
            (120_000, Some(5_000), "live"),
            (120_001, Some(5_000), "stale"),
            (900_000, Some(5_000), "stale"),
            (900_001, Some(5_000), "offline"),
            (1_500_000, Some(600_000), "live"),
            (1_500_001, Some(600_000), "stale"),
            (3_000_001, Some(600_000), "offline"),
        ] {
            assert_eq!(after(age_ms, interval_ms), state, "{age_ms} ms at {interval_ms:?}");
        }
    }

    #[test]
    fn an_age_is_said_in_one_unit() {
        for (ms, text) in [
            (-86_400_000, "in the future"),
            (-300_001, "in the future"),
            (-5_000, "just now"),
            (1_999, "just now"),
            (12_345, "12 s ago"),
            (599_000, "9 min ago"),
            (7_200_000, "2 h ago"),
            (172_800_000, "2 days ago"),
        ] {
            assert_eq!(ago(NOW.plus(-ms), NOW), text);
        }
    }
}
