//! How much visitors may say, and how many alerts they may make: each, from one address, and all together.
//!
//! Visitors are easily invented: every request without a cookie makes one. Addresses are not.

use super::error::Error;
use super::options::Options;
use super::words::{NewWord, Speaker};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// A word counts once for each so many bytes that it has begun.
const UNIT_BYTES: usize = 256;
/// Words may come at once if they were saved up: twice a minute's.
const BURST_MINUTES: u32 = 2;
/// After so many checks those who are quiet again are forgotten, so that memory has a bound.
const FORGET_AFTER: u32 = 4_096;
/// After a refusal because of all together: some moments.
const CROWDED_RETRY_S: u32 = 5;

type Keyed = RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, NoOpMiddleware>;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The budgets of words and of alerts.
pub(super) struct Talkers {
    clock: DefaultClock,
    /// Addresses are known by a hash with a key of this process: the database does not tell them, even if it is stolen.
    hasher: RandomState,
    visitors: Keyed,
    sources: Keyed,
    all: DefaultDirectRateLimiter,
    /// The most that one check can ask of visitors, sources and all.
    bursts: [NonZeroU32; 3],
    alerts: Keyed,
    all_alerts: DefaultDirectRateLimiter,
    checks: AtomicU32,
}

impl Talkers {
    pub(super) fn new(options: &Options) -> Self {
        let quotas = [options.words_visitor_per_minute, options.words_address_per_minute, options.words_all_per_minute]
            .map(|per_minute| {
                let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
                let burst = per_minute.saturating_mul(NonZeroU32::new(BURST_MINUTES).unwrap_or(NonZeroU32::MIN));
                Quota::per_minute(per_minute).allow_burst(burst)
            });
        let [alerts, all_alerts] = [options.alerts_address_per_day, options.alerts_all_per_day].map(|per_day| {
            let per_day = NonZeroU32::new(per_day).unwrap_or(NonZeroU32::MIN);
            // A day divided by a number of 32 bits is never nothing.
            Quota::with_period(DAY / per_day.get()).unwrap_or(Quota::per_hour(NonZeroU32::MIN)).allow_burst(per_day)
        });
        let keyed = |quota| RateLimiter::new(quota, DefaultKeyedStateStore::default(), DefaultClock::default());
        Self {
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
            visitors: keyed(quotas[0]),
            sources: keyed(quotas[1]),
            all: RateLimiter::direct(quotas[2]),
            alerts: keyed(alerts),
            all_alerts: RateLimiter::direct(all_alerts),
            bursts: quotas.map(|quota| quota.burst_size()),
            checks: AtomicU32::new(0),
        }
    }

    /// Lets words in, or says who says too much; gives the name by which what is kept of them is counted.
    pub(super) fn admit(&self, speaker: &Speaker<'_>, words: &[NewWord]) -> Result<String, Error> {
        self.forget_quiet();
        let units: usize = words.iter().map(|word| 1 + word.text.len() / UNIT_BYTES).sum();
        let units = NonZeroU32::new(u32::try_from(units).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
        let [visitor_max, source_max, all_max] = self.bursts.map(|burst| units.min(burst));
        self.check(&self.visitors, self.hasher.hash_one(speaker.visitor), visitor_max)?;
        if let Some(source) = speaker.source {
            self.check(&self.sources, self.hasher.hash_one(source), source_max)?;
        }
        if !matches!(self.all.check_n(all_max), Ok(Ok(()))) {
            return Err(Error::Crowded(CROWDED_RETRY_S));
        }
        Ok(self.name(speaker))
    }

    /// Takes one alert from the budget of a talker; false if there is none left.
    pub(super) fn take_alert(&self, talker: &str) -> bool {
        self.forget_quiet();
        self.alerts.check_key(&self.hasher.hash_one(talker)).is_ok() && self.all_alerts.check().is_ok()
    }

    fn forget_quiet(&self) {
        if self.checks.fetch_add(1, Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            [&self.visitors, &self.sources, &self.alerts].into_iter().for_each(Keyed::retain_recent);
        }
    }

    fn check(&self, limiter: &Keyed, key: u64, units: NonZeroU32) -> Result<(), Error> {
        match limiter.check_key_n(&key, units) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(wait)) => {
                let wait = wait.wait_time_from(self.clock.now()).as_secs() + 1;
                Err(Error::TooManyWords(u32::try_from(wait).unwrap_or(u32::MAX)))
            }
            // It asks for no more than a burst.
            Err(_) => Err(Error::TooManyWords(1)),
        }
    }

    /// An address behind a hash, or the visitor where there is none: on this machine.
    fn name(&self, speaker: &Speaker<'_>) -> String {
        match speaker.source {
            Some(source) => format!("@{:016x}", self.hasher.hash_one(source)),
            None => speaker.visitor.as_str().to_owned(),
        }
    }
}

impl fmt::Debug for Talkers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Talkers")
    }
}
