//! What was measured beside what was predicted: one table for people, CSV and JSON for programs, a page in one file.
//! It does not matter here how it was measured.

mod csv;
mod network;
mod page;
mod plot;
mod table;

use super::drive::machine::Machine;
use super::formula::{Conditions, Prediction, predict};
use super::measured::Measured;
use super::scenario::Scenario;
use channel::fleet::Fleet;
use serde::{Serialize, Serializer};

/// How it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// In virtual time.
    Simulated,
    /// Over HTTP, with real clocks.
    Measured,
}

impl How {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            How::Simulated => "simulated",
            How::Measured => "measured",
        }
    }
}

/// A comparison of fleets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// How it was measured.
    pub how: How,
    /// When it was measured, RFC 3339.
    pub at: String,
    /// Where it was measured.
    pub machine: Machine,
    /// What was asked for.
    pub scenario: Scenario,
    /// What came out for each fleet, in the order of the scenario.
    pub rows: Vec<Outcome>,
    /// What only a run over the network has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Network>,
    /// What the figures do not show.
    pub limits: Vec<&'static str>,
}

/// What came out for a fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The fleet; in JSON its name.
    #[serde(serialize_with = "name")]
    pub fleet: &'static Fleet,
    /// What was measured.
    pub measured: Measured,
    /// What the formula says, for a road that loses and cuts nothing.
    pub predicted: Prediction,
    /// How far the two are apart, as shares of the prediction.
    pub deviation: Deviation,
}

/// Measured over predicted, less one; `None` where there is nothing to compare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Deviation {
    /// Of trips a second.
    pub trips: Option<f64>,
    /// Of the share of empty legs.
    pub empty_share: Option<f64>,
    /// Of tickets an hour.
    pub tickets: Option<f64>,
    /// Of the mean age of news.
    pub age: Option<f64>,
}

/// How a run over the network was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Network {
    /// Pages of each fleet; a fleet's seconds and counts are sums over them.
    pub pages: usize,
    /// Words were questions to the station's keeper.
    pub asks_keeper: bool,
    /// The median of bare HTTP round trips of the same run, ms.
    pub round_trip_ms: f64,
    /// Whether the program was built for speed.
    pub build: &'static str,
    /// The median age of news of ping-pong over the bare round trip.
    pub ping_pong_age_per_round_trip: Option<f64>,
}

/// Tickets that a run should see before their number is compared: a smaller number is chance.
const COMPARED_MIN: f64 = 10.0;

/// What no figure here shows, however it was measured.
const LIMITS: [&str; 4] = [
    "Ages are those of the news that was delivered by the end. News that was not delivered was older, so the mean of a \
     fleet that delivered less is too low: \"at least\" is the mean if all news that still waited counts with its age at \
     the end.",
    "Bytes are those of requests' and responses' bodies: heads, TLS and TCP come on top, a few hundred bytes for each trip \
     of a browser, and next to none for an event of a stream.",
    "News and words come at random and independently. A station that reports by the clock is kinder to polling.",
    "A prediction is for a road that loses and cuts nothing, with what crosses on it counted to the first order: it is \
     good while news and words within one round trip are rare.",
];
/// What a simulation does not show.
const LIMITS_SIMULATED: [&str; 4] = [
    "Simulated: no keeper answers the words.",
    "One page is measured by itself: `stevenson lab drive` measures what many of them cost a server.",
    "Simulated: no time passes in the server, the browser or the database, no bandwidth is short, and a broken connection \
     is noticed when the answer would have come.",
    "The streams are a small model: a truck that arrives again at once, and a line that keeps the order.",
];

impl Comparison {
    /// Puts what was simulated beside the formulas.
    pub fn of_simulation(
        at: String,
        machine: Machine,
        scenario: Scenario,
        measured: Vec<(&'static Fleet, Measured)>,
    ) -> Self {
        let conditions = Conditions::of(&scenario);
        let rows = measured.into_iter().map(|(fleet, measured)| Outcome::new(fleet, measured, &conditions)).collect();
        let limits = [LIMITS, LIMITS_SIMULATED].concat();
        Self { how: How::Simulated, at, machine, scenario, rows, run: None, limits }
    }

    /// One JSON object.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The scenario in one line.
    pub fn conditions(&self) -> String {
        let Scenario {
            news_per_s,
            words_per_s,
            round_trip_s,
            jitter_s,
            loss,
            cut_s,
            park_s,
            period_s,
            seconds,
            seed,
            ..
        } = &self.scenario;
        let words = if self.run.as_ref().is_some_and(|run| run.asks_keeper) { "words to the keeper" } else { "words" };
        let cut = cut_s.map_or(String::new(), |cut_s| format!(", cut after {cut_s} s"));
        let length = match &self.run {
            Some(Network { pages, build, .. }) => {
                format!("{pages} pages for {} s of each, {build} build", short(*seconds))
            }
            None => format!("{} h of each", short(seconds / 3_600.0)),
        };
        format!(
            "news {}, {words} {}, round trip {} ms ± {}, parking {park_s} s, polling every {period_s} s, lost {} %{cut}; \
             {length}, seed {seed}",
            every(*news_per_s),
            every(*words_per_s),
            short(round_trip_s * 1e3),
            short(jitter_s * 1e3 / 2.0),
            short(loss * 100.0),
        )
    }
}

impl Outcome {
    fn new(fleet: &'static Fleet, measured: Measured, conditions: &Conditions) -> Self {
        let predicted = predict(fleet, conditions);
        let apart = |is: Option<f64>, should: Option<f64>| {
            let (is, should) = (is?, should?);
            (should > 0.0).then(|| is / should - 1.0)
        };
        let enough = |per_h: f64| per_h * measured.seconds / 3_600.0 >= COMPARED_MIN;
        let tickets = Some(predicted.tickets_per_h).filter(|per_h| enough(*per_h));
        let deviation = Deviation {
            trips: apart(Some(measured.trips_per_s()), Some(predicted.trips_per_s)),
            empty_share: apart(measured.empty_share(), predicted.empty_share),
            tickets: apart(Some(measured.tickets_per_h()), tickets),
            age: apart(measured.age.map(|age| age.mean_ms), predicted.age_mean_s.map(|s| s * 1e3)),
        };
        Self { fleet, measured, predicted, deviation }
    }

    /// How much of the news was delivered: `125 of 180`.
    pub fn delivered(&self) -> String {
        format!("{} of {}", self.measured.news_delivered, self.measured.news)
    }
}

fn name<S: Serializer>(fleet: &Fleet, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fleet.name)
}

fn every(per_s: f64) -> String {
    if per_s > 0.0 { format!("every {} s", short(1.0 / per_s)) } else { "never".to_owned() }
}

/// Three digits behind the point, and no zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
