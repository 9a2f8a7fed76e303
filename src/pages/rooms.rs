//! Several rooms as a table, a line each.

use super::facts::Facts;
use super::freshness::{self, Freshness};
use super::lead::Datastream;
use super::names::{DASH, capital};
use std::collections::BTreeSet;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::Timestamp;

/// One thermometer beside the main one is no table.
const ROOMS_MIN: usize = 2;
/// Lines of the table; more sensors stand below it, folded. A house has fewer rooms.
const ROOMS_MAX: usize = 40;

/// A room's line, ready to print. What the room does not measure has an empty key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Room {
    /// What it is called.
    pub name: String,
    /// The key of its temperature.
    pub key: String,
    /// How fresh that is.
    pub state: Freshness,
    /// Its digits.
    pub number: String,
    /// The key of its humidity.
    pub humidity_key: String,
    /// Its digits.
    pub humidity: String,
    /// Lowest and highest of today: `19.2 – 21.4`.
    pub span: String,
    /// `12 s`: the heading says what it is.
    pub age: String,
    /// When it was observed, RFC 3339.
    pub iso: String,
}

/// The sensors with a line in the table: all that measure an air temperature and are not the main one. None if that is one.
pub(crate) fn sensors(facts: &Facts, now: Timestamp) -> Vec<SensorName> {
    let is_room =
        |latest: &&crate::storage::Latest| latest.quantity == Quantity::Temperature && !latest.sensor.is_main();
    let silent = |at: Timestamp| Freshness::of(Some(at), now, facts.interval_ms) == Freshness::Offline;
    let rooms: BTreeSet<_> =
        facts.latest.iter().filter(is_room).map(|latest| (silent(latest.observed_at), &latest.sensor)).collect();
    if rooms.len() < ROOMS_MIN {
        return Vec::new();
    }
    rooms.into_iter().take(ROOMS_MAX).map(|(_, sensor)| sensor.clone()).collect()
}

/// The lines of these sensors.
pub(crate) fn rooms(facts: &Facts, sensors: &[SensorName], now: Timestamp, preference: Preference) -> Vec<Room> {
    let room = |sensor: &SensorName| {
        let of = |quantity: Quantity| Datastream { sensor: sensor.clone(), quantity };
        let warm = of(Quantity::Temperature);
        let latest = facts.newest(&warm)?;
        let humid = facts.newest(&of(Quantity::Humidity));
        let beside = humid.filter(|humid| facts.may_stand_beside(humid, latest.observed_at, now));
        let number = |value: f64| preference.number(Quantity::Temperature, value);
        let extreme = facts.extreme_of(&warm);
        Some(Room {
            name: capital(sensor),
            key: warm.key(),
            state: Freshness::of(Some(latest.observed_at), now, facts.interval_ms),
            number: number(latest.value),
            humidity_key: humid.map_or(String::new(), |humid| sensor.key(humid.quantity)),
            humidity: beside.map_or(DASH.to_owned(), |humid| preference.number(Quantity::Humidity, humid.value)),
            span: extreme
                .map_or(DASH.to_owned(), |extreme| format!("{} – {}", number(extreme.low), number(extreme.high))),
            age: freshness::ago(latest.observed_at, now).trim_end_matches(" ago").to_owned(),
            iso: latest.observed_at.rfc3339(),
        })
    };
    sensors.iter().filter_map(room).collect()
}
