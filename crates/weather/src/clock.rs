//! Clocks of stations: is one wrong, and by how much?

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

/// What to add to the times of a clock that is so far ahead (negative: behind), to five minutes, as
/// `stevenson station set --clock-offset` takes it: `5h`, `-2h30m`.
pub fn correction(off_ms: i64) -> String {
    const STEP_MIN: i64 = 5;
    let minutes = off_ms.saturating_abs().saturating_add(STEP_MIN * MINUTE_MS / 2) / (STEP_MIN * MINUTE_MS) * STEP_MIN;
    let sign = if off_ms > 0 { "-" } else { "" };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{sign}{minutes}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m"),
    }
}

/// True if a clock that is so far ahead (negative: behind) shows the local time of a zone that is `zone_s` ahead of UTC, within
/// five minutes.
pub fn is_local_time(off_ms: i64, zone_s: i32) -> bool {
    zone_s != 0 && (off_ms - i64::from(zone_s) * SECOND_MS).abs() <= OFF_MS
}

/// A clock may be put right by so much, ms: what is further off is not believed either way.
pub const OFFSET_MAX_MS: i64 = crate::quality::BEHIND_MAX_MS;

/// How far off a clock is, as people say it: `5 h behind`, `2 h 30 min ahead`, `3 days behind`. To five minutes: reports are some
/// seconds old when they arrive.
pub fn off(ms: i64) -> String {
    /// What is said is rounded to this, minutes.
    const STEP_MIN: i64 = 5;
    let minutes = ms.saturating_abs().saturating_add(STEP_MIN * MINUTE_MS / 2) / (STEP_MIN * MINUTE_MS) * STEP_MIN;
    let side = if ms < 0 { "behind" } else { "ahead" };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min {side}"),
        (hours, 0) if hours < 48 => format!("{hours} h {side}"),
        (hours, minutes) if hours < 48 => format!("{hours} h {minutes} min {side}"),
        (hours, _) => format!("{} days {side}", hours / 24),
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
        for (off_ms, text) in [
            (-5 * HOUR_MS, "5h"),
            (2 * HOUR_MS + 30 * MINUTE_MS + 4_000, "-2h30m"),
            (-6 * MINUTE_MS, "5m"),
            (-(26 * HOUR_MS + 10 * MINUTE_MS), "26h10m"),
        ] {
            assert_eq!(correction(off_ms), text);
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
