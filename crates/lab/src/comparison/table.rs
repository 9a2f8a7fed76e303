//! A comparison as a table for a terminal.

use super::{Comparison, Network, Outcome};
use crate::drive::machine::Machine;
use crate::measured::{Age, Measured};
use std::fmt;

/// A number with its prediction and how far they are apart.
fn beside(is: Option<f64>, should: Option<f64>, apart: Option<f64>, digits: usize) -> String {
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    let apart = apart.map(|apart| format!("{:+.1} %", apart * 100.0)).unwrap_or_default();
    format!("{:>10} {:>10} {apart:>9}", number(is), number(should))
}

fn or_dash(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, system } = &self.machine;
        writeln!(f, "{}   {cpu}, {cores} cores, {system}", self.at)?;
        writeln!(f, "{}: {}\n", self.how.word(), self.conditions())?;
        if !self.scenario.is_calm() {
            writeln!(f, "The predictions are for a road that loses and cuts nothing.\n")?;
        }
        self.compared(f)?;
        self.ages(f)?;
        self.counts(f)?;
        self.answers(f)?;
        if let Some(Network { round_trip_ms, ping_pong_age_per_round_trip, .. }) = &self.run {
            writeln!(f, "\nbare HTTP round trip, median: {round_trip_ms:.2} ms")?;
            if let Some(ratio) = ping_pong_age_per_round_trip {
                writeln!(f, "ping-pong's median age of news / bare round trip: {ratio:.2}")?;
            }
        }
        writeln!(f, "\nWhat these figures do not show:")?;
        self.limits.iter().try_for_each(|limit| writeln!(f, "- {limit}"))
    }
}

impl Comparison {
    fn compared(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = format!("{:>10} {:>10} {:>9}", "measured", "predicted", "apart");
        let title = ["trips/h", "empty legs, %", "tickets/h", "mean age, ms"].map(|title| format!("{title:^31}"));
        writeln!(f, "{:<15} {}", "", title.join("  ").trim_end())?;
        writeln!(f, "{:<15} {}", "fleet", [head.as_str(); 4].join("  "))?;
        for Outcome { fleet, measured: m, predicted: p, deviation: d } in &self.rows {
            let percent = |share: f64| share * 100.0;
            let cells = [
                beside(Some(m.trips_per_s() * 3.6e3), Some(p.trips_per_s * 3.6e3), d.trips, 1),
                beside(m.empty_share().map(percent), p.empty_share.map(percent), d.empty_share, 2),
                beside(Some(m.tickets_per_h()), Some(p.tickets_per_h), d.tickets, 2),
                beside(m.age.map(|age| age.mean_ms), p.age_mean_s.map(|s| s * 1e3), d.age, 1),
            ];
            writeln!(f, "{fleet:<15} {}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    fn ages(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<15} {:>18} {:>12} {:>14} {:>12} {:>12} {:>14}",
            "fleet", "news delivered", "mean, ms", "at least, ms", "median, ms", "p95, ms", "worst, ms"
        )?;
        for row in &self.rows {
            let m = &row.measured;
            let age = |of: fn(&Age) -> f64| or_dash(m.age.as_ref().map(of), 1);
            let (mean, median) = (age(|age| age.mean_ms), age(|age| age.median_ms));
            let (p95, worst) = (age(|age| age.p95_ms), age(|age| age.worst_ms));
            let (fleet, delivered, least) = (row.fleet, row.delivered(), or_dash(m.age_mean_least_ms, 1));
            writeln!(f, "{fleet:<15} {delivered:>18} {mean:>12} {least:>14} {median:>12} {p95:>12} {worst:>14}")?;
        }
        Ok(())
    }

    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<15} {:>9} {:>9} {:>10} {:>8} {:>9} {:>9} {:>7}",
            "fleet", "parked", "trips", "bytes/news", "lost", "relieved", "repeated", "crossed"
        )?;
        for Outcome { fleet, measured: m, .. } in &self.rows {
            let bytes = or_dash(m.bytes_per_news(), 0);
            let Measured { parked, trips, lost, relieved, repeated, crossings, .. } = m;
            writeln!(
                f,
                "{fleet:<15} {parked:>9.3} {trips:>9} {bytes:>10} {lost:>8} {relieved:>9} {repeated:>9} {crossings:>7}"
            )?;
        }
        Ok(())
    }

    /// What the keeper answered, if it was asked.
    fn answers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.run.as_ref().is_some_and(|run| run.asks_keeper) {
            return Ok(());
        }
        writeln!(
            f,
            "\n{:<15} {:>9} {:>9} {:>16} {:>14} {:>14}",
            "fleet", "words", "answers", "answer, mean ms", "answer, p95 ms", "answer, worst"
        )?;
        for Outcome { fleet, measured: Measured { words, answers, answer_age, .. }, .. } in &self.rows {
            let age = |of: fn(&Age) -> f64| or_dash(answer_age.as_ref().map(of), 1);
            let (mean, p95, worst) = (age(|age| age.mean_ms), age(|age| age.p95_ms), age(|age| age.worst_ms));
            writeln!(f, "{fleet:<15} {words:>9} {answers:>9} {mean:>16} {p95:>14} {worst:>14}")?;
        }
        Ok(())
    }
}
