//! What handles and the writer share.

use super::shares::Shares;
use super::stats::{Counters, Stats};
use crate::storage::options::Options;
use crate::storage::stations::Directory;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use weather::clock::{self, Heard};
use weather::report::Report;
use weather::station::StationId;

/// Shared by all handles and the writer.
pub(in crate::storage) struct Shared {
    pub options: Options,
    /// Only the writer replaces it, after the commit that changed it; nobody holds the lock longer than a clone takes.
    directory: RwLock<Arc<Directory>>,
    /// The newest entry that this process has committed; 0: none yet.
    head: AtomicU64,
    /// How full the database is, and by whom.
    pub shares: Shares,
    /// When stations were heard since the start, and what their clocks said.
    heard: Mutex<HashMap<StationId, Heard>>,
    pub(super) counters: Counters,
}

impl Shared {
    pub(in crate::storage) fn new(options: Options) -> Self {
        let (directory, head) = (RwLock::default(), AtomicU64::new(0));
        Self {
            options,
            directory,
            head,
            shares: Shares::default(),
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
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let of_station = heard.entry(station).or_default();
        let before = of_station.clock_off_ms();
        of_station.note(newest.received_at(), newest.skew_ms());
        match (before, of_station.clock_off_ms()) {
            (None, Some(off_ms)) => {
                let directory = self.directory();
                let slug = directory.by_id(station).map_or("", |(station, _)| station.slug.as_str());
                tracing::warn!(station = slug, "the station's clock is {}", clock::off(off_ms));
            }
            (Some(_), None) => {
                let directory = self.directory();
                let slug = directory.by_id(station).map_or("", |(station, _)| station.slug.as_str());
                tracing::info!(station = slug, "the station's clock is right again, or its reports do not agree");
            }
            _ => {}
        }
    }

    /// What is known of a station's clock since the start.
    pub(in crate::storage) fn heard(&self, station: StationId) -> Heard {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&station).cloned().unwrap_or_default()
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
