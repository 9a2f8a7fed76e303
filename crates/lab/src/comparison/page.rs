//! A comparison as a page in one file: a table and three plots.

use super::plot::{Plot, Shown};
use super::{Comparison, How, Outcome, short};
use askama::Template;

#[derive(Template)]
#[template(path = "comparison.html")]
struct Sheet<'a> {
    comparison: &'a Comparison,
    how: &'static str,
    conditions: String,
    calm: bool,
    rows: Vec<Cells>,
    plots: [Plot; 3],
}

struct Cells {
    fleet: &'static str,
    cells: Vec<String>,
}

impl Comparison {
    /// A page of its own, without scripts, that opens from disk.
    pub fn html(&self) -> Result<String, askama::Error> {
        let how = if self.how == How::Simulated { "Simulated" } else { "Measured" };
        let shown = |of: fn(&Outcome) -> (Option<f64>, Option<f64>)| -> Vec<Shown> {
            let bar = |row| {
                let (value, predicted) = of(row);
                (row.fleet.name, value, predicted, value.map_or("–".to_owned(), short_number))
            };
            self.rows.iter().map(bar).collect()
        };
        let trips = Plot::linear(
            "Trips an hour",
            "The bar is what was measured, the line what the formula says.".to_owned(),
            None,
            shown(|row| (Some(row.measured.trips_per_s() * 3.6e3), Some(row.predicted.trips_per_s * 3.6e3))),
        );
        let empty = Plot::linear(
            "Empty legs, % of all",
            "A leg is one way of a trip; an event of a stream is a leg, too.".to_owned(),
            Some(100.0),
            shown(|row| {
                let percent = |share: f64| share * 100.0;
                (row.measured.empty_share().map(percent), row.predicted.empty_share.map(percent))
            }),
        );
        let age = Plot::of_times(
            "Mean age of delivered news, ms",
            self.undelivered(),
            shown(|row| (row.measured.age.map(|age| age.mean_ms), row.predicted.age_mean_s.map(|s| s * 1e3))),
        );
        let sheet = Sheet {
            comparison: self,
            how,
            conditions: self.conditions(),
            calm: self.scenario.is_calm(),
            rows: self.rows.iter().map(cells).collect(),
            plots: [trips, empty, age],
        };
        sheet.render()
    }

    /// What the mean ages leave out.
    fn undelivered(&self) -> String {
        let missing = self.rows.iter().filter(|row| row.measured.news_delivered < row.measured.news);
        let missing: Vec<_> = missing.map(|row| format!("{} {}", row.fleet.name, row.delivered())).collect();
        if missing.is_empty() {
            return "All news was delivered by the end.".to_owned();
        }
        format!(
            "Not all news was delivered by the end: {}. Undelivered news has no age yet, so that these means are too low.",
            missing.join(", ")
        )
    }
}

fn cells(row: &Outcome) -> Cells {
    let Outcome { fleet, measured: m, predicted: p, deviation: d } = row;
    let number = |value: Option<f64>| value.map_or("–".to_owned(), short_number);
    let apart = |apart: Option<f64>| apart.map_or("–".to_owned(), |apart| format!("{:+.1} %", apart * 100.0));
    let age = |of: fn(&crate::measured::Age) -> f64| number(m.age.as_ref().map(of));
    let cells = vec![
        number(Some(m.trips_per_s() * 3.6e3)),
        number(Some(p.trips_per_s * 3.6e3)),
        apart(d.trips),
        number(m.empty_share().map(|share| share * 100.0)),
        number(p.empty_share.map(|share| share * 100.0)),
        apart(d.empty_share),
        number(Some(m.tickets_per_h())),
        number(Some(p.tickets_per_h)),
        row.delivered(),
        age(|age| age.mean_ms),
        number(p.age_mean_s.map(|s| s * 1e3)),
        apart(d.age),
        number(m.age_mean_least_ms),
        age(|age| age.median_ms),
        age(|age| age.p95_ms),
        age(|age| age.worst_ms),
        number(Some(m.parked)),
        number(m.bytes_per_news()),
        m.lost.to_string(),
        m.repeated.to_string(),
    ];
    Cells { fleet: fleet.name, cells }
}

fn short_number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { short((value * 100.0).round() / 100.0) }
}
