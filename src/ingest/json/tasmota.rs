//! Tasmota's telemetry: a local time, and an object for each sensor.
//!
//! `{"Time":"2024-02-11T23:49:43","SHTC3":{"Temperature":12.1,"Humidity":19.8},"ESP32":{"Temperature":13.4},"TempUnit":"C"}`

use super::mains::Mains;
use super::names::{self, Measure, Named};
use super::reading::{Reading, Stop, meaning};
use super::{FIELDS_MAX, Field, object, text_of};
use weather::quantity::Quantity;

/// What a body holds that holds telemetry.
pub(super) const MARKS: [&str; 2] = ["\"Time\"", "\"TempUnit\""];
/// Objects that are no sensors of the weather: the chip, and what a plug measures.
const NOT_SENSORS: [&str; 5] = ["esp32", "esp8266", "energy", "wifi", "berry"];
/// Fields of sensors that say which one it is.
const SILENT: [&str; 6] = ["id", "model", "address", "raw", "name", "type"];
/// Names of a sensor's values that mean nothing in particular elsewhere: its barometer sends what it feels.
const OWN: [(&str, Quantity); 1] = [("pressure", Quantity::StationPressure)];

/// True for telemetry: it has a sensor's object beside `Time` or `TempUnit`.
pub(super) fn is_one(fields: &[Field<'_>]) -> bool {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    (has("Time") || has("TempUnit")) && fields.iter().any(|field| field.sent.starts_with('{'))
}

/// Takes the values of each sensor.
///
/// # Errors
/// [`Stop`] for units that disagree and for more than [`FIELDS_MAX`] fields in all.
pub(super) fn take(reading: &mut Reading<'_>, objects: &[&Field<'_>]) -> Result<(), Stop> {
    let mut blocks = Vec::new();
    let mut count = 0;
    for field in objects.iter().filter(|field| !NOT_SENSORS.iter().any(|name| field.name.eq_ignore_ascii_case(name))) {
        let fields = object(field.sent).unwrap_or_default();
        count += fields.len();
        if count > FIELDS_MAX {
            return Err(Stop { why: format!("more than {FIELDS_MAX} fields in one report"), field: None });
        }
        blocks.push((&*field.name, fields));
    }
    let mut mains = Mains::default();
    for (block, fields) in &blocks {
        let named = |field: &Field<'_>| named(&field.name.to_ascii_lowercase());
        let quantities: Vec<_> = fields.iter().filter_map(|field| Some(named(field)?.quantity)).collect();
        let sensor = mains.sensor(block, &quantities, &reading.arrival.sensors);
        for field in fields {
            let name = format!("{block}.{}", field.name);
            let lower = field.name.to_ascii_lowercase();
            match named(field) {
                Some(named) => reading.take(&sensor, &named, &name, field.sent)?,
                None if SILENT.contains(&&*lower) || field.sent == "null" => {}
                None => match names::not_stored(&lower) {
                    Some(why) => reading.remark(&name, &text_of(field.sent), why),
                    None => reading.unknown(&name, &text_of(field.sent)),
                },
            }
        }
    }
    Ok(())
}

fn named(lower: &str) -> Option<Named> {
    let own = OWN.iter().find(|(name, _)| *name == lower).map(|(_, quantity)| *quantity);
    let own = own.map(|quantity| Named { sensor: String::new(), quantity, unit: Measure::Ours });
    own.or_else(|| meaning(lower, false))
}
