//! The state of a device behind zigbee2mqtt: `{"temperature":21.3,"humidity":40.1,"battery":97,"linkquality":120}`.
//!
//! Units are those of its documentation, whatever a display shows (zigbee2mqtt.io/guide/usage/exposes.html). A device sends
//! dozens of settings beside its values, so a name that is not known here is of no interest.

use super::super::json::clock;
use super::super::json::names::{Measure, Named};
use super::super::json::reading::Reading;
use super::super::json::{Arrival, FIELDS_MAX, Field, bare, object, text_of};
use weather::quantity::Quantity;
use weather::report::Parsed;
use weather::station::SensorName;
use weather::units::Unit;

/// Names of values. Its barometers send what they feel, in hPa.
const VALUES: [(&str, Quantity, Unit, f64); 18] = [
    ("temperature", Quantity::Temperature, Unit::Celsius, 1.0),
    ("humidity", Quantity::Humidity, Unit::Percent, 1.0),
    ("dew_point", Quantity::DewPoint, Unit::Celsius, 1.0),
    ("pressure", Quantity::StationPressure, Unit::Hectopascal, 1.0),
    ("soil_moisture", Quantity::SoilMoisture, Unit::Percent, 1.0),
    ("co2", Quantity::Co2, Unit::PartPerMillion, 1.0),
    ("pm25", Quantity::Pm2_5, Unit::MicrogramPerCubicMetre, 1.0),
    ("pm10", Quantity::Pm10, Unit::MicrogramPerCubicMetre, 1.0),
    ("wind_speed", Quantity::WindSpeed, Unit::MetrePerSecond, 1.0),
    ("wind_direction", Quantity::WindDirection, Unit::Degree, 1.0),
    ("uv_index", Quantity::UvIndex, Unit::One, 1.0),
    ("rain_rate", Quantity::PrecipitationRate, Unit::MillimetrePerHour, 1.0),
    ("battery", Quantity::BatteryLevel, Unit::Percent, 1.0),
    (VOLTAGE, Quantity::BatteryVoltage, Unit::Volt, 0.001),
    ("battery_voltage", Quantity::BatteryVoltage, Unit::Volt, 0.001),
    ("battery_low", Quantity::BatteryLow, Unit::One, 1.0),
    ("water_leak", Quantity::Leak, Unit::One, 1.0),
    ("soil_conductivity", Quantity::SoilConductivity, Unit::MicrosiemensPerCentimetre, 1.0),
];
/// A battery's, in mV. A plug has it too, in V, of the mains.
const VOLTAGE: &str = "voltage";
/// Sent only by what has one.
const BATTERY: [&str; 2] = ["battery", "battery_low"];
/// When the device was heard: in RFC 3339 or in Unix milliseconds, or not at all, as its owner has set it.
const TIME: &str = "last_seen";

/// Reads a message.
pub(super) fn read(payload: &[u8], arrival: &Arrival) -> Result<Parsed, String> {
    let text = std::str::from_utf8(payload).map_err(|_| "not UTF-8".to_owned())?;
    let mut reading = Reading::new(arrival);
    let quoted = bare::quote(text).map(|quoted| quoted.text);
    let fields = object(quoted.as_deref().unwrap_or(text)).ok_or("not the state of a device: a JSON object")?;
    if fields.len() > FIELDS_MAX {
        return Err(format!("more than {FIELDS_MAX} fields"));
    }
    let has_battery = fields.iter().any(|field| BATTERY.contains(&&*field.name));
    let mut observed_at = None;
    for Field { name, sent } in &fields {
        if *name == TIME && *sent != "null" {
            let text = text_of(sent);
            observed_at = clock::read("time", &text).map_err(|why| format!("{TIME} = {text:?}: {why}"))?;
        }
        let Some((_, quantity, unit, factor)) = VALUES.iter().find(|(known, ..)| *known == name) else { continue };
        if *name == VOLTAGE && !has_battery {
            continue;
        }
        let named = Named { sensor: String::new(), quantity: *quantity, unit: Measure::Named(*unit, *factor) };
        reading.take(&SensorName::main(), &named, name, sent).map_err(|stop| stop.why)?;
    }
    let mut parsed = Parsed::default();
    parsed.add(reading.finish(observed_at), None);
    Ok(parsed)
}
