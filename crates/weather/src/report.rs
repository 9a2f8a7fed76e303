//! Reports: one upload's observations, valid by construction.

use crate::consistency;
use crate::quality::{self, Clock, Refusal};
use crate::quantity::Quantity;
use crate::station::SensorName;
use crate::time::{MINUTE_MS, Timestamp};
use crate::units::Unit;
use std::collections::BTreeMap;
use std::fmt;

pub use crate::values::Values;

/// Observations of one station at one instant, by sensor. It has at least one value and a believable time.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    observed_at: Timestamp,
    received_at: Timestamp,
    /// It said no time, or none to believe.
    is_timed_by_arrival: bool,
    /// The device's time minus the time of arrival, ms, if it said one.
    skew_ms: Option<i64>,
    sensors: BTreeMap<SensorName, Values>,
}

/// Older than this at arrival is backfill: pages fetch their series again instead of hearing each report.
pub const BACKFILL_AGE_MS: i64 = 10 * MINUTE_MS;

/// So far ahead of the clock may be what [`Report::space_arrivals`] gives out, ms: a burst of as many reports at once.
pub const ARRIVALS_AHEAD_MAX_MS: i64 = MINUTE_MS;

impl Report {
    /// When it was observed.
    pub fn observed_at(&self) -> Timestamp {
        self.observed_at
    }

    /// When it arrived.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The device's time minus the time of arrival, ms, whether it was believed or not; `None` if it said none.
    pub fn skew_ms(&self) -> Option<i64> {
        self.skew_ms
    }

    /// Its values by sensor; never empty, and no sensor's values are.
    pub fn sensors(&self) -> &BTreeMap<SensorName, Values> {
        &self.sensors
    }

    /// True if it counts for its time of arrival: it said no time, or none to believe.
    pub fn is_timed_by_arrival(&self) -> bool {
        self.is_timed_by_arrival
    }

    /// The same with other names of its sensors. The names must stay different; else the values of one of them are lost.
    pub fn renaming(self, name: impl Fn(&SensorName) -> SensorName) -> Self {
        let sensors = self.sensors.into_iter().map(|(own, values)| (name(&own), values)).collect();
        Self { sensors, ..self }
    }

    /// Gives the reports of one station that count for the time of arrival, because they said no time or none to believe,
    /// instants of their own: a millisecond lies between two, in the order they were sent, and none is at or before
    /// `last`, the latest that was given. Else all but the first would contradict it, and be acknowledged all the same.
    /// Returns the new latest.
    ///
    /// The last of them has the time of arrival where there is room before it. A `last` that is more than
    /// [`ARRIVALS_AHEAD_MAX_MS`] ahead is not believed: this machine's clock was set back.
    pub fn space_arrivals(reports: &mut [Self], last: Option<Timestamp>) -> Option<Timestamp> {
        let timed = |report: &&mut Self| report.is_timed_by_arrival;
        let count = reports.iter().filter(|report| report.is_timed_by_arrival).count();
        let Some(received_at) = reports.iter().map(|report| report.received_at).max().filter(|_| count > 0) else {
            return last;
        };
        let believed = last.filter(|last| last.since(received_at) <= ARRIVALS_AHEAD_MAX_MS);
        let end = received_at.max(believed.map_or(received_at, |last| last.plus(count as i64)));
        for (before, report) in (0..).zip(reports.iter_mut().rev().filter(timed)) {
            report.observed_at = end.plus(-before);
        }
        Some(end)
    }

    /// True if it was older than [`BACKFILL_AGE_MS`] when it arrived.
    pub fn is_backfill(&self) -> bool {
        self.received_at.since(self.observed_at) > BACKFILL_AGE_MS
    }
}

/// Something that was sent and not stored, or not as sent: which field, its value as sent, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field as it was named, cut to 96 characters; with the report's place before it where there are several,
    /// counted from 0: `[3].temperature`.
    pub field: String,
    /// The value as it was sent, cut to 64 characters.
    pub value: String,
    /// For the person who reads it.
    pub reason: String,
}

/// Longest piece of a sent value that an answer repeats, in characters.
const ECHO_MAX_CHARS: usize = 64;
/// Longest piece of a field's name that an answer repeats, in characters: any sensor and quantity fit.
const FIELD_MAX_CHARS: usize = 96;
/// Most warnings that one answer lists; more are only counted. Ten thousand times the same mistake is one mistake.
pub const WARNINGS_MAX: usize = 100;

impl Warning {
    /// A warning about `field`.
    pub fn new(field: impl AsRef<str>, value: &str, reason: impl Into<String>) -> Self {
        Self { field: cut(field.as_ref(), FIELD_MAX_CHARS), value: cut(value, ECHO_MAX_CHARS), reason: reason.into() }
    }

    /// The same warning about the report at `place` of several.
    pub fn at(mut self, place: usize) -> Self {
        self.field = format!("[{place}].{}", self.field);
        self
    }
}

fn cut(text: &str, max_chars: usize) -> String {
    text.chars().take(max_chars).collect()
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}: {}", self.field, self.value, self.reason)
    }
}

/// A report in the making at a door: takes fields, keeps what is weather, remembers what is not.
#[derive(Debug)]
pub struct Draft {
    received_at: Timestamp,
    sensors: BTreeMap<SensorName, Values>,
    /// Sensors of which nothing counts, and why.
    faulty: Vec<(SensorName, &'static str)>,
    warnings: Vec<Warning>,
    known: usize,
    refused: usize,
}

impl Draft {
    /// An empty draft of something that arrived at `received_at`.
    pub fn new(received_at: Timestamp) -> Self {
        Self { received_at, sensors: BTreeMap::new(), faulty: Vec::new(), warnings: Vec::new(), known: 0, refused: 0 }
    }

    /// Takes a number in `unit`. A sentinel is missing and leaves a warning; what is not weather is refused with one.
    pub fn take_number(&mut self, sensor: &SensorName, quantity: Quantity, unit: Unit, field: &str, number: f64) {
        self.take(sensor, quantity, unit, field, &number.to_string(), quality::read_number(number));
    }

    /// Takes a number in `unit` written as text, as [`quality::read_text`] reads it.
    pub fn take_text(&mut self, sensor: &SensorName, quantity: Quantity, unit: Unit, field: &str, text: &str) {
        self.take(sensor, quantity, unit, field, text, quality::read_text(text));
    }

    /// Remembers a field that nobody here knows.
    pub fn unknown(&mut self, field: &str, value: &str) {
        self.warnings.push(Warning::new(field, value, "unknown field, not stored"));
    }

    /// Remembers that a known field came without a value.
    pub fn missing(&mut self) {
        self.known += 1;
    }

    /// Remembers a refusal of a whole field.
    pub fn refuse(&mut self, field: &str, value: &str, reason: impl Into<String>) {
        self.refused += 1;
        self.warnings.push(Warning::new(field, value, reason));
    }

    fn take(
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
            quality::Sent::Missing if sent_as.trim().is_empty() => return,
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
            Err(refusal) => self.refuse(field, sent_as, refusal.to_string()),
            Ok(()) if earlier.is_some() && earlier != values.get(quantity) => {
                let reason = format!("{} was sent twice; this later value was kept", sensor.key(quantity));
                self.warnings.push(Warning::new(field, sent_as, reason));
            }
            Ok(()) => {}
        }
    }

    /// The report, if anything is left of it, with all that was remembered.
    pub fn finish(mut self, observed_at: Option<Timestamp>) -> Finished {
        for (sensor, why) in std::mem::take(&mut self.faulty) {
            let why = Refusal::Fault(why);
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

        let (time, clock) = quality::guard_time(observed_at, self.received_at);
        if let (Clock::Replaced, Some(observed_at)) = (clock, observed_at) {
            let reason =
                "the device's clock is more than 5 minutes ahead or 366 days behind; the time of arrival was stored";
            self.warnings.push(Warning::new("observed_at", &observed_at.rfc3339(), reason));
        }
        let report = (!self.sensors.is_empty()).then_some(Report {
            observed_at: time,
            received_at: self.received_at,
            skew_ms: observed_at.map(|observed_at| observed_at.since(self.received_at)),
            is_timed_by_arrival: observed_at.is_none() || clock == Clock::Replaced,
            sensors: self.sensors,
        });
        Finished { report, warnings: self.warnings, known: self.known, refused: self.refused }
    }
}

/// What became of a draft.
#[derive(Debug)]
pub struct Finished {
    /// The report; `None` if no value was left.
    pub report: Option<Report>,
    /// What was not stored, or not as sent.
    pub warnings: Vec<Warning>,
    /// How many fields were known, with a value or without.
    pub known: usize,
    /// How many of the warnings are refusals: values that are wrong, not just missing or unknown.
    pub refused: usize,
}

/// What a format's parser returns to its door.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Valid reports, in the order they were sent.
    pub reports: Vec<Report>,
    /// For each report where it stood among all that were sent, from 0; `None` where only one can be sent.
    pub places: Vec<Option<usize>>,
    /// What was not stored, or not as sent; at most [`WARNINGS_MAX`].
    pub warnings: Vec<Warning>,
    /// How many more warnings there were.
    pub unlisted: usize,
    /// How many fields were known, with a value or without.
    pub known: usize,
    /// How many values were refused.
    pub refused: usize,
}

impl Parsed {
    /// Adds one finished draft; `place` is its report's among several.
    pub fn add(&mut self, finished: Finished, place: Option<usize>) {
        self.places.extend(finished.report.is_some().then_some(place));
        self.reports.extend(finished.report);
        self.known += finished.known;
        self.refused += finished.refused;
        self.warn(finished.warnings.into_iter().map(|warning| match place {
            Some(place) => warning.at(place),
            None => warning,
        }));
    }

    /// Lists warnings as long as there is room, counts the others.
    pub fn warn(&mut self, warnings: impl IntoIterator<Item = Warning>) {
        let mut warnings = warnings.into_iter();
        let room = WARNINGS_MAX.saturating_sub(self.warnings.len());
        self.warnings.extend(warnings.by_ref().take(room));
        self.unlisted += warnings.count();
    }
}

#[cfg(test)]
mod tests;
