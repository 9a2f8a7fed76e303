//! Stations and the names of their sensors.

use crate::quantity::Quantity;
use crate::sun::Coordinates;
use crate::upload_units::UploadUnits;
use crate::visible::{is_hidden, is_joiner};
use crate::zone::Zone;
use std::fmt;
use std::sync::Arc;

/// The number storage knows a station by; never shown, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationId(pub i64);

/// A place that reports weather.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Storage's number for it.
    pub id: StationId,
    /// Its name in URLs and in the Weather Underground protocol's `ID`.
    pub slug: Slug,
    /// What people call it.
    pub name: String,
    /// The IANA zone its days are counted in.
    pub zone: Zone,
    /// Height of the ground above mean sea level, metres.
    pub elevation_m: Option<f64>,
    /// What is added to the times that it sends, ms: its owner has said how far its clock is off.
    pub clock_offset_ms: i64,
    /// Where it stands, if its owner has said so. It is nobody else's business.
    pub coordinates: Option<Coordinates>,
    /// In which units its uploads are.
    pub upload_units: UploadUnits,
}

/// A name that is not one, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a {what}: {rule}")]
pub struct BadName {
    what: &'static str,
    rule: &'static str,
    given: String,
}

/// Longest slug, in bytes: it has to fit into a URL that people type.
pub const SLUG_MAX_BYTES: usize = 64;
/// Longest sensor name, in bytes.
pub const SENSOR_MAX_BYTES: usize = 40;
/// Longest station name, in characters: it has to fit on a card.
pub const NAME_MAX_CHARS: usize = 80;
/// Highest ground, metres: Everest and some.
pub const ELEVATION_LIMITS_M: std::ops::RangeInclusive<f64> = -500.0..=9_000.0;

/// A station's name in URLs: `a-z`, `0-9` and inner hyphens, at most [`SLUG_MAX_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// Checks a slug. Upper case is refused rather than folded, so that one station has one URL.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let fits = !text.is_empty()
            && text.len() <= SLUG_MAX_BYTES
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(bad("station slug", "use a-z, 0-9 and inner hyphens, 64 at most", text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Slug {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        Self::new(text)
    }
}

/// Which of a station's sensors: the main one has an empty name, others `indoor`, `greenhouse-2`, … The main one is
/// the first in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorName(Which);

/// An empty text would do for the main sensor, but most comparisons are of two of them, and comparing no bytes at a
/// dangling address is slow on some processors.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Which {
    #[default]
    Main,
    /// Never empty.
    Named(Arc<str>),
}

impl SensorName {
    /// The main sensor.
    pub const fn main() -> Self {
        Self(Which::Main)
    }

    /// True for the main sensor.
    pub const fn is_main(&self) -> bool {
        matches!(self.0, Which::Main)
    }

    /// Checks a sensor's name; the empty name is the main sensor.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let fits = text.len() <= SENSOR_MAX_BYTES
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if fits {
            return Ok(if text.is_empty() { Self::main() } else { Self(Which::Named(text.into())) });
        }
        Err(bad("sensor name", "use a-z, 0-9, - and _, 40 at most", text))
    }

    /// The text; empty for the main sensor.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Which::Main => "",
            Which::Named(name) => name,
        }
    }

    /// The wire name of one of its quantities: `temperature`, or `indoor/temperature`.
    pub fn key(&self, quantity: Quantity) -> String {
        match &self.0 {
            Which::Main => quantity.name().to_owned(),
            Which::Named(name) => format!("{name}/{}", quantity.name()),
        }
    }
}

/// Reads a height of the ground in metres.
///
/// # Errors
/// The sentence for the person who wrote it, if it is no number within [`ELEVATION_LIMITS_M`].
pub fn elevation_m(text: &str) -> Result<f64, String> {
    match text.trim().parse() {
        Ok(metres) if ELEVATION_LIMITS_M.contains(&metres) => Ok(metres),
        _ => Err(format!(
            "{text:?} is not a height from {} to {} metres",
            ELEVATION_LIMITS_M.start(),
            ELEVATION_LIMITS_M.end()
        )),
    }
}

/// Checks what people call a station: not blank, nothing invisible, at most [`NAME_MAX_CHARS`].
pub fn station_name(text: &str) -> Result<String, BadName> {
    let text = text.trim();
    if !text.is_empty() && text.chars().count() <= NAME_MAX_CHARS && !text.chars().any(|c| is_hidden(c) || is_joiner(c))
    {
        return Ok(text.to_owned());
    }
    Err(bad("station name", "use 1 to 80 printable characters", text))
}

fn bad(what: &'static str, rule: &'static str, given: &str) -> BadName {
    BadName { what, rule, given: given.chars().take(100).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_url_that_people_can_type() {
        for good in ["town-hall", "a", "7", &"x".repeat(64)] {
            assert_eq!(Slug::new(good).map(|s| s.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "Town-Hall", "-a", "a-", "a b", "ä", "a/b", "../x", &"x".repeat(65)] {
            assert!(Slug::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_station_is_called_what_it_looks_like() {
        assert_eq!(station_name("  Rathaus <Süd> 東京 ").as_deref(), Ok("Rathaus <Süd> 東京"));
        for bad in ["", "  ", "a\nb", "evil\u{202e}txt", "zero\u{200b}width", "\u{feff}a", &"x".repeat(81)] {
            assert!(station_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sensors_are_in_the_order_of_their_names_and_the_main_one_is_first() {
        let names = ["", "0", "a", "a-b", "a_b", "b"].map(|name| SensorName::new(name).expect("a name"));
        assert!(names.is_sorted() && names[0] == SensorName::main() && names[0].is_main() && !names[1].is_main());
        assert_eq!((names[0].as_str(), names[2].as_str()), ("", "a"));
        assert_eq!(names[0].key(Quantity::Temperature), "temperature");
        assert_eq!(names[2].key(Quantity::Temperature), "a/temperature");
    }

    #[test]
    fn the_error_names_what_is_wrong() {
        let error = Slug::new("Town Hall").expect_err("has a space").to_string();
        assert!(error.contains("\"Town Hall\"") && error.contains("a-z"), "{error}");
    }
}
