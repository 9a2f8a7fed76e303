//! What devices publish, with a topic beside it: JSON in several shapes, or a bare number. Pure.

mod mapped;
#[cfg(test)]
mod tests;
mod value;
mod zigbee2mqtt;

pub use mapped::Map;
pub use value::{NotAValue, Value};

use super::json::{self, Arrival, Format};
use super::trail::Trail;
use crate::inbox::Understood;
use weather::report::Parsed;
use weather::station::SensorName;

/// How a device writes what it publishes.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Our own JSON, and all that its door understands.
    Json,
    /// Tasmota's telemetry.
    Tasmota,
    /// The state of a device behind zigbee2mqtt.
    Zigbee2Mqtt,
    /// Any JSON, of which these paths are values.
    Map(Map),
    /// Nothing but a value.
    Number(Value),
}

impl Shape {
    /// What people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Tasmota => "Tasmota",
            Self::Zigbee2Mqtt => "zigbee2mqtt",
            Self::Map(_) => "JSON by a map",
            Self::Number(_) => "Number",
        }
    }
}

/// Most reports in one message.
const REPORTS_MAX: usize = 1_000;
/// Last levels of Tasmota's topics that hold readings; others tell its state, its version, its answers.
const TASMOTA_READINGS: [&str; 4] = ["SENSOR", "STATUS8", "STATUS10", "SNS"];
/// Last levels of zigbee2mqtt's topics that hold none.
const ZIGBEE_OTHERS: [&str; 3] = ["availability", "set", "get"];
/// What devices and their last wills say of themselves.
const STATES: [&str; 6] = ["online", "offline", "connected", "disconnected", "alive", "lost"];

/// Reads a message. It holds no report if it tells only whether a device is there: last wills do.
///
/// `sensor` is the sensor of values that name none; those that do get its name before theirs. `arrival` has the sensors that the
/// station has, if the shape [`asks_for_sensors`].
///
/// # Errors
/// The reason, for the log.
pub fn read(
    shape: &Shape,
    topic: &str,
    payload: &[u8],
    arrival: &Arrival,
    sensor: &SensorName,
) -> Result<Parsed, String> {
    if is_state(payload) || is_of_another_kind(shape, topic) {
        return Ok(Parsed::default());
    }
    let mut parsed = match shape {
        Shape::Json => json::parse(payload, Format::Json, arrival, REPORTS_MAX).map_err(|error| error.to_string()),
        Shape::Tasmota => {
            let arrival = Arrival { sensors: below(sensor, &arrival.sensors), ..arrival.clone() };
            json::parse(payload, Format::Json, &arrival, 1).map_err(|error| error.to_string())
        }
        Shape::Zigbee2Mqtt => zigbee2mqtt::read(payload, arrival),
        Shape::Map(map) => map.read(payload, arrival),
        Shape::Number(value) => value.read_alone(payload, arrival),
    }?;
    if !sensor.is_main() {
        let reports = std::mem::take(&mut parsed.reports);
        parsed.reports = reports.into_iter().map(|report| report.renaming(|name| under(sensor, name))).collect();
    }
    Ok(parsed)
}

/// What a message means, for the owner who looks.
pub fn understood(shape: &Shape, topic: &str, payload: &[u8], arrival: &Arrival, sensor: &SensorName) -> Understood {
    let trail = Trail::default();
    let arrival = Arrival { trail: Some(trail.clone()), ..arrival.clone() };
    let parsed = read(shape, topic, payload, &arrival, sensor);
    let trail = if sensor.is_main() { trail } else { trail.renaming(|name| under(sensor, name)) };
    trail.understood(parsed)
}

/// True if the reader of such a message needs to know which sensors the station has.
pub fn asks_for_sensors(shape: &Shape) -> bool {
    matches!(shape, Shape::Tasmota)
}

/// An empty message takes a retained one away; others say that a device has come or gone.
fn is_state(payload: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(payload) else { return false };
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let bare = text.trim_matches('"');
    let word = match bare.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(inside) => inside.split_once(':').filter(|(name, _)| name.trim() == "\"state\"").map(|(_, state)| state),
        None => Some(bare),
    };
    word.is_some_and(|word| STATES.iter().any(|state| word.trim().trim_matches('"').eq_ignore_ascii_case(state)))
}

fn is_of_another_kind(shape: &Shape, topic: &str) -> bool {
    let last = topic.rsplit('/').next().unwrap_or_default();
    match shape {
        Shape::Tasmota => !TASMOTA_READINGS.contains(&last),
        Shape::Zigbee2Mqtt => ZIGBEE_OTHERS.contains(&last) || topic.split('/').nth(1) == Some("bridge"),
        _ => false,
    }
}

/// The sensors whose names begin with that of `sensor`, without it.
fn below(sensor: &SensorName, known: &[SensorName]) -> Vec<SensorName> {
    if sensor.is_main() {
        return known.to_vec();
    }
    let rest = |name: &SensorName| {
        let rest = name.as_str().strip_prefix(sensor.as_str())?.strip_prefix('-')?;
        SensorName::new(rest).ok()
    };
    known.iter().filter_map(rest).collect()
}

/// A sensor of a device that is itself `sensor`.
fn under(sensor: &SensorName, name: &SensorName) -> SensorName {
    if name.is_main() { sensor.clone() } else { json::reading::sensor_of(&[sensor.as_str(), name.as_str()]) }
}
