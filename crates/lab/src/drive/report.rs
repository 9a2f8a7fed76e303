//! What was measured: a table for people, one JSON object for programs.

use super::Mode;
use super::machine::Machine;
use super::memory::Memory;
use super::peer::{Heads, Peer};
use super::spread::Spread;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// A measurement with the machine, the date and the flags it belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct Measurement {
    /// When it began, RFC 3339.
    pub at: String,
    /// Where.
    pub machine: Machine,
    /// The server.
    pub url: String,
    /// Whose it is.
    pub peer: Peer,
    /// The heads of the trucks' requests.
    pub heads: Heads,
    /// How many stations were posted for.
    pub keys: usize,
    /// What was asked for.
    #[serde(flatten)]
    pub flags: Mode,
    /// Processor time of the load generator itself, seconds.
    pub driver_cpu_s: Option<f64>,
    /// What came out.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What came out, by measurement.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Figures {
    /// Of `park`.
    Park(Parked),
    /// Of `deliver`.
    Deliver(Delivered),
    /// Of `post`.
    Post(Posted),
    /// Of `watched`.
    Watched(Watched),
}

/// How soon parked trucks had a reading.
#[derive(Debug, Clone, Serialize)]
pub struct Parked {
    /// From just before the reading was sent until a truck was home with it, all trucks of all rounds.
    pub from_send: Option<Spread>,
    /// The same from the arrival of the post's answer; 0 for a truck that was home before it.
    pub from_stored: Option<Spread>,
    /// From just before the reading was sent until the last truck of a round was home, all rounds.
    pub last_truck: Option<Spread>,
    /// Trucks that did not bring it within ten seconds, all rounds.
    pub missing: u64,
    /// Trucks that had not parked yet, as the server says, all rounds.
    pub not_parked: u64,
    /// Answers 429.
    pub braked: u64,
    /// The server's memory.
    pub memory: Option<Memory>,
}

/// How many loads a second.
#[derive(Debug, Clone, Serialize)]
pub struct Delivered {
    /// Loads with at least one report that came home.
    pub deliveries: u64,
    /// The same a second.
    pub deliveries_per_s: f64,
    /// Bytes of a load, on average.
    pub bytes_per_delivery: f64,
    /// Reports in a load, on average.
    pub reports_per_delivery: f64,
    /// Readings posted.
    pub posts: u64,
    /// How long it was measured.
    pub seconds: f64,
    /// From just before the oldest reading in a load was sent until the load was home.
    pub age: Option<Spread>,
    /// Answers 429: with any, more trucks are needed to saturate the server.
    pub braked: u64,
    /// Cores that the server kept busy.
    pub server_cpu_share: Option<f64>,
    /// Cores that the load generator kept busy. It has one thread: near 1, it measures itself.
    pub driver_cpu_share: Option<f64>,
    /// The server's processor time by load, µs.
    pub cpu_us_per_delivery: Option<f64>,
    /// The server's memory.
    pub memory: Option<Memory>,
}

/// How many posts a second.
#[derive(Debug, Clone, Serialize)]
pub struct Posted {
    /// Readings that were stored (answers 201) a second.
    pub stored_per_s: f64,
    /// Readings that were stored.
    pub stored: u64,
    /// Readings that were not stored (answers 200), because an earlier run had taken their instant.
    pub duplicates: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// How long it was measured.
    pub seconds: f64,
    /// From just before a post until its answer, of those that were stored.
    pub took: Option<Spread>,
    /// Cores that the server kept busy.
    pub server_cpu_share: Option<f64>,
    /// Cores that the load generator kept busy. It has one thread: near 1, it measures itself.
    pub driver_cpu_share: Option<f64>,
    /// The server's processor time by post that was stored, µs.
    pub cpu_us_per_post: Option<f64>,
}

/// What became of the posts of many stations at the pages that watch.
#[derive(Debug, Clone, Serialize)]
pub struct Watched {
    /// Readings that were posted.
    pub posts: u64,
    /// Those that were stored.
    pub stored: u64,
    /// Those that had no answer.
    pub failed: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// How long it was measured.
    pub seconds: f64,
    /// How often stored readings had to come to a page.
    pub expected: u64,
    /// How often they did.
    pub delivered: u64,
    /// How often one did not.
    pub lost: u64,
    /// How often one came once more.
    pub doubled: u64,
    /// From just before a post's connection was opened until its answer, of those that were stored.
    pub answer: Option<Spread>,
    /// The same until the load with it was home, at pages that watch one station.
    pub age: Option<Spread>,
    /// The same at the pages that watch many.
    pub overview_age: Option<Spread>,
    /// Answers 429 to pages.
    pub braked: u64,
    /// Cores that the server kept busy.
    pub server_cpu_share: Option<f64>,
    /// Cores that the load generator kept busy. It has one thread: near 1, it measures itself.
    pub driver_cpu_share: Option<f64>,
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, system } = &self.machine;
        writeln!(f, "{}   {cpu}, {cores} cores, {system}", self.at)?;
        match self.flags {
            Mode::Park { trucks, rounds } => write!(f, "park: {trucks} trucks, {rounds} rounds")?,
            Mode::Deliver { trucks, seconds, news_per_s } => {
                write!(f, "deliver: {trucks} trucks, {seconds} s")?;
                if let Some(news) = news_per_s {
                    write!(f, ", {news} news/s")?;
                }
            }
            Mode::Post { clients, batch, seconds } => {
                write!(f, "post: {clients} clients, reports in a request: {batch}, {seconds} s")?;
            }
            Mode::Watched { every_s, seconds, pages, overviews } => write!(
                f,
                "watched: {} stations every {every_s} s for {seconds} s, {pages} pages of one, {overviews} overviews",
                self.keys
            )?,
        }
        writeln!(f, ", {}, {:?}, heads {:?}", self.url, self.peer, self.heads)?;
        match &self.figures {
            Figures::Park(parked) => parked.rows(f)?,
            Figures::Deliver(delivered) => delivered.rows(f)?,
            Figures::Post(posted) => posted.rows(f)?,
            Figures::Watched(watched) => watched.rows(f)?,
        }
        row(f, "load generator", self.driver_cpu_s.map(|seconds| format!("{seconds:.2} s of processor time")))
    }
}

impl Parked {
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "truck home after send", self.from_send)?;
        row(f, "truck home after 201", self.from_stored)?;
        row(f, "last truck of a round", self.last_truck)?;
        row(f, "missing", Some(self.missing))?;
        row(f, "had not parked", Some(self.not_parked))?;
        row(f, "braked (429)", Some(self.braked))?;
        memory(f, self.memory.as_ref())
    }
}

impl Delivered {
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(
            f,
            "deliveries",
            Some(format!("{:.0}/s ({} in {:.1} s)", self.deliveries_per_s, self.deliveries, self.seconds)),
        )?;
        row(
            f,
            "readings",
            Some(format!(
                "{} posted, {:.2} a load of {:.0} bytes",
                self.posts, self.reports_per_delivery, self.bytes_per_delivery
            )),
        )?;
        row(f, "age when home", self.age)?;
        row(f, "braked (429)", Some(self.braked))?;
        row(f, "server", self.server_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "load generator", self.driver_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "server, a delivery", self.cpu_us_per_delivery.map(|us| format!("{us:.1} µs")))?;
        memory(f, self.memory.as_ref())
    }
}

impl Posted {
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "stored", Some(format!("{:.0}/s ({} in {:.1} s)", self.stored_per_s, self.stored, self.seconds)))?;
        row(f, "not stored: duplicates", Some(self.duplicates).filter(|count| *count > 0))?;
        let statuses: Vec<_> = self.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        row(f, "answers", Some(statuses.join(", ")))?;
        row(f, "answer after", self.took)?;
        row(f, "server", self.server_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "load generator", self.driver_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "server, a post", self.cpu_us_per_post.map(|us| format!("{us:.1} µs")))
    }
}

impl Watched {
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posts, stored, failed, expected, delivered, lost, doubled, .. } = self;
        row(f, "posts", Some(format!("{posts}, {stored} stored, {failed} without an answer")))?;
        let statuses: Vec<_> = self.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        row(f, "answers", Some(statuses.join(", ")))?;
        row(f, "news at pages", Some(format!("{delivered} of {expected}, {lost} lost, {doubled} doubled")))?;
        row(f, "answer after", self.answer)?;
        row(f, "age at pages of one", self.age)?;
        row(f, "age at overviews", self.overview_age)?;
        row(f, "braked (429)", Some(self.braked))?;
        row(f, "server", self.server_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "load generator", self.driver_cpu_share.map(|share| format!("{share:.2} cores busy")))
    }
}

fn memory(f: &mut fmt::Formatter<'_>, memory: Option<&Memory>) -> fmt::Result {
    let Some(memory) = memory else { return Ok(()) };
    let kilobytes = |bytes: u64| Some(format!("{:.1} kB", bytes as f64 / 1e3));
    row(f, "PSS, nobody connected", kilobytes(memory.before))?;
    row(f, "PSS, all parked", kilobytes(memory.after))?;
    row(f, "kernel, a connection", memory.kernel_by_connection.and_then(kilobytes))?;
    row(f, "PSS a silent connection", kilobytes(memory.by_connection))?;
    row(f, "PSS a truck, first park", kilobytes(memory.by_truck))?;
    row(f, "PSS a truck, at the end", kilobytes(memory.by_truck_after))
}

/// A row of the table; none where there is no value.
fn row(f: &mut fmt::Formatter<'_>, name: &str, value: Option<impl fmt::Display>) -> fmt::Result {
    match value {
        Some(value) => writeln!(f, "  {name:<24} {value}"),
        None => Ok(()),
    }
}
