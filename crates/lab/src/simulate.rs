//! The comparison in virtual time: the real dock core and home's real rules on the two ends of a seeded road. Pure.
//!
//! Time is counted in microseconds; home and dock, which count in milliseconds, are asked in theirs, rounded down.

mod broken;
mod factory;
mod feed;
mod ledger;
mod road;
mod streamed;
mod trucks;

pub use broken::Broken;

use crate::measured::Measured;
use crate::scenario::Scenario;
use crate::traffic::{Traffic, What, us};
use channel::fleet::{Down, Fleet};
use feed::Feed;
use ledger::Ledger;
use streamed::Streamed;
use trucks::Trucks;

/// How often progress is told in a run.
const TELLINGS: u64 = 200;

/// Simulates a fleet. `progress` hears the share that is done, now and then; `aged` the age of each piece of news, µs,
/// when it reaches the page. The same scenario gives the same result on every machine.
pub fn run(
    scenario: &Scenario,
    fleet: &'static Fleet,
    progress: &mut dyn FnMut(f64),
    aged: &mut dyn FnMut(u64),
) -> Result<Measured, Broken> {
    page(scenario, fleet, 0, progress, aged)
}

/// The same for one of many pages, which hear the same news and say words of their own.
pub fn page(
    scenario: &Scenario,
    fleet: &'static Fleet,
    page: u64,
    progress: &mut dyn FnMut(f64),
    aged: &mut dyn FnMut(u64),
) -> Result<Measured, Broken> {
    scenario.check()?;
    let traffic = Traffic::of_page(scenario.seed, page, scenario.news_per_s, scenario.words_per_s);
    let fleet = scenario.fleet(fleet);
    let ledger = Ledger::new(aged)?;
    match fleet.down {
        Down::Trucks => drive(Trucks::new(scenario, fleet, ledger)?, scenario, traffic, progress),
        Down::Events | Down::Socket => drive(Streamed::new(scenario, fleet, ledger)?, scenario, traffic, progress),
    }
}

fn drive(
    mut page: impl Feed,
    scenario: &Scenario,
    mut traffic: Traffic,
    progress: &mut dyn FnMut(f64),
) -> Result<Measured, Broken> {
    let end = us(scenario.seconds);
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
