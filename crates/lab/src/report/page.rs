//! The page for the shelf: a table and three plots, in one file.

use super::{How, Line, Report, short};
use askama::Template;

/// Width of the plots' drawing area, in their own units.
const WIDTH: f64 = 220.0;
/// Ages are drawn from this many milliseconds, by powers of ten.
const AGE_FROM_MS: f64 = 10.0;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
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

struct Plot {
    title: &'static str,
    caption: &'static str,
    height: usize,
    bars: Vec<Bar>,
}

/// All in the plot's units, as text.
struct Bar {
    fleet: &'static str,
    y: usize,
    text_y: usize,
    width: String,
    /// Where the prediction stands.
    mark: Option<String>,
    label: String,
}

pub(super) fn html(report: &Report) -> Result<String, askama::Error> {
    let how = if report.how == How::Simulated { "Simulated" } else { "Measured" };
    let (conditions, calm) = (report.conditions(), report.scenario.is_calm());
    let rows = report.rows.iter().map(cells).collect();
    let trips = plot(
        report,
        "Trips an hour",
        "The bar is what was measured, the line what the formula says.",
        |line| (Some(line.measured.trips_per_s() * 3.6e3), line.predicted.map(|p| p.trips_per_s * 3.6e3)),
        |value, most| value / most,
    );
    let empty = plot(
        report,
        "Empty legs, % of all",
        "A leg is one way of a trip; an event of a stream is a leg, too.",
        |line| {
            let percent = |share: f64| share * 100.0;
            (line.measured.empty_share().map(percent), line.predicted.and_then(|p| p.empty_share).map(percent))
        },
        |value, _| value / 100.0,
    );
    let age = plot(
        report,
        "Mean age of news, ms",
        "By powers of ten, from 10 ms. Fleets without a bar never brought any.",
        |line| {
            let predicted = line.predicted.and_then(|p| p.age_mean_s).map(|s| s * 1e3);
            (line.measured.age.map(|age| age.mean_ms), predicted)
        },
        |value, most| (value / AGE_FROM_MS).max(1.0).log10() / (most / AGE_FROM_MS).max(10.0).log10(),
    );
    Page { report, how, conditions, calm, rows, plots: [trips, empty, age] }.render()
}

fn cells(line: &Line) -> Cells {
    let Line { fleet, measured: m, predicted: p, deviation: d } = line;
    let number = |value: Option<f64>| value.map_or("–".to_owned(), short_number);
    let apart = |apart: Option<f64>| apart.map_or("–".to_owned(), |apart| format!("{:+.1} %", apart * 100.0));
    let age = |of: fn(&crate::measured::Age) -> f64| number(m.age.as_ref().map(of));
    let cells = vec![
        number(Some(m.trips_per_s() * 3.6e3)),
        number(p.map(|p| p.trips_per_s * 3.6e3)),
        apart(d.trips),
        number(m.empty_share().map(|share| share * 100.0)),
        number(p.and_then(|p| p.empty_share).map(|share| share * 100.0)),
        apart(d.empty_share),
        number(Some(m.tickets_per_h())),
        number(p.map(|p| p.tickets_per_h)),
        age(|age| age.mean_ms),
        number(p.and_then(|p| p.age_mean_s).map(|s| s * 1e3)),
        apart(d.age),
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

fn plot(
    report: &Report,
    title: &'static str,
    caption: &'static str,
    of: impl Fn(&Line) -> (Option<f64>, Option<f64>),
    scale: impl Fn(f64, f64) -> f64,
) -> Plot {
    /// Height of a bar with the space below it.
    const STEP: usize = 24;
    let values: Vec<_> = report.rows.iter().map(of).collect();
    let most = values.iter().flat_map(|(is, should)| [*is, *should]).flatten().fold(f64::MIN_POSITIVE, f64::max);
    let along = |value: f64| format!("{:.1}", WIDTH * scale(value, most).clamp(0.0, 1.0));
    let mut bars = Vec::new();
    for (index, (line, (is, should))) in report.rows.iter().zip(&values).enumerate() {
        bars.push(Bar {
            fleet: line.fleet.name,
            y: index * STEP,
            text_y: index * STEP + STEP / 2 + 1,
            width: along(is.unwrap_or(0.0)),
            mark: should.map(along),
            label: is.map_or("–".to_owned(), short_number),
        });
    }
    Plot { title, caption, height: values.len() * STEP, bars }
}
