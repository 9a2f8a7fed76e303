//! Everything but the large number: wind, and a tile for each other value.

use super::clock::{self, age_if_old};
use super::facts::Facts;
use super::freshness::Freshness;
use super::lead::Datastream;
use super::names::{DASH, sensor_title};
use super::wind;
use crate::storage::Latest;
use std::collections::BTreeMap;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::units::format_half_up;

/// The wind, ready to print. An empty text is not shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wind {
    /// How fresh it is.
    pub state: Freshness,
    /// The speed's digits.
    pub number: String,
    /// Their unit.
    pub unit: &'static str,
    /// Where it comes from: `WSW`.
    pub compass: String,
    /// The same in whole degrees, for the needle.
    pub degrees: String,
    /// `3`.
    pub force: String,
    /// `gentle breeze`.
    pub word: String,
    /// With its unit.
    pub gust: String,
    /// Today's strongest, with its unit.
    pub gust_today: String,
    /// Its age, when it is old.
    pub age: String,
    /// When it was observed, RFC 3339.
    pub iso: String,
}

impl Wind {
    /// What these facts say now.
    pub(crate) fn of(facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        let speed = facts.main(Quantity::WindSpeed);
        let at = speed.map(|latest| latest.observed_at);
        let state = Freshness::of(at, now, facts.interval_ms);
        let blowing = speed.is_some_and(|latest| latest.value > 0.0);
        let beside = |quantity: Quantity| facts.main_beside(quantity, at, now).map(|latest| latest.value);
        let from = beside(Quantity::WindDirection).filter(|_| blowing);
        let gust = beside(Quantity::WindGust);
        let beaufort = speed.map(|latest| wind::beaufort(latest.value));
        let strongest = facts.extreme(Quantity::WindGust).map(|extreme| extreme.high);
        Self {
            state,
            number: speed.map_or(String::new(), |latest| preference.number(Quantity::WindSpeed, latest.value)),
            unit: preference.unit(Quantity::WindSpeed).symbol(),
            compass: from.map_or(String::new(), |degrees| wind::compass(degrees).to_owned()),
            degrees: from.map_or(String::new(), |degrees| format_half_up(degrees, 0)),
            force: beaufort.map_or(String::new(), |(force, _)| force.to_string()),
            word: beaufort.map_or(String::new(), |(_, word)| word.to_owned()),
            gust: gust.map_or(String::new(), |gust| preference.text(Quantity::WindGust, gust)),
            gust_today: strongest.map_or(String::new(), |high| preference.text(Quantity::WindGust, high)),
            age: speed.map_or(String::new(), |latest| age_if_old(latest.observed_at, now, facts.interval_ms)),
            iso: at.map_or(String::new(), |at| at.rfc3339()),
        }
    }

    /// True if there is an anemometer.
    pub(crate) fn any(&self) -> bool {
        !self.number.is_empty()
    }
}

/// A quantity of the main sensor with its unit; empty if there is none as fresh as the station.
pub(crate) fn main_text(facts: &Facts, quantity: Quantity, now: Timestamp, preference: Preference) -> String {
    let latest = facts.main_beside(quantity, facts.observed_at(), now);
    latest.map_or(String::new(), |latest| preference.text(quantity, latest.value))
}

/// The tiles of one sensor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// The sensor's name; empty for the main one.
    pub name: String,
    /// True for the main one's only tile where there are others to stand with.
    pub lone: bool,
    /// False for one of many, which is folded.
    pub open: bool,
    /// Its tiles.
    pub tiles: Vec<Tile>,
}

impl Group {
    /// True for the one other value of the sensor that leads, and for that of the main one if there are no other groups: its
    /// tile would stand alone, so it goes beside the large number, unless it is older.
    pub(crate) fn is_alone_with(&self, facts: &Facts, is_only: bool, now: Timestamp) -> bool {
        let (Some(lead), [tile]) = (facts.lead(), self.tiles.as_slice()) else { return false };
        let Some(at) = facts.newest(&lead).map(|latest| latest.observed_at) else { return false };
        let is_near = |latest: &Latest| latest.sensor == lead.sensor || is_only && latest.sensor.is_main();
        let is_it = |latest: &&Latest| is_near(latest) && latest.sensor.key(latest.quantity) == tile.key;
        facts.latest.iter().find(is_it).is_some_and(|latest| facts.may_stand_beside(latest, at, now))
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tile {
    /// The value's name on the wire, `indoor/temperature`.
    pub key: String,
    /// What people call it.
    pub title: &'static str,
    /// The icon's name.
    pub icon: &'static str,
    /// How fresh it is.
    pub state: Freshness,
    /// The digits.
    pub number: String,
    /// Their unit.
    pub unit: &'static str,
    /// What is small beside it, each a word and the key it shows: `now 2.4 mm/h`.
    pub asides: Vec<Aside>,
    /// Its age, when it is old.
    pub age: String,
    /// When it was observed, RFC 3339.
    pub iso: String,
}

/// A small value under a tile's large one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aside {
    /// The value's name on the wire.
    pub key: String,
    /// What it is called here.
    pub word: String,
    /// With its unit; empty if it is older than the large value.
    pub text: String,
}

/// Quantities that stand elsewhere on the page: in the large number's card, or in the wind's.
const ELSEWHERE: [Quantity; 4] =
    [Quantity::Temperature, Quantity::WindSpeed, Quantity::WindGust, Quantity::WindDirection];

/// Pairs that share a tile: the large one, the small one, and the word for it.
const ASIDES: [(Quantity, Quantity, &str); 6] = [
    (Quantity::Humidity, Quantity::DewPoint, "Dew point"),
    (Quantity::Precipitation, Quantity::PrecipitationRate, "Now"),
    (Quantity::SolarRadiation, Quantity::UvIndex, "UV index"),
    (Quantity::SeaLevelPressure, Quantity::AltimeterSetting, "Altimeter"),
    (Quantity::SeaLevelPressure, Quantity::StationPressure, "At the station"),
    (Quantity::AltimeterSetting, Quantity::StationPressure, "At the station"),
];

/// So many sensors are all open. Of more, the first [`OPEN_OF_MANY`] are.
const OPEN_ALL: usize = 8;
const OPEN_OF_MANY: usize = 4;
/// Tiles on a page: about 100 kB. A station may have some hundred sensors, and one key is enough to make them.
const TILES_MAX: usize = 150;

/// All values that stand nowhere else, the main sensor's first, then the sensors that are heard, then the others; and the
/// sensors that have no place on the page any more.
pub(crate) fn groups(
    facts: &Facts,
    rooms: &[SensorName],
    now: Timestamp,
    preference: Preference,
) -> (Vec<Group>, Vec<SensorName>) {
    let mut newest: BTreeMap<&SensorName, Timestamp> = BTreeMap::new();
    for latest in &facts.latest {
        let at = newest.entry(&latest.sensor).or_insert(latest.observed_at);
        *at = latest.observed_at.max(*at);
    }
    let mut sensors: Vec<&SensorName> = newest.keys().copied().collect();
    let silent = |at: Timestamp| Freshness::of(Some(at), now, facts.interval_ms) == Freshness::Offline;
    // Sorting keeps the order of names among equals.
    sensors.sort_by_key(|sensor| (**sensor != SensorName::main(), silent(newest[*sensor])));
    let many = sensors.len() > OPEN_ALL;
    let (mut groups, mut left, mut tiles) = (Vec::new(), Vec::new(), 0);
    for sensor in sensors {
        let open = !many || groups.len() < OPEN_OF_MANY;
        let group = Group { open, ..group(sensor, rooms, facts, now, preference) };
        if group.tiles.is_empty() {
            continue;
        }
        if tiles + group.tiles.len() > TILES_MAX {
            left.push(sensor.clone());
            continue;
        }
        tiles += group.tiles.len();
        groups.push(group);
    }
    (groups, left)
}

/// What stands small beside a value of the same sensor. What is older than it has an empty text.
pub(crate) fn asides(large: &Latest, facts: &Facts, now: Timestamp, preference: Preference) -> Vec<Aside> {
    let aside = |(_, small, word): &(Quantity, Quantity, &str)| {
        let value = facts.newest(&Datastream { sensor: large.sensor.clone(), quantity: *small })?;
        let shown = facts.may_stand_beside(value, large.observed_at, now);
        let text = if shown { preference.text(*small, value.value) } else { String::new() };
        Some(Aside { key: large.sensor.key(*small), word: (*word).to_owned(), text })
    };
    ASIDES.iter().filter(|(of, ..)| *of == large.quantity).filter_map(aside).collect()
}

/// The values of one sensor that stand nowhere else.
fn group(sensor: &SensorName, rooms: &[SensorName], facts: &Facts, now: Timestamp, preference: Preference) -> Group {
    let lead = facts.lead();
    let lead = lead.as_ref();
    let main = SensorName::main();
    let anemometer = facts.main(Quantity::WindSpeed).is_some();
    let of = |quantity: Quantity| facts.latest.iter().find(|l| l.quantity == quantity && l.sensor == *sensor);
    let is_elsewhere = |quantity: Quantity| match quantity {
        _ if lead.is_some_and(|lead| lead.sensor == *sensor && lead.quantity == quantity) => true,
        Quantity::Temperature | Quantity::Humidity if rooms.contains(sensor) => true,
        Quantity::WindGust | Quantity::WindDirection if !anemometer => false,
        _ => *sensor == main && ELSEWHERE.contains(&quantity),
    };
    let is_aside =
        |quantity: Quantity| ASIDES.iter().any(|(large, small, _)| *small == quantity && of(*large).is_some());
    let tiles = Quantity::shown().filter(|q| !is_elsewhere(*q) && !is_aside(*q)).filter_map(|quantity| {
        let latest = of(quantity)?;
        Some(tile(latest, asides(latest, facts, now, preference), facts, now, preference))
    });
    Group { name: sensor_title(sensor.as_str()), lone: false, open: true, tiles: tiles.collect() }
}

/// The tile of a datastream, with nothing beside it.
pub(crate) fn tile_of(facts: &Facts, of: &Datastream, now: Timestamp, preference: Preference) -> Option<Tile> {
    Some(tile(facts.newest(of)?, Vec::new(), facts, now, preference))
}

fn tile(latest: &Latest, asides: Vec<Aside>, facts: &Facts, now: Timestamp, preference: Preference) -> Tile {
    Tile {
        key: latest.sensor.key(latest.quantity),
        title: latest.quantity.title(),
        icon: latest.quantity.icon(),
        state: Freshness::of(Some(latest.observed_at), now, facts.interval_ms),
        number: number(latest, facts, now, preference),
        unit: preference.unit(latest.quantity).symbol(),
        asides,
        age: age_if_old(latest.observed_at, now, facts.interval_ms),
        iso: latest.observed_at.rfc3339(),
    }
}

/// The digits; a dash in place of a day's sum that is not today's.
pub(crate) fn number(latest: &Latest, facts: &Facts, now: Timestamp, preference: Preference) -> String {
    let day = |at: Timestamp| clock::local(&facts.station.zone, at).date_naive();
    if latest.quantity == Quantity::Precipitation && day(latest.observed_at) != day(now) {
        return DASH.to_owned();
    }
    preference.number(latest.quantity, latest.value)
}

/// The same with its unit.
pub(crate) fn text(latest: &Latest, facts: &Facts, now: Timestamp, preference: Preference) -> String {
    let (digits, unit) = (number(latest, facts, now, preference), preference.unit(latest.quantity).symbol());
    if unit.is_empty() { digits } else { format!("{digits} {unit}") }
}
