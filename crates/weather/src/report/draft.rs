//! A report in the making.

use super::{FIELD_MAX_CHARS, Report, UNKNOWN_MAX, Warning, cut};
use crate::consistency;
use crate::quality::{self, Clock, Refusal};
use crate::quantity::Quantity;
use crate::station::SensorName;
use crate::time::{DAY_MS, SERIES_BEGIN, Timestamp};
use crate::typed::nearest;
use crate::units::Unit;
use crate::values::Values;
use std::collections::BTreeMap;

/// Of so many unknown fields of a report it is asked what may be meant: a sender makes the same mistake in all.
const MEANT_MAX: usize = 4;
/// Shorter names are too like others, characters.
const MEANT_MIN_CHARS: usize = 5;

/// A report in the making at a door: takes fields, keeps what is weather, remembers what is not.
#[derive(Debug)]
pub struct Draft {
    received_at: Timestamp,
    clock_offset_ms: i64,
    is_history: bool,
    sensors: BTreeMap<SensorName, Values>,
    /// What lies outside the gross limits.
    beyond: BTreeMap<SensorName, Vec<(Quantity, f64)>>,
    /// Sensors of which nothing counts, and why.
    faulty: Vec<(SensorName, &'static str)>,
    warnings: Vec<Warning>,
    /// Fields of a file that nobody here knows.
    unread: Vec<String>,
    /// Fields of an upload that nobody here knows, with their values.
    unknown: Vec<(String, String)>,
    known: usize,
    refused: usize,
}

impl Draft {
    /// An empty draft of something that arrived at `received_at`.
    pub fn new(received_at: Timestamp) -> Self {
        Self {
            received_at,
            clock_offset_ms: 0,
            is_history: false,
            sensors: BTreeMap::new(),
            beyond: BTreeMap::new(),
            faulty: Vec::new(),
            warnings: Vec::new(),
            unread: Vec::new(),
            unknown: Vec::new(),
            known: 0,
            refused: 0,
        }
    }

    /// An empty draft of what is read from a file at `received_at`. It may be of any age, and it needs a time, which is not
    /// replaced. Its rain since midnight is that, and no counter that may have been reset late, and nothing is derived of its
    /// values later: what reads the file has seen all of it. A value that is missing and a
    /// field that nobody knows are no warnings there: they would come with each line.
    pub fn of_history(received_at: Timestamp) -> Self {
        Self { is_history: true, ..Self::new(received_at) }
    }

    /// The same of a station to whose times that much is added, ms.
    pub fn of_clock(self, clock_offset_ms: i64) -> Self {
        Self { clock_offset_ms, ..self }
    }

    /// Takes a number in `unit`. A sentinel is missing and leaves a warning; what is not weather is refused with one.
    pub fn take_number(&mut self, sensor: &SensorName, quantity: Quantity, unit: Unit, field: &str, number: f64) {
        self.take(sensor, quantity, unit, field, &number.to_string(), quality::read_number(number));
    }

    /// Takes a number in `unit` written as text, as [`quality::read_text`] reads it, or the word for a state.
    pub fn take_text(&mut self, sensor: &SensorName, quantity: Quantity, unit: Unit, field: &str, text: &str) {
        let sent = match quantity.state_of(unit, text) {
            Some(number) => quality::read_number(number),
            None => quality::read_text(text),
        };
        self.take(sensor, quantity, unit, field, text, sent);
    }

    /// Remembers a field that nobody here knows.
    pub fn unknown(&mut self, field: &str, value: &str) {
        if self.is_history {
            return self.unread.push(cut(field, FIELD_MAX_CHARS));
        }
        let meant = if self.unknown.len() < MEANT_MAX { meant(field) } else { None };
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        let warning = Warning::new(field, value, format!("unknown field, not stored{meant}"));
        if self.unknown.len() < UNKNOWN_MAX {
            self.unknown.push((warning.field.clone(), warning.value.clone()));
        }
        self.warnings.push(warning);
    }

    /// Remembers that a known field came without a value.
    pub fn missing(&mut self) {
        self.known += 1;
    }

    /// Adds what follows from the values of a sensor, canonical.
    pub fn derive(&mut self, sensor: &SensorName, rule: impl FnOnce(&Values) -> Option<(Quantity, f64)>) {
        if let Some(values) = self.sensors.get_mut(sensor)
            && let Some((quantity, value)) = rule(values)
        {
            values.restore(quantity, value);
        }
    }

    /// Remembers a refusal of a whole field.
    pub fn refuse(&mut self, field: &str, value: &str, reason: impl Into<String>) {
        self.refused += 1;
        self.warnings.push(Warning::new(field, value, reason));
    }

    /// Takes what was sent as that text and read already.
    pub fn take(
        &mut self,
        sensor: &SensorName,
        quantity: Quantity,
        unit: Unit,
        field: &str,
        sent_as: &str,
        sent: quality::Sent,
    ) {
        self.known += 1;
        let number = match sent {
            quality::Sent::Number(number) => number,
            quality::Sent::Missing if self.is_history || sent_as.trim().is_empty() => return,
            quality::Sent::Missing => {
                return self.warnings.push(Warning::new(field, sent_as, "means \"no value\", nothing stored"));
            }
            quality::Sent::Unreadable => return self.refuse(field, sent_as, "not a number"),
        };
        let canonical = unit.to_canonical(number);
        if let Some(fault) = quantity.fault(canonical).filter(|fault| fault.of_sensor) {
            self.faulty.push((sensor.clone(), fault.why));
        }
        let values = self.sensors.entry(sensor.clone()).or_default();
        let earlier = values.get(quantity);
        match values.put(quantity, canonical) {
            Err(refusal) => {
                let is_beyond = matches!(refusal, Refusal::OutOfRange { .. }) && canonical.is_finite();
                if is_beyond && earlier.is_none() {
                    let beyond = self.beyond.entry(sensor.clone()).or_default();
                    beyond.retain(|(of, _)| *of != quantity);
                    beyond.push((quantity, canonical));
                }
                self.refuse(field, sent_as, refusal.to_string());
            }
            Ok(()) if earlier.is_some() && earlier != values.get(quantity) => {
                let reason = format!("{} was sent twice; this later value was kept", sensor.key(quantity));
                self.warnings.push(Warning::new(field, sent_as, reason));
            }
            Ok(()) if canonical > *quantity.limits().end() && !self.is_history => {
                let counts_as = format!("counts as {} {}", quantity.limits().end(), quantity.unit().symbol());
                self.warnings.push(Warning::new(field, sent_as, counts_as));
            }
            Ok(()) => {}
        }
    }

    /// The report, if anything is left of it, with all that was remembered.
    pub fn finish(mut self, observed_at: Option<Timestamp>) -> Finished {
        for (sensor, why) in std::mem::take(&mut self.faulty) {
            let why = Refusal::Fault(why);
            self.beyond.remove(&sensor);
            for (quantity, value) in self.sensors.remove(&sensor).iter().flat_map(Values::iter) {
                self.refuse(&sensor.key(quantity), &quantity.echo(value), why.to_string());
            }
        }
        let mut taken = Vec::new();
        for (sensor, values) in &mut self.sensors {
            taken.extend(
                consistency::cross_check(values).into_iter().map(|(q, v, why)| (sensor.key(q), q.echo(v), why)),
            );
        }
        for (field, value, why) in taken {
            self.refuse(&field, &value, why.to_string());
        }
        self.sensors.retain(|_, values| !values.is_empty());
        let sensors = &self.sensors;
        self.beyond.retain(|sensor, beyond| {
            let Some(values) = sensors.get(sensor) else { return false };
            beyond.retain(|(quantity, _)| values.get(*quantity).is_none());
            !beyond.is_empty()
        });

        let moment = if self.is_history { self.past(observed_at) } else { Some(self.present(observed_at)) };
        let has_values = !self.sensors.is_empty();
        let report = moment.filter(|_| has_values).map(|moment| Report {
            observed_at: moment.observed_at,
            received_at: self.received_at,
            skew_ms: moment.skew_ms,
            is_timed_by_arrival: moment.is_of_arrival,
            is_history: self.is_history,
            sensors: self.sensors,
            beyond: self.beyond,
        });
        Finished {
            report,
            warnings: self.warnings,
            unread: self.unread,
            unknown: self.unknown,
            known: self.known,
            refused: self.refused,
        }
    }

    /// The moment of a report that comes as it is made. A clock that is far off is not believed.
    fn present(&mut self, observed_at: Option<Timestamp>) -> Moment {
        let said = observed_at.map(|at| at.plus(self.clock_offset_ms));
        let (observed_at, clock) = quality::guard_time(said, self.received_at);
        if let (Clock::Replaced, Some(said)) = (clock, said) {
            let off = if said > self.received_at { "more than 5 minutes ahead" } else { "more than 366 days behind" };
            let reason = format!("the device's clock is {off}; the time of arrival was stored");
            self.warnings.push(Warning::new("observed_at", &said.rfc3339(), reason));
        }
        Moment {
            observed_at,
            skew_ms: said.map(|said| said.since(self.received_at)),
            is_of_arrival: said.is_none() || clock == Clock::Replaced,
        }
    }

    /// The moment of a report from a file, if it can be one.
    fn past(&mut self, observed_at: Option<Timestamp>) -> Option<Moment> {
        let (said, reason) = match observed_at {
            Some(at) if at.0.abs() < DAY_MS => {
                (at.rfc3339(), "the first day of Unix time: the clock was not set, or the time is in another unit")
            }
            Some(at) if SERIES_BEGIN <= at && at.since(self.received_at) <= quality::AHEAD_MAX_MS => {
                return Some(Moment { observed_at: at, skew_ms: None, is_of_arrival: false });
            }
            Some(at) => (at.rfc3339(), "lies before the year 1700, or in the future"),
            None => (String::new(), "has no time"),
        };
        self.refuse("observed_at", &said, reason);
        None
    }
}

/// When a report was made, and how that is known.
struct Moment {
    observed_at: Timestamp,
    /// How far the time that was sent lies after the arrival, ms.
    skew_ms: Option<i64>,
    /// No time was sent, or one that is not believed.
    is_of_arrival: bool,
}

/// What became of a draft.
#[derive(Debug)]
pub struct Finished {
    /// The report; `None` if no value was left.
    pub report: Option<Report>,
    /// What was not stored, or not as sent.
    pub warnings: Vec<Warning>,
    /// Fields of a file that nobody here knows.
    pub unread: Vec<String>,
    /// Fields of an upload that nobody here knows, with their values, at most [`UNKNOWN_MAX`].
    pub unknown: Vec<(String, String)>,
    /// How many fields were known, with a value or without.
    pub known: usize,
    /// How many of the warnings are refusals: values that are wrong, not just missing or unknown.
    pub refused: usize,
}
/// The quantity that a field of this name may be.
fn meant(field: &str) -> Option<&'static str> {
    let name = field.rsplit_once('/').map_or(field, |(_, name)| name);
    let fits = (MEANT_MIN_CHARS..=FIELD_MAX_CHARS).contains(&name.len());
    fits.then(|| nearest(name, Quantity::shown().map(Quantity::name))).flatten()
}
