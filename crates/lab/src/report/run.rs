//! What only a run over the network has.

use super::{How, Report};
use crate::drive::machine::Machine;
use crate::run;
use crate::scenario::Scenario;
use serde::Serialize;

/// How a run over the network was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Pages of each row; a row's seconds and counts are sums over them.
    pub pages: usize,
    /// The median of bare HTTP round trips of the same run, ms.
    pub round_trip_ms: f64,
    /// Whether the program was built for speed.
    pub build: &'static str,
    /// The median age of news of ping-pong over the bare round trip.
    pub ping_pong_age_per_round_trip: Option<f64>,
}

/// What a run over the network does not show.
pub(super) const LIMITS: [&str; 4] = [
    "Measured: pages and server are two processes of one machine, without a network between them; all pages of a row are \
     one thread, and all want each piece of news in the same moment, so that ages grow with the number of pages.",
    "The moment at which news is committed is told in whole milliseconds: ages read half a millisecond too high on average.",
    "A page does not see what crosses on the road, nor when its words reach the server; parked is how long trucks that are \
     willing to park are on the road or parked.",
    "A stream of events cannot ask for a parking time: it has the server's 25 s, and its prediction, too.",
];

impl Report {
    /// Puts a run over the network beside the formulas.
    pub fn of_run(at: String, machine: Machine, scenario: &Scenario, pages: usize, outcome: run::Outcome) -> Self {
        let run::Outcome { rows, round_trip_s, .. } = outcome;
        let round_trip_ms = round_trip_s * 1e3;
        let median = |row: &run::Counted| row.measured.age.map(|age| age.median_ms / round_trip_ms);
        let ping_pong_age_per_round_trip = rows.iter().find(|row| row.row.name == "ping-pong").and_then(median);
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        let scenario = Scenario { round_trip_s, jitter_s: 0.0, loss: 0.0, cut_s: None, ..scenario.clone() };
        let rows = rows.into_iter().map(|row| (row.row, row.measured)).collect();
        let mut report = Self::new(How::Measured, at, machine, scenario, rows);
        report.run = Some(Run { pages, round_trip_ms, build, ping_pong_age_per_round_trip });
        report
    }
}
