//! The comparison over the network: real requests, real clocks, pages without browsers before a real server.
//!
//! Fleets are measured one after another. Each fleet's pages are opened, and when all of them are live the traffic of the
//! scenario begins: the same news for all, posted to the server's own door, and words of each page's own. Counters are
//! sums over the pages; the time is the sum of theirs, so that rates are those of one page, as of a simulation.

mod book;
mod error;
mod events;
mod pages;
mod server;
mod setting;
mod socket;
mod trucks;

pub use error::Error;

use super::measured::Measured;
use super::scenario::Scenario;
use channel::fleet::{Down, Fleet};
use pages::Pages;
use server::Server;
use std::time::Duration;
use tokio::time::Instant;

/// Most pages: each has sockets of its own at both ends.
pub const PAGES_MAX: usize = 2_000;
/// Longest measurement of a fleet, seconds.
pub const SECONDS_MAX: f64 = 3_600.0;
/// Bare round trips that are timed.
const BARE: usize = 51;
/// All pages are live within this time, or not at all.
const LIVE_MAX: Duration = Duration::from_secs(120);
/// Trips that left in the last moment may not have reached the road yet. All trips are counted when none has left for
/// this long.
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
    /// Pages of each fleet.
    pub pages: usize,
    /// Words are questions to the station's keeper, which answers them, instead of words of the lab, which nobody reads.
    pub asks_keeper: bool,
    /// Traffic, times and fleets. Its round trip is not asked for but measured.
    pub scenario: Scenario,
}

/// A fleet's counts.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The fleet.
    pub fleet: &'static Fleet,
    /// While traffic flowed.
    pub measured: Measured,
    /// From the first page's opening to the last one's end; news and its ages only while traffic flowed.
    pub total: Measured,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Counts {
    /// In the order of the scenario.
    pub fleets: Vec<Counted>,
    /// The median of bare round trips, seconds: a truck that turns round, on an idle connection.
    pub round_trip_s: f64,
    /// Trucks that were sent to find that out, and where to begin.
    pub asked: u64,
}

/// Runs all fleets; `begins` hears of each when it begins.
pub async fn run(options: &Options, begins: &mut (dyn FnMut(&'static Fleet) + Send)) -> Result<Counts, Error> {
    let Options { scenario, pages, .. } = options;
    scenario.check()?;
    if !(1..=PAGES_MAX).contains(pages) {
        return Err(Error::Limit { what: "pages", max: PAGES_MAX as f64 });
    }
    if !(1.0..=SECONDS_MAX).contains(&scenario.seconds) {
        return Err(Error::Limit { what: "seconds", max: SECONDS_MAX });
    }
    let mut server = Server::find(&options.url, &options.key).await?;
    let mut times = Vec::with_capacity(BARE);
    for _ in 0..BARE {
        let sent = Instant::now();
        server.cursor().await?;
        times.push(sent.elapsed());
    }
    times.sort_unstable();
    let mut fleets = Vec::new();
    for fleet in &scenario.fleets {
        begins(fleet);
        fleets.push(measure(options, fleet, &mut server).await?);
    }
    Ok(Counts { fleets, round_trip_s: times[BARE / 2].as_secs_f64(), asked: server.asked })
}

/// How long a fleet's trucks park: a stream of events cannot ask for it.
pub fn park_s(fleet: &Fleet, scenario: &Scenario) -> f64 {
    match fleet.down {
        Down::Events => channel::Options::default().park_default_ms as f64 / 1e3,
        Down::Trucks | Down::Socket => scenario.park_s,
    }
}

async fn measure(options: &Options, fleet: &'static Fleet, server: &mut Server) -> Result<Counted, Error> {
    let Options { scenario, pages: count, asks_keeper, .. } = options;
    let mut pages = Pages::open(scenario, fleet, *count, *asks_keeper, server).await?;
    tokio::time::timeout(LIVE_MAX, pages.live()).await.map_err(|_| Error::NotLive(fleet))?;
    let start = Instant::now();
    let before = pages.counts(start);
    pages.begin(start);
    let end = start + Duration::from_secs_f64(scenario.seconds);
    server.post_until(scenario, start, end, &pages.book).await?;
    tokio::time::sleep_until(end).await;
    // All counts, and the time that they belong to, are those of one moment.
    let now = Instant::now();
    let mut measured = book::less(pages.end(now), &before);
    measured.seconds = (now - start).as_secs_f64() * *count as f64;
    measured.parked /= measured.seconds;
    let mut total = pages.counts(Instant::now());
    for _ in 0..CALM_TRIES {
        tokio::time::sleep(CALM).await;
        let later = pages.counts(Instant::now());
        let calm = (later.trips, later.legs_out, later.legs_home) == (total.trips, total.legs_out, total.legs_home);
        total = later;
        if calm {
            break;
        }
    }
    Ok(Counted { fleet, measured, total })
}
