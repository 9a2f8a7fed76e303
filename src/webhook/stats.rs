//! What is counted of webhooks.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts of one webhook, as they grow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub sent: AtomicU64,
    pub failed: AtomicU64,
    pub dropped: AtomicU64,
    pub waiting: AtomicU64,
}

/// The counts of all, by name.
#[derive(Debug, Clone, Default)]
pub struct Watcher(pub(super) Vec<(String, Arc<Counters>)>);

/// The counts of one webhook.
type Counted = (String, [u64; 4]);

/// What the webhooks have done since they were opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats(Vec<Counted>);

impl Watcher {
    /// What the counts are now.
    pub fn stats(&self) -> Stats {
        let read = |of: &Counters| [&of.sent, &of.failed, &of.dropped, &of.waiting].map(|count| count.load(Relaxed));
        Stats(self.0.iter().map(|(name, counters)| (name.clone(), read(counters))).collect())
    }
}

/// A metric: its name, what it says, its type.
const METRICS: [(&str, &str, MetricType); 4] = [
    ("webhook_letters_sent", "Letters that a webhook's receiver has taken", MetricType::Counter),
    ("webhook_attempts_failed", "Attempts to send a letter that failed", MetricType::Counter),
    ("webhook_letters_dropped", "Letters that were given up: refused, too old or too many", MetricType::Counter),
    ("webhook_letters_waiting", "Letters that wait to be sent", MetricType::Gauge),
];

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (place, (name, help, kind)) in METRICS.into_iter().enumerate() {
            let mut metric = encoder.encode_descriptor(name, help, None, kind)?;
            for (webhook, counts) in &self.0 {
                let labels = [("webhook", webhook.as_str())];
                let mut one = metric.encode_family(&labels)?;
                match kind {
                    MetricType::Gauge => one.encode_gauge(&counts[place])?,
                    _ => one.encode_counter::<NoLabelSet, _, f64>(&counts[place], None)?,
                }
            }
        }
        Ok(())
    }
}
