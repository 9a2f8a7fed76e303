//! How a quantity changes: the table that values are judged by, one after another. What has no row is not judged so.
//!
//! From WMO-No. 8, the guidelines on quality control for automatic stations (Zahumenský 2004), MADIS and met.no's kvalobs.

use super::Quantity;
use crate::time::HOUR_MS;

/// How a quantity changes outdoors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// A larger change within a minute is a step, canonical unit. Over a longer time it grows with the square root of the time.
    pub step: Option<f64>,
    /// After so long without a change the sensor is taken to be frozen, ms.
    pub unchanged_ms: Option<i64>,
}

/// No check: what is measured may jump, or may stay as it is.
const ANY: Change = Change { step: None, unchanged_ms: None };
/// In a high it may stay for a night within what a barometer tells.
const PRESSURE: Change = Change { step: Some(1.0), unchanged_ms: Some(12 * HOUR_MS) };
/// Over an hour it is MADIS's 35 °F.
const WARMTH: Change = Change { step: Some(2.5), unchanged_ms: Some(6 * HOUR_MS) };

/// How a quantity changes.
pub(super) const fn change(quantity: Quantity) -> Change {
    match quantity {
        Quantity::Temperature => WARMTH,
        Quantity::DewPoint => Change { unchanged_ms: None, ..WARMTH },
        Quantity::Humidity => Change { step: Some(15.0), unchanged_ms: Some(5 * HOUR_MS) },
        Quantity::StationPressure | Quantity::AltimeterSetting | Quantity::SeaLevelPressure => PRESSURE,
        Quantity::WindSpeed => Change { step: Some(20.0), unchanged_ms: Some(6 * HOUR_MS) },
        // A squall comes and goes within minutes.
        Quantity::WindGust => Change { step: Some(30.0), ..ANY },
        Quantity::WindDirection => Change { unchanged_ms: Some(HOUR_MS), ..ANY },
        // The sun between clouds steps and returns; counters step when it rains.
        _ => ANY,
    }
}
