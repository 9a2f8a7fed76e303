//! The comparison over the network: real requests, real clocks, pages without browsers before a real server.
//!
//! Rows are measured one after another. Each row's pages are opened, and when all of them are live the traffic of the
//! scenario begins: the same news for all, posted to the server's own door, and words of each page's own. Counters are
//! sums over the pages; the time is the sum of theirs, so that rates are those of one page, as of a simulation.

mod book;
mod events;
mod pages;
mod post;
mod socket;

use super::drive;
use super::measured::Measured;
use super::page;
use super::row::{Row, Way};
use super::scenario::{BadScenario, Scenario};
use channel::Options as Dock;
use pages::Pages;
use post::Server;
use std::time::Duration;
use tokio::time::Instant;

/// Most pages: each has sockets of its own at both ends.
pub const PAGES_MAX: usize = 2_000;
/// Longest measurement of a row, seconds.
pub const SECONDS_MAX: f64 = 3_600.0;
/// Bare round trips that are timed.
const BARE: usize = 51;
/// All pages are live within this time, or not at all.
const LIVE_MAX: Duration = Duration::from_secs(120);
/// Trips that left in the last moment may not have reached the road yet: no truck has left for this long when it is
/// counted what left in all.
const CALM: Duration = Duration::from_millis(200);
/// How often that is tried: of many busy pages, one always leaves.
const CALM_TRIES: u32 = 10;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server, on this machine.
    pub url: String,
    /// The key of the station whose news it is.
    pub key: String,
    /// Pages of each row.
    pub pages: usize,
    /// Traffic, times and rows. Its round trip is not asked for but measured.
    pub scenario: Scenario,
}

/// A row's counts.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The row.
    pub row: Row,
    /// While traffic flowed.
    pub measured: Measured,
    /// From the first page's opening to the last one's end.
    pub total: Measured,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// In the order of the scenario.
    pub rows: Vec<Counted>,
    /// The median of bare round trips, seconds: a truck that turns round, on an idle connection.
    pub round_trip_s: f64,
    /// Trucks that were sent to find that out, and where to begin.
    pub asked: u64,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The scenario is out of its limits.
    #[error(transparent)]
    Scenario(#[from] BadScenario),
    /// A number out of its limits.
    #[error("{what} must be 1 to {max}")]
    Limit {
        /// Which.
        what: &'static str,
        /// The highest.
        max: f64,
    },
    /// The server is none, or not on this machine.
    #[error(transparent)]
    Server(#[from] drive::Error),
    /// A page cannot be opened.
    #[error(transparent)]
    Page(#[from] page::Error),
    /// A request failed.
    #[error("the server cannot be reached")]
    Http(#[from] reqwest::Error),
    /// A WebSocket cannot be opened.
    #[error("a WebSocket cannot be opened: {0}")]
    Socket(String),
    /// An answer that ends the run.
    #[error("{what} was answered with {status}: {text}")]
    Answer {
        /// What was sent.
        what: &'static str,
        /// The status.
        status: u16,
        /// The beginning of the body.
        text: String,
    },
    /// The dock does not know the row.
    #[error("the dock does not know the fleet {0}")]
    Row(Row),
    /// Somebody waited too long.
    #[error("not all pages of {0} were live after two minutes")]
    NotLive(Row),
    /// No memory for a histogram.
    #[error("cannot count ages")]
    Memory(#[from] hdrhistogram::CreationError),
}

/// Runs all rows; `begins` hears of each when it begins.
pub async fn run(options: &Options, begins: &mut (dyn FnMut(Row) + Send)) -> Result<Outcome, Error> {
    let Options { scenario, pages, .. } = options;
    scenario.check()?;
    if !(1..=PAGES_MAX).contains(pages) {
        return Err(Error::Limit { what: "pages", max: PAGES_MAX as f64 });
    }
    if !(1.0..=SECONDS_MAX).contains(&scenario.seconds) {
        return Err(Error::Limit { what: "seconds", max: SECONDS_MAX });
    }
    let mut server = Server::find(options).await?;
    let mut times = Vec::with_capacity(BARE);
    for _ in 0..BARE {
        let sent = Instant::now();
        server.cursor().await?;
        times.push(sent.elapsed());
    }
    times.sort_unstable();
    let mut rows = Vec::new();
    for row in &scenario.fleets {
        begins(*row);
        rows.push(measure(options, *row, &mut server).await?);
    }
    Ok(Outcome { rows, round_trip_s: times[BARE / 2].as_secs_f64(), asked: server.asked })
}

/// How long a row's trucks park: a stream of events cannot ask for it.
pub fn park_s(row: Row, scenario: &Scenario) -> f64 {
    match row.way {
        Way::Events => Dock::default().park_default_ms as f64 / 1e3,
        Way::Trucks | Way::Socket => scenario.park_s,
    }
}

async fn measure(options: &Options, row: Row, server: &mut Server) -> Result<Counted, Error> {
    let mut pages = Pages::open(options, row, server).await?;
    tokio::time::timeout(LIVE_MAX, pages.live()).await.map_err(|_| Error::NotLive(row))?;
    let (before, start) = (pages.counts(), Instant::now());
    pages.begin(start);
    let end = start + Duration::from_secs_f64(options.scenario.seconds);
    let news = server.post_until(&options.scenario, start, end).await?;
    tokio::time::sleep_until(end).await;
    let seconds = start.elapsed().as_secs_f64() * options.pages as f64;
    let (after, age) = pages.end();
    let mut measured = book::less(&after, &before);
    (measured.seconds, measured.parked) = (seconds, measured.parked / seconds);
    (measured.news, measured.age) = (news * options.pages as u64, age);
    let mut total = pages.counts();
    for _ in 0..CALM_TRIES {
        tokio::time::sleep(CALM).await;
        let later = pages.counts();
        let calm = (later.trips, later.legs_out, later.legs_home) == (total.trips, total.legs_out, total.legs_home);
        total = later;
        if calm {
            break;
        }
    }
    Ok(Counted { row, measured, total })
}
