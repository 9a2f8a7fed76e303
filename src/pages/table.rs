//! The table behind the chart: an hour a row.

use super::clock;
use super::facts::Facts;
use crate::storage::Bucket;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{HOUR_MS, Timestamp};

/// An hour of readings, ready to print; numbers are empty in an hour without any.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// When it starts, RFC 3339.
    pub iso: String,
    /// When it starts, on the station's clock.
    pub time: String,
    /// Mean of its readings.
    pub mean: String,
    /// Lowest.
    pub min: String,
    /// Highest.
    pub max: String,
    /// How many.
    pub count: String,
}

/// The hours from the first to the last reading, newest first; an hour without readings is a row that says so.
/// Of what leads; what has fallen has no mean.
pub(crate) fn rows(facts: &Facts, preference: Preference) -> Vec<Row> {
    let lead = facts.lead().filter(|lead| lead.quantity != Quantity::Precipitation);
    let Some(lead) = lead else { return Vec::new() };
    let zone = &facts.station.zone;
    let start = |bucket: &Bucket| clock::hour_start(zone, bucket.start);
    let mut rows: Vec<Row> = Vec::new();
    let mut next: Option<Timestamp> = None;
    for hour in facts.course(&lead).chunk_by(|one, other| start(one) == start(other)) {
        let at = start(&hour[0]);
        while let Some(silent) = next.filter(|next| *next < at) {
            rows.push(row(facts, silent, (lead.quantity, preference), &[]));
            next = Some(clock::hour_start(zone, silent.plus(HOUR_MS)));
        }
        rows.push(row(facts, at, (lead.quantity, preference), hour));
        next = Some(clock::hour_start(zone, at.plus(HOUR_MS)));
    }
    rows.reverse();
    rows
}

fn row(facts: &Facts, at: Timestamp, (of, preference): (Quantity, Preference), hour: &[Bucket]) -> Row {
    let number = |value: Option<f64>| value.map_or(String::new(), |v| preference.number(of, v));
    let count: u32 = hour.iter().map(|bucket| bucket.count).sum();
    let sum: f64 = hour.iter().map(|bucket| bucket.mean * f64::from(bucket.count)).sum();
    Row {
        iso: at.rfc3339(),
        time: clock::moment(&facts.station.zone, at, facts.series.to.plus(-1)),
        mean: number((count > 0).then(|| sum / f64::from(count))),
        min: number(hour.iter().map(|bucket| bucket.min).reduce(f64::min)),
        max: number(hour.iter().map(|bucket| bucket.max).reduce(f64::max)),
        count: count.to_string(),
    }
}
