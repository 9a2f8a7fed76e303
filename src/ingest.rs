//! The doors for readings: one file per format, each with a pure parser beside it.

mod body;
pub mod json;
mod readings;
pub mod time;
mod updateweatherstation;
pub mod wunderground;

use rocket::Route;
use rocket::data::{ByteUnit, ToByteUnit};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Knobs of the doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Largest body of a JSON post. 5,000 reports of ten values take about 1.3 MiB. While the request lasts, the parsed
    /// reports take three times as much memory.
    pub json_limit_kib: u32,
    /// Most reports in one post: three days at one a minute. All of them are stored in one transaction, and others wait
    /// for it. This must be at most half of `queue_reports`, else a large post hardly ever finds room in the queue.
    pub reports_max: usize,
    /// Largest upload of a Weather Underground station, query and body together. Real ones stay below 2 KiB.
    pub upload_limit_kib: u32,
    /// Longest wait for a body. A slow connection sends a full post in that time; a silent connection is closed.
    pub read_limit_s: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { json_limit_kib: 2_048, reports_max: 5_000, upload_limit_kib: 16, read_limit_s: 30 }
    }
}

impl Options {
    fn json_limit(&self) -> ByteUnit {
        self.json_limit_kib.kibibytes()
    }

    fn upload_limit(&self) -> ByteUnit {
        self.upload_limit_kib.kibibytes()
    }

    fn read_limit(&self) -> Duration {
        Duration::from_secs(self.read_limit_s.into())
    }
}

/// The doors. They need [`crate::storage::Storage`] and [`Options`] as managed state.
pub fn routes() -> Vec<Route> {
    [readings::routes(), updateweatherstation::routes()].concat()
}
