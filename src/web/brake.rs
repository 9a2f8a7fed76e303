//! The brake: it stops a caller that sends too many requests.

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// Requests that one caller may send in a second, for any length of time. A page that keeps the rules sends no more.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("10 is not zero");
/// Requests that a caller may send at once. A page sends four; requests that waited on the way arrive together.
const BURST: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
/// After so many requests of all callers together, the brake forgets the callers that are quiet again. So its memory has
/// a bound, and the walk over all callers costs each request very little.
const FORGET_AFTER: u32 = 4_096;

/// Counts requests by caller.
pub struct Brake<C: Clock = DefaultClock> {
    /// Callers by their hash. Two callers with the same hash (a chance of 1 in 2⁶⁴) would share their limit.
    limiter: RateLimiter<u64, DefaultKeyedStateStore<u64>, C, NoOpMiddleware<C::Instant>>,
    hasher: RandomState,
    requests: AtomicU32,
}

/// Too many requests.
#[derive(Debug, PartialEq, Eq)]
pub struct TooEager;

impl<C: Clock> Brake<C> {
    /// A brake that has seen nobody.
    pub fn new(clock: C) -> Self {
        Self::with(Quota::per_second(PER_SECOND).allow_burst(BURST), clock)
    }

    /// The same with a limit of its own.
    pub fn with(quota: Quota, clock: C) -> Self {
        let limiter = RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock);
        Self { limiter, hasher: RandomState::new(), requests: AtomicU32::new(0) }
    }

    /// Lets one request of a caller pass, or not.
    pub fn check(&self, caller: impl Hash) -> Result<(), TooEager> {
        if self.requests.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&self.hasher.hash_one(caller)).map_err(|_| TooEager)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    #[test]
    fn a_page_that_keeps_the_rules_is_never_stopped() {
        let clock = FakeRelativeClock::default();
        let brake = Brake::new(clock.clone());
        for _ in 0..1_000 {
            assert_eq!(brake.check(1), Ok(()));
            clock.advance(Duration::from_millis(100));
        }
    }

    #[test]
    fn an_eager_page_is_stopped_and_others_are_not() {
        let brake = Brake::new(FakeRelativeClock::default());
        assert_eq!((0..100).filter(|_| brake.check(1).is_ok()).count(), 20);
        assert_eq!(brake.check(2), Ok(()));
    }

    #[test]
    fn pages_that_are_quiet_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let brake = Brake::new(clock.clone());
        for number in 0..10 * FORGET_AFTER {
            clock.advance(Duration::from_millis(1));
            assert_eq!(brake.check(number), Ok(()));
            assert!(brake.limiter.len() <= 2 * FORGET_AFTER as usize);
        }
    }
}
