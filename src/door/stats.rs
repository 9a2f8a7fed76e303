//! What the door counts.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why the door ended a connection, or did not let it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its head took too long.
    Head,
    /// It was idle for too long.
    Idle,
    /// It took an answer too slowly.
    Write,
    /// It made room for a newcomer.
    Room,
    /// Its address had too many.
    Address,
    /// There was no room.
    Full,
}

impl Cut {
    /// All of them.
    pub const ALL: [Cut; 6] = [Cut::Head, Cut::Idle, Cut::Write, Cut::Room, Cut::Address, Cut::Full];

    /// The name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Cut::Head => "head",
            Cut::Idle => "idle",
            Cut::Write => "write",
            Cut::Room => "room",
            Cut::Address => "address",
            Cut::Full => "full",
        }
    }
}

/// What became of a page that was asked for: whatever Rocket answers, but for uploads and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageEnd {
    /// It was made.
    Made,
    /// Its client left before.
    Left,
    /// It got no turn in time.
    Late,
}

impl PageEnd {
    /// All of them.
    pub const ALL: [PageEnd; 3] = [PageEnd::Made, PageEnd::Left, PageEnd::Late];

    /// The name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            PageEnd::Made => "made",
            PageEnd::Left => "left",
            PageEnd::Late => "late",
        }
    }
}

/// A page that is asked for; it is counted when this is dropped.
pub(crate) struct Asked<'c> {
    counters: &'c Counters,
    /// What becomes of it, as things stand.
    pub(crate) end: PageEnd,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.counters.pages[self.end as usize].fetch_add(1, Relaxed);
    }
}

/// The counts, as they grow.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pages: [AtomicU64; PageEnd::ALL.len()],
    accepted: AtomicU64,
    cuts: [AtomicU64; Cut::ALL.len()],
    lane: AtomicU64,
    long_way: AtomicU64,
}

impl Counters {
    pub(crate) fn accepted(&self) {
        self.accepted.fetch_add(1, Relaxed);
    }

    pub(crate) fn cut(&self, why: Cut, count: usize) {
        self.cuts[why as usize].fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn by_lane(&self) {
        self.lane.fetch_add(1, Relaxed);
    }

    pub(crate) fn by_hyper(&self) {
        self.long_way.fetch_add(1, Relaxed);
    }

    /// A page is asked for, and left as long as nothing else is noted.
    pub(crate) fn page(&self) -> Asked<'_> {
        Asked { counters: self, end: PageEnd::Left }
    }

    pub(crate) fn stats(&self, connections: usize, max_connections: usize) -> Stats {
        Stats {
            connections: connections as u64,
            max_connections: max_connections as u64,
            accepted: self.accepted.load(Relaxed),
            cuts: self.cuts.each_ref().map(|count| count.load(Relaxed)),
            lane: self.lane.load(Relaxed),
            long_way: self.long_way.load(Relaxed),
            pages: self.pages.each_ref().map(|count| count.load(Relaxed)),
        }
    }
}

/// What the door has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections now.
    pub connections: u64,
    /// Most connections at once.
    pub max_connections: u64,
    /// Connections that were let in.
    pub accepted: u64,
    /// Connections that the door ended or did not let in, by reason, in the order of [`Cut::ALL`].
    pub cuts: [u64; Cut::ALL.len()],
    /// Requests that the fast lane read.
    pub lane: u64,
    /// Requests that hyper read.
    pub long_way: u64,
    /// Pages that were asked for, by what became of them, in the order of [`PageEnd::ALL`].
    pub pages: [u64; PageEnd::ALL.len()],
}

impl Collector for Stats {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, value) in [
            ("connections", "Connections now", self.connections),
            ("max_connections", "Most connections at once", self.max_connections),
        ] {
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)?;
        }
        let accepted = ("connections_accepted", "Connections that were let in", self.accepted);
        for (name, help, count) in [
            accepted,
            ("requests_fast", "Requests that the fast lane read", self.lane),
            ("requests_hyper", "Requests that hyper read", self.long_way),
        ] {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        let help = "Connections that the door ended or did not let in";
        let mut cuts = encoder.encode_descriptor("connections_cut", help, None, MetricType::Counter)?;
        for (why, count) in Cut::ALL.into_iter().zip(self.cuts) {
            let labels = [("reason", why.name())];
            cuts.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        let help = "Pages that were asked for, by what became of them";
        let mut pages = encoder.encode_descriptor("pages", help, None, MetricType::Counter)?;
        for (end, count) in PageEnd::ALL.into_iter().zip(self.pages) {
            let labels = [("end", end.name())];
            pages.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }
}
