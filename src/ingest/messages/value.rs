//! What one value is: its sensor, its quantity and its unit, as an owner writes them: `indoor/temperature °F`.

use super::super::json::names::{self, Measure, Named};
use super::super::json::reading::{Reading, meaning};
use super::super::json::{Arrival, units};
use weather::report::Parsed;
use weather::station::SensorName;
use weather::units::Unit;

/// The sensor, the quantity and the unit of a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The main one, if none was named.
    pub(super) sensor: SensorName,
    pub(super) named: Named,
    /// As it was written.
    pub(super) text: String,
}

/// A text that does not say what a value is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    /// The name is no quantity's.
    #[error("{0:?} is no quantity: write one such as \"temperature\", \"indoor/humidity\" or \"wind_speed km/h\"")]
    Quantity(String),
    /// The name is known, and nothing is stored under it.
    #[error("{0:?}: {1}")]
    NotStored(String, &'static str),
    /// The unit is none, or none of the quantity.
    #[error("{unit:?} is no unit of {quantity}")]
    Unit {
        /// As it was written.
        unit: String,
        /// What it was to be a unit of.
        quantity: &'static str,
    },
    /// Programs use the name with different units.
    #[error("{0:?}: its unit is not said")]
    NoUnit(String),
    /// The name before the slash is no sensor's.
    #[error(transparent)]
    Sensor(#[from] weather::station::BadName),
}

impl Value {
    /// Reads `quantity`, `sensor/quantity`, either with a unit at the end of the name or behind a blank.
    ///
    /// # Errors
    /// [`NotAValue`].
    pub fn new(text: &str) -> Result<Self, NotAValue> {
        let (name, unit) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        let (prefix, own) = name.split_once('/').unwrap_or(("", name));
        let lower = own.to_ascii_lowercase();
        if let Some(why) = names::not_stored(&lower) {
            return Err(NotAValue::NotStored(name.to_owned(), why));
        }
        let mut named = meaning(&lower, false).ok_or_else(|| NotAValue::Quantity(name.to_owned()))?;
        let quantity = named.quantity;
        if !unit.is_empty() {
            let bad = || NotAValue::Unit { unit: unit.trim().to_owned(), quantity: quantity.name() };
            let said = unit_of(unit.trim()).ok_or_else(bad)?;
            let said = (units::meant(said.0, quantity.unit()).ok_or_else(bad)?, said.1);
            if matches!(named.unit, Measure::Named(unit, factor) if (unit, factor) != said) {
                return Err(bad());
            }
            named.unit = Measure::Named(said.0, said.1);
        }
        if named.unit == Measure::Unsaid {
            return Err(NotAValue::NoUnit(name.to_owned()));
        }
        let prefix = if prefix.is_empty() { std::mem::take(&mut named.sensor) } else { prefix.to_owned() };
        Ok(Self { sensor: SensorName::new(&prefix)?, named, text: text.trim().to_owned() })
    }

    /// Reads a message that is nothing but this value.
    pub(super) fn read_alone(&self, payload: &[u8], arrival: &Arrival) -> Result<Parsed, String> {
        let text = std::str::from_utf8(payload).map_err(|_| "not UTF-8".to_owned())?;
        let text = text.trim().trim_matches('"');
        let sent = serde_json::to_string(text).map_err(|error| error.to_string())?;
        let mut reading = Reading::new(arrival);
        reading.take(&self.sensor, &self.named, &self.text, &sent).map_err(|stop| stop.why)?;
        let mut parsed = Parsed::default();
        parsed.add(reading.finish(None), None);
        Ok(parsed)
    }
}

/// The unit, and the number that a value is multiplied by first.
fn unit_of(text: &str) -> Option<(Unit, f64)> {
    let lower = text.to_lowercase();
    if lower == "mv" {
        return Some((Unit::Volt, 0.001));
    }
    Unit::from_spelling(&lower).map(|unit| (unit, 1.0))
}
