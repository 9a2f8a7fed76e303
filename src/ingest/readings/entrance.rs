//! The addresses that readings are posted to, and the language that each one speaks.

use super::super::inflate::{self, Coding};
use super::super::json::Format;
use super::super::keys::{self, NoKey, Sent};
use super::super::lineprotocol::Precision;
use super::super::pairs::unescaped;
use super::super::tongue::Tongue;
use crate::web::head::Head;

/// An address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entrance<'p> {
    /// Our own.
    Readings,
    /// That of sensor.community, which devices send to by default.
    Pushed,
    /// That of ThingsBoard, with the key in it.
    Telemetry(&'p str),
    /// InfluxDB, version 1.
    Write,
    /// InfluxDB, version 2.
    WriteV2,
}

/// What the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Json(Format),
    Lines(Precision),
}

impl<'p> Entrance<'p> {
    /// The entrance at a path.
    pub(crate) fn of(path: &'p str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path {
            super::PATH => return Some(Self::Readings),
            super::PUSHED => return Some(Self::Pushed),
            super::WRITE => return Some(Self::Write),
            super::WRITE_V2 => return Some(Self::WriteV2),
            _ => {}
        }
        let key = path.strip_prefix("/api/v1/")?.strip_suffix("/telemetry")?;
        (!key.contains('/')).then_some(Self::Telemetry(key))
    }

    /// What people call what is sent here.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Readings => "JSON",
            Self::Pushed => "sensor.community",
            Self::Telemetry(_) => "ThingsBoard",
            Self::Write | Self::WriteV2 => "InfluxDB",
        }
    }

    pub(super) fn tongue(self) -> Tongue {
        match self {
            Self::Readings | Self::Pushed => Tongue::Json,
            Self::Telemetry(_) => Tongue::Telemetry,
            Self::Write => Tongue::Influx,
            Self::WriteV2 => Tongue::InfluxV2,
        }
    }

    /// The key that came with a request here.
    pub(super) fn key<'h>(self, head: &'h dyn Head) -> Result<Sent<'h>, NoKey>
    where
        'p: 'h,
    {
        match self {
            Self::Telemetry(key) => Ok(Sent::bare(unescaped(key), None)),
            Self::Write => match (keys::sent(head), head.asked("p")) {
                (Err(NoKey::Missing), Some(key)) => Ok(Sent::bare(key, head.asked("u"))),
                (sent, _) => sent,
            },
            _ => keys::sent(head),
        }
    }

    /// How the body is written, or what should have been said.
    pub(super) fn written(self, head: &dyn Head) -> Result<Written, Unknown> {
        let precision = head.asked("precision");
        match self {
            Self::Write => Ok(Written::Lines(Precision::of_version_1(precision.as_deref()))),
            Self::WriteV2 => {
                Precision::of_version_2(precision.as_deref()).map(Written::Lines).ok_or(Unknown::Precision)
            }
            // Devices that have one format say any type, or none.
            Self::Pushed | Self::Telemetry(_) => Ok(Written::Json(Format::Json)),
            Self::Readings => format(head).map(Written::Json).ok_or(Unknown::Type),
        }
    }
}

/// What is not known about a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unknown {
    #[error("send Content-Type: application/json, or application/x-ndjson for one report a line")]
    Type,
    #[error("invalid precision; valid precision units are ns, us, ms, and s")]
    Precision,
    #[error("{}", inflate::ADVICE)]
    Coding,
}

/// Scripts often forget the type, so none means JSON.
pub(super) fn format(head: &dyn Head) -> Option<Format> {
    let Some(content_type) = head.first("Content-Type") else { return Some(Format::Json) };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is = |types: &[&str]| types.iter().any(|known| essence.eq_ignore_ascii_case(known));
    if is(&["application/json", "text/json"]) {
        return Some(Format::Json);
    }
    is(&["application/x-ndjson", "application/ndjson"]).then_some(Format::Lines)
}

/// How the body is compressed.
pub(super) fn coding(head: &dyn Head) -> Result<Coding, Unknown> {
    inflate::coding(head).ok_or(Unknown::Coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_known_with_and_without_a_slash_at_its_end() {
        for (path, entrance) in [
            ("/api/v1/readings", Some(Entrance::Readings)),
            ("/v1/push-sensor-data/", Some(Entrance::Pushed)),
            ("/v1/push-sensor-data", Some(Entrance::Pushed)),
            ("/api/v1/stv_x/telemetry", Some(Entrance::Telemetry("stv_x"))),
            ("/api/v1//telemetry", Some(Entrance::Telemetry(""))),
            ("/write", Some(Entrance::Write)),
            ("/api/v2/write", Some(Entrance::WriteV2)),
            ("/api/v1/a/b/telemetry", None),
            ("/api/v1/telemetry", None),
            ("/api/v1/stv_x/attributes", None),
            ("/api/v1/reading", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(Entrance::of(path), entrance, "{path}");
        }
    }
}
