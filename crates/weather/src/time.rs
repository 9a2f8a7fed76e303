//! Instants: integer milliseconds since the Unix epoch, UTC.

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// An instant in milliseconds since 1970-01-01T00:00:00Z. Storage, the wire and the core speak only this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in 24 hours. A *local day* may be longer or shorter: see [`crate::day`].
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// 1700-01-01: nobody has kept weather for longer. The oldest series began in 1659, in months.
pub const SERIES_BEGIN: Timestamp = Timestamp(-8_520_336_000_000);

impl Timestamp {
    /// The instant `ms` milliseconds later (earlier if negative); stops at the ends of the number range.
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative if `earlier` is the later one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same instant as a chrono value. Instants outside chrono's range (year ±262,000) become the epoch.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }

    /// RFC 3339 in UTC with milliseconds, for machines: `2026-11-22T14:00:00.000Z`.
    pub fn rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for Timestamp {
    fn from(instant: DateTime<Z>) -> Self {
        Self(instant.timestamp_millis())
    }
}
/// An instant in milliseconds since 1970 UTC, to the nearest: cut off, every age between two of them and a finer clock would
/// come out half a millisecond too large.
pub fn nearest_ms(at: chrono::DateTime<chrono::Utc>) -> i64 {
    at.timestamp_micros().saturating_add(500).div_euclid(1_000)
}
