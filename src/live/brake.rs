//! The brake: one page must not keep the dock busy.

use crate::dock::clipboard::Id;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// Trucks a page may send in a second for long: as many as a home that keeps the rules does.
const TRUCKS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("10 is not zero");
/// Trucks it may send at once: a home sends four; what waited on the way arrives in a bunch.
const BURST_TRUCKS: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
/// After so many trucks, of all pages, pages that are quiet again are forgotten: so memory has a bound, and the walk
/// costs each truck next to nothing.
const FORGET_AFTER_TRUCKS: u32 = 4_096;

/// Counts trucks by page.
pub struct Brake<C: Clock = DefaultClock> {
    /// By the hash of the bay: two pages that share one, by a chance of 1 in 2⁶⁴, share their trucks, too.
    limiter: RateLimiter<u64, DefaultKeyedStateStore<u64>, C, NoOpMiddleware<C::Instant>>,
    hasher: RandomState,
    trucks: AtomicU32,
}

/// Too many trucks.
#[derive(Debug, PartialEq, Eq)]
pub struct TooEager;

impl<C: Clock> Brake<C> {
    /// A brake that has seen nobody.
    pub fn new(clock: C) -> Self {
        let quota = Quota::per_second(TRUCKS_PER_SECOND).allow_burst(BURST_TRUCKS);
        let limiter = RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock);
        Self { limiter, hasher: RandomState::new(), trucks: AtomicU32::new(0) }
    }

    /// Lets one truck of a page pass, or not.
    pub fn check(&self, bay: &Id) -> Result<(), TooEager> {
        if self.trucks.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER_TRUCKS == FORGET_AFTER_TRUCKS - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&self.hasher.hash_one(bay)).map_err(|_| TooEager)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    fn id(number: u32) -> Id {
        Id::new(&format!("{number:016}")).expect("an id")
    }

    #[test]
    fn a_page_that_keeps_the_rules_is_never_stopped() {
        let clock = FakeRelativeClock::default();
        let brake = Brake::new(clock.clone());
        for _ in 0..1_000 {
            assert_eq!(brake.check(&id(1)), Ok(()));
            clock.advance(Duration::from_millis(100));
        }
    }

    #[test]
    fn an_eager_page_is_stopped_and_others_are_not() {
        let brake = Brake::new(FakeRelativeClock::default());
        assert_eq!((0..100).filter(|_| brake.check(&id(1)).is_ok()).count(), 20);
        assert_eq!(brake.check(&id(2)), Ok(()));
    }

    #[test]
    fn pages_that_are_quiet_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let brake = Brake::new(clock.clone());
        for number in 0..10 * FORGET_AFTER_TRUCKS {
            clock.advance(Duration::from_millis(1));
            assert_eq!(brake.check(&id(number)), Ok(()));
            assert!(brake.limiter.len() <= 2 * FORGET_AFTER_TRUCKS as usize);
        }
    }
}
