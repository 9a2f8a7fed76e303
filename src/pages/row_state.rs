//! What a row of the overview's table knows of its station: no more than it shows.

use super::facts::Facts;
use super::indoors;
use super::state::{Basics, Value, harmless, values};
use serde::Serialize;
use std::collections::BTreeMap;
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::Timestamp;

/// The station as the scripts read it.
#[derive(Debug, Serialize)]
struct RowState<'a> {
    #[serde(flatten)]
    basics: Basics<'a>,
    /// It is a row.
    row: bool,
    /// The local day that `extremes` are of.
    day: String,
    values: BTreeMap<String, Value>,
    extremes: BTreeMap<&'static str, Extreme>,
    /// What is shown where there is no outdoor temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
}

/// A low and a high; when they were is not shown.
#[derive(Debug, Serialize)]
struct Extreme {
    low: f64,
    high: f64,
}

/// What a row shows of the main sensor.
const ON_ROWS: [Quantity; 6] = [
    Quantity::Temperature,
    Quantity::Humidity,
    Quantity::WindSpeed,
    Quantity::WindDirection,
    Quantity::Precipitation,
    Quantity::SeaLevelPressure,
];

/// What a row knows of its station, JSON.
pub(crate) fn row(facts: &Facts, now: Timestamp) -> String {
    // The units do not change which value is shown.
    let indoors = indoors::indoors(facts, now, Preference::default());
    let lead = indoors.and_then(|indoors| indoors.values.into_iter().next()).map(|one| one.key);
    let main = SensorName::main();
    let mut shown: Vec<_> = facts
        .latest
        .iter()
        .filter(|one| {
            let is_lead = || lead.as_ref().is_some_and(|lead| *lead == one.sensor.key(one.quantity));
            one.sensor == main && ON_ROWS.contains(&one.quantity) || is_lead()
        })
        .collect();
    // The station's age is that of its newest value.
    if let Some(newest) = facts.observed_at()
        && shown.iter().all(|one| one.observed_at != newest)
    {
        shown.extend(facts.latest.iter().filter(|one| one.observed_at == newest).min_by_key(|one| &one.sensor));
    }
    let extreme = facts.extreme(Quantity::Temperature);
    let extreme = extreme.map(|one| (Quantity::Temperature.name(), Extreme { low: one.low, high: one.high }));
    let values = values(shown.into_iter());
    harmless(&RowState {
        basics: Basics::of(facts, &values, now),
        row: true,
        day: day::date_at(&facts.station.zone, now).to_string(),
        values,
        extremes: extreme.into_iter().collect(),
        lead,
    })
}
