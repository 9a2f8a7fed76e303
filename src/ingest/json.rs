//! Reports as JSON: one object, an array of objects, or one object a line. Pure.

mod airrohr;
pub(in crate::ingest) mod bare;
pub(crate) mod clock;
mod mains;
mod malformed;
pub(crate) mod names;
pub(crate) mod reading;
pub(crate) mod report;
mod tasmota;
#[cfg(test)]
mod tests;
pub(crate) mod units;

pub use malformed::Malformed;
pub(crate) use reading::sensor_of;

use super::trail::Trail;
use bare::Quoted;
use reading::Stop;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use weather::mapping::Mappings;
use weather::report::Parsed;
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::zone::Zone;

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

/// What a reader has to know beside the body.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The time of arrival.
    pub at: Timestamp,
    /// The station's zone. Some devices send local time.
    pub zone: Zone,
    /// The sensors that the station has, if the body may hold a device's telemetry.
    pub sensors: Vec<SensorName>,
    /// The header `X-Pin` of a sensor.community device: which of its sensors sends.
    pub pin: Option<u8>,
    /// What is added to the station's times: see [`weather::report::Draft::of_clock`].
    pub clock_offset_ms: i64,
    /// What the station's owner has said of fields that mean nothing by themselves.
    pub mappings: Mappings,
    /// It is read from a file: see [`weather::report::Draft::of_history`].
    pub is_history: bool,
    /// Where it is noted which field became which value, if somebody looks.
    pub trail: Option<Trail>,
}

impl From<Timestamp> for Arrival {
    /// At a station in UTC without sensors.
    fn from(at: Timestamp) -> Self {
        Self {
            at,
            zone: Zone::UTC,
            sensors: Vec::new(),
            pin: None,
            clock_offset_ms: 0,
            mappings: Mappings::default(),
            is_history: false,
            trail: None,
        }
    }
}

/// Reads a body. A body that is not a list of reports is refused as a whole; a value that is not weather, or an unknown field, is
/// left out with a warning.
///
/// # Errors
/// [`Malformed`] for anything but JSON in UTF-8, for what is not an object where a report should be, for a time that is none, for
/// a field that looks like a time or tells a unit and is not understood, and for more than `reports_max` reports or
/// [`FIELDS_MAX`] fields.
pub fn parse(bytes: &[u8], format: Format, arrival: &Arrival, reports_max: usize) -> Result<Parsed, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| Malformed::not_utf8(bytes, error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err(Malformed::empty());
    }
    let strictly = Reader::new(format, arrival, reports_max).read_all(text, format);
    let Err(Unread { malformed, is_syntax: true }) = strictly else {
        return strictly.map_err(|unread| unread.malformed);
    };
    let Some(quoted) = bare::quote(text) else { return Err(malformed) };
    let again = Reader::new(format, arrival, reports_max).read_all(&quoted.text, format);
    again.map_err(|unread| unread.malformed.place_as_sent(|line, column| Quoted::column_as_sent(&quoted, line, column)))
}

/// Reads a body with one report that arrived at `received`.
///
/// # Errors
/// As [`parse`], as text.
pub fn parse_one(bytes: &[u8], received: Timestamp) -> Result<Parsed, String> {
    parse(bytes, Format::Json, &received.into(), 1).map_err(|malformed| malformed.to_string())
}

/// The state of reading one body.
struct Reader<'r> {
    arrival: &'r Arrival,
    reports_max: usize,
    /// There may be more than one report, so warnings name its place.
    several: bool,
    /// How many reports have begun.
    begun: usize,
    parsed: Parsed,
    /// Why reading stopped, where the JSON itself was well.
    fault: Option<Stop>,
}

/// A body that was not read.
struct Unread {
    malformed: Malformed,
    /// It is no JSON. Bare words may be to blame.
    is_syntax: bool,
}

impl<'r> Reader<'r> {
    fn new(format: Format, arrival: &'r Arrival, reports_max: usize) -> Self {
        let several = format == Format::Lines;
        Self { arrival, reports_max, several, begun: 0, parsed: Parsed::default(), fault: None }
    }

    fn read_all(mut self, text: &str, format: Format) -> Result<Parsed, Unread> {
        match format {
            Format::Json => self.read(text, 1)?,
            Format::Lines => {
                for (above, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    self.read(line, above + 1)?;
                }
            }
        }
        Ok(self.parsed)
    }

    /// Reads all of `text`, whose first line is the body's `line`.
    fn read(&mut self, text: &str, line: usize) -> Result<(), Unread> {
        let list = !self.several;
        let mut json = serde_json::Deserializer::from_str(text);
        Slot { reader: self, list }.deserialize(&mut json).map_err(|error| {
            let fault = self.fault.take().map(|stop| (stop.why, stop.field));
            let is_syntax = fault.is_none() && error.is_syntax();
            Unread { malformed: Malformed::at(&error, line, self.place(), fault), is_syntax }
        })?;
        json.end().map_err(|error| {
            let why = match (text.trim_end_matches(['\0', '\r', '\n', ' ']), list) {
                (rest, _) if text.trim_end().ends_with('\0') && is_json(rest) => {
                    "a NUL follows after the end: send the text without the byte that ends it in memory"
                }
                (_, true) => {
                    "more follows after the end; for one report a line send Content-Type: application/x-ndjson"
                }
                _ => "more follows after the end of the report",
            };
            let malformed = Malformed::at(&error, line, self.place(), Some((why.to_owned(), None)));
            Unread { malformed, is_syntax: false }
        })
    }

    fn place(&self) -> Option<usize> {
        self.begun.checked_sub(1).filter(|_| self.several)
    }

    fn report<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        if self.begun > self.reports_max {
            return Err(self.stop(format!("more than {} reports in one request", self.reports_max)));
        }
        let mut fields = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            let sent = map.next_value::<&RawValue>()?.get();
            if fields.len() == FIELDS_MAX {
                return Err(self.stop(format!("more than {FIELDS_MAX} fields in one report")));
            }
            fields.push(Field { name, sent });
        }
        if let [Field { name, sent }] = &fields[..]
            && name == BATCH
            && let Some(objects) = objects(sent)
        {
            self.several = true;
            self.begun -= 1;
            return objects.into_iter().try_for_each(|fields| {
                self.begun += 1;
                if self.begun > self.reports_max {
                    return Err(self.stop(format!("more than {} reports in one request", self.reports_max)));
                }
                self.take(fields)
            });
        }
        self.take(fields)
    }

    fn take<E: Error>(&mut self, fields: Vec<Field<'_>>) -> Result<(), E> {
        match report::read(fields, self.arrival) {
            Ok(finished) => {
                self.parsed.add(finished, self.place());
                Ok(())
            }
            Err(stop) => {
                self.fault = Some(stop);
                Err(E::custom(""))
            }
        }
    }

    fn stop<E: Error>(&mut self, why: String) -> E {
        self.fault = Some(Stop { why, field: None });
        E::custom("")
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Telegraf's envelope around several reports: `{"metrics": [{…}, {…}]}`.
const BATCH: &str = "metrics";

/// The objects of an array, if it holds nothing else and each has at most [`FIELDS_MAX`] fields.
fn objects(sent: &str) -> Option<Vec<Vec<Field<'_>>>> {
    let items: Vec<&RawValue> = serde_json::from_str(sent).ok()?;
    items.into_iter().map(|item| object(item.get()).filter(|fields| fields.len() <= FIELDS_MAX)).collect()
}

/// One field of an object as it was sent.
pub(crate) struct Field<'a> {
    pub name: Cow<'a, str>,
    /// Raw JSON.
    pub sent: &'a str,
}

/// The fields of an object, in order and with those that are sent twice; `None` if it is none. There are as many as the object
/// has bytes at most.
pub(in crate::ingest) fn object(sent: &str) -> Option<Vec<Field<'_>>> {
    struct Fields;
    impl<'de> Visitor<'de> for Fields {
        type Value = Vec<Field<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some(Name(name)) = map.next_key()? {
                fields.push(Field { name, sent: map.next_value::<&RawValue>()?.get() });
            }
            Ok(fields)
        }
    }
    serde_json::Deserializer::from_str(sent).deserialize_map(Fields).ok()
}

/// A field's name, borrowed where it holds no escapes.
#[derive(Deserialize)]
pub(crate) struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// What stands in a JSON string; anything else, and a string that cannot be decoded, as it was sent.
pub(in crate::ingest) fn text_of(sent: &str) -> Cow<'_, str> {
    if !sent.starts_with('"') {
        return Cow::Borrowed(sent);
    }
    serde_json::from_str(sent).map_or(Cow::Borrowed(sent), |Name(text)| text)
}

/// A place where a report may stand; and, at the top, a `list` of them.
struct Slot<'s, 'r> {
    reader: &'s mut Reader<'r>,
    list: bool,
}

impl<'de> DeserializeSeed<'de> for Slot<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if !self.list {
            self.reader.begun += 1;
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_, '_> {
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
