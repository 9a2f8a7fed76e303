//! What is counted of backups.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use weather::time::Timestamp;

/// Milliseconds in a second.
const SECOND_MS: f64 = 1_000.0;

/// The counts, as they grow.
#[derive(Debug, Default)]
pub struct Counters {
    failures: AtomicU64,
    /// When the newest backup was written, ms; 0: there is none.
    newest_ms: AtomicI64,
}

impl Counters {
    /// `newest`: when the backup was written that is there already.
    pub(super) fn new(newest: Option<Timestamp>) -> Self {
        Self { failures: AtomicU64::new(0), newest_ms: AtomicI64::new(newest.map_or(0, |at| at.0)) }
    }

    pub(super) fn made(&self, at: Timestamp) {
        self.newest_ms.store(at.0, Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    /// What they are now.
    pub fn stats(&self) -> Stats {
        Stats { failures: self.failures.load(Relaxed), newest_ms: self.newest_ms.load(Relaxed) }
    }
}

/// What the worker has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    failures: u64,
    newest_ms: i64,
}

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Backups of a day that could not be written";
        let mut failures = encoder.encode_descriptor("backup_failures", help, None, MetricType::Counter)?;
        failures.encode_counter::<NoLabelSet, _, f64>(&self.failures, None)?;
        let help = "When the newest backup of a day was written, Unix time";
        let mut newest = encoder.encode_descriptor("backup_timestamp_seconds", help, None, MetricType::Gauge)?;
        if self.newest_ms != 0 {
            newest.encode_gauge(&(self.newest_ms as f64 / SECOND_MS))?;
        }
        Ok(())
    }
}
