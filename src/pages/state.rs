//! The state that a page's scripts start from: a JSON block in the page that no browser executes.

use super::facts::Facts;
use serde::Serialize;
use std::collections::BTreeMap;
use weather::day;
use weather::preference::Preference;
use weather::time::Timestamp;

/// The whole block. Values are canonical.
#[derive(Debug, Serialize)]
pub(crate) struct PageState<'a> {
    /// The journal's cursor, taken before anything else here was read.
    pub cursor: String,
    /// The build of the files that the page uses.
    pub build: String,
    /// The server's clock.
    pub now: Timestamp,
    units: Units,
    stations: Vec<Station<'a>>,
}

#[derive(Debug, Serialize)]
struct Units {
    temperature: &'static str,
    rest: &'static str,
}

#[derive(Debug, Serialize)]
struct Station<'a> {
    slug: &'a str,
    name: &'a str,
    zone: &'static str,
    interval_ms: Option<i64>,
    observed_at: Option<Timestamp>,
    /// The local day that `extremes` are of.
    day: String,
    values: BTreeMap<String, Value>,
    extremes: BTreeMap<String, Extreme>,
    feels_like: Option<f64>,
    series: Series,
}

#[derive(Debug, Serialize)]
struct Value {
    value: f64,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Extreme {
    low: f64,
    low_at: Timestamp,
    high: f64,
    high_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Series {
    start: Timestamp,
    bucket_ms: i64,
    /// Start, mean, min, max, count.
    points: Vec<(Timestamp, f64, f64, f64, u32)>,
}

impl<'a> PageState<'a> {
    /// The state of a page that shows these stations.
    pub(crate) fn of(
        stations: &'a [Facts],
        cursor: String,
        build: String,
        now: Timestamp,
        preference: Preference,
    ) -> Self {
        let units = Units { temperature: preference.temperature(), rest: preference.rest() };
        Self { cursor, build, now, units, stations: stations.iter().map(|facts| Station::of(facts, now)).collect() }
    }

    /// JSON without characters that HTML could read as markup.
    pub(crate) fn json(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned());
        json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }
}

impl<'a> Station<'a> {
    fn of(facts: &'a Facts, now: Timestamp) -> Self {
        let values = facts
            .latest
            .iter()
            .map(|latest| (latest.sensor.key(latest.quantity), Value { value: latest.value, at: latest.observed_at }));
        let extremes = facts.extremes.iter().map(|e| {
            (e.sensor.key(e.quantity), Extreme { low: e.low, low_at: e.low_at, high: e.high, high_at: e.high_at })
        });
        let points = facts.series.buckets.iter().map(|b| (b.start, b.mean, b.min, b.max, b.count));
        Self {
            slug: facts.station.slug.as_str(),
            name: &facts.station.name,
            zone: facts.station.zone.name(),
            interval_ms: facts.interval_ms,
            observed_at: facts.observed_at(),
            day: day::date_at(facts.station.zone, now).to_string(),
            values: values.collect(),
            extremes: extremes.collect(),
            feels_like: facts.feels_like(),
            series: Series { start: facts.series.from, bucket_ms: facts.series.bucket_ms, points: points.collect() },
        }
    }
}
