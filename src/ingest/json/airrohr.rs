//! What a sensor.community device (airRohr) sends to an "own API". Values are texts, pressure is in Pa, and there is no time.
//!
//! `{"esp8266id":"2392534","sensordatavalues":[{"value_type":"SDS_P1","value":"15.23"}, …]}`

use super::mains::Mains;
use super::names::{Measure, Named};
use super::reading::{Reading, Stop};
use super::{FIELDS_MAX, Field, Name, text_of};
use serde::Deserialize;
use serde_json::value::RawValue;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// The field that holds the values.
pub(super) const LIST: &str = "sensordatavalues";

/// Values by the end of their type, in lower case (airrohr-firmware.ino; github.com/opendata-stuttgart/meta/wiki/APIs). The
/// firmware calls PM10 `P1`.
const VALUES: [(&str, Quantity, Unit); 6] = [
    ("temperature", Quantity::Temperature, Unit::Celsius),
    ("humidity", Quantity::Humidity, Unit::Percent),
    ("pressure", Quantity::StationPressure, Unit::Pascal),
    ("p1", Quantity::Pm10, Unit::MicrogramPerCubicMetre),
    ("p2", Quantity::Pm2_5, Unit::MicrogramPerCubicMetre),
    ("co2_ppm", Quantity::Co2, Unit::PartPerMillion),
];
/// Types without a sensor before them that are not stored.
const SILENT: [&str; 6] = ["samples", "min_micro", "max_micro", "signal", "interval", "pressure_at_sealevel"];
/// What a sensor sends beside weather: smaller particles, counts of particles, loudness, places, durations.
const SILENT_SENSORS: [&str; 4] = ["gps_", "dnms_", "noise_", "dur"];
/// The sensor that is meant by the header `X-Pin`, in the firmware's numbers; those without a name are the main one.
const PINS: [(u8, &str); 7] =
    [(1, ""), (3, "bmp180"), (5, "ppd42ns"), (7, "dht22"), (9, "htu21d"), (11, ""), (13, "ds18b20")];

/// True if a field of this lower-case name may hold the values.
pub(super) fn is_list(lower: &str) -> bool {
    lower == LIST
}

/// One value of the list. Other fields are of no interest.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    value_type: Name<'a>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Takes the values of the list.
///
/// # Errors
/// [`Stop`] if the list holds something else than types with values, or more than [`FIELDS_MAX`].
pub(super) fn take(reading: &mut Reading<'_>, list: &Field<'_>) -> Result<(), Stop> {
    let items: Vec<Item<'_>> = serde_json::from_str(list.sent)
        .map_err(|_| Stop::about(&list.name, list.sent, "not a list of {\"value_type\": …, \"value\": …}"))?;
    if items.len() > FIELDS_MAX {
        return Err(Stop { why: format!("more than {FIELDS_MAX} values in one report"), field: None });
    }
    let mut mains = Mains::default();
    // The sensors in the order in which they come, each with its name.
    let mut sensors: Vec<(String, SensorName)> = Vec::new();
    for item in &items {
        let Name(kind) = &item.value_type;
        let lower = kind.to_ascii_lowercase();
        let Some((device, quantity, unit)) = parts(&lower) else {
            if !is_silent(&lower) {
                reading.unknown(kind, &text_of(item.value.map_or("null", RawValue::get)));
            } else {
                reading.silent(kind, item.value.map_or("null", RawValue::get));
            }
            continue;
        };
        let sensor = match (device, reading.arrival.pin) {
            ("", Some(pin)) => of_pin(pin),
            _ => match sensors.iter().find(|(name, _)| name == device) {
                Some((_, sensor)) => sensor.clone(),
                None => {
                    let of_device = |item: &Item<'_>| {
                        let lower = item.value_type.0.to_ascii_lowercase();
                        parts(&lower).filter(|(other, ..)| *other == device).map(|(_, quantity, _)| quantity)
                    };
                    let quantities: Vec<_> = items.iter().filter_map(of_device).collect();
                    // Only a DHT22 has no name.
                    let name = if device.is_empty() { "dht22" } else { device };
                    let sensor = mains.sensor(name, &quantities, &reading.arrival.sensors);
                    sensors.push((device.to_owned(), sensor.clone()));
                    sensor
                }
            },
        };
        let named = Named { sensor: String::new(), quantity, unit: Measure::Named(unit, 1.0) };
        reading.take(&sensor, &named, kind, item.value.map_or("null", RawValue::get))?;
    }
    Ok(())
}

/// The sensor, the quantity and the unit of a type in lower case: `bme280_pressure`.
fn parts(lower: &str) -> Option<(&str, Quantity, Unit)> {
    VALUES.iter().find_map(|(value, quantity, unit)| {
        let rest = lower.strip_suffix(value)?;
        let device = if rest.is_empty() { "" } else { rest.strip_suffix('_').filter(|device| !device.is_empty())? };
        Some((device, *quantity, *unit))
    })
}

fn is_silent(lower: &str) -> bool {
    // `SPS30_P4`, `NPM_N10`, `SPS30_TS`: particles of sizes that are not stored.
    let end = lower.rsplit('_').next().unwrap_or(lower);
    let is_size = end.starts_with(['p', 'n']) && end[1..].bytes().all(|b| b.is_ascii_digit()) || end == "ts";
    SILENT.contains(&lower) || is_size || SILENT_SENSORS.iter().any(|start| lower.starts_with(start))
}

fn of_pin(pin: u8) -> SensorName {
    let name =
        PINS.iter().find(|(known, _)| *known == pin).map_or_else(|| format!("pin-{pin}"), |row| row.1.to_owned());
    SensorName::new(&name).unwrap_or_default()
}
