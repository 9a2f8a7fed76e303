//! How datastreams are put right, by whom, and since when.

use weather::calibration::Calibration;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::Timestamp;

/// From when on a calibration of a datastream holds: it is known by this.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationStart {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// From here (inclusive), until the next one of the same datastream holds.
    pub from: Timestamp,
}

/// A calibration that was made, and who made it.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeCalibration {
    /// Of what, and from when on.
    pub start: CalibrationStart,
    /// What is done.
    pub calibration: Calibration,
    /// Who made it.
    pub author: String,
    /// When.
    pub made_at: Timestamp,
    /// Who removed or replaced it, and when; `None` if it holds.
    pub removed: Option<(String, Timestamp)>,
}
