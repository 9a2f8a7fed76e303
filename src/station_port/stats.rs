//! The station port's counts.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The statuses that consoles are answered with; the last one stands for all others.
const STATUSES: [u16; 10] = [200, 400, 401, 403, 405, 408, 413, 415, 503, 0];

/// The counts, as they grow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub connections: AtomicU64,
    pub full: AtomicU64,
    answers: [AtomicU64; STATUSES.len()],
}

impl Counters {
    /// An upload was answered with this status.
    pub(super) fn answered(&self, status: u16) {
        let place = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        self.answers[place].fetch_add(1, Relaxed);
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            connections: self.connections.load(Relaxed),
            full: self.full.load(Relaxed),
            answers: self.answers.each_ref().map(|count| count.load(Relaxed)),
        }
    }
}

/// What the station port has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections that were let in.
    pub connections: u64,
    /// Connections for which there was no place.
    pub full: u64,
    /// Uploads that were answered, by status.
    answers: [u64; STATUSES.len()],
}

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, count) in [
            ("station_port_connections", "Connections that the station port let in", self.connections),
            ("station_port_full", "Connections for which the station port had no place", self.full),
        ] {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        let help = "Uploads that the station port answered, by status";
        let mut answers = encoder.encode_descriptor("station_port_answers", help, None, MetricType::Counter)?;
        for (status, count) in STATUSES.into_iter().zip(self.answers) {
            let status = if status == 0 { "other".to_owned() } else { status.to_string() };
            let labels = [("status", status)];
            answers.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }
}
