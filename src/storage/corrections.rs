//! What people say of readings: that they do not count, or that they do.

use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug};
use weather::time::{DAY_MS, Timestamp};
use weather::visible::is_hidden;

/// Longest stretch of one correction, ms: the writer does nothing else meanwhile.
pub const CORRECTION_MAX_MS: i64 = 31 * DAY_MS;

/// Some readings of a station.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The station.
    pub station: Slug,
    /// One of its sensors; `None`: all of them.
    pub sensor: Option<SensorName>,
    /// One quantity; `None`: all of them. Rain comes with the counters that it is made of.
    pub quantity: Option<Quantity>,
    /// From here (inclusive) …
    pub from: Timestamp,
    /// … to here (exclusive), [`CORRECTION_MAX_MS`] later at most.
    pub to: Timestamp,
}

/// Who corrects readings, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// For the owner who reads the history.
    pub name: String,
    /// May be empty.
    pub reason: String,
}

/// Longest reason of a correction, characters: a sentence, for those who read the history.
pub const REASON_MAX_CHARS: usize = 200;

/// Checks a reason: nothing invisible, so that no line of the history can be forged, and at most [`REASON_MAX_CHARS`].
///
/// # Errors
/// What is wrong, for the person who wrote it.
pub fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().any(is_hidden) || text.chars().count() > REASON_MAX_CHARS {
        return Err(format!("a reason is one line of {REASON_MAX_CHARS} characters at most"));
    }
    Ok(text.to_owned())
}

/// A value that is kept and does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// As it came, canonical unit.
    pub value: f64,
    /// Why it does not count.
    pub reason: Reason,
}

/// A correction that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// One sensor; `None`: all.
    pub sensor: Option<SensorName>,
    /// One quantity; `None`: all.
    pub quantity: Option<Quantity>,
    /// From here (inclusive).
    pub from: Timestamp,
    /// To here (exclusive).
    pub to: Timestamp,
    /// True if the readings were restored, false if they were struck out.
    pub restored: bool,
    /// How many values it changed.
    pub values: u64,
    /// Who made it, and why.
    pub author: Author,
    /// When.
    pub made_at: Timestamp,
}
