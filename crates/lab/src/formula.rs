//! What each fleet should cost, derived from its rules: trips, empty legs, tickets, the age of news.
//!
//! News and words come at random (Poisson) with rates λs and λc, Λ = λs + λc; a round trip takes R, half of it each way.
//! A truck parks for H′, evenly spread between 0.9 H and H, for the server shortens each stay by chance. With
//! M(x) = E\[e^(−x·H′)\] = (e^(−0.9xH) − e^(−xH)) / 0.1xH, a stay that ends with the first of events of rate x, or with
//! its ticket, lasts S(x) = (1 − M(x)) / x on average, and ends with the ticket with probability M(x).
//!
//! Where no event falls within a round trip of another, all is exact. What crosses on the road is counted to the first
//! order in λR, so the formulas hold while Λ·R is well below 1, and Λ well below the ten departures a second at which
//! home's token bucket sets in. They are for a road on which nothing is lost; home's first truck, which only asks whether
//! the road is open, is one trip in all. `docs/LAB.md` tells the derivations in prose.

mod fleets;
mod stays;

use super::scenario::Scenario;
use channel::fleet::{Fleet, ROWS};
use serde::Serialize;

/// Traffic, road and times: λs, λc, R, H, T.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// λs, pieces of news a second.
    pub news: f64,
    /// λc, words a second.
    pub words: f64,
    /// R, seconds.
    pub round_trip_s: f64,
    /// H, seconds.
    pub park_s: f64,
    /// T, seconds.
    pub period_s: f64,
}

impl Conditions {
    /// Those of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        let Scenario { news_per_s: news, words_per_s: words, round_trip_s, park_s, period_s, .. } = *scenario;
        Self { news, words, round_trip_s, park_s, period_s }
    }
}

/// What a fleet should cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Prediction {
    /// Trips a second; of a stream, those with words.
    pub trips_per_s: f64,
    /// Legs a second, both ways.
    pub legs_per_s: f64,
    /// The share of legs on which nothing is carried; `None` without legs.
    pub empty_share: Option<f64>,
    /// Trucks that come home empty an hour because their time was up.
    pub tickets_per_h: f64,
    /// The age of news when the page has it, on average, seconds; `None` if it never has.
    pub age_mean_s: Option<f64>,
    /// The same at worst; `None` if there is no bound.
    pub age_worst_s: Option<f64>,
    /// Trucks parked, on average.
    pub parked: f64,
}

/// What a fleet costs, a second, under given conditions.
type Formula = fn(&Conditions) -> Flows;

/// The formula of each fleet, in the order of the channel's table.
const FORMULAS: [(&str, Formula); ROWS] = [
    ("stay-home", fleets::stay_home),
    ("wait-for-reply", fleets::wait_for_reply),
    ("polling", fleets::polling),
    ("expanding", fleets::expanding),
    ("slow-and-fast", fleets::slow_and_fast),
    ("ping-pong", fleets::ping_pong),
    ("sse", fleets::sse),
    ("websocket", fleets::websocket),
];

/// What a fleet should cost under these conditions.
pub fn predict(fleet: &Fleet, conditions: &Conditions) -> Prediction {
    let (_, formula) = FORMULAS[fleet.row()];
    formula(conditions).prediction()
}

/// What flows, a second.
struct Flows {
    trips: f64,
    out: f64,
    home: f64,
    empty_out: f64,
    empty_home: f64,
    tickets: f64,
    age_mean_s: Option<f64>,
    age_worst_s: Option<f64>,
    parked: f64,
}

impl Flows {
    fn prediction(self) -> Prediction {
        let legs_per_s = self.out + self.home;
        Prediction {
            trips_per_s: self.trips,
            legs_per_s,
            // Far from where they hold, the formulas may ask for more empty legs than there are.
            empty_share: (legs_per_s > 0.0).then(|| ((self.empty_out + self.empty_home) / legs_per_s).min(1.0)),
            tickets_per_h: self.tickets * 3_600.0,
            age_mean_s: self.age_mean_s,
            age_worst_s: self.age_worst_s,
            parked: self.parked,
        }
    }
}

#[cfg(test)]
mod tests;
