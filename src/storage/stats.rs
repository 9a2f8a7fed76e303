//! Counters, for those who watch.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What storage has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Reports that added something.
    pub reports_stored: u64,
    /// Reports that were known already.
    pub reports_duplicate: u64,
    /// Transactions that stored reports.
    pub commits: u64,
    /// Transactions that failed: locked, full or worse.
    pub failures: u64,
    /// Journal entries that another process wrote.
    pub foreign_entries: u64,
    /// Reports that wait for the writer now.
    pub queued_reports: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub reports_stored: AtomicU64,
    pub reports_duplicate: AtomicU64,
    pub commits: AtomicU64,
    pub failures: AtomicU64,
    pub foreign_entries: AtomicU64,
}

/// Adds to a counter; nothing is ordered by counters.
pub(super) fn count(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Relaxed);
}

impl Counters {
    pub fn read(&self, queued_reports: usize) -> Stats {
        Stats {
            reports_stored: self.reports_stored.load(Relaxed),
            reports_duplicate: self.reports_duplicate.load(Relaxed),
            commits: self.commits.load(Relaxed),
            failures: self.failures.load(Relaxed),
            foreign_entries: self.foreign_entries.load(Relaxed),
            queued_reports: queued_reports as u64,
        }
    }
}
