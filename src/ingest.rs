//! The doors for readings. A format is a file with a pure parser, a file with its routes, and a row of [`FORMATS`].

mod body;
pub mod console;
mod enrolment;
pub mod files;
#[cfg(test)]
mod fuzz;
mod inflate;
mod influx;
pub mod json;
mod keys;
pub mod lineprotocol;
pub mod messages;
pub mod pairs;
pub mod readings;
pub(crate) mod reasons;
pub mod tempest;
pub mod time;
mod tongue;
mod trail;
pub mod unmapped;
pub mod uploads;

pub use enrolment::Enrolment;

use crate::web::body::BodyLimit;
use rocket::Route;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use weather::report::Parsed;
use weather::time::Timestamp;

/// Knobs of the doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Largest body of a JSON post. 5,000 reports of ten values take about 1.3 MiB. While the request lasts, the parsed
    /// reports take three times as much memory.
    pub json_limit_kib: u32,
    /// Most reports in one post: three days at one a minute. They are written in several transactions, in turns with other
    /// stations. So many fill a third of `queue_mib`; a larger post would hardly ever find room in the queue.
    pub reports_max: usize,
    /// Largest upload of a console, query and body together. Real ones stay below 4 KiB.
    pub upload_limit_kib: u32,
    /// More paths that consoles upload to, for those whose path cannot be changed, such as `{ "/my/weather" = "ecowitt" }`: the
    /// path, and one of `"wunderground"`, `"ecowitt"` (also for Ambient) and `"wow"`.
    pub paths: BTreeMap<String, console::Place>,
    /// Longest wait for a body. A slow connection sends a full post in that time; a silent connection is closed.
    pub read_limit_s: u32,
    /// Enrolment, as with `serve --enrol`: a console in a private network that is no station's, by its PASSKEY, its ID and password or its hardware
    /// address, waits to be claimed, with its last reports. Nothing of them shows until the owner claims it. Off, because others in the
    /// network could fill the list.
    pub enrol: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            json_limit_kib: 2_048,
            reports_max: 5_000,
            upload_limit_kib: 16,
            paths: BTreeMap::new(),
            read_limit_s: 30,
            enrol: false,
        }
    }
}

impl Options {
    /// The largest body of a JSON post.
    pub fn json_limit(&self) -> BodyLimit {
        self.limit(self.json_limit_kib)
    }

    /// The largest upload of a station.
    pub fn upload_limit(&self) -> BodyLimit {
        self.limit(self.upload_limit_kib)
    }

    /// The upload that goes to this path, by the paths that all servers have or by those of [`Options::paths`].
    pub fn target<'p>(&self, path: &'p str) -> Option<console::Target<'p>> {
        let own = || self.paths.iter().find_map(|(known, place)| console::Target::at(path, known, *place));
        console::Target::of(path).or_else(own)
    }

    /// Says which of [`Options::paths`] cannot be one.
    ///
    /// # Errors
    /// The key and the reason.
    pub fn check(&self) -> Result<(), String> {
        let wrong = self.paths.keys().find_map(|path| Some((path, console::Target::fault(path)?)));
        wrong.map_or(Ok(()), |(path, why)| Err(format!("ingest.paths: {path:?} {why}")))
    }

    fn limit(&self, kib: u32) -> BodyLimit {
        BodyLimit { bytes: kib as usize * 1_024, patience: Duration::from_secs(self.read_limit_s.into()) }
    }
}

/// A format that stations upload reports in.
pub struct UploadFormat {
    /// The name that people know it by.
    pub name: &'static str,
    /// The path that reports are sent to.
    pub path: &'static str,
    /// The status and the start of the body that answer a report once it is stored.
    pub answer: (u16, &'static str),
    /// A report as it is sent: a body, or a query.
    pub example: &'static str,
    /// Reads one report that arrived at the instant; or says why it is none.
    pub parse: fn(&[u8], Timestamp) -> Result<Parsed, String>,
    routes: fn() -> Vec<Route>,
}

/// The formats, one a row.
pub const FORMATS: [UploadFormat; 5] = [
    UploadFormat {
        name: "JSON",
        path: "/api/v1/readings",
        answer: (201, "{\"stored\":1,\"duplicate\":0,"),
        example: r#"{"observed_at":"2026-11-22T14:00:00Z","temperature":21.5,"indoor/humidity":40}"#,
        parse: json::parse_one,
        // The front door takes them to `readings` without Rocket.
        routes: Vec::new,
    },
    UploadFormat {
        name: "Weather Underground",
        path: "/weatherstation/updateweatherstation.php",
        answer: (200, "success"),
        example: "action=updateraw&ID=town-hall&PASSWORD=stv_secret&dateutc=2026-11-22+14%3A00%3A00\
            &tempf=70.7&indoorhumidity=40",
        parse: console::parse_one,
        routes: uploads::routes,
    },
    UploadFormat {
        name: "Ecowitt and Ambient",
        path: "/data/report/",
        answer: (200, r#"{"errcode":"0","errmsg":"ok","UTC_offset":""#),
        example: "PASSKEY=stv_secret&stationtype=GW2000A_V3.1.5&dateutc=2026-11-22+14:00:00&tempf=70.7&humidityin=40",
        parse: console::parse_one,
        // Those of the row above.
        routes: Vec::new,
    },
    UploadFormat {
        name: "WOW",
        path: "/automaticreading",
        answer: (200, "success"),
        example: "siteid=town-hall&siteAuthenticationKey=stv_secret&dateutc=2026-11-22+14%3A00%3A00\
            &tempf=70.7&indoorhumidity=40&softwaretype=weewx-5.5.2",
        parse: console::parse_one,
        routes: Vec::new,
    },
    UploadFormat {
        name: "InfluxDB line protocol",
        path: readings::WRITE_V2,
        answer: (204, ""),
        example: "weather temperature=21.5,indoor/humidity=40i 1795356000000000000",
        parse: lineprotocol::parse_one,
        // The front door takes lines to `readings`; these are what clients ask beside.
        routes: influx::routes,
    },
];

/// The doors. They need [`crate::storage::Storage`] and [`Options`] as managed state.
pub fn routes() -> Vec<Route> {
    FORMATS.iter().flat_map(|format| (format.routes)()).collect()
}

/// Whether the uploads of a station that Rocket answers go to this path.
pub fn takes(path: &str, options: &Options) -> bool {
    options.target(path).is_some() || influx::takes(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::quantity::Quantity;
    use weather::station::SensorName;

    #[test]
    fn the_example_of_every_format_is_the_same_report() {
        for format in &FORMATS {
            let parsed = (format.parse)(format.example.as_bytes(), Timestamp(1_795_356_060_000)).expect(format.name);
            assert_eq!((parsed.reports.len(), &parsed.warnings[..]), (1, &[][..]), "{}", format.name);
            let report = &parsed.reports[0];
            assert_eq!(report.observed_at(), Timestamp(1_795_356_000_000), "{}", format.name);
            let value =
                |sensor: &str, quantity| report.sensors()[&SensorName::new(sensor).expect("a name")].get(quantity);
            assert_eq!(value("", Quantity::Temperature).map(f64::round), Some(22.0), "{}", format.name);
            assert_eq!(value("indoor", Quantity::Humidity), Some(40.0), "{}", format.name);
            assert!((format.parse)(b"\xff=1", Timestamp(0)).is_err(), "{}", format.name);
        }
    }
}
