//! Clocks of stations: is one wrong, and by how much?

use crate::quality::{AHEAD_MAX_MS, BEHIND_MAX_MS};
use crate::report::BACKFILL_AGE_MS;
use crate::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp};
use std::collections::VecDeque;

/// So many reports are compared, and must agree: a logger that sends its backlog is late each time by another time.
const REPORTS: usize = 3;
/// They agree if they lie within this, ms: stations send at most some seconds late, by now and then a minute …
const AGREE_MS: i64 = 2 * MINUTE_MS;
/// … and within this more than half of the time that passed between them, ms. Of a backlog, hours come in seconds.
const AGREE_SOON_MS: i64 = 2 * SECOND_MS;
/// A clock that is off by less is not worth a word, ms: reports may wait that long.
const OFF_MS: i64 = 5 * MINUTE_MS;
/// No clock is off by more, ms, a hundred years: one that was never set is off by half of that.
const SKEW_MAX_MS: i64 = 36_525 * DAY_MS;

/// When a station was heard, and what its reports said of the time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// When its newest report arrived.
    pub at: Option<Timestamp>,
    /// The newest time that its reports were of, whether their values count or not; none is ahead of its arrival.
    pub newest: Option<Timestamp>,
    /// Of the newest reports that had a time: when each arrived, and the device's time minus that, ms.
    skews: VecDeque<(Timestamp, i64)>,
}

impl Heard {
    /// Takes in that a report arrived; `skew_ms` is the device's time minus the time of arrival, if it had one.
    pub fn note(&mut self, at: Timestamp, skew_ms: Option<i64>) {
        self.at = self.at.max(Some(at));
        self.newest = self.newest.max(Some(at.plus(skew_ms.unwrap_or(0).min(0))));
        let Some(skew_ms) = skew_ms else { return };
        if self.skews.len() == REPORTS {
            self.skews.pop_front();
        }
        self.skews.push_back((at, skew_ms.clamp(-SKEW_MAX_MS, SKEW_MAX_MS)));
    }

    /// How far the station's clock is ahead (negative: behind), ms, if the newest reports agree that it is off: local time that
    /// is sent as UTC is off by the zone's offset. Nothing is said of a station that sends a backlog.
    pub fn clock_off_ms(&self) -> Option<i64> {
        let mut newest: Vec<i64> = self.skews.iter().map(|(_, skew_ms)| *skew_ms).collect();
        newest.sort_unstable();
        let passed_ms = self.skews.back()?.0.since(self.skews.front()?.0).max(0);
        let within_ms = AGREE_MS.min(passed_ms / 2 + AGREE_SOON_MS);
        let agree = newest.len() >= REPORTS && newest.last()? - newest.first()? <= within_ms;
        let median = newest.get(newest.len() / 2)?;
        (agree && median.abs() > OFF_MS).then_some(*median)
    }
}

/// True of a report whose time is so far from its arrival that its station's clock may be off.
pub fn is_odd(skew_ms: i64) -> bool {
    skew_ms.saturating_abs() > OFF_MS
}

/// A clock that is off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Off {
    /// When the station was heard last.
    pub heard_at: Timestamp,
    /// How far its clock is ahead (negative: behind), ms.
    pub by_ms: i64,
}

impl Heard {
    /// The station's clock, if it is off.
    pub fn off(&self) -> Option<Off> {
        Some(Off { heard_at: self.at?, by_ms: self.clock_off_ms()? })
    }
}

impl Off {
    /// True if reports count as old when they arrive, though they are new.
    pub fn makes_old(&self) -> bool {
        (-BEHIND_MAX_MS..-BACKFILL_AGE_MS).contains(&self.by_ms)
    }

    /// True if the clock is not believed: the time of arrival counts.
    pub fn is_replaced(&self) -> bool {
        !(-BEHIND_MAX_MS..=AHEAD_MAX_MS).contains(&self.by_ms)
    }

    /// What has to be added to the times of the station, ms, to five minutes, if `added_ms` is added already. `None` if it is more
    /// than may be added.
    pub fn right_ms(&self, added_ms: i64) -> Option<i64> {
        let right_ms = rounded(added_ms.saturating_sub(self.by_ms));
        (right_ms.abs() <= OFFSET_MAX_MS).then_some(right_ms)
    }
}

/// What is said of clocks is rounded to this, ms: reports are some seconds old when they arrive.
const STEP_MS: i64 = 5 * MINUTE_MS;

fn rounded(ms: i64) -> i64 {
    ms.saturating_abs().saturating_add(STEP_MS / 2) / STEP_MS * STEP_MS * ms.signum()
}

/// A correction, to the minute, as `stevenson station set --clock-offset` takes it: `5h`, `-2h30m`.
pub fn correction(ms: i64) -> String {
    let minutes = ms.saturating_abs() / MINUTE_MS;
    let sign = if ms < 0 { "-" } else { "" };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{sign}{minutes}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m"),
    }
}

/// The length of a correction, to the minute, as people say it: `5 h`, `2 h 30 min`, `20 min`.
pub fn length(ms: i64) -> String {
    let minutes = ms.saturating_abs() / MINUTE_MS;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// True if a clock that is so far ahead (negative: behind) shows the local time of a zone that is `zone_s` ahead of UTC, within
/// five minutes.
pub fn is_local_time(off_ms: i64, zone_s: i32) -> bool {
    zone_s != 0 && (off_ms - i64::from(zone_s) * SECOND_MS).abs() <= OFF_MS
}

/// A clock may be put right by so much, ms: what is further off is not believed either way.
pub const OFFSET_MAX_MS: i64 = BEHIND_MAX_MS;

/// How far off a clock is, as people say it: `5 h behind`, `2 h 30 min ahead`, `3 days behind`. To five minutes: reports are some
/// seconds old when they arrive.
pub fn off(ms: i64) -> String {
    /// Of a clock that is further off, days are said.
    const DAYS_FROM_MS: i64 = 2 * DAY_MS;
    let side = if ms < 0 { "behind" } else { "ahead" };
    match rounded(ms) {
        ms if ms.saturating_abs() < DAYS_FROM_MS => format!("{} {side}", length(ms)),
        ms => format!("{} days {side}", ms.saturating_abs() / DAY_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    fn heard(skews: &[i64]) -> Heard {
        let mut heard = Heard::default();
        for (number, skew) in (0..).zip(skews) {
            heard.note(Timestamp(number * 60_000), Some(*skew));
        }
        heard
    }

    #[test]
    fn a_clock_is_off_when_three_reports_agree() {
        const BEHIND: i64 = -5 * HOUR_MS;
        assert_eq!(heard(&[]).clock_off_ms(), None);
        assert_eq!(heard(&[BEHIND, BEHIND]).clock_off_ms(), None, "two may be a backlog");
        assert_eq!(heard(&[BEHIND - 900, BEHIND, BEHIND - 40_000]).clock_off_ms(), Some(BEHIND - 900));
        assert_eq!(heard(&[BEHIND, BEHIND, BEHIND, -800]).clock_off_ms(), None, "it was set right");
        assert_eq!(heard(&[-3 * HOUR_MS, -2 * HOUR_MS, -HOUR_MS]).clock_off_ms(), None, "a backlog catches up");
        let mut backlog = Heard::default();
        for number in 0..3 {
            backlog.note(Timestamp(number * 900), Some(-2 * HOUR_MS + number * 60_000));
        }
        assert_eq!(backlog.clock_off_ms(), None, "a minute each second");
        for wild in [i64::MIN, i64::MAX] {
            assert!(heard(&[wild; 3]).clock_off_ms().is_some_and(|off| off.abs() == SKEW_MAX_MS));
            assert_eq!(heard(&[wild, -1, !wild]).clock_off_ms(), None);
        }
        assert_eq!(heard(&[-200, -100, 150]).clock_off_ms(), None);
        assert_eq!(heard(&[9 * HOUR_MS; 30]).clock_off_ms(), Some(9 * HOUR_MS));
        let mut untimed = heard(&[BEHIND; 3]);
        untimed.note(Timestamp(900_000), None);
        assert_eq!((untimed.at, untimed.clock_off_ms()), (Some(Timestamp(900_000)), Some(BEHIND)));
        assert_eq!(heard(&[BEHIND]).newest, Some(Timestamp(BEHIND)));
        assert_eq!((untimed.newest, heard(&[HOUR_MS]).newest), (Some(Timestamp(900_000)), Some(Timestamp(0))));
    }

    #[test]
    fn a_correction_is_the_other_way_round() {
        let off = |by_ms| Off { heard_at: Timestamp(0), by_ms };
        for (off_ms, added_ms, text, words) in [
            (-5 * HOUR_MS, 0, "5h", "5 h"),
            (2 * HOUR_MS + 30 * MINUTE_MS + 4_000, 0, "-2h30m", "2 h 30 min"),
            (-6 * MINUTE_MS, 0, "5m", "5 min"),
            (-(26 * HOUR_MS + 10 * MINUTE_MS), 0, "26h10m", "26 h 10 min"),
            (2 * HOUR_MS - 3_000, 5 * HOUR_MS, "3h", "3 h"),
        ] {
            let right_ms = off(off_ms).right_ms(added_ms).expect("it can be put right");
            assert_eq!((correction(right_ms).as_str(), length(right_ms).as_str()), (text, words));
        }
        assert_eq!(off(-367 * DAY_MS).right_ms(0), None);
        for (by_ms, is_old, is_replaced) in [
            (-9 * MINUTE_MS, false, false),
            (-11 * MINUTE_MS, true, false),
            (-367 * DAY_MS, false, true),
            (6 * MINUTE_MS, false, true),
        ] {
            assert_eq!((off(by_ms).makes_old(), off(by_ms).is_replaced()), (is_old, is_replaced), "{by_ms}");
        }
        assert!(is_local_time(HOUR_MS - 20_000, 3_600) && is_local_time(-5 * HOUR_MS, -18_000));
        assert!(!is_local_time(HOUR_MS, 7_200) && !is_local_time(0, 0) && !is_local_time(-HOUR_MS, 3_600));
    }

    #[test]
    fn how_far_off_is_said_in_words() {
        for (ms, words) in [
            (-5 * HOUR_MS - 3_000, "5 h behind"),
            (9 * HOUR_MS, "9 h ahead"),
            (-330 * MINUTE_MS, "5 h 30 min behind"),
            (-6 * MINUTE_MS, "5 min behind"),
            (-100 * 24 * HOUR_MS, "100 days behind"),
            (i64::MIN, "106751991167 days behind"),
        ] {
            assert_eq!(off(ms), words);
        }
    }
}
