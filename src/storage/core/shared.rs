//! What handles and the writer share.

use super::gathering::Gathering;
use super::shares::Shares;
use super::stats::{Counters, Stats};
use crate::storage::options::Options;
use crate::storage::stations::Directory;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use weather::clock::{self, Heard};
use weather::report::Report;
use weather::station::StationId;
use weather::time::{DAY_MS, HOUR_MS, Timestamp};

/// The log tells of a station's clock at most once in this time, ms: whoever sends odd times must not fill the log.
const CLOCK_TOLD_EVERY_MS: i64 = HOUR_MS;

/// The log tells that a station repeats itself at most once in this time, ms: it may be days until somebody mends it.
const FROZEN_TOLD_EVERY_MS: i64 = DAY_MS;

/// What was heard of a station.
#[derive(Default)]
struct OfStation {
    heard: Heard,
    /// When the log told of its clock.
    told_at: Option<Timestamp>,
    /// When the log told that nothing changes any more.
    told_frozen_at: Option<Timestamp>,
}

impl OfStation {
    /// Takes in that a report arrived; returns how far the station's clock is off, if the log has to tell it.
    fn note(&mut self, now: Timestamp, skew_ms: Option<i64>) -> Option<i64> {
        let was_off = self.heard.clock_off_ms().is_some();
        self.heard.note(now, skew_ms);
        let off_ms = self.heard.clock_off_ms().filter(|_| !was_off)?;
        let is_due = self.told_at.is_none_or(|told_at| now.since(told_at) >= CLOCK_TOLD_EVERY_MS);
        is_due.then(|| {
            self.told_at = Some(now);
            off_ms
        })
    }

    /// Whether the log has to tell that nothing changes any more.
    fn tells_of_frozen(&mut self, now: Timestamp) -> bool {
        let is_due = self.told_frozen_at.is_none_or(|told_at| now.since(told_at) >= FROZEN_TOLD_EVERY_MS);
        if is_due {
            self.told_frozen_at = Some(now);
        }
        is_due
    }
}

/// Shared by all handles and the writer.
pub(in crate::storage) struct Shared {
    pub options: Options,
    /// Only the writer replaces it, after the commit that changed it; nobody holds the lock longer than a clone takes.
    directory: RwLock<Arc<Directory>>,
    /// The newest entry that this process has committed; 0: none yet.
    head: AtomicU64,
    /// Readings of some sensor from before this instant are gone; the start of time if none are.
    raw_from: AtomicI64,
    /// How full the database is, and by whom.
    pub shares: Shares,
    /// Fields that mean nothing yet.
    pub gathering: Gathering,
    /// When stations were heard since the start, and what their clocks said.
    heard: Mutex<HashMap<StationId, OfStation>>,
    pub(super) counters: Counters,
}

impl Shared {
    pub(in crate::storage) fn new(options: Options) -> Self {
        let (directory, head) = (RwLock::default(), AtomicU64::new(0));
        Self {
            options,
            directory,
            head,
            raw_from: AtomicI64::new(i64::MIN),
            shares: Shares::default(),
            gathering: Gathering::default(),
            heard: Mutex::default(),
            counters: Counters::default(),
        }
    }

    pub(in crate::storage) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    pub(super) fn reached(&self, head: u64) {
        self.head.store(head, Ordering::Release);
    }

    /// Readings of a sensor begin there now.
    pub(super) fn readings_begin(&self, from: Timestamp) {
        self.raw_from.fetch_max(from.0, Ordering::Relaxed);
    }

    /// Whether readings of some sensor from then on may be gone.
    pub(in crate::storage) fn may_be_gone(&self, from: Timestamp) -> bool {
        from.0 < self.raw_from.load(Ordering::Relaxed)
    }

    pub(in crate::storage) fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// Reports of a station have arrived.
    pub(in crate::storage) fn hears(&self, station: StationId, reports: &[Report]) {
        let Some(newest) = reports.iter().max_by_key(|report| (report.received_at(), report.observed_at())) else {
            return;
        };
        // A file is no station.
        if newest.is_history() {
            return;
        }
        let now = newest.received_at();
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(off_ms) = heard.entry(station).or_default().note(now, newest.skew_ms()) {
            let directory = self.directory();
            let slug = directory.by_id(station).map_or("", |(station, _)| station.slug.as_str());
            tracing::warn!(station = slug, "the station's clock is {}", clock::off(off_ms));
        }
    }

    /// A report of a station has arrived at another server, which tells the log of the station's clock.
    pub(super) fn hears_elsewhere(&self, station: StationId, arrived_at: Timestamp, observed_at: Timestamp) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.entry(station).or_default().heard.note(arrived_at, Some(observed_at.since(arrived_at)));
    }

    /// All that a station said at that time was what it has said for hours.
    pub(in crate::storage) fn is_frozen(&self, station: StationId, now: Timestamp) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.entry(station).or_default().tells_of_frozen(now) {
            let directory = self.directory();
            let slug = directory.by_id(station).map_or("", |(station, _)| station.slug.as_str());
            tracing::warn!(station = slug, "the station reports, but nothing that it measures changes any more");
        }
    }

    /// What is known of a station's clock since the start.
    pub(in crate::storage) fn heard(&self, station: StationId) -> Heard {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&station).map(|of| of.heard.clone()).unwrap_or_default()
    }

    /// The database was measured.
    pub(super) fn measured(&self, used_bytes: u64) {
        self.shares.measured(used_bytes, &self.directory(), &self.options);
    }

    /// What was counted; how many reports and words wait is the queue's part.
    pub(in crate::storage) fn stats(&self) -> Stats {
        self.counters.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_that_sends_odd_times_does_not_fill_the_log() {
        let mut station = OfStation::default();
        // Three times five hours behind, three times right, and again, for two hours.
        let told = (0..7_200).filter(|second| {
            let skew_ms = if second / 3 % 2 == 0 { -5 * HOUR_MS } else { 0 };
            station.note(Timestamp(second * 1_000), Some(skew_ms)).is_some()
        });
        assert_eq!(told.collect::<Vec<_>>(), [2, 3_602]);
        let told = (0..49).filter(|hour| station.tells_of_frozen(Timestamp(hour * HOUR_MS)));
        assert_eq!(told.collect::<Vec<_>>(), [0, 24, 48]);
    }
}
