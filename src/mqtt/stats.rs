//! The reader's counts.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Why nothing of a message was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It fits no subscription: the broker remembers one of before.
    Topic,
    /// It is larger than `message_limit_kib`.
    TooLarge,
    /// It is not what the subscription says.
    Unreadable,
    /// The broker has kept it, and it does not say when it was observed.
    NoTime,
    /// More of the station's messages wait than may.
    Queue,
    /// The station is gone.
    NoStation,
    /// The station has filled its share of the database.
    StationFull,
}

impl Refusal {
    /// All of them, in the order of their counts.
    pub const ALL: [Self; 7] =
        [Self::Topic, Self::TooLarge, Self::Unreadable, Self::NoTime, Self::Queue, Self::NoStation, Self::StationFull];

    /// The reason, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Topic => "no subscription reads this topic",
            Self::TooLarge => "it is larger than message_limit_kib in [mqtt]",
            Self::Unreadable => "nothing in it is what its subscription says",
            Self::NoTime => "the broker has kept it, and it does not say when it was observed",
            Self::Queue => "more messages of the station wait to be stored than queue_messages in [mqtt]",
            Self::NoStation => "the station of its subscription is not there",
            Self::StationFull => "the station has filled its share of the database",
        }
    }

    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::TooLarge => "too_large",
            Self::Unreadable => "unreadable",
            Self::NoTime => "no_time",
            Self::Queue => "queue",
            Self::NoStation => "no_station",
            Self::StationFull => "station_full",
        }
    }
}

/// The counts, as they grow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub connected: AtomicBool,
    pub connections: AtomicU64,
    pub messages: AtomicU64,
    pub stored: AtomicU64,
    pub duplicate: AtomicU64,
    pub waits: AtomicU64,
    pub left: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

impl Counters {
    pub(super) fn refused(&self, why: Refusal) {
        self.refused[why as usize].fetch_add(1, Relaxed);
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            connected: self.connected.load(Relaxed),
            connections: self.connections.load(Relaxed),
            messages: self.messages.load(Relaxed),
            stored: self.stored.load(Relaxed),
            duplicate: self.duplicate.load(Relaxed),
            waits: self.waits.load(Relaxed),
            left: self.left.load(Relaxed),
            refused: self.refused.each_ref().map(|count| count.load(Relaxed)),
        }
    }
}

/// What the reader has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Whether there is a connection to the broker now.
    pub connected: bool,
    /// Connections that the broker let in.
    pub connections: u64,
    /// Messages that came.
    pub messages: u64,
    /// Reports of theirs that added something.
    pub stored: u64,
    /// Reports of theirs that were known already.
    pub duplicate: u64,
    /// Times that storage was away and messages waited.
    pub waits: u64,
    /// Messages that were left with the broker, because there was no room for them.
    pub left: u64,
    /// Messages of which nothing was stored, by reason, in the order of [`Refusal::ALL`].
    pub refused: [u64; Refusal::ALL.len()],
}

impl Stats {
    /// Messages of which nothing was stored for that reason.
    pub fn refused(&self, why: Refusal) -> u64 {
        self.refused[why as usize]
    }
}

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Whether there is a connection to the MQTT broker now";
        let mut connected = encoder.encode_descriptor("mqtt_connected", help, None, MetricType::Gauge)?;
        connected.encode_gauge(&u64::from(self.connected))?;
        for (name, help, count) in [
            ("mqtt_connections", "Connections that the MQTT broker let in", self.connections),
            ("mqtt_messages", "MQTT messages that came", self.messages),
            ("mqtt_reports_stored", "Reports of MQTT messages that added something", self.stored),
            ("mqtt_reports_duplicate", "Reports of MQTT messages that were known already", self.duplicate),
            ("mqtt_waits", "Times that storage was away and MQTT messages waited", self.waits),
            ("mqtt_left", "MQTT messages that were left with the broker for want of room", self.left),
        ] {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        let help = "MQTT messages of which nothing was stored";
        let mut refused = encoder.encode_descriptor("mqtt_refused", help, None, MetricType::Counter)?;
        for (why, count) in Refusal::ALL.into_iter().zip(self.refused) {
            let labels = [("reason", why.name())];
            refused.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }
}
