//! How a station is: one answer for all pages, lists and commands.

use crate::clock::{Off, off};
use crate::freshness::Freshness;
use crate::time::Timestamp;
use std::borrow::Cow;

/// How a station is. `static/js/view/station.js` has the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StationState {
    /// Its newest values are as young as they usually are.
    Live,
    /// It is heard as usual, but its clock is off by so much, ms: its values are old.
    Clock(i64),
    /// Nothing was heard for two and a half of its intervals.
    Stale,
    /// Nothing was heard for five of its intervals.
    Offline,
    /// It never sent a value.
    Waiting,
}

impl StationState {
    /// Judges the newest time that a station spoke of, and its clock, if that is known to be off.
    pub fn of(spoke_at: Option<Timestamp>, clock: Option<Off>, now: Timestamp, interval_ms: Option<i64>) -> Self {
        let by_values = Freshness::of(spoke_at, now, interval_ms);
        let heard = clock.map(|clock| (Freshness::of(Some(clock.heard_at), now, interval_ms), clock.by_ms));
        match heard {
            _ if by_values == Freshness::Waiting => Self::Waiting,
            Some((Freshness::Live, by_ms)) if by_values != Freshness::Live => Self::Clock(by_ms),
            Some((by_arrival, _)) => by_values.min(by_arrival).into(),
            None => by_values.into(),
        }
    }

    /// The attribute's value: `live`, `clock`, `stale`, `offline`, `waiting`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => Freshness::Live.name(),
            Self::Clock(_) => "clock",
            Self::Stale => Freshness::Stale.name(),
            Self::Offline => Freshness::Offline.name(),
            Self::Waiting => Freshness::Waiting.name(),
        }
    }

    /// The words people read: `Live`, `Clock 5 h behind`.
    pub fn word(self) -> Cow<'static, str> {
        match self {
            Self::Live => Freshness::Live.word().into(),
            Self::Clock(by_ms) => format!("Clock {}", off(by_ms)).into(),
            Self::Stale => Freshness::Stale.word().into(),
            Self::Offline => Freshness::Offline.word().into(),
            Self::Waiting => Freshness::Waiting.word().into(),
        }
    }

    /// True while it is heard, be its clock right or not.
    pub fn is_heard(self) -> bool {
        matches!(self, Self::Live | Self::Clock(_) | Self::Stale)
    }
}

impl From<Freshness> for StationState {
    fn from(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Live => Self::Live,
            Freshness::Stale => Self::Stale,
            Freshness::Offline => Self::Offline,
            Freshness::Waiting => Self::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR_MS, MINUTE_MS};

    #[test]
    fn a_station_whose_clock_is_behind_is_heard_and_is_not_live() {
        const NOW: Timestamp = Timestamp(1_800_000_000_000);
        const BEHIND: i64 = -2 * HOUR_MS;
        let state = |value_age_ms: i64, heard_age_ms: Option<i64>, by_ms: i64| {
            let clock = heard_age_ms.map(|age_ms| Off { heard_at: NOW.plus(-age_ms), by_ms });
            StationState::of(Some(NOW.plus(-value_age_ms)), clock, NOW, Some(MINUTE_MS)).word()
        };
        assert_eq!(state(2 * HOUR_MS, Some(1_000), BEHIND), "Clock 2 h behind");
        assert_eq!(state(2 * HOUR_MS, Some(10 * MINUTE_MS), BEHIND), "Stale", "it falls silent");
        assert_eq!(state(2 * HOUR_MS, Some(HOUR_MS), BEHIND), "Offline");
        assert_eq!(state(2 * HOUR_MS, None, BEHIND), "Offline", "nobody knows of its clock");
        assert_eq!(state(6 * MINUTE_MS, Some(1_000), -6 * MINUTE_MS), "Clock 5 min behind");
        assert_eq!(state(1_000, Some(1_000), 2 * HOUR_MS), "Live", "the time of arrival counts");
        let unheard = StationState::of(None, Some(Off { heard_at: NOW, by_ms: BEHIND }), NOW, None);
        assert_eq!((unheard, unheard.is_heard()), (StationState::Waiting, false));
        assert!(StationState::Clock(BEHIND).is_heard() && !StationState::Offline.is_heard());
    }
}
