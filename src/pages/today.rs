//! Records that fell today, for the page of a station.

use super::facts::Facts;
use super::past;
use crate::storage::Extreme;
use weather::climate::Days;
use weather::climate::news::{self, Today};
use weather::climate::records::Record;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// The records of today, a line each: what its extremes are against all days before.
pub(crate) fn records(past: &Days, facts: &Facts, now: Timestamp, preference: Preference) -> Vec<String> {
    let station = &facts.station;
    let calendar = past::calendar(station, facts.interval_ms, now);
    let extreme = |quantity| facts.extreme(quantity);
    let high = |of: &Extreme| Record { value: of.high, date: calendar.today, at: of.high_at };
    let low = |of: &Extreme| Record { value: of.low, date: calendar.today, at: of.low_at };
    let temperature = extreme(Quantity::Temperature);
    let today = Today {
        highest: temperature.map(high),
        lowest: temperature.map(low),
        gust: extreme(Quantity::WindGust).map(high),
        rain: extreme(Quantity::Precipitation).map(high),
    };
    news::of(past, &today, &calendar).iter().map(|new| new.text(&station.zone, preference)).collect()
}
