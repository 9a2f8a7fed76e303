//! Commits that take long: stations wait for them. Pure.

use std::time::{Duration, Instant};

/// A commit that takes as long is told of. An SD card needs some tens of milliseconds, a database that another process holds locked
/// up to `lock_wait_ms`.
const SLOW: Duration = Duration::from_secs(1);
/// The log tells of slow commits at most once in this time.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Slow commits that the log has not been told of.
#[derive(Debug, Default)]
pub(super) struct Slow {
    told: Option<Instant>,
    times: u64,
    longest: Duration,
}

/// How many there were, and the longest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub times: u64,
    pub longest_ms: u64,
}

impl Slow {
    /// Takes in how long a commit took; returns what the log is to tell now.
    pub(super) fn took(&mut self, took: Duration, now: Instant) -> Option<Told> {
        if took < SLOW {
            return None;
        }
        self.times += 1;
        self.longest = self.longest.max(took);
        if self.told.is_some_and(|told| now.saturating_duration_since(told) < TELL_EVERY) {
            return None;
        }
        self.told = Some(now);
        let longest_ms = u64::try_from(std::mem::take(&mut self.longest).as_millis()).unwrap_or(u64::MAX);
        Some(Told { times: std::mem::take(&mut self.times), longest_ms })
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "an instant can only be had from a clock")]
mod tests {
    use super::*;

    #[test]
    fn slow_commits_are_told_once_a_minute_with_their_number_and_the_longest() {
        let (mut slow, start) = (Slow::default(), Instant::now());
        let mut took = |ms, at_s| slow.took(Duration::from_millis(ms), start + Duration::from_secs(at_s));
        assert_eq!(took(999, 0), None);
        assert_eq!(took(1_000, 0), Some(Told { times: 1, longest_ms: 1_000 }));
        assert_eq!((took(3_000, 1), took(2_000, 59)), (None, None));
        assert_eq!(took(1_500, 60), Some(Told { times: 3, longest_ms: 3_000 }));
    }
}
