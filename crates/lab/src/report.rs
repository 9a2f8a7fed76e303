//! What was measured beside what was predicted: one table for people, CSV and JSON for programs, a page for the shelf.
//! It does not matter here how it was measured.

mod page;
mod run;

use super::drive::machine::Machine;
use super::formula::{Conditions, Prediction, predict};
use super::measured::Measured;
use super::row::Row;
use super::run::park_s as park_of;
use super::scenario::Scenario;
pub use run::Run;
use serde::Serialize;
use std::fmt::{self, Write};

/// How it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// In virtual time.
    Simulated,
    /// Over HTTP, with real clocks.
    Measured,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How it was measured.
    pub how: How,
    /// When it was, RFC 3339.
    pub at: String,
    /// Where.
    pub machine: Machine,
    /// What was asked for.
    pub scenario: Scenario,
    /// The rows, in the order of the scenario.
    pub rows: Vec<Line>,
    /// What only a run over the network has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// What the figures do not show.
    pub limits: Vec<&'static str>,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The fleet.
    pub fleet: Row,
    /// What came out.
    pub measured: Measured,
    /// What the formula says, for a road that loses and cuts nothing.
    pub predicted: Option<Prediction>,
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

/// Tickets that a run should see before their number is compared: that of fewer is chance.
const COMPARED_MIN: f64 = 10.0;

/// What no figure here shows, however it was measured.
const LIMITS: [&str; 3] = [
    "Bytes are those of requests' and responses' bodies: heads, TLS and TCP come on top, a few hundred bytes for each trip \
     of a browser, and next to none for an event of a stream.",
    "News and words come at random and independently. A station that reports by the clock is kinder to polling, a robot \
     that answers words with news is not shown.",
    "A prediction is for a road that loses and cuts nothing, with what crosses on it counted to the first order: it is \
     good while news and words within one round trip are rare.",
];
/// What a simulation does not show.
const LIMITS_SIMULATED: [&str; 3] = [
    "One page is measured by itself: what many of them cost a server is measured by `stevenson lab drive`.",
    "Simulated: no time passes in the server, the browser or the database, no bandwidth is short, and a broken connection \
     is noticed when the answer would have come.",
    "The streams are a small model: a truck that arrives again at once, and a line that keeps the order.",
];

impl Report {
    /// Puts what was measured beside the formulas.
    pub fn new(how: How, at: String, machine: Machine, scenario: Scenario, measured: Vec<(Row, Measured)>) -> Self {
        let park_s = |fleet| if how == How::Measured { park_of(fleet, &scenario) } else { scenario.park_s };
        let conditions = |fleet| Conditions { park_s: park_s(fleet), ..Conditions::of(&scenario) };
        let line = |(fleet, measured)| Line::new(fleet, measured, &conditions(fleet));
        let rows = measured.into_iter().map(line).collect();
        let own = if how == How::Simulated { &LIMITS_SIMULATED[..] } else { &run::LIMITS };
        let limits = LIMITS.iter().chain(own).copied().collect();
        Self { how, at, machine, scenario, rows, run: None, limits }
    }

    /// One JSON object.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// Comma-separated values with a head, one row a fleet.
    pub fn csv(&self) -> String {
        let mut csv = String::from(
            "fleet,seconds,trips,trips_per_s,trips_per_s_predicted,legs_out,legs_home,empty_out,empty_home,empty_share,\
             empty_share_predicted,tickets,tickets_per_h,tickets_per_h_predicted,relieved,lost,repeated,crossings,reloads,\
             unsaid,news,news_delivered,words_delivered,bytes_up,bytes_down,parked,parked_predicted,age_mean_ms,\
             age_mean_ms_predicted,age_median_ms,age_p95_ms,age_worst_ms,age_worst_ms_predicted,word_age_mean_ms\n",
        );
        for Line { fleet, measured: m, predicted, .. } in &self.rows {
            let p = |of: fn(&Prediction) -> Option<f64>| cell(predicted.as_ref().and_then(of));
            let cells = [
                fleet.name.to_owned(),
                cell(Some(m.seconds)),
                m.trips.to_string(),
                cell(Some(m.trips_per_s())),
                p(|p| Some(p.trips_per_s)),
                m.legs_out.to_string(),
                m.legs_home.to_string(),
                m.empty_out.to_string(),
                m.empty_home.to_string(),
                cell(m.empty_share()),
                p(|p| p.empty_share),
                m.tickets.to_string(),
                cell(Some(m.tickets_per_h())),
                p(|p| Some(p.tickets_per_h)),
                m.relieved.to_string(),
                m.lost.to_string(),
                m.repeated.to_string(),
                m.crossings.to_string(),
                m.reloads.to_string(),
                m.unsaid.to_string(),
                m.news.to_string(),
                m.news_delivered.to_string(),
                m.words_delivered.to_string(),
                m.bytes_up.to_string(),
                m.bytes_down.to_string(),
                cell(Some(m.parked)),
                p(|p| Some(p.parked)),
                cell(m.age.map(|age| age.mean_ms)),
                p(|p| p.age_mean_s.map(|s| s * 1e3)),
                cell(m.age.map(|age| age.median_ms)),
                cell(m.age.map(|age| age.p95_ms)),
                cell(m.age.map(|age| age.worst_ms)),
                p(|p| p.age_worst_s.map(|s| s * 1e3)),
                cell(m.word_age.map(|age| age.mean_ms)),
            ];
            csv += &cells.join(",");
            csv.push('\n');
        }
        csv
    }

    /// A page of its own, without scripts, that opens from disk.
    pub fn html(&self) -> Result<String, askama::Error> {
        page::html(self)
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
        let mut text = format!(
            "news {}, words {}, round trip {} ms ± {}, parking {park_s} s, polling every {period_s} s, lost {} %",
            every(*news_per_s),
            every(*words_per_s),
            short(round_trip_s * 1e3),
            short(jitter_s * 1e3 / 2.0),
            short(loss * 100.0),
        );
        if let Some(cut_s) = cut_s {
            // Writing to a String does not fail.
            let _ = write!(text, ", cut after {cut_s} s");
        }
        let _ = match &self.run {
            Some(Run { pages, build, .. }) => {
                write!(text, "; {pages} pages for {} s of each, {build} build, seed {seed}", short(*seconds))
            }
            None => write!(text, "; {} h of each, seed {seed}", short(seconds / 3_600.0)),
        };
        text
    }
}

fn cell(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.6}")).unwrap_or_default()
}

fn every(per_s: f64) -> String {
    if per_s > 0.0 { format!("every {} s", short(1.0 / per_s)) } else { "never".to_owned() }
}

/// Three digits behind the point, and no zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Line {
    fn new(fleet: Row, measured: Measured, conditions: &Conditions) -> Self {
        let predicted = predict(fleet, conditions);
        let apart = |is: Option<f64>, should: Option<f64>| {
            let (is, should) = (is?, should?);
            (should > 0.0).then(|| is / should - 1.0)
        };
        let enough = |per_h: f64| per_h * measured.seconds / 3_600.0 >= COMPARED_MIN;
        let deviation = predicted.map_or(Deviation::default(), |p| Deviation {
            trips: apart(Some(measured.trips_per_s()), Some(p.trips_per_s)),
            empty_share: apart(measured.empty_share(), p.empty_share),
            tickets: apart(Some(measured.tickets_per_h()), Some(p.tickets_per_h).filter(|per_h| enough(*per_h))),
            age: apart(measured.age.map(|age| age.mean_ms), p.age_mean_s.map(|s| s * 1e3)),
        });
        Self { fleet, measured, predicted, deviation }
    }
}

/// A number with its prediction and how far they are apart.
fn beside(is: Option<f64>, should: Option<f64>, apart: Option<f64>, digits: usize) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    let apart = apart.map(|apart| format!("{:+.1} %", apart * 100.0)).unwrap_or_default();
    format!("{:>10} {:>10} {apart:>9}", number(is), number(should))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, system } = &self.machine;
        writeln!(f, "{}   {cpu}, {cores} cores, {system}", self.at)?;
        let how = if self.how == How::Simulated { "simulated" } else { "measured" };
        writeln!(f, "{how}: {}\n", self.conditions())?;
        if !self.scenario.is_calm() {
            writeln!(f, "The predictions are for a road that loses and cuts nothing.\n")?;
        }
        let head = format!("{:>10} {:>10} {:>9}", "measured", "predicted", "apart");
        let title = ["trips/h", "empty legs, %", "tickets/h", "mean age, ms"].map(|title| format!("{title:^31}"));
        writeln!(f, "{:<15} {}", "", title.join("  "))?;
        writeln!(f, "{:<15} {}", "fleet", [head.as_str(); 4].join("  "))?;
        for Line { fleet, measured: m, predicted: p, deviation: d } in &self.rows {
            let percent = |share: f64| share * 100.0;
            let cells = [
                beside(Some(m.trips_per_s() * 3.6e3), p.map(|p| p.trips_per_s * 3.6e3), d.trips, 1),
                beside(m.empty_share().map(percent), p.and_then(|p| p.empty_share).map(percent), d.empty_share, 2),
                beside(Some(m.tickets_per_h()), p.map(|p| p.tickets_per_h), d.tickets, 2),
                beside(m.age.map(|age| age.mean_ms), p.and_then(|p| p.age_mean_s).map(|s| s * 1e3), d.age, 1),
            ];
            writeln!(f, "{fleet:<15} {}", cells.join("  "))?;
        }
        writeln!(
            f,
            "\n{:<15} {:>12} {:>12} {:>14} {:>9} {:>9} {:>10} {:>8} {:>9} {:>9} {:>7}",
            "fleet",
            "median, ms",
            "p95, ms",
            "worst, ms",
            "parked",
            "trips",
            "bytes/news",
            "lost",
            "relieved",
            "repeated",
            "crossed"
        )?;
        for Line { fleet, measured: m, .. } in &self.rows {
            let age = |of: fn(&super::measured::Age) -> f64| {
                m.age.as_ref().map_or("–".to_owned(), |age| format!("{:.1}", of(age)))
            };
            let bytes = m.bytes_per_news().map_or("–".to_owned(), |bytes| format!("{bytes:.0}"));
            let (median, p95, worst) = (age(|age| age.median_ms), age(|age| age.p95_ms), age(|age| age.worst_ms));
            let Measured { parked, trips, lost, relieved, repeated, crossings, .. } = m;
            writeln!(
                f,
                "{fleet:<15} {median:>12} {p95:>12} {worst:>14} {parked:>9.3} {trips:>9} {bytes:>10} {lost:>8} {relieved:>9} {repeated:>9} {crossings:>7}"
            )?;
        }
        if let Some(Run { round_trip_ms, ping_pong_age_per_round_trip, .. }) = &self.run {
            writeln!(f, "\nbare HTTP round trip, median: {round_trip_ms:.2} ms")?;
            if let Some(ratio) = ping_pong_age_per_round_trip {
                writeln!(f, "ping-pong's median age of news / bare round trip: {ratio:.2}")?;
            }
        }
        writeln!(f, "\nWhat these figures do not show:")?;
        self.limits.iter().try_for_each(|limit| writeln!(f, "- {limit}"))
    }
}

#[cfg(test)]
mod tests;
