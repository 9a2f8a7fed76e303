//! The dialects of consoles, and how they are told apart.

use super::{Device, Place};
use crate::ingest::pairs::Pairs;
use weather::station::SensorName;

/// Who speaks: it says by what a station is known, and in which words it is answered. The names of values are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Weather Underground: `ID` and `PASSWORD`.
    Wunderground,
    /// Acurite's hubs: the same path, the hub's address, one of several sensors a request.
    Acurite,
    /// Ecowitt and its kin: `PASSKEY`.
    Ecowitt,
    /// Ambient Weather: the same, with other words.
    Ambient,
    /// The Met Office's WOW: `siteid` and `siteAuthenticationKey`.
    Wow,
    /// The Belgian WOW: its `baromin` is an altimeter setting.
    WowBe,
}

impl Dialect {
    /// The dialect of these pairs. What they say counts more than where they were sent: people choose the protocol and the
    /// path of a console in two places.
    pub fn of(place: Option<Place>, pairs: &Pairs) -> Self {
        let is_ambient = || pairs.first("stationtype").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("amb"));
        if pairs.has("passkey") {
            return if is_ambient() { Self::Ambient } else { Self::Ecowitt };
        }
        if pairs.has("siteid") {
            return if place == Some(Place::WowBe) { Self::WowBe } else { Self::Wow };
        }
        if pairs.has("password") {
            return Self::Wunderground;
        }
        match place {
            Some(Place::Report) if is_ambient() => Self::Ambient,
            Some(Place::Report) => Self::Ecowitt,
            Some(Place::Wow) => Self::Wow,
            Some(Place::WowBe) => Self::WowBe,
            _ if pairs.has("stationtype") && is_ambient() => Self::Ambient,
            _ if pairs.has("stationtype") => Self::Ecowitt,
            _ if pairs.has("id") && (pairs.has("mt") || pairs.has("sensor")) => Self::Acurite,
            _ => Self::Wunderground,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wunderground => "Weather Underground",
            Self::Acurite => "Acurite",
            Self::Ecowitt => "Ecowitt",
            Self::Ambient => "Ambient",
            Self::Wow => "WOW",
            Self::WowBe => "WOW-BE",
        }
    }

    /// The names in lower case of pairs that are secrets in this dialect alone.
    pub fn secrets(self) -> &'static [&'static str] {
        match self {
            // The hub's address is all by which it is known.
            Self::Acurite => &["id"],
            _ => &[],
        }
    }

    /// The dialect of what was sent there, if nothing of it can be read.
    pub fn at(place: Option<Place>) -> Self {
        Self::of(place, &Pairs::default())
    }
}

/// Longest part of a device's name that becomes a sensor's.
const PART_MAX_CHARS: usize = 16;
/// Kinds of Acurite's sensors that measure temperature, humidity and wind: each can be the station's main one.
const WHOLE: [&str; 4] = ["5n1", "3n1", "atlas", "notos"];

/// The device behind a hub. `mt` is its kind and, behind an `x`, which half of its values this is; `sensor` is its number.
pub(super) fn device(pairs: &Pairs) -> Option<Device> {
    let plain = |text: &str| -> String {
        let fits = text.chars().filter(char::is_ascii_alphanumeric).take(PART_MAX_CHARS);
        fits.collect::<String>().to_ascii_lowercase()
    };
    let kind = pairs.first("mt").unwrap_or("sensor");
    let kind = plain(kind.split_once(['x', 'X']).map_or(kind, |(kind, _)| kind));
    let number = plain(pairs.first("sensor")?);
    let name = SensorName::new(&format!("{kind}-{number}")).ok()?;
    Some(Device { is_whole: WHOLE.contains(&&*kind), name })
}
