//! The comparison in virtual time: the real dock core and home's real rules on the two ends of a seeded road. Pure.
//!
//! Time is counted in microseconds; home and dock, which count in milliseconds, are asked in theirs, rounded down.

mod factory;
mod ledger;
mod road;
mod stream;
mod trucks;

use crate::measured::Measured;
use crate::row::{Row, Way};
use crate::scenario::{BadScenario, Scenario};
use crate::traffic::{Traffic, Us, What};
use ledger::Ledger;
use stream::Stream;
use trucks::Trucks;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It cannot be simulated.
    #[error(transparent)]
    Scenario(#[from] BadScenario),
    /// The dock does not know the row.
    #[error("the dock does not know the fleet {0}")]
    Row(Row),
    /// No memory for a histogram.
    #[error("cannot count ages")]
    Memory(#[from] hdrhistogram::CreationError),
    /// A promise of the channel does not hold: news came twice, or out of order.
    #[error("news {0} is not what the page misses next: the channel broke its promise")]
    News(u64),
    /// A promise of the channel does not hold: words were stored out of order.
    #[error("word {0} is not the next to be stored: the channel broke its promise")]
    Words(u64),
    /// A name of the simulation's own is none.
    #[error("a name of the simulation is not valid")]
    Name,
}

/// One way to feed a page, on its road.
trait Page {
    /// Somebody opens it.
    fn begin(&mut self) -> Result<(), Broken>;
    /// When something happens on its road, at home or at the dock.
    fn next_at(&self) -> Us;
    /// It does.
    fn step(&mut self, now: Us) -> Result<(), Broken>;
    /// There is news.
    fn news(&mut self, now: Us) -> Result<(), Broken>;
    /// Somebody says something.
    fn word(&mut self, now: Us) -> Result<(), Broken>;
    /// The sum of it.
    fn close(self, end: Us) -> Measured;
}

/// How often progress is told in a run.
const TELLINGS: u64 = 200;

/// Simulates a row. `progress` hears the share that is done, now and then; `aged` the age of each piece of news, µs,
/// when it reaches the page. The same scenario gives the same result on every machine.
pub fn run(
    scenario: &Scenario,
    row: Row,
    progress: &mut dyn FnMut(f64),
    aged: &mut dyn FnMut(u64),
) -> Result<Measured, Broken> {
    page(scenario, row, 0, progress, aged)
}

/// The same for one of many pages, which hear the same news and say words of their own.
pub fn page(
    scenario: &Scenario,
    row: Row,
    page: u64,
    progress: &mut dyn FnMut(f64),
    aged: &mut dyn FnMut(u64),
) -> Result<Measured, Broken> {
    scenario.check()?;
    let traffic = Traffic::of_page(scenario.seed, page, scenario.news_per_s, scenario.words_per_s);
    let fleet = row.fleet(scenario.period_ms()).ok_or(Broken::Row(row))?;
    let ledger = Ledger::new(aged)?;
    match row.way {
        Way::Trucks => drive(Trucks::new(scenario, fleet, ledger)?, scenario, traffic, progress),
        Way::Events | Way::Socket => drive(Stream::new(scenario, row.way, fleet, ledger)?, scenario, traffic, progress),
    }
}

fn drive(
    mut page: impl Page,
    scenario: &Scenario,
    mut traffic: Traffic,
    progress: &mut dyn FnMut(f64),
) -> Result<Measured, Broken> {
    let end = seconds_us(scenario.seconds);
    let mut told = 0;
    page.begin()?;
    loop {
        let (next, happens) = (page.next_at(), traffic.next_at());
        let now = next.min(happens);
        if now >= end {
            progress(1.0);
            return Ok(page.close(end));
        }
        if now >= told {
            progress(now as f64 / end as f64);
            told = now + end / TELLINGS;
        }
        if next <= happens {
            page.step(now)?;
            continue;
        }
        match traffic.next() {
            Some((now, What::News)) => page.news(now)?,
            Some((now, What::Word)) => page.word(now)?,
            None => {}
        }
    }
}

fn seconds_us(seconds: f64) -> Us {
    (seconds * 1e6).round() as Us
}
