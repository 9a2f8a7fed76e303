//! Stations and the names of their sensors.

use crate::quantity::Quantity;
use crate::sun::Coordinates;
use crate::time::{DAY_MS, SECOND_MS};
use crate::typed::number;
use crate::upload_units::UploadUnits;
use crate::visible::{is_hidden, is_joiner, shows};
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
    /// How often it reports, ms, if its owner has said so; else its reports tell.
    pub interval_ms: Option<i64>,
}

/// A name that is not one, and why. It holds the name whole: whoever answers a stranger with it cuts it short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// It has signs that it may not have, or none.
    #[error("{given:?} is not a {what}: {rule}")]
    Form {
        /// What it was to be.
        what: &'static str,
        /// What it may be.
        rule: String,
        /// The name.
        given: String,
    },
    /// It has too many characters.
    #[error("the {what} {given:?} has {length} characters; the most is {most}")]
    Long {
        /// What it was to be.
        what: &'static str,
        /// The name.
        given: String,
        /// So many characters it has.
        length: usize,
        /// So many it may have.
        most: usize,
    },
}

impl BadName {
    /// The same for a stranger: what was sent is cut short.
    pub fn short(self) -> Self {
        let cut = |given: String| given.chars().take(GIVEN_TOLD_CHARS).collect();
        match self {
            Self::Form { what, rule, given } => Self::Form { what, rule, given: cut(given) },
            Self::Long { what, given, length, most } => Self::Long { what, given: cut(given), length, most },
        }
    }
}

/// So many characters of what a stranger sent are sent back: an answer is no echo.
const GIVEN_TOLD_CHARS: usize = 100;
/// Longest slug, in bytes: it has to fit into a URL that people type.
pub const SLUG_MAX_BYTES: usize = 64;
/// Longest sensor name, in bytes.
pub const SENSOR_MAX_BYTES: usize = 40;
/// Longest station name, in characters: it has to fit on a card.
pub const NAME_MAX_CHARS: usize = 80;
/// Highest ground, metres: Everest and some.
pub const ELEVATION_LIMITS_M: std::ops::RangeInclusive<f64> = -500.0..=9_000.0;
/// A station may be said to report so often, ms: not more than once a second, and once a week at least.
pub const INTERVAL_LIMITS_MS: std::ops::RangeInclusive<i64> = SECOND_MS..=7 * DAY_MS;

/// A station's name in URLs: `a-z`, `0-9` and inner hyphens, at most [`SLUG_MAX_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// Checks a slug. Upper case is refused rather than folded, so that one station has one URL.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let fits = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        let rule = || {
            let near = Self::near(text).map_or_else(String::new, |near| format!("; {near} would do"));
            format!("use a-z, 0-9 and inner hyphens, {SLUG_MAX_BYTES} at most{near}")
        };
        checked("station slug (its name in addresses)", text, SLUG_MAX_BYTES, fits, rule)?;
        Ok(Self(text.to_owned()))
    }

    /// The slug that is like a text that is none: `town-hall` for `Town Hall`.
    fn near(text: &str) -> Option<Self> {
        let mut near = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            match c {
                'ä' => near.push_str("ae"),
                'ö' => near.push_str("oe"),
                'ü' => near.push_str("ue"),
                'ß' => near.push_str("ss"),
                c if c.is_ascii_alphanumeric() => near.push(c),
                // A letter that has no place there: a part of the name would be another name.
                c if c.is_alphanumeric() => return None,
                _ if near.ends_with('-') => {}
                _ => near.push('-'),
            }
        }
        let near = near.trim_matches('-');
        (!near.is_empty() && near.len() <= SLUG_MAX_BYTES).then(|| Self(near.to_owned()))
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
        let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        checked("sensor name", text, SENSOR_MAX_BYTES, fits, || {
            format!("use a-z, 0-9, - and _, {SENSOR_MAX_BYTES} at most")
        })?;
        Ok(if text.is_empty() { Self::main() } else { Self(Which::Named(text.into())) })
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
    let (low, high) = ELEVATION_LIMITS_M.into_inner();
    let wrong = || format!("{text:?} is not a height from {low} to {high} metres");
    let metres = number(text).map_err(|write| format!("{}: {write}", wrong()))?;
    if ELEVATION_LIMITS_M.contains(&metres) { Ok(metres) } else { Err(wrong()) }
}

/// Checks what people call a station: something that shows, nothing invisible, at most [`NAME_MAX_CHARS`].
pub fn station_name(text: &str) -> Result<String, BadName> {
    let text = text.trim();
    let fits = shows(text) && !text.chars().any(|c| is_hidden(c) || is_joiner(c));
    let rule = || format!("use 1 to {NAME_MAX_CHARS} printable characters, of which one at least shows");
    checked("station name", text, NAME_MAX_CHARS, fits, rule)?;
    Ok(text.to_owned())
}

/// A name that is too long is told so before anything else: what is wrong with it besides would be a riddle.
fn checked(
    what: &'static str,
    text: &str,
    most: usize,
    fits: bool,
    rule: impl FnOnce() -> String,
) -> Result<(), BadName> {
    let (length, given) = (text.chars().count(), || text.to_owned());
    match fits {
        _ if length > most => Err(BadName::Long { what, given: given(), length, most }),
        false => Err(BadName::Form { what, rule: rule(), given: given() }),
        true => Ok(()),
    }
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
    fn a_name_that_is_too_long_is_quoted_whole_with_its_length() {
        let long = "Rathaus ".repeat(13);
        let said = station_name(&long).expect_err("too long").to_string();
        assert_eq!(said, format!("the station name {:?} has 103 characters; the most is 80", long.trim()));
        let long = "Ä".repeat(200);
        let said = Slug::new(&long).expect_err("too long").to_string();
        assert_eq!(
            said,
            format!("the station slug (its name in addresses) {long:?} has 200 characters; the most is 64")
        );
        let said = SensorName::new(&"x".repeat(41)).expect_err("too long").to_string();
        assert!(said.contains("has 41 characters; the most is 40"), "{said}");
    }

    #[test]
    fn the_error_names_what_is_wrong() {
        let error = Slug::new("Town Hall").expect_err("has a space").to_string();
        assert!(error.contains("\"Town Hall\"") && error.contains("a-z"), "{error}");
        for (wrong, near) in
            [("Garden", "garden"), ("Town Hall", "town-hall"), ("Süd_West", "sued-west"), ("../x", "x")]
        {
            let said = Slug::new(wrong).expect_err("no slug").to_string();
            assert!(said.ends_with(&format!("; {near} would do")), "{said}");
            assert!(Slug::new(near).is_ok());
        }
        for wrong in ["", "-", "東京", "a東", &"Ü".repeat(64)] {
            let said = Slug::new(wrong).expect_err("no slug").to_string();
            assert!(!said.contains("would do"), "{said}");
        }
    }
}
