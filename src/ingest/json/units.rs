//! Fields that tell the unit of others: `TempUnit`, `unit`, `usUnits`. They are obeyed or refused, never ignored.

use super::names::{self, Measure};
use weather::quantity::Quantity;
use weather::units::Unit;

/// Units that other fields told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    system: Option<System>,
    single: Vec<Single>,
}

/// One unit: it counts for all values of its dimension, or for one quantity.
#[derive(Debug)]
struct Single {
    unit: Unit,
    only: Option<Quantity>,
    field: String,
}

/// WeeWX's systems of units, src/weewx/units.py.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Us,
    Metric,
    MetricWx,
}

/// Names of dimensions before `unit`, with one of their units.
const DIMENSIONS: [(&str, Unit); 10] = [
    ("", Unit::One),
    ("temp", Unit::Celsius),
    ("temperature", Unit::Celsius),
    ("pressure", Unit::Hectopascal),
    ("wind", Unit::MetrePerSecond),
    ("wind_speed", Unit::MetrePerSecond),
    ("speed", Unit::MetrePerSecond),
    ("rain", Unit::Millimetre),
    ("precipitation", Unit::Millimetre),
    ("rain_rate", Unit::MillimetrePerHour),
];

const ADVICE: &str = "put the unit into the field's name (temperature_f), or convert the value";

/// What comes before `unit` or `units` in a name in lower case, if it ends so.
pub(crate) fn stem(name: &str) -> Option<&str> {
    if matches!(name, "unit_of_measurement" | "uom") {
        return Some("");
    }
    let stem = name.strip_suffix("units").or_else(|| name.strip_suffix("unit"))?;
    Some(stem.trim_end_matches(['_', '-', '.', ' ']))
}

impl Told {
    /// True if the record is in one system of units.
    pub(crate) fn is_system(&self) -> bool {
        self.system.is_some()
    }

    /// Takes a field of this stem and value. `Ok(false)`: it says nothing about weather.
    ///
    /// # Errors
    /// The reason, if it says something that is not read here.
    pub(crate) fn hear(&mut self, stem: &str, field: &str, text: &str) -> Result<bool, String> {
        let text = text.trim();
        if matches!(text, "" | "null") {
            return Ok(true);
        }
        if matches!(stem, "us" | "")
            && let Some(system) = system(text)
        {
            if self.system.is_some_and(|other| other != system) {
                return Err("two fields tell different systems of units".to_owned());
            }
            self.system = Some(system);
            return Ok(true);
        }
        if stem == "us" {
            return Err("not a system of units: 1 (US), 16 (METRIC) or 17 (METRICWX)".to_owned());
        }
        let lower = text.to_lowercase();
        let unit = Unit::from_spelling(&lower);
        let only = Quantity::from_name(stem).or_else(|| names::find(stem, false).map(|named| named.quantity));
        let dimension = DIMENSIONS.iter().find(|(known, _)| *known == stem).map(|(_, unit)| *unit);
        let only = only.filter(|_| dimension.is_none());
        match (unit, only.map(Quantity::unit).or(dimension)) {
            // The distance of lightning, the size of a disk.
            (None, None) => return Ok(false),
            (None, Some(_)) => return Err(format!("this unit is not read here: {ADVICE}")),
            (Some(_), None) => return Err(format!("nobody here knows which values it is about: {ADVICE}")),
            (Some(unit), Some(dimension)) if stem.is_empty() || meant(unit, dimension.canonical()).is_some() => {
                self.single.push(Single { unit, only, field: field.to_owned() });
            }
            (Some(_), Some(_)) => return Err(format!("no unit of such a value: {ADVICE}")),
        }
        Ok(true)
    }

    /// The unit of a value, and the number that it is multiplied by first.
    ///
    /// # Errors
    /// The reason: no unit was told, or two that differ.
    pub(crate) fn of(&self, quantity: Quantity, measure: Measure) -> Result<(Unit, f64), String> {
        let mut told = None;
        for single in &self.single {
            let Some(unit) = meant(single.unit, quantity.unit()) else { continue };
            if single.only.is_some_and(|only| only != quantity) {
                continue;
            }
            if told.is_some_and(|other| other != unit) {
                return Err(format!("{} and another field tell different units", single.field));
            }
            told = Some(unit);
        }
        match (measure, told, self.system) {
            (Measure::Named(unit, _), Some(told), _) if unit != told => {
                Err(format!("its name says {}, another field says {}", unit.symbol(), told.symbol()))
            }
            (Measure::Named(unit, factor), ..) => Ok((unit, factor)),
            (_, Some(told), _) => Ok((told, 1.0)),
            (_, None, Some(system)) => Ok(system.unit(quantity.unit())),
            (Measure::Ours, ..) => Ok((quantity.unit(), 1.0)),
            (Measure::Unsaid, ..) => Err(format!("its unit is not said: send usUnits, or {}", quantity.name())),
        }
    }
}

/// The unit that is meant for values of this canonical unit: inches of rain are inches an hour of a rate.
pub(crate) fn meant(unit: Unit, canonical: Unit) -> Option<Unit> {
    match (unit, canonical) {
        (Unit::Inch, Unit::MillimetrePerHour) => Some(Unit::InchPerHour),
        (Unit::Millimetre, Unit::MillimetrePerHour) => Some(Unit::MillimetrePerHour),
        _ => (unit.canonical() == canonical).then_some(unit),
    }
}

fn system(text: &str) -> Option<System> {
    match text.strip_suffix(".0").unwrap_or(text) {
        "1" | "US" => Some(System::Us),
        "16" | "METRIC" => Some(System::Metric),
        "17" | "METRICWX" => Some(System::MetricWx),
        _ => None,
    }
}

impl System {
    /// The system's unit of the dimension of this canonical unit.
    fn unit(self, canonical: Unit) -> (Unit, f64) {
        match (self, canonical) {
            (Self::Us, Unit::Celsius) => (Unit::Fahrenheit, 1.0),
            (Self::Us, Unit::Hectopascal) => (Unit::InchOfMercury, 1.0),
            (Self::Us, Unit::MetrePerSecond) => (Unit::MilePerHour, 1.0),
            (Self::Us, Unit::Millimetre) => (Unit::Inch, 1.0),
            (Self::Us, Unit::MillimetrePerHour) => (Unit::InchPerHour, 1.0),
            (Self::Metric, Unit::MetrePerSecond) => (Unit::KilometrePerHour, 1.0),
            // Centimetres.
            (Self::Metric, Unit::Millimetre | Unit::MillimetrePerHour) => (canonical, 10.0),
            _ => (canonical, 1.0),
        }
    }
}
