//! What the fields of one report mean, taken together: its time, its sensor, its units, its values.

use super::reading::{Reading, Stop, meaning, sensor_of};
use super::{Arrival, FIELDS_MAX, Field, airrohr, clock, names, object, tasmota, text_of, units};
use crate::ingest::time;
use std::borrow::Cow;
use weather::report::Finished;
use weather::time::Timestamp;

/// Objects whose fields are the report's own: ThingsBoard puts the values into `values` beside `ts`; Telegraf has `fields` and
/// `tags`; Tasmota answers a question with `StatusSNS`.
const FLAT: [&str; 4] = ["values", "fields", "tags", "statussns"];
/// The names, in lower case, that name a sensor of rtl_433. Its receiver hears many, also those of neighbours.
const RECEIVED: [&str; 3] = ["model", "channel", "id"];
/// The time of Tasmota and of rtl_433, in lower case, has no offset unless it was asked for: it is local.
const LOCAL: &str = "time";
/// This name names the sensor by itself.
const SENSOR: &str = "sensor";

/// One field, and what it is.
struct Known<'f, 'a> {
    field: &'f Field<'a>,
    /// The sensor before the slash.
    prefix: &'f str,
    /// The name in lower case.
    lower: Cow<'f, str>,
}

/// Reads the fields of one report.
///
/// # Errors
/// [`Stop`] for a time that is none, a field that looks like a time and is none, times and units that disagree, and more than
/// [`FIELDS_MAX`] fields.
pub(super) fn read(mut fields: Vec<Field<'_>>, arrival: &Arrival) -> Result<Finished, Stop> {
    flatten(&mut fields)?;
    let mut reading = Reading::new(arrival);
    let known: Vec<_> = fields.iter().map(Known::of).collect();
    let mut open = hear_about_others(&mut reading, &known)?;
    let is_tasmota = tasmota::is_one(&fields);
    let is_local = is_tasmota || is_received(&known);
    let mut time = Time::default();
    open.retain(|known| !clock::is_time(&known.lower) || !known.prefix.is_empty());
    for known in known.iter().filter(|known| known.prefix.is_empty() && clock::is_time(&known.lower)) {
        time.hear(known, arrival, is_local)?;
    }
    let mut blocks = Vec::new();
    for known in open {
        let Known { field, prefix, lower } = known;
        let is_named = !field.name.starts_with('/');
        if let Some(named) = meaning(lower, reading.told.is_system()).filter(|_| is_named) {
            reading.take_named(&field.name, field.sent, prefix, &named)?;
        } else if airrohr::is_list(lower) && field.sent.starts_with('[') {
            airrohr::take(&mut reading, field)?;
        } else if is_tasmota && field.sent.starts_with('{') {
            blocks.push(*field);
        } else if let Some(why) = names::not_stored(lower) {
            reading.remark(&field.name, &text_of(field.sent), why);
        } else if !names::is_silent(lower) {
            let text = text_of(field.sent);
            if !time.is_told && clock::looks_like_time(lower, &text, arrival.at) {
                let why = "looks like the time of the report and is no name of it: use observed_at";
                return Err(Stop::about(&field.name, &text, why));
            }
            reading.unknown(&field.name, &text);
        } else {
            reading.silent(&field.name, field.sent);
        }
    }
    tasmota::take(&mut reading, &blocks)?;
    Ok(reading.finish(time.at))
}

/// True if a body may hold a device's telemetry. Then its reader needs to know which sensors the station has.
pub(crate) fn asks_for_sensors(body: &[u8]) -> bool {
    let has = |name: &str| memchr::memmem::find(body, name.as_bytes()).is_some();
    tasmota::MARKS.iter().any(|mark| has(mark)) || has(airrohr::LIST)
}

/// Replaces the objects of [`FLAT`] by their fields.
fn flatten(fields: &mut Vec<Field<'_>>) -> Result<(), Stop> {
    let is_flat = |field: &Field<'_>| {
        field.sent.starts_with('{') && FLAT.iter().any(|flat| field.name.eq_ignore_ascii_case(flat))
    };
    while let Some(at) = fields.iter().position(is_flat) {
        let inner = object(fields.remove(at).sent).unwrap_or_default();
        if inner.iter().any(is_flat) || fields.len() + inner.len() > FIELDS_MAX {
            let why = format!("more than {FIELDS_MAX} fields in one report, or objects in objects in objects");
            return Err(Stop { why, field: None });
        }
        fields.extend(inner);
    }
    Ok(())
}

impl<'f, 'a> Known<'f, 'a> {
    fn of(field: &'f Field<'a>) -> Self {
        let name: &str = &field.name;
        let (prefix, own) = name.split_once('/').unwrap_or(("", name));
        let has_capitals = own.bytes().any(|b| b.is_ascii_uppercase());
        let lower = if has_capitals { own.to_ascii_lowercase().into() } else { Cow::Borrowed(own) };
        Self { field, prefix, lower }
    }
}

/// The time that a report tells.
#[derive(Default)]
struct Time {
    at: Option<Timestamp>,
    is_told: bool,
    by: String,
}

impl Time {
    /// `is_local`: it is a device's whose clock shows local time, in `time`.
    fn hear(&mut self, known: &Known<'_, '_>, arrival: &Arrival, is_local: bool) -> Result<(), Stop> {
        let (name, text) = (&known.field.name, text_of(known.field.sent));
        if known.field.sent == "null" {
            return Ok(());
        }
        let local = (is_local && known.lower == LOCAL).then(|| time::local(&text, &arrival.zone, arrival.at)).flatten();
        let at = match local {
            Some(at) => Some(at),
            None => clock::read(&known.lower, &text).map_err(|why| Stop::about(name, &text, why))?,
        };
        if self.is_told && self.at != at {
            return Err(Stop::about(name, &text, format!("{} tells another time", self.by)));
        }
        *self = Self { at, is_told: true, by: name.to_string() };
        Ok(())
    }
}

/// Takes the fields that say something about others, and returns the rest.
fn hear_about_others<'k, 'f, 'a>(
    reading: &mut Reading<'_>,
    all: &'k [Known<'f, 'a>],
) -> Result<Vec<&'k Known<'f, 'a>>, Stop> {
    let mut open = Vec::with_capacity(all.len());
    let received = is_received(all);
    let mut parts = [const { None }; RECEIVED.len()];
    let mut named = None;
    for known in all {
        let text = || text_of(known.field.sent);
        let scalar = known.prefix.is_empty() && is_scalar(known.field.sent);
        let stem = units::stem(&known.lower);
        if stem.is_some() && known.field.sent.starts_with(['{', '[']) {
            let why =
                "tells units in a way that is not read here: put them into the names of the fields (temperature_f)";
            return Err(Stop::about(&known.field.name, &text(), why));
        }
        if let Some(stem) = stem.filter(|_| is_scalar(known.field.sent)) {
            let heard = reading.told.hear(stem, &known.field.name, &text());
            if heard.map_err(|why| Stop::about(&known.field.name, &text(), why))? {
                if known.prefix.is_empty() {
                    continue;
                }
                let why = "tells the unit of one sensor: put the unit into the field's name (temperature_f)";
                return Err(Stop::about(&known.field.name, &text(), why));
            }
        } else if scalar && known.lower == SENSOR {
            named = Some(text());
            continue;
        } else if scalar
            && received
            && let Some(at) = RECEIVED.iter().position(|name| *name == known.lower)
        {
            parts[at] = Some(text());
            continue;
        }
        open.push(known);
    }
    if let Some(named) = named {
        reading.sensor = sensor_of(&[&named]);
    } else if received {
        let parts: Vec<&str> = parts.iter().flatten().map(|part| &**part).collect();
        reading.sensor = sensor_of(&parts);
    }
    Ok(open)
}

/// True if rtl_433 says it.
fn is_received(all: &[Known<'_, '_>]) -> bool {
    all.iter().any(|known| known.lower == RECEIVED[0] && is_scalar(known.field.sent))
}

fn is_scalar(sent: &str) -> bool {
    !sent.starts_with(['{', '[']) && sent != "null"
}
