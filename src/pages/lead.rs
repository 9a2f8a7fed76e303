//! What leads the page of a station: the first of what it measures. The page, the wall and their scripts follow this choice.
//!
//! The choice depends on what a station has ever measured and not on how old that is: a thermometer that falls silent leaves
//! the large number where it is, with its age.

use crate::storage::{CHARTED, Latest};
use weather::quantity::Quantity;
use weather::room;
use weather::station::SensorName;
use weather::time::{DAY_MS, Timestamp};

/// A quantity of a sensor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Datastream {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
}

impl Datastream {
    /// One of the main sensor.
    pub const fn main(quantity: Quantity) -> Self {
        Self { sensor: SensorName::main(), quantity }
    }

    /// Its name on the wire.
    pub fn key(&self) -> String {
        self.sensor.key(self.quantity)
    }

    /// True if this value is one of it.
    pub(crate) fn is_of(&self, latest: &Latest) -> bool {
        self.quantity == latest.quantity && self.sensor == latest.sensor
    }

    /// The one that this value is of.
    pub(crate) fn of(latest: &Latest) -> Self {
        Self { sensor: latest.sensor.clone(), quantity: latest.quantity }
    }
}

/// What may lead, the first that a station has. Wind has a card of its own; a direction, a gust and a rate say nothing alone,
/// and nobody comes for a battery.
const LEADS: [Quantity; 16] = [
    Quantity::Temperature,
    Quantity::Pm2_5,
    Quantity::Pm10,
    Quantity::Co2,
    Quantity::Humidity,
    Quantity::SeaLevelPressure,
    Quantity::AltimeterSetting,
    Quantity::StationPressure,
    Quantity::Precipitation,
    Quantity::SolarRadiation,
    Quantity::UvIndex,
    Quantity::SoilTemperature,
    Quantity::SoilMoisture,
    Quantity::LeafWetness,
    Quantity::SoilConductivity,
    Quantity::DewPoint,
];

/// Small pictures on a page: so many stand beside the large one.
const SMALL_MAX: usize = 4;
/// The pressures, the one that people compare first.
const PRESSURES: [Quantity; 3] = [Quantity::SeaLevelPressure, Quantity::AltimeterSetting, Quantity::StationPressure];

/// The datastream that leads. None if there is nothing, or nothing but the wind, whose card leads then.
pub(crate) fn of(latest: &[Latest]) -> Option<Datastream> {
    let place = |one: &Latest| LEADS.iter().position(|quantity| *quantity == one.quantity);
    let may = latest.iter().filter(|one| place(one).is_some());
    may.min_by_key(|one| (place(one), room::rank(&one.sensor))).map(Datastream::of)
}

/// What small pictures are made of: wind, pressure, rain and humidity of the main sensor; if that is less than fits, also what
/// else the leading sensor measures, what other sensors measure of the leading quantity, and the rest. Nothing that was silent
/// for a day.
pub(crate) fn small(latest: &[Latest], now: Timestamp) -> Vec<Datastream> {
    let lead = of(latest);
    let has = |quantity: Quantity| latest.iter().any(|one| Datastream::main(quantity).is_of(one));
    let pressure = PRESSURES.into_iter().find(|quantity| has(*quantity));
    let first = [Some(Quantity::WindSpeed), pressure, Some(Quantity::Precipitation), Some(Quantity::Humidity)];
    let rank = |one: &Latest| {
        let usual = first.iter().position(|quantity| *quantity == Some(one.quantity)).filter(|_| one.sensor.is_main());
        let place = LEADS.iter().position(|quantity| *quantity == one.quantity);
        let class = match (usual, place, &lead) {
            (Some(_), ..) => 0,
            (None, None, _) => return None,
            // One pressure is enough, and the dew point goes with the temperature.
            _ if PRESSURES.contains(&one.quantity) || one.quantity == Quantity::DewPoint => return None,
            (.., Some(lead)) if lead.sensor == one.sensor => 1,
            (.., Some(lead)) if lead.quantity == one.quantity => 2,
            _ => 3,
        };
        Some((class, usual.or(place), room::rank(&one.sensor).0, Datastream::of(one)))
    };
    let heard = latest.iter().filter(|one| now.since(one.observed_at) < DAY_MS);
    let mut ranked: Vec<_> =
        heard.filter(|one| lead.as_ref().is_none_or(|lead| !lead.is_of(one))).filter_map(rank).collect();
    ranked.sort();
    ranked.into_iter().map(|(.., one)| one).take(SMALL_MAX).collect()
}

/// What is drawn and is not read of the main sensor anyway: five at most.
pub(crate) fn extra(latest: &[Latest], now: Timestamp) -> Vec<Datastream> {
    let is_read = |one: &Datastream| one.sensor.is_main() && CHARTED.contains(&one.quantity);
    of(latest).into_iter().chain(small(latest, now)).filter(|one| !is_read(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Quantity::*;
    use weather::time::HOUR_MS;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn latest(values: &[(&str, Quantity)]) -> Vec<Latest> {
        let one = |(sensor, quantity): &(&str, Quantity)| Latest {
            sensor: SensorName::new(sensor).expect("a sensor"),
            quantity: *quantity,
            observed_at: NOW,
            value: 1.0,
        };
        values.iter().map(one).collect()
    }

    fn lead(values: &[(&str, Quantity)]) -> Option<String> {
        of(&latest(values)).map(|lead| lead.key())
    }

    fn drawn(values: &[(&str, Quantity)]) -> Vec<String> {
        small(&latest(values), NOW).iter().map(Datastream::key).collect()
    }

    #[test]
    fn the_first_of_what_a_station_has_leads() {
        let is = |values: &[(&str, Quantity)], wanted: Option<&str>| {
            assert_eq!(lead(values).as_deref(), wanted, "{values:?}");
        };
        is(&[("", Humidity), ("", Temperature), ("indoor", Temperature)], Some("temperature"));
        is(&[("attic", Temperature), ("indoor", Temperature), ("kitchen", Temperature)], Some("indoor/temperature"));
        is(&[("kitchen", Temperature), ("attic", Temperature), ("", SeaLevelPressure)], Some("kitchen/temperature"));
        is(&[("bathroom", Temperature), ("living-room", Temperature)], Some("living-room/temperature"));
        is(&[("soil1", SoilMoisture), ("soil2", SoilTemperature)], Some("soil2/soil_temperature"));
        is(&[("", Pm10), ("", Pm2_5), ("", Humidity)], Some("pm2_5"));
        is(&[("", PrecipitationRate), ("", Precipitation), ("", WindSpeed)], Some("precipitation"));
        is(&[("", WindSpeed), ("", WindGust), ("", WindDirection)], None);
        is(&[("", BatteryVoltage), ("indoor", BatteryLow)], None);
        is(&[], None);
    }

    #[test]
    fn the_script_of_cards_has_the_same_list() {
        let script = std::fs::read_to_string("static/js/view/card.js").expect("the script");
        let (_, list) = script.split_once("LEADS = Object.freeze([").expect("the list");
        let (list, _) = list.split_once(']').expect("its end");
        let names: Vec<&str> = list.split('\'').skip(1).step_by(2).collect();
        assert_eq!(names, LEADS.map(Quantity::name));
    }

    #[test]
    fn small_pictures_are_of_what_the_station_has_and_four_at_most() {
        let full = [Temperature, Humidity, StationPressure, SeaLevelPressure, WindSpeed, Precipitation, Pm2_5];
        let full = full.map(|quantity| ("", quantity));
        assert_eq!(drawn(&full), ["wind_speed", "sea_level_pressure", "precipitation", "humidity"]);
        let rooms =
            ["indoor", "attic", "cellar", "kitchen", "nursery"].map(|room| [(room, Temperature), (room, Humidity)]);
        let wanted = ["indoor/humidity", "kitchen/temperature", "nursery/temperature", "attic/temperature"];
        assert_eq!(drawn(rooms.as_flattened()), wanted);
        assert_eq!(drawn(&[("", Pm2_5), ("", Pm10), ("", BatteryLevel)]), ["pm10"]);
        assert_eq!(drawn(&[("", Temperature), ("", DewPoint)]), [""; 0]);
    }

    #[test]
    fn what_was_silent_for_a_day_takes_no_place() {
        let mut known = latest(&[("", Temperature), ("", Humidity), ("shed", Temperature)]);
        known[1].observed_at = NOW.plus(-25 * HOUR_MS);
        assert_eq!(small(&known, NOW).iter().map(Datastream::key).collect::<Vec<_>>(), ["shed/temperature"]);
        known[0].observed_at = NOW.plus(-25 * HOUR_MS);
        assert_eq!(of(&known).map(|lead| lead.key()).as_deref(), Some("temperature"), "what leads does not wander");
        assert_eq!(extra(&known, NOW).len(), 1, "the main sensor's temperatures are read anyway");
    }
}
