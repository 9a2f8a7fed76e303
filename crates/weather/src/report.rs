//! Reports: one upload's observations, valid by construction.

use crate::quantity::Quantity;
use crate::station::SensorName;
use crate::time::{MINUTE_MS, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

mod draft;

pub use self::draft::{Draft, Finished};
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
    /// It was not sent by a station, but read from a file.
    is_history: bool,
    sensors: BTreeMap<SensorName, Values>,
    /// What no weather is, by sensor.
    beyond: BTreeMap<SensorName, Vec<(Quantity, f64)>>,
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

    /// What a sensor said, beside its values, that lies outside the gross limits, canonical units: it is kept, and does not
    /// count.
    pub fn beyond(&self, sensor: &SensorName) -> &[(Quantity, f64)] {
        self.beyond.get(sensor).map_or(&[], Vec::as_slice)
    }

    /// True if it counts for its time of arrival: it said no time, or none to believe.
    pub fn is_timed_by_arrival(&self) -> bool {
        self.is_timed_by_arrival
    }

    /// The same with other names of its sensors. The names must stay different; else the values of one of them are lost.
    pub fn renaming(self, name: impl Fn(&SensorName) -> SensorName) -> Self {
        let sensors = self.sensors.into_iter().map(|(own, values)| (name(&own), values)).collect();
        let beyond = self.beyond.into_iter().map(|(own, values)| (name(&own), values)).collect();
        Self { sensors, beyond, ..self }
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

    /// True if it was older than [`BACKFILL_AGE_MS`] when it arrived, and if it was read from a file.
    pub fn is_backfill(&self) -> bool {
        self.is_history || self.received_at.since(self.observed_at) > BACKFILL_AGE_MS
    }

    /// True if it was read from a file: see [`Draft::of_history`].
    pub fn is_history(&self) -> bool {
        self.is_history
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
/// Most unknown fields of one upload that are remembered with their values.
pub const UNKNOWN_MAX: usize = 64;
/// Most warnings that one answer lists; more are only counted. Ten thousand times the same mistake is one mistake.
pub const WARNINGS_MAX: usize = 100;

impl Warning {
    /// A warning about `field`.
    pub fn new(field: impl AsRef<str>, value: &str, reason: impl Into<String>) -> Self {
        Self { field: cut(field.as_ref(), FIELD_MAX_CHARS), value: cut(value, ECHO_MAX_CHARS), reason: reason.into() }
    }

    /// The same warning without the place of a report.
    pub fn without_place(mut self) -> Self {
        if let Some((_, field)) = self.field.strip_prefix('[').and_then(|rest| rest.split_once("].")) {
            self.field = field.to_owned();
        }
        self
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
    /// Fields of a file that nobody here knows.
    pub unread: Vec<String>,
    /// Fields of an upload that nobody here knows, each once with a value, at most [`UNKNOWN_MAX`].
    pub unknown: Vec<(String, String)>,
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
        self.unread.extend(finished.unread);
        for field in finished.unknown {
            let is_there = self.unknown.iter().any(|(name, _)| *name == field.0);
            if !is_there && self.unknown.len() < UNKNOWN_MAX {
                self.unknown.push(field);
            }
        }
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
