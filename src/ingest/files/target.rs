//! Whose values a column has: the sensor, the quantity and the unit, by the names that we and others give them.

use super::rain::Rain;
use crate::ingest::console::fields;
use crate::ingest::json::names::Measure;
use crate::ingest::json::reading::meaning;
use crate::ingest::json::units;
use std::fmt;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// Whose values a column has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) sensor: SensorName,
    pub(super) quantity: Quantity,
    pub(super) unit: Unit,
    /// Values are multiplied by it first: centimetres of rain.
    pub(super) factor: f64,
    /// How rain since midnight is made of it.
    pub(super) rain: Option<Rain>,
}

/// Rain that fell since the line before.
pub(super) const RAIN_AMOUNT: &str = "rain_amount";
/// A console's counter of the day, which it may reset late.
pub(super) const RAIN_COUNTER: &str = "rain_counter";

impl Target {
    /// Values of a quantity in a unit.
    pub(super) fn new(sensor: SensorName, quantity: Quantity, unit: Unit) -> Self {
        Self { sensor, quantity, unit, factor: 1.0, rain: None }
    }

    /// The same, of a kind of rain.
    pub(super) fn of_rain(self, rain: Rain) -> Self {
        Self { rain: Some(rain), ..self }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sensor.key(self.quantity))?;
        match (self.unit.symbol(), self.factor) {
            ("", _) => {}
            (symbol, 1.0) => write!(f, ", {symbol}")?,
            ("mm", 10.0) => f.write_str(", cm")?,
            ("mm/h", 10.0) => f.write_str(", cm/h")?,
            (symbol, factor) => write!(f, ", {symbol}, times {factor}")?,
        }
        match self.rain {
            Some(rain) => write!(f, " ({rain})"),
            None => Ok(()),
        }
    }
}

/// A unit as people write it, and the number that values are multiplied by first.
pub(super) fn unit_of(text: &str, quantity: Quantity) -> Option<(Unit, f64)> {
    let lower = text.trim().to_lowercase();
    match (lower.as_str(), quantity.unit()) {
        ("cm", Unit::Millimetre) | ("cm/h" | "cm/hr", Unit::MillimetrePerHour) => return Some((quantity.unit(), 10.0)),
        ("index" | "uvi", Unit::One) => return Some((Unit::One, 1.0)),
        ("deg" | "degrees" | "°", Unit::Degree) => return Some((Unit::Degree, 1.0)),
        ("%rh" | "rh" | "% rh", Unit::Percent) => return Some((Unit::Percent, 1.0)),
        _ => {}
    }
    let unit = Unit::from_symbol(text.trim()).or_else(|| Unit::from_spelling(&lower))?;
    Some((units::meant(unit, quantity.unit())?, 1.0))
}

/// The values that a name of our own means, or one that uploads know.
pub(super) fn named(name: &str) -> Option<Target> {
    let main = SensorName::main;
    let lower = normal(name);
    match lower.as_str() {
        RAIN_AMOUNT => {
            return Some(Target::new(main(), Quantity::Precipitation, Unit::Millimetre).of_rain(Rain::Amounts));
        }
        RAIN_COUNTER => {
            return Some(Target::new(main(), Quantity::Precipitation, Unit::Millimetre).of_rain(Rain::Counter));
        }
        _ => {}
    }
    let own = Quantity::from_field(&lower).map(|(quantity, unit)| Target::new(main(), quantity, unit));
    own.or_else(|| by_upload(&lower, None).ok().flatten())
}

/// The values that a name of uploads means; its unit may stand in brackets.
pub(super) fn by_upload(lower: &str, bracketed: Option<&str>) -> Result<Option<Target>, String> {
    let Some(found) = meaning(lower, false).or_else(|| meaning(lower, true)) else {
        return Ok(match fields::find(lower) {
            fields::Meaning::Weather(sensor, quantity, unit) => Some(counter(Target::new(sensor, quantity, unit))),
            _ => None,
        });
    };
    let sensor = SensorName::new(&found.sensor).map_err(|error| error.to_string())?;
    let target = Target::new(sensor, found.quantity, found.quantity.unit());
    match (found.unit, bracketed) {
        (Measure::Named(unit, factor), _) => Ok(Some(counter(Target { unit, factor, ..target }))),
        (Measure::Ours, _) | (Measure::Unsaid, Some(_)) => Ok(Some(counter(target))),
        (Measure::Unsaid, None) => {
            Err(format!("its unit is not said: map it, such as --column \"{lower}={}:UNIT\"", found.quantity.name()))
        }
    }
}

/// Rain of the day under a name that is not ours is a console's counter.
pub(super) fn counter(target: Target) -> Target {
    if target.quantity == Quantity::Precipitation { target.of_rain(Rain::Counter) } else { target }
}

/// A name in small letters, with underlines for what stands between words.
pub(super) fn normal(name: &str) -> String {
    let words = name.trim().to_lowercase();
    words.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}
