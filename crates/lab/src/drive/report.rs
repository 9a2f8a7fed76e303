//! What was measured: a table for people, one JSON object for programs.

use super::Mode;
use super::machine::Machine;
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
    /// The server's memory (PSS) with nobody parked.
    pub pss_before_bytes: Option<u64>,
    /// The same with everyone parked.
    pub pss_parked_bytes: Option<u64>,
    /// The difference by truck.
    pub bytes_per_truck: Option<u64>,
}

/// How many loads a second.
#[derive(Debug, Clone, Serialize)]
pub struct Delivered {
    /// Loads with at least one report that came home.
    pub deliveries: u64,
    /// The same a second.
    pub deliveries_per_s: f64,
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
    /// Its processor time by load, µs.
    pub cpu_us_per_delivery: Option<f64>,
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
    /// Its processor time by post that was stored, µs.
    pub cpu_us_per_post: Option<f64>,
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, system } = &self.machine;
        writeln!(f, "{}   {cpu}, {cores} cores, {system}", self.at)?;
        match self.flags {
            Mode::Park { trucks, rounds } => write!(f, "park: {trucks} trucks, {rounds} rounds")?,
            Mode::Deliver { trucks, seconds } => write!(f, "deliver: {trucks} trucks, {seconds} s")?,
            Mode::Post { clients, seconds } => write!(f, "post: {clients} clients, {seconds} s")?,
        }
        writeln!(f, ", {}", self.url)?;
        match &self.figures {
            Figures::Park(parked) => parked.rows(f)?,
            Figures::Deliver(delivered) => delivered.rows(f)?,
            Figures::Post(posted) => posted.rows(f)?,
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
        let kilobytes = |bytes: u64| format!("{:.1} kB", bytes as f64 / 1e3);
        row(f, "PSS, nobody parked", self.pss_before_bytes.map(kilobytes))?;
        row(f, "PSS, all parked", self.pss_parked_bytes.map(kilobytes))?;
        row(f, "PSS a parked truck", self.bytes_per_truck.map(kilobytes))
    }
}

impl Delivered {
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(
            f,
            "deliveries",
            Some(format!("{:.0}/s ({} in {:.1} s)", self.deliveries_per_s, self.deliveries, self.seconds)),
        )?;
        row(f, "readings", Some(format!("{} posted, {:.2} a load", self.posts, self.reports_per_delivery)))?;
        row(f, "age when home", self.age)?;
        row(f, "braked (429)", Some(self.braked))?;
        row(f, "server", self.server_cpu_share.map(|share| format!("{share:.2} cores busy")))?;
        row(f, "server, a delivery", self.cpu_us_per_delivery.map(|us| format!("{us:.1} µs")))
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
        row(f, "server, a post", self.cpu_us_per_post.map(|us| format!("{us:.1} µs")))
    }
}

/// A row of the table; none where there is no value.
fn row(f: &mut fmt::Formatter<'_>, name: &str, value: Option<impl fmt::Display>) -> fmt::Result {
    match value {
        Some(value) => writeln!(f, "  {name:<24} {value}"),
        None => Ok(()),
    }
}
