//! Devices that upload and are no station's, as the database has them.

use super::devices::{DeviceKind, DeviceSecret};
use weather::preference::Preference;
use weather::quantity::Quantity;
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
#[derive(Debug, Clone, PartialEq)]
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
    /// The start of what is kept of its secret: by it devices of one model and address are told apart.
    pub fingerprint: String,
    /// What it measured last.
    pub newest: Vec<(SensorName, Quantity, f64)>,
}

/// So much is kept of a secret's hash in a fingerprint, bytes: 16 devices at most wait at once.
pub(super) const FINGERPRINT_BYTES: usize = 2;
/// So many values tell a person which device it is.
const VALUES_TOLD: usize = 4;

impl Unclaimed {
    /// What it measured last, for people: `12.1 °C, indoor 20.9 °C, 59 %`.
    pub fn said(&self) -> String {
        let value = |(sensor, quantity, value): &(SensorName, Quantity, f64)| {
            let text = Preference::default().text(*quantity, *value);
            if sensor.is_main() { text } else { format!("{} {text}", sensor.as_str()) }
        };
        self.newest.iter().take(VALUES_TOLD).map(value).collect::<Vec<_>>().join(", ")
    }
}

/// A device that is being claimed.
pub(super) struct Claimed {
    pub secret: DeviceSecret,
    /// Its reports as they were kept, oldest first.
    pub reports: Vec<String>,
}
