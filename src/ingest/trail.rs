//! What a parser leaves behind for the owner who looks: which field became which value.

use crate::inbox::{Taken, Understood};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use weather::quantity::Quantity;
use weather::report::{Draft, Parsed, Warning};
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::units::Unit;

/// Fields that are noted, most: parsers read no more in one report.
const FIELDS_MAX: usize = 512;

/// The trail of one reading; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Trail(Arc<Mutex<Parts>>);

#[derive(Debug, Default)]
struct Parts {
    taken: Vec<Taken>,
    unknown: Vec<(String, String)>,
}

impl Trail {
    /// Notes a field that was taken as a number in a unit, `factor` times what was sent.
    pub fn takes(&self, sensor: &SensorName, quantity: Quantity, unit: Unit, factor: f64, field: &str, sent: &str) {
        let mut draft = Draft::new(Timestamp(0));
        match sent.trim().parse::<f64>() {
            Ok(number) if factor != 1.0 => draft.take_number(sensor, quantity, unit, field, number * factor),
            _ => draft.take_text(sensor, quantity, unit, field, sent),
        }
        let report = draft.finish(None).report;
        let value = report.and_then(|report| report.sensors().get(sensor)?.get(quantity));
        let symbol = quantity.unit().symbol();
        let value = value.map(|value| format!("{} {symbol}", quantity.echo(value)).trim_end().to_owned());
        let taken = Taken {
            field: field.to_owned(),
            sent: sent.to_owned(),
            unit: unit.symbol(),
            key: sensor.key(quantity),
            value,
        };
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.taken.len() < FIELDS_MAX {
            parts.taken.push(taken);
        }
    }

    /// Notes a field that nothing here knows, or that is known and not stored.
    pub fn leaves(&self, field: &str, sent: &str) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.unknown.len() < FIELDS_MAX {
            parts.unknown.push((field.to_owned(), sent.to_owned()));
        }
    }

    /// The meaning of what a parser read that left this trail.
    pub fn understood<E: fmt::Display>(self, read: Result<Parsed, E>) -> Understood {
        let (taken, unknown) = self.into_parts();
        match read {
            Ok(parsed) => Understood {
                taken,
                // The trail has them.
                warnings: parsed.warnings.into_iter().filter(|warning| !is_known(&unknown, warning)).collect(),
                unknown,
                times: parsed.reports.iter().map(|report| report.observed_at()).collect(),
                refused: None,
            },
            Err(why) => Understood { refused: Some(why.to_string()), ..Understood::default() },
        }
    }

    fn into_parts(self) -> (Vec<Taken>, Vec<(String, String)>) {
        let parts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        (parts.taken, parts.unknown)
    }
}

fn is_known(unknown: &[(String, String)], warning: &Warning) -> bool {
    unknown.iter().any(|(name, _)| warning.field == *name || warning.field.ends_with(&format!("].{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_with_its_field_and_what_it_was_converted_to() {
        let trail = Trail::default();
        let main = SensorName::main();
        trail.takes(&main, Quantity::Temperature, Unit::Fahrenheit, 1.0, "tempf", "98.6");
        trail.takes(&main, Quantity::Temperature, Unit::Fahrenheit, 1.0, "temp2f", "-9999");
        trail.leaves("wobble", "7");
        let (taken, unknown) = trail.into_parts();
        let told: Vec<_> = taken.iter().map(|one| (&*one.field, one.unit, &*one.key, one.value.as_deref())).collect();
        assert_eq!(told, [("tempf", "°F", "temperature", Some("37 °C")), ("temp2f", "°F", "temperature", None)]);
        assert_eq!(unknown, [("wobble".to_owned(), "7".to_owned())]);
    }
}
