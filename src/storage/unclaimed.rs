//! Devices that upload and are no station's, as the database has them.

use super::devices::{DeviceKind, DeviceSecret};
use weather::station::SensorName;
use weather::time::Timestamp;

/// Devices that wait at once; then the one goes that was heard longest ago.
pub(super) const DEVICES_MAX: u32 = 16;
/// So many of them may be of one address: a hub with the devices behind it. Then that one of them goes that was heard longest ago.
pub(super) const OF_ADDRESS_MAX: u32 = 4;
/// Reports that wait of each device: an hour at one a minute. Then the oldest goes.
pub(super) const REPORTS_MAX: u32 = 60;

/// What a device that is no station's sends.
#[derive(Debug)]
pub struct Stranger {
    /// What it calls itself.
    pub secret: DeviceSecret,
    /// The format that it speaks, for people.
    pub format: &'static str,
    /// What it says that it is; may be empty.
    pub model: String,
    /// Where it is.
    pub address: String,
    /// Which of a hub's devices has measured, and whether that can be a station's main sensor.
    pub part: Option<(SensorName, bool)>,
}

/// A device that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    /// The number by which it is claimed.
    pub id: i64,
    /// By what it is known.
    pub kind: DeviceKind,
    /// The format that it speaks.
    pub format: String,
    /// What it says that it is; may be empty.
    pub model: String,
    /// Where it is.
    pub address: String,
    /// When it was heard first.
    pub first: Timestamp,
    /// When it was heard last.
    pub last: Timestamp,
    /// How many reports wait.
    pub reports: u64,
}

/// A device that is being claimed.
pub(super) struct Claimed {
    pub secret: DeviceSecret,
    /// Its reports as they were kept, oldest first.
    pub reports: Vec<String>,
}
