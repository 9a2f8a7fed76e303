//! Reports in the Weather Underground upload protocol, as stations really send them. Pure.

mod fields;
#[cfg(test)]
mod tests;

use super::time;
use weather::quality::{self, Sent};
use weather::quantity::Quantity;
use weather::report::{Draft, Parsed};
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::units::Unit;

/// Most pairs in one upload; the longest real one has about sixty.
pub const PAIRS_MAX: usize = 512;

/// Reasons to refuse a whole upload. A wrong value is never one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// A pair that the protocol requires is absent or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `dateutc` is no time.
    #[error("dateutc {0:?} is neither \"now\" nor like 2026-11-22 14:00:00")]
    Date(String),
    /// More than [`PAIRS_MAX`] pairs.
    #[error("more than {PAIRS_MAX} fields")]
    TooManyPairs,
}

/// The pairs of a target that is an upload's, or `None` if it is not one. Stations differ in case and suffix
/// (`.php`, `.asp`, none), and some forget the `?`: `/weatherstation/updateweatherstation.phpID=…&PASSWORD=…`.
pub fn pairs_in_path(path: &str) -> Option<&str> {
    let (folder, page) = path.trim_start_matches('/').split_once('/')?;
    let tail = strip_ignoring_case(page.trim_start_matches('/'), "updateweatherstation")?;
    let tail = [".php", ".asp"].iter().find_map(|suffix| strip_ignoring_case(tail, suffix)).unwrap_or(tail);
    let tail = tail.trim_start_matches(['/', '?', '&']);
    (folder.eq_ignore_ascii_case("weatherstation") && (tail.is_empty() || tail.contains('='))).then_some(tail)
}

fn strip_ignoring_case<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(tail)
}

/// Reads the pairs of one report that arrived at `received`, with the credentials that every upload has.
///
/// # Errors
/// As [`Upload::credentials`] and [`Upload::parse`], as text.
pub fn parse_one(pairs: &[u8], received: Timestamp) -> Result<Parsed, String> {
    let upload = Upload::new(&[pairs]).map_err(|garbled| garbled.to_string())?;
    upload.credentials().and_then(|_| upload.parse(received)).map_err(|garbled| garbled.to_string())
}

/// An upload's pairs, in the order they were sent.
#[derive(Debug)]
pub struct Upload {
    /// Names in lower case: stations write `UV` and `uv`, `ID` and `id`.
    pairs: Vec<(String, String)>,
}

impl Upload {
    /// Takes URL-encoded pairs from the path, the query and the body.
    ///
    /// # Errors
    /// [`Garbled::TooManyPairs`].
    pub fn new(parts: &[&[u8]]) -> Result<Self, Garbled> {
        let pairs = parts.iter().flat_map(|part| form_urlencoded::parse(part));
        let pairs = pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.into_owned()));
        let pairs: Vec<_> = pairs.take(PAIRS_MAX + 1).collect();
        if pairs.len() > PAIRS_MAX { Err(Garbled::TooManyPairs) } else { Ok(Self { pairs }) }
    }

    /// The slug and the key that the sender gives. The slug is folded to lower case, because some consoles write capitals
    /// only.
    ///
    /// # Errors
    /// [`Garbled::Missing`] without an `ID` or a `PASSWORD`.
    pub fn credentials(&self) -> Result<(String, &str), Garbled> {
        Ok((self.required("ID")?.to_ascii_lowercase(), self.required("PASSWORD")?))
    }

    /// Reads the report that arrived at `received`, if there is one. A value that is not weather is left out with a
    /// warning.
    ///
    /// # Errors
    /// [`Garbled`] without an `action` or a `dateutc`, and for a `dateutc` that is no time.
    pub fn parse(&self, received: Timestamp) -> Result<Parsed, Garbled> {
        self.required("action")?;
        let observed_at = match self.required("dateutc")? {
            now if now.eq_ignore_ascii_case("now") => None,
            date => Some(time::dateutc(date).ok_or_else(|| Garbled::Date(date.chars().take(40).collect()))?),
        };
        let mut draft = Draft::new(received);
        for (name, value) in &self.pairs {
            match fields::find(name) {
                fields::Meaning::Weather(..) if name == "baromin" => {}
                fields::Meaning::Weather(sensor, quantity, unit) => {
                    draft.take_text(&sensor, quantity, unit, name, value);
                }
                fields::Meaning::Silent => {}
                fields::Meaning::Unknown => draft.unknown(name, value),
            }
        }
        self.take_baromin(&mut draft);
        let mut parsed = Parsed::default();
        parsed.add(draft.finish(observed_at), None);
        Ok(parsed)
    }

    /// Pressure reduced to sea level. Some consoles send it twice; then the smaller one is the station's own.
    fn take_baromin(&self, draft: &mut Draft) {
        let mut sent: Vec<&str> = self.pairs.iter().filter(|(name, _)| name == "baromin").map(|(_, v)| &**v).collect();
        if let [first, second] = sent[..]
            && let (Sent::Number(a), Sent::Number(b)) = (quality::read_text(first), quality::read_text(second))
        {
            let (larger, smaller) = if a < b { (second, first) } else { (first, second) };
            let station = Quantity::StationPressure;
            draft.take_text(&SensorName::main(), station, Unit::InchOfMercury, "baromin", smaller);
            sent = vec![larger];
        }
        for text in sent {
            draft.take_text(&SensorName::main(), Quantity::SeaLevelPressure, Unit::InchOfMercury, "baromin", text);
        }
    }

    fn required(&self, name: &'static str) -> Result<&str, Garbled> {
        let found = self.pairs.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).ok_or(Garbled::Missing(name))
    }
}
