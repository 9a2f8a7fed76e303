//! The listener's counts.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why nothing of a datagram was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not come from a private address.
    Address,
    /// Its sender sends too many.
    Rate,
    /// It is too large, or not what a hub sends.
    Unreadable,
    /// The device is bound to no station.
    Unknown,
    /// More wait than may, or storage was away for too long.
    Queue,
    /// Storage does not take it.
    Storage,
}

impl Refusal {
    /// All of them, in the order of their counts.
    pub const ALL: [Self; 6] = [Self::Address, Self::Rate, Self::Unreadable, Self::Unknown, Self::Queue, Self::Storage];

    /// The reason, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Address => "it comes from the internet",
            Self::Rate => "its sender sends too many",
            Self::Unreadable => "it is not what a hub of WeatherFlow sends",
            Self::Unknown => "the device is bound to no station",
            Self::Queue => "more wait to be stored than queue_messages in [tempest]",
            Self::Storage => "storage did not take it",
        }
    }

    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Rate => "rate",
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
            Self::Queue => "queue",
            Self::Storage => "storage",
        }
    }
}

/// The counts, as they grow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub datagrams: AtomicU64,
    pub stored: AtomicU64,
    pub duplicate: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

impl Counters {
    pub(super) fn refused(&self, why: Refusal) {
        self.refused[why as usize].fetch_add(1, Relaxed);
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            datagrams: self.datagrams.load(Relaxed),
            stored: self.stored.load(Relaxed),
            duplicate: self.duplicate.load(Relaxed),
            refused: self.refused.each_ref().map(|count| count.load(Relaxed)),
        }
    }
}

/// What the listener has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Datagrams that came.
    pub datagrams: u64,
    /// Reports of theirs that added something.
    pub stored: u64,
    /// Reports of theirs that were known already.
    pub duplicate: u64,
    /// Datagrams of which nothing was stored, by reason, in the order of [`Refusal::ALL`].
    pub refused: [u64; Refusal::ALL.len()],
}

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, count) in [
            ("tempest_datagrams", "Datagrams that came from hubs of WeatherFlow", self.datagrams),
            ("tempest_reports_stored", "Reports of theirs that added something", self.stored),
            ("tempest_reports_duplicate", "Reports of theirs that were known already", self.duplicate),
        ] {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        let help = "Datagrams of which nothing was stored";
        let mut refused = encoder.encode_descriptor("tempest_refused", help, None, MetricType::Counter)?;
        for (why, count) in Refusal::ALL.into_iter().zip(self.refused) {
            let labels = [("reason", why.name())];
            refused.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }
}
