//! What a parser leaves behind for the owner who looks: which field became which value.

use crate::inbox::{Aside, Taken, Understood, value_text};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weather::mark::Reason;
use weather::quality::{self, Sent};
use weather::quantity::Quantity;
use weather::report::{Draft, Parsed, Report, Warning};
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
    values: Vec<Value>,
    set_aside: Vec<Aside>,
    unknown: Vec<(String, String)>,
}

/// A field that was taken as a value.
#[derive(Debug)]
struct Value {
    sensor: SensorName,
    quantity: Quantity,
    unit: Unit,
    field: String,
    sent: String,
    /// Canonical; `None` if it is no number.
    number: Option<f64>,
}

impl Trail {
    /// Notes a field that was taken as a number in a unit, `factor` times what was sent.
    pub fn takes(&self, sensor: &SensorName, quantity: Quantity, unit: Unit, factor: f64, field: &str, sent: &str) {
        let number = match quality::read_text(sent) {
            Sent::Number(number) => Some(number * factor),
            Sent::Missing | Sent::Unreadable => quantity.state_of(unit, sent),
        };
        let number = number.map(|number| canonical(sensor, quantity, unit, number));
        let (sensor, field, sent) = (sensor.clone(), field.to_owned(), sent.to_owned());
        self.leaves_behind(|parts| &mut parts.values, Value { sensor, quantity, unit, field, sent, number });
    }

    /// Notes a field that is known and not stored, and why, if people may wonder.
    pub fn sets_aside(&self, field: &str, sent: &str, why: &str) {
        let (field, sent, why) = (field.to_owned(), sent.to_owned(), why.to_owned());
        self.leaves_behind(|parts| &mut parts.set_aside, Aside { field, sent, why });
    }

    /// Notes a field that nothing here knows.
    pub fn leaves(&self, field: &str, sent: &str) {
        self.leaves_behind(|parts| &mut parts.unknown, (field.to_owned(), sent.to_owned()));
    }

    /// The same with other names of its sensors.
    pub fn renaming(self, name: impl Fn(&SensorName) -> SensorName) -> Self {
        let mut parts = self.parts();
        for value in &mut parts.values {
            value.sensor = name(&value.sensor);
        }
        drop(parts);
        self
    }

    /// The meaning of what a parser read that left this trail.
    pub fn understood<E: fmt::Display>(self, read: Result<Parsed, E>) -> Understood {
        let Parts { values, set_aside, unknown } = std::mem::take(&mut *self.parts());
        let parsed = match read {
            Ok(parsed) => parsed,
            Err(why) => return Understood { refused: Some(why.to_string()), ..Understood::default() },
        };
        let taken = values.iter().map(|value| value.told(&parsed)).collect();
        // The trail has them.
        let told = |warning: &Warning| {
            let mut names = unknown.iter().map(|(name, _)| name).chain(set_aside.iter().map(|aside| &aside.field));
            names.any(|name| warning.field == *name || warning.field.ends_with(&format!("].{name}")))
        };
        let warnings = parsed.warnings.iter().filter(|warning| !told(warning)).cloned().collect();
        let times = parsed.reports.iter().map(Report::observed_at).collect();
        Understood { taken, warnings, set_aside, unknown, times, refused: None }
    }

    fn leaves_behind<T>(&self, list: impl Fn(&mut Parts) -> &mut Vec<T>, one: T) {
        let mut parts = self.parts();
        let list = list(&mut parts);
        if list.len() < FIELDS_MAX {
            list.push(one);
        }
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Value {
    /// What became of it in these reports.
    fn told(&self, parsed: &Parsed) -> Taken {
        let Self { sensor, quantity, unit, field, sent, number } = self;
        let counts =
            |report: &Report, number| report.sensors().get(sensor)?.get(*quantity).filter(|one| *one == number);
        let is_beyond = |report: &Report, number| report.beyond(sensor).contains(&(*quantity, number));
        let (value, remark) = match number {
            Some(number) if parsed.reports.iter().any(|report| counts(report, *number).is_some()) => {
                (Some(*number), "")
            }
            Some(number) if parsed.reports.iter().any(|report| is_beyond(report, *number)) => {
                (Some(*number), Reason::Gross.words())
            }
            _ => (None, ""),
        };
        let value = value.map(|value| value_text(*quantity, value));
        Taken {
            field: field.clone(),
            sent: sent.clone(),
            unit: unit.symbol(),
            key: sensor.key(*quantity),
            value,
            remark,
        }
    }
}

/// A number in the unit that it has here, as a report holds it.
fn canonical(sensor: &SensorName, quantity: Quantity, unit: Unit, number: f64) -> f64 {
    let mut draft = Draft::new(Timestamp(0));
    draft.take_number(sensor, quantity, unit, "", number);
    let report = draft.finish(None).report;
    let held = report.and_then(|report| report.sensors().get(sensor)?.get(quantity));
    held.unwrap_or_else(|| unit.to_canonical(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: &[(Quantity, Unit, &str, &str)]) -> Vec<(String, Option<String>, &'static str)> {
        let (trail, main) = (Trail::default(), SensorName::main());
        let mut draft = Draft::new(Timestamp(1_795_356_000_000));
        for (quantity, unit, field, sent) in fields {
            trail.takes(&main, *quantity, *unit, 1.0, field, sent);
            draft.take_text(&main, *quantity, *unit, field, sent);
        }
        let mut parsed = Parsed::default();
        parsed.add(draft.finish(None), None);
        let taken = trail.understood(Ok::<_, String>(parsed)).taken;
        taken.into_iter().map(|taken| (taken.field, taken.value, taken.remark)).collect()
    }

    #[test]
    fn a_value_is_told_with_what_it_was_converted_to_and_whether_it_counts() {
        use Quantity::{BatteryLow, Humidity, Temperature, WindSpeed};
        let fields = [
            (Temperature, Unit::Fahrenheit, "tempf", "98.6"),
            (Humidity, Unit::Percent, "humidity", "-9999"),
            (WindSpeed, Unit::MilePerHour, "windspeedmph", "1048"),
            (BatteryLow, Unit::One, "batt1", "low"),
        ];
        let (of_temperature, none) = ("37 °C".to_owned(), None);
        let told = told(&fields);
        assert_eq!(told[0], ("tempf".to_owned(), Some(of_temperature), ""));
        assert_eq!(told[3], ("batt1".to_owned(), Some("low".to_owned()), ""));
        assert_eq!(told[1], ("humidity".to_owned(), none, ""));
        let (_, kept, why) = &told[2];
        assert!(
            kept.as_ref().is_some_and(|kept| kept.starts_with("468.")) && *why == Reason::Gross.words(),
            "{told:?}"
        );
    }

    #[test]
    fn a_field_is_unknown_or_known_and_not_stored_and_said_once() {
        let trail = Trail::default();
        trail.leaves("wobble", "7");
        trail.sets_aside("co2_eq", "400", "is guessed");
        let mut parsed = Parsed::default();
        let warn = |field: &str| Warning::new(field, "7", "unknown field, not stored");
        parsed.warn([warn("[0].wobble"), warn("co2_eq"), warn("other")]);
        let Understood { warnings, unknown, set_aside, .. } = trail.understood(Ok::<_, String>(parsed));
        assert_eq!(unknown, [("wobble".to_owned(), "7".to_owned())]);
        assert_eq!((set_aside.len(), &*set_aside[0].why), (1, "is guessed"));
        assert_eq!(warnings.iter().map(|warning| &*warning.field).collect::<Vec<_>>(), ["other"]);
    }
}
