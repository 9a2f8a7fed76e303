//! The load generator: real requests over raw sockets, from a process of its own.
//!
//! It keeps itself light, so that on a small machine most of the time is the server's: requests are encoded by hand, heads
//! are small (no browser's headers), answers are read by their `Content-Length`. Run it on a single-threaded runtime.
//! It is a load generator: it drives a server on this machine only, bounded in count and time.

mod deliver;
pub mod machine;
mod park;
mod post;
pub mod report;
pub mod spread;
mod target;
mod truck;
mod wire;

use machine::Process;
use report::{Outcome, Report};
use serde::Serialize;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use target::{Readings, Target};
use wire::Wire;

/// What to drive.
#[derive(Clone)]
pub struct Options {
    /// The server, on this machine: `http://127.0.0.1:8000`.
    pub url: String,
    /// Keys of the stations to post for, at least one; several take turns.
    pub keys: Vec<String>,
    /// The server's process: its memory and processor time are read where that is given.
    pub pid: Option<u32>,
    /// Which measurement.
    pub mode: Mode,
}

/// The measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum Mode {
    /// Many trucks parked and one reading, again and again: how soon does each of them have it?
    Park {
        /// Trucks, each in a bay of its own, at most [`TRUCKS_MAX`].
        trucks: usize,
        /// Readings, one after another, at most [`ROUNDS_MAX`].
        rounds: usize,
    },
    /// The same without a pause: how many loads a second?
    Deliver {
        /// As above. A bay is braked above ten trips a second, so the most that can be measured is ten times this.
        trucks: usize,
        /// How long, at most [`SECONDS_MAX`].
        seconds: u64,
    },
    /// Clients that post single reports back to back: how many a second?
    Post {
        /// Connections, at most [`CLIENTS_MAX`].
        clients: usize,
        /// How long, at most [`SECONDS_MAX`].
        seconds: u64,
    },
}

/// Most trucks: loopback has 28,000 ports to send from.
pub const TRUCKS_MAX: usize = 20_000;
/// Most rounds.
pub const ROUNDS_MAX: usize = 10_000;
/// Most posting clients.
pub const CLIENTS_MAX: usize = 1_000;
/// Longest measurement, seconds: it is not a soak test.
pub const SECONDS_MAX: u64 = 300;
/// Connecting and parking everyone takes no longer than this.
const SETUP_MAX: Duration = Duration::from_secs(60);
/// A round takes no longer than this: whoever has nothing by then is missing.
const ROUND_MAX: Duration = Duration::from_secs(10);

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A flag out of its limits.
    #[error("{what} must be 1 to {max}, not {given}")]
    Limit {
        /// Which.
        what: &'static str,
        /// The highest.
        max: u64,
        /// What was given.
        given: u64,
    },
    /// No key to post with.
    #[error("needs the key of a station to post for")]
    NoKey,
    /// Not an address.
    #[error("{0:?} is not the http:// address of a server")]
    Url(String),
    /// Somebody else's machine.
    #[error("{0} is not this machine: a load generator is for loopback addresses only")]
    NotLoopback(String),
    /// A connection that could not be made.
    #[error("cannot open connection {number} (if files ran out: `ulimit -n` raises the limit, also for the server)")]
    Connect {
        /// Counting from 1.
        number: usize,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A connection that broke, or did not speak HTTP.
    #[error("the connection to the server broke")]
    Wire(#[from] io::Error),
    /// The server answered something that ends the measurement.
    #[error("{what} was answered with {status}: {text}")]
    Answer {
        /// What was sent.
        what: &'static str,
        /// The status.
        status: u16,
        /// The beginning of the body.
        text: String,
    },
    /// Earlier runs took all times near the clock.
    #[error("an earlier run took this station's times of the next minutes: wait, or post for another station")]
    NoFreshTimes,
    /// It took longer than it possibly should.
    #[error("not finished after {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The server's process cannot be read.
    #[error("cannot read {path}")]
    Process {
        /// The file below `/proc`.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The address of a server on this machine; refuses any other.
pub(crate) async fn local(url: &str) -> Result<std::net::SocketAddr, Error> {
    Ok(Target::find(url).await?.address)
}

/// Measures. Takes at most the time that the options say plus a minute.
pub async fn run(options: Options) -> Result<Report, Error> {
    options.check()?;
    let most = SETUP_MAX
        + match options.mode {
            Mode::Park { rounds, .. } => ROUND_MAX * rounds as u32,
            Mode::Deliver { seconds, .. } | Mode::Post { seconds, .. } => Duration::from_secs(seconds),
        };
    let at = chrono::Utc::now();
    let outcome = tokio::time::timeout(most, measure(&options)).await.map_err(|_| Error::TooSlow(most))??;
    Ok(Report {
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        machine: machine::Machine::this(),
        url: options.url,
        flags: options.mode,
        driver_cpu_s: Process::myself().cpu_s().ok(),
        outcome,
    })
}

async fn measure(options: &Options) -> Result<Outcome, Error> {
    let target = Arc::new(Target::find(&options.url).await?);
    let mut poster = Wire::connect(target.address).await?;
    let readings = Arc::new(Readings::start(&options.keys, &mut poster, &target).await?);
    let process = options.pid.map(Process::new);
    Ok(match options.mode {
        Mode::Park { trucks, rounds } => {
            Outcome::Park(park::measure(&target, poster, &readings, process, trucks, rounds).await?)
        }
        Mode::Deliver { trucks, seconds } => {
            let time = Duration::from_secs(seconds);
            Outcome::Deliver(deliver::measure(&target, poster, &readings, process, trucks, time).await?)
        }
        Mode::Post { clients, seconds } => {
            let time = Duration::from_secs(seconds);
            Outcome::Post(post::measure(&target, &readings, process, clients, time).await?)
        }
    })
}

impl Options {
    fn check(&self) -> Result<(), Error> {
        let limit = |what, given: u64, max: u64| {
            if (1..=max).contains(&given) { Ok(()) } else { Err(Error::Limit { what, max, given }) }
        };
        if self.keys.is_empty() {
            return Err(Error::NoKey);
        }
        match self.mode {
            Mode::Park { trucks, rounds } => {
                limit("trucks", trucks as u64, TRUCKS_MAX as u64)?;
                limit("rounds", rounds as u64, ROUNDS_MAX as u64)
            }
            Mode::Deliver { trucks, seconds } => {
                limit("trucks", trucks as u64, TRUCKS_MAX as u64)?;
                limit("seconds", seconds, SECONDS_MAX)
            }
            Mode::Post { clients, seconds } => {
                limit("clients", clients as u64, CLIENTS_MAX as u64)?;
                limit("seconds", seconds, SECONDS_MAX)
            }
        }
    }
}
