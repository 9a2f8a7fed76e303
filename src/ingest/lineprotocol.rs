//! Reports in InfluxDB's line protocol: one line is one report. Pure.

pub(crate) mod grammar;
#[cfg(test)]
mod tests;

use super::json::reading::{Reading, meaning, sensor_of};
use super::json::{Arrival, FIELDS_MAX, clock, names, units};
use grammar::{Point, Value};
use weather::report::{Finished, Parsed};
use weather::station::SensorName;
use weather::time::Timestamp;

/// The unit of the times in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Nanoseconds: when nothing else is said.
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Minutes, in version 1 only.
    Minutes,
    /// Hours, likewise.
    Hours,
}

use Precision::*;

/// Those that a sender may have meant, with the name that both versions take.
const MEANT: [(Precision, &str, &str); 4] = [
    (Seconds, "s", "seconds"),
    (Milliseconds, "ms", "milliseconds"),
    (Microseconds, "us", "microseconds"),
    (Nanoseconds, "ns", "nanoseconds"),
];
/// The years 2000 to 2100: a time in them is believed to be one.
const PLAUSIBLE_MS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

impl Precision {
    /// The precision of that name in version 1; unknown names mean nanoseconds there.
    pub fn of_version_1(name: Option<&str>) -> Self {
        match name {
            Some("u" | "us" | "µ") => Microseconds,
            Some("ms") => Milliseconds,
            Some("s") => Seconds,
            Some("m") => Minutes,
            Some("h") => Hours,
            _ => Nanoseconds,
        }
    }

    /// The precision of that name in version 2.
    pub fn of_version_2(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("" | "ns") => Some(Nanoseconds),
            Some("us") => Some(Microseconds),
            Some("ms") => Some(Milliseconds),
            Some("s") => Some(Seconds),
            Some(_) => None,
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        MEANT.iter().find(|(other, ..)| *other == self).map_or("minutes or hours", |row| row.2)
    }

    /// The precision in which a time lies in our century, if one does.
    pub fn of_time(time: i64) -> Option<Self> {
        MEANT.iter().map(|row| row.0).find(|precision| PLAUSIBLE_MS.contains(&precision.ms(time)))
    }

    fn nanoseconds(self) -> i128 {
        match self {
            Nanoseconds => 1,
            Microseconds => 1_000,
            Milliseconds => 1_000_000,
            Seconds => 1_000_000_000,
            Minutes => 60_000_000_000,
            Hours => 3_600_000_000_000,
        }
    }

    fn ms(self, time: i64) -> i64 {
        let ms = (i128::from(time) * self.nanoseconds()).div_euclid(1_000_000);
        i64::try_from(ms).unwrap_or(if time < 0 { i64::MIN } else { i64::MAX })
    }

    /// The instant of a time in this precision.
    ///
    /// # Errors
    /// The advice, if the time makes sense in another precision and none in this one.
    fn instant(self, time: i64) -> Result<Timestamp, String> {
        let ms = self.ms(time);
        let meant = MEANT.iter().find(|(other, ..)| PLAUSIBLE_MS.contains(&other.ms(time)));
        match meant {
            Some((_, name, words)) if !PLAUSIBLE_MS.contains(&ms) => {
                let year = Timestamp(ms).rfc3339().chars().take_while(|c| *c != '-').collect::<String>();
                let read_as = self.words();
                let year = if year.is_empty() { "no year".to_owned() } else { year };
                Err(format!(
                    "time {time} read as {read_as} is {year}; in {words} it makes sense: send precision={name}"
                ))
            }
            _ => Ok(Timestamp(ms)),
        }
    }
}

/// What was read of a body.
#[derive(Debug, Default)]
pub struct Batch {
    /// The reports of good lines.
    pub parsed: Parsed,
    /// The first lines that are wrong, each with its reason, as InfluxDB says it.
    pub wrong: Vec<String>,
    /// How many lines are wrong.
    pub dropped: usize,
}

/// Most wrong lines that an answer lists.
const WRONG_LISTED: usize = 10;
/// Longest piece of a wrong line that an answer repeats, in characters.
const LINE_ECHO_CHARS: usize = 120;

/// Why nothing of a body is read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no text.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// It has more lines than this.
    #[error("more than {0} lines in one request")]
    TooMany(usize),
}

/// Reads a body. A wrong line is left out and named; the others are good.
///
/// # Errors
/// [`Unreadable`] for what is no text, and for more than `reports_max` lines.
pub fn parse(body: &[u8], precision: Precision, arrival: &Arrival, reports_max: usize) -> Result<Batch, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    if grammar::lines(text).nth(reports_max).is_some() {
        return Err(Unreadable::TooMany(reports_max));
    }
    let mut batch = Batch::default();
    for (place, line) in grammar::lines(text).enumerate() {
        let read = grammar::point(line, FIELDS_MAX).map_err(str::to_owned);
        match read.and_then(|point| report(&point, precision, arrival)) {
            Ok(finished) => batch.parsed.add(finished, Some(place)),
            Err(why) => {
                batch.dropped += 1;
                if batch.wrong.len() < WRONG_LISTED {
                    let line: String = line.chars().take(LINE_ECHO_CHARS).collect();
                    batch.wrong.push(format!("unable to parse '{line}': {why}"));
                }
            }
        }
    }
    Ok(batch)
}

/// Reads a body with one line in nanoseconds that arrived at `received`.
///
/// # Errors
/// As [`parse`], and for a wrong line, as text.
pub fn parse_one(body: &[u8], received: Timestamp) -> Result<Parsed, String> {
    let batch = parse(body, Nanoseconds, &received.into(), 1).map_err(|error| error.to_string())?;
    match batch.wrong.into_iter().next() {
        Some(why) => Err(why),
        None => Ok(Parsed { places: vec![None; batch.parsed.reports.len()], ..batch.parsed }),
    }
}

fn report(point: &Point<'_>, precision: Precision, arrival: &Arrival) -> Result<Finished, String> {
    let observed_at = point.time.map(|time| precision.instant(time)).transpose()?;
    let mut reading = Reading::new(arrival);
    reading.sensor = sensor(point);
    let texts = point.fields.iter().filter_map(|(name, value)| match value {
        Value::Text(text) => Some((name, text)),
        _ => None,
    });
    let tags = point.tags.iter().map(|(name, value)| (name, value));
    for (name, text) in texts.chain(tags) {
        if let Some(stem) = units::stem(&name.to_ascii_lowercase()) {
            reading.told.hear(stem, name, text).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    for (name, value) in &point.fields {
        // `temperature value=21.5`: the measurement is the name.
        let name = if name == "value" { &point.measurement } else { name };
        let (prefix, own) = name.split_once('/').unwrap_or(("", name));
        let lower = own.to_ascii_lowercase();
        let sent = match value {
            Value::Number(digits) => (*digits).to_owned(),
            Value::Text(text) => serde_json::Value::from(&**text).to_string(),
            Value::Bool(truth) => truth.to_string(),
        };
        if let Some(named) = meaning(&lower, reading.told.is_system()).filter(|_| !name.starts_with('/')) {
            reading.take_named(name, &sent, prefix, &named).map_err(|stop| stop.why)?;
        } else if let Some(why) = names::not_stored(&lower) {
            reading.remark(name, &sent, why);
        } else if units::stem(&lower).is_some() && sent.starts_with('"') {
            // Heard above.
        } else if !names::is_silent(&lower) {
            if observed_at.is_none() && (clock::is_time(&lower) || clock::looks_like_time(&lower, &sent, arrival.at)) {
                return Err(format!("{name} looks like the time of the line; that stands at its end"));
            }
            reading.unknown(name, &sent);
        } else {
            reading.silent(name, &sent);
        }
    }
    Ok(reading.finish(observed_at))
}

/// The sensor of a line: its tag `sensor`; else rtl_433's tags `model`, `channel` and `id`, whose model is the measurement if no
/// tag says it; else the main one. Other tags tell no sensors apart.
fn sensor(point: &Point<'_>) -> SensorName {
    let tag = |name: &str| point.tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name)).map(|(_, value)| &**value);
    if let Some(sensor) = tag("sensor") {
        return sensor_of(&[sensor]);
    }
    let (model, channel, id) = (tag("model"), tag("channel"), tag("id"));
    if model.or(channel).or(id).is_none() {
        return SensorName::main();
    }
    let parts = [Some(model.unwrap_or(&point.measurement)), channel, id];
    sensor_of(&parts.into_iter().flatten().collect::<Vec<_>>())
}
