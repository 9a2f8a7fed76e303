//! The keeper's counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts since the keeper was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Words answered.
    pub answered: u64,
    /// Times it spoke on its own.
    pub spoken: u64,
    /// Visitors whose words it is answering now.
    pub thinking: u64,
    /// Alerts that it watches.
    pub alerts: u64,
    /// Reports that did not fit into its queue and were read from the journal.
    pub overflowed: u64,
    /// Times storage failed and it tried again.
    pub retried: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    pub answered: AtomicU64,
    pub spoken: AtomicU64,
    pub thinking: AtomicU64,
    pub alerts: AtomicU64,
    pub overflowed: AtomicU64,
    pub retried: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Stats {
        Stats {
            answered: self.answered.load(Relaxed),
            spoken: self.spoken.load(Relaxed),
            thinking: self.thinking.load(Relaxed),
            alerts: self.alerts.load(Relaxed),
            overflowed: self.overflowed.load(Relaxed),
            retried: self.retried.load(Relaxed),
        }
    }
}

/// Relaxed: people read the counters, and no code depends on their order.
pub(super) fn count(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Relaxed);
}

/// Sets a gauge.
pub(super) fn set(gauge: &AtomicU64, to: usize) {
    gauge.store(to as u64, Relaxed);
}
