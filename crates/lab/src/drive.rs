//! The load generator: real requests over raw sockets, from a process of its own.
//!
//! It keeps itself light, so that on a small machine most of the time is the server's: requests are encoded by hand, heads
//! are small (no browser's headers), answers are read by their `Content-Length`. Run it on a single-threaded runtime.
//! It is a load generator: it drives a server on this machine only, bounded in count and time.

mod deliver;
mod error;
pub mod machine;
pub mod memory;
mod park;
pub mod peer;
mod post;
mod readings;
pub mod report;
pub mod spread;
mod target;
mod truck;
pub mod watched;
mod wire;

pub use error::Error;

use machine::{Process, Processes};
use park::ROUND_MAX;
use peer::{Heads, Peer};
use readings::Readings;
use report::{Figures, Measurement};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use target::Target;
use wire::Wire;

/// What to drive.
#[derive(Clone)]
pub struct Options {
    /// The server, on this machine: `http://127.0.0.1:8000`.
    pub url: String,
    /// Another server over the same database, on this machine: readings that trucks wait for are posted there, and of clients that post every
    /// second one does it there.
    pub also: Option<String>,
    /// Whose server it is.
    pub peer: Peer,
    /// The heads of the trucks' requests.
    pub heads: Heads,
    /// Keys of the stations to post for, at least one; several take turns.
    pub keys: Vec<String>,
    /// The server's processes, if their memory and processor time are to be read.
    pub pids: Vec<u32>,
    /// Which measurement.
    pub mode: Mode,
}

/// The measurements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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
        /// As above. A bay is braked above ten trips a second, so each truck takes turns in several bays.
        trucks: usize,
        /// How long, at most [`SECONDS_MAX`].
        seconds: u64,
        /// Readings a second, above 0 and at most [`NEWS_PER_S_MAX`]; `None`: as many as there can be.
        news_per_s: Option<f64>,
    },
    /// Clients that post back to back: how many reports a second?
    Post {
        /// Connections, at most [`CLIENTS_MAX`].
        clients: usize,
        /// Reports of a station in each request, at most [`BATCH_MAX`].
        batch: usize,
        /// How long, at most [`SECONDS_MAX`].
        seconds: u64,
    },
    /// A station for each key posts at its interval, and pages watch: how old is what they show, and is anything lost? Keys
    /// are given with the stations' slugs: `town-hall=stv_…`.
    Watched {
        /// What a station waits between two posts, seconds, at most [`SECONDS_MAX`].
        every_s: u64,
        /// How long, at most [`SECONDS_MAX`].
        seconds: u64,
        /// Pages that watch one station each, at most [`TRUCKS_MAX`].
        pages: usize,
        /// Pages that watch [`watched::OVERVIEW_STATIONS`], at most [`TRUCKS_MAX`].
        overviews: usize,
    },
}

/// Most trucks: loopback has 28,000 ports to send from.
pub const TRUCKS_MAX: usize = 20_000;
/// Most readings a second, if they are counted.
pub const NEWS_PER_S_MAX: f64 = 1_000.0;
/// Most rounds.
pub const ROUNDS_MAX: usize = 10_000;
/// Most posting clients.
pub const CLIENTS_MAX: usize = 1_000;
/// Most reports in a request: a server takes no more.
pub const BATCH_MAX: usize = 1_000;
/// Longest measurement, seconds: it is not a soak test.
pub const SECONDS_MAX: u64 = 300;
/// Connecting and parking everyone takes no longer than this.
const SETUP_MAX: Duration = Duration::from_secs(60);

/// The address of a server on this machine; refuses any other.
pub(crate) async fn local(url: &str) -> Result<std::net::SocketAddr, Error> {
    Ok(Target::find(url, Peer::Stevenson, Heads::Short).await?.address)
}

/// Measures. Takes at most the time that the options say plus a minute.
pub async fn run(options: Options) -> Result<Measurement, Error> {
    options.check()?;
    let most = SETUP_MAX
        + match options.mode {
            Mode::Park { rounds, .. } => ROUND_MAX * rounds as u32,
            Mode::Deliver { seconds, .. } | Mode::Post { seconds, .. } | Mode::Watched { seconds, .. } => {
                Duration::from_secs(seconds)
            }
        };
    let at = chrono::Utc::now();
    let figures = tokio::time::timeout(most, measure(&options)).await.map_err(|_| Error::TooSlow(most))??;
    Ok(Measurement {
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        machine: machine::Machine::this(),
        url: options.url,
        peer: options.peer,
        heads: options.heads,
        keys: options.keys.len(),
        flags: options.mode,
        driver_cpu_s: Process::myself().cpu_s().ok(),
        figures,
    })
}

async fn measure(options: &Options) -> Result<Figures, Error> {
    let target = Arc::new(Target::find(&options.url, options.peer, options.heads).await?);
    let also = match &options.also {
        Some(url) => Arc::new(Target::find(url, options.peer, options.heads).await?),
        None => target.clone(),
    };
    let mut poster = Wire::connect(also.address).await?;
    let readings = Arc::new(Readings::start(&options.keys, &mut poster, &also).await?);
    let server = Processes::new(&options.pids);
    Ok(match options.mode {
        Mode::Park { trucks, rounds } => {
            Figures::Park(park::measure(&target, poster, &readings, &server, trucks, rounds).await?)
        }
        Mode::Deliver { trucks, seconds, news_per_s } => {
            let time = Duration::from_secs(seconds);
            Figures::Deliver(deliver::measure(&target, poster, &readings, &server, trucks, time, news_per_s).await?)
        }
        Mode::Post { clients, batch, seconds } => {
            let time = Duration::from_secs(seconds);
            Figures::Post(post::measure([&target, &also], &readings, &server, (clients, batch), time).await?)
        }
        Mode::Watched { every_s, seconds, pages, overviews } => {
            let (every, time) = (Duration::from_secs(every_s), Duration::from_secs(seconds));
            let sizes = watched::Sizes { every, time, pages, overviews };
            Figures::Watched(watched::measure(&target, &readings, &server, sizes).await?)
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
        if matches!(
            (self.peer, self.mode),
            (Peer::Nchan, Mode::Post { .. } | Mode::Watched { .. })
                | (Peer::Influx, Mode::Park { .. } | Mode::Deliver { .. } | Mode::Watched { .. })
        ) {
            return Err(Error::NotThatPeer);
        }
        match self.mode {
            Mode::Park { trucks, rounds } => {
                limit("trucks", trucks as u64, TRUCKS_MAX as u64)?;
                limit("rounds", rounds as u64, ROUNDS_MAX as u64)
            }
            Mode::Deliver { trucks, seconds, news_per_s } => {
                if news_per_s.is_some_and(|news| news.is_nan() || news <= 0.0 || news > NEWS_PER_S_MAX) {
                    return Err(Error::Pace(news_per_s.unwrap_or_default()));
                }
                limit("trucks", trucks as u64, TRUCKS_MAX as u64)?;
                limit("seconds", seconds, SECONDS_MAX)
            }
            Mode::Post { clients, batch, seconds } => {
                limit("batch", batch as u64, if self.peer == Peer::Stevenson { BATCH_MAX as u64 } else { 1 })?;
                limit("clients", clients as u64, CLIENTS_MAX as u64)?;
                limit("seconds", seconds, SECONDS_MAX)
            }
            Mode::Watched { every_s, seconds, pages, overviews } => {
                if self.keys.iter().any(|key| !key.contains('=')) {
                    return Err(Error::NoName);
                }
                limit("every", every_s, SECONDS_MAX)?;
                limit("pages", pages as u64, TRUCKS_MAX as u64)?;
                limit("overviews", overviews as u64, TRUCKS_MAX as u64)?;
                limit("seconds", seconds, SECONDS_MAX)
            }
        }
    }
}
