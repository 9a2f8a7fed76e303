//! A comparison from a run over the network.

use super::{Comparison, How, LIMITS, Network, Outcome};
use crate::drive::machine::Machine;
use crate::formula::Conditions;
use crate::run::{Counted, Counts, Options, park_s};
use crate::scenario::Scenario;

/// What a run over the network does not show.
const LIMITS_MEASURED: [&str; 4] = [
    "Measured: pages and server are two processes of one machine, without a network between them; all pages of a fleet are \
     one thread, and all want each piece of news in the same moment, so that ages grow with the number of pages.",
    "The moment at which news is committed is told in whole milliseconds: ages read half a millisecond too high on average.",
    "A page does not see what crosses on the road, nor when its words reach the server; parked is how long trucks that are \
     willing to park are on the road or parked.",
    "A stream of events cannot ask for a parking time: it has the server's 25 s, and its prediction, too.",
];
/// What is not shown where nobody answers.
const WITHOUT_KEEPER: &str = "The words are the lab's own: the server confirms them, and no keeper answers.";
/// What is not shown where the keeper answers.
const WITH_KEEPER: &str = "The keeper answers each word after a moment, and its answer is news for one page. The formulas \
     do not know of answers: what is measured above a prediction is what they cost.";

impl Comparison {
    /// Puts a run over the network beside the formulas.
    pub fn of_run(at: String, machine: Machine, options: &Options, counts: Counts) -> Self {
        let Counts { fleets, round_trip_s, .. } = counts;
        let round_trip_ms = round_trip_s * 1e3;
        let median = |counted: &Counted| counted.measured.age.map(|age| age.median_ms / round_trip_ms);
        let network = Network {
            pages: options.pages,
            asks_keeper: options.asks_keeper,
            round_trip_ms,
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            ping_pong_age_per_round_trip: fleets.iter().find(|one| one.fleet.name == "ping-pong").and_then(median),
        };
        let scenario = Scenario { round_trip_s, jitter_s: 0.0, loss: 0.0, cut_s: None, ..options.scenario.clone() };
        let row = |Counted { fleet, measured, .. }| {
            let conditions = Conditions { park_s: park_s(fleet, &scenario), ..Conditions::of(&scenario) };
            Outcome::new(fleet, measured, &conditions)
        };
        let rows = fleets.into_iter().map(row).collect();
        let words = if options.asks_keeper { WITH_KEEPER } else { WITHOUT_KEEPER };
        let limits = LIMITS.into_iter().chain(LIMITS_MEASURED).chain([words]).collect();
        Self { how: How::Measured, at, machine, scenario, rows, run: Some(network), limits }
    }
}
