//! Reports as JSON: one object, an array of objects, or one object a line. Pure.

mod malformed;
#[cfg(test)]
mod tests;

pub use malformed::Malformed;

use super::time;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use weather::quality::NUMBER_MAX_BYTES;
use weather::quantity::Quantity;
use weather::report::{Draft, Parsed, Warning};
use weather::station::SensorName;
use weather::time::Timestamp;

/// How the reports are strung together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One object, or an array of objects.
    Json,
    /// One object a line, blank lines between them allowed: `application/x-ndjson`.
    Lines,
}

/// Most fields in one report: nineteen quantities of a dozen sensors, and room. More is not a weather report.
pub const FIELDS_MAX: usize = 256;

/// Reads a body that was posted at `received`. A body that is not a list of reports is refused as a whole; a value that
/// is not weather, or an unknown field, is left out with a warning.
///
/// # Errors
/// [`Malformed`] for anything but JSON in UTF-8, for what is not an object where a report should be, for an
/// `observed_at` that is no time, and for more than `reports_max` reports or [`FIELDS_MAX`] fields.
pub fn parse(bytes: &[u8], format: Format, received: Timestamp, reports_max: usize) -> Result<Parsed, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| Malformed::not_utf8(bytes, error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err(Malformed::empty());
    }
    let several = format == Format::Lines;
    let mut reader = Reader { received, reports_max, several, begun: 0, parsed: Parsed::default(), fault: None };
    match format {
        Format::Json => reader.read(text, 1)?,
        Format::Lines => {
            for (above, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                reader.read(line, above + 1)?;
            }
        }
    }
    Ok(reader.parsed)
}

/// Reads a body with one report that arrived at `received`.
///
/// # Errors
/// As [`parse`], as text.
pub fn parse_one(bytes: &[u8], received: Timestamp) -> Result<Parsed, String> {
    parse(bytes, Format::Json, received, 1).map_err(|malformed| malformed.to_string())
}

/// The state of reading one body.
struct Reader {
    received: Timestamp,
    reports_max: usize,
    /// There may be more than one report, so warnings name its place.
    several: bool,
    /// How many reports have begun.
    begun: usize,
    parsed: Parsed,
    /// Why reading stopped, where the JSON itself was well.
    fault: Option<(String, Option<Warning>)>,
}

impl Reader {
    /// Reads all of `text`, whose first line is the body's `line`.
    fn read(&mut self, text: &str, line: usize) -> Result<(), Malformed> {
        let list = !self.several;
        let mut json = serde_json::Deserializer::from_str(text);
        Slot { reader: self, list }.deserialize(&mut json).map_err(|error| {
            let fault = self.fault.take();
            Malformed::at(&error, line, self.place(), fault)
        })?;
        json.end().map_err(|error| {
            let why = "more follows after the end; for one report a line send Content-Type: application/x-ndjson";
            let why = if list { why } else { "more follows after the end of the report" };
            Malformed::at(&error, line, self.place(), Some((why.to_owned(), None)))
        })
    }

    fn place(&self) -> Option<usize> {
        self.begun.checked_sub(1).filter(|_| self.several)
    }

    fn report<'de, A: MapAccess<'de>>(&mut self, mut fields: A) -> Result<(), A::Error> {
        if self.begun > self.reports_max {
            return Err(self.stop(format!("more than {} reports in one request", self.reports_max), None));
        }
        let mut draft = Draft::new(self.received);
        let mut observed_at = None;
        let mut count = 0;
        while let Some(Name(name)) = fields.next_key()? {
            let sent = fields.next_value::<&RawValue>()?.get();
            count += 1;
            if count > FIELDS_MAX {
                return Err(self.stop(format!("more than {FIELDS_MAX} fields in one report"), None));
            }
            if name != "observed_at" {
                take(&mut draft, &name, sent);
                continue;
            }
            observed_at = match sent {
                "null" => None,
                _ => match time::instant(&text_of(sent)) {
                    Ok(instant) => Some(instant),
                    Err(why) => {
                        let warning = Warning::new(&name, &text_of(sent), why);
                        return Err(self.stop(warning.to_string(), Some(warning)));
                    }
                },
            };
        }
        self.parsed.add(draft.finish(observed_at), self.place());
        Ok(())
    }

    fn stop<E: Error>(&mut self, why: String, field: Option<Warning>) -> E {
        self.fault = Some((why, field));
        E::custom("")
    }
}

/// A field's name, borrowed where it holds no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Takes one field, `sent` as raw JSON.
fn take(draft: &mut Draft, name: &str, sent: &str) {
    let (sensor, field) = name.split_once('/').unwrap_or(("", name));
    let known = Quantity::from_field(field).filter(|_| !name.starts_with('/'));
    let Some((quantity, unit)) = known else { return draft.unknown(name, &text_of(sent)) };
    let sensor = match SensorName::new(sensor) {
        Ok(sensor) => sensor,
        Err(error) => return draft.refuse(name, &text_of(sent), error.to_string()),
    };
    match sent.parse::<f64>() {
        _ if sent == "null" => draft.missing(),
        // Digits that no sensor has, but some languages print.
        Ok(number) if sent.len() > NUMBER_MAX_BYTES => draft.take_number(&sensor, quantity, unit, name, number),
        _ => draft.take_text(&sensor, quantity, unit, name, &text_of(sent)),
    }
}

/// What stands in a JSON string; anything else, and a string that cannot be decoded, as it was sent.
fn text_of(sent: &str) -> Cow<'_, str> {
    if !sent.starts_with('"') {
        return Cow::Borrowed(sent);
    }
    serde_json::from_str(sent).map_or(Cow::Borrowed(sent), |Name(text)| text)
}

/// A place where a report may stand; and, at the top, a `list` of them.
struct Slot<'r> {
    reader: &'r mut Reader,
    list: bool,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if !self.list {
            self.reader.begun += 1;
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.list { "a report (an object) or an array of reports" } else { "a report (an object)" })
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<(), A::Error> {
        if self.list {
            self.reader.begun += 1;
        }
        self.reader.report(fields)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut reports: A) -> Result<(), A::Error> {
        if !self.list {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.reader.several = true;
        while reports.next_element_seed(Slot { reader: &mut *self.reader, list: false })?.is_some() {}
        Ok(())
    }
}
