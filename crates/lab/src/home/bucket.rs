//! A token bucket: so many at once, so many a second in the long run.

use super::Ms;

/// Departures at once: a flood of news rides together.
const BURST: Ms = 4;
/// The time in which a token grows, ms: ten a second.
const TOKEN_MS: Ms = 100;
/// The time in which an empty bucket fills, ms.
const FULL_MS: Ms = BURST * TOKEN_MS;

/// It counts in the time that tokens take to grow, which stays exact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bucket {
    grown_ms: Ms,
    at: Ms,
}

impl Bucket {
    /// A full one.
    pub(crate) fn full(now: Ms) -> Self {
        Self { grown_ms: FULL_MS, at: now }
    }

    /// Takes a token: 0 if there was one, else how long until there is, ms. A clock that was set back counts as no time.
    pub(crate) fn take(&mut self, now: Ms) -> Ms {
        self.grown_ms = FULL_MS.min(self.grown_ms + (now - self.at).max(0));
        self.at = now;
        if self.grown_ms < TOKEN_MS {
            return TOKEN_MS - self.grown_ms;
        }
        self.grown_ms -= TOKEN_MS;
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_leave_at_once_and_then_ten_a_second() {
        let mut bucket = Bucket::full(1_000);
        assert_eq!([0; 5].map(|_| bucket.take(1_000)), [0, 0, 0, 0, 100]);
        assert_eq!((bucket.take(1_060), bucket.take(1_100), bucket.take(1_100)), (40, 0, 100));
    }

    #[test]
    fn a_clock_that_was_set_back_gives_and_takes_nothing() {
        let mut bucket = Bucket::full(1_000);
        assert_eq!([0; 4].map(|_| bucket.take(1_000)), [0; 4]);
        assert_eq!((bucket.take(0), bucket.take(50), bucket.take(100)), (100, 50, 0));
    }
}
