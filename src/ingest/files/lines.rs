//! Files with a report a line, as they are posted: JSON, and InfluxDB's line protocol.

use super::bounded::RECORD_MAX_BYTES;
use super::{Asked, Batch, Error, Refused};
use crate::ingest::json::{self, Arrival};
use crate::ingest::lineprotocol::{self, Precision, grammar};
use std::io::{BufRead, BufReader, Read};
use weather::report::{Parsed, Warning};

/// A file of lines.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    line: u64,
    text: Vec<u8>,
    language: Language,
    arrival: Arrival,
}

/// What stands in a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Language {
    Json,
    /// The precision, once it is known.
    Influx(Option<Precision>),
}

/// A report has so many lines at most: texts in quotes may be broken.
const RECORD_LINES_MAX: u64 = 64;

impl Lines {
    pub(super) fn new(input: Box<dyn Read + Send>, language: Language, asked: &Asked) -> Self {
        let (zone, mappings) = (asked.zone.clone(), asked.mappings.clone());
        let arrival = Arrival { zone, mappings, is_history: true, ..asked.received_at.into() };
        Self { reader: BufReader::new(input), line: 0, text: Vec::new(), language, arrival }
    }

    /// Reads one line; false at the end.
    pub(super) fn read(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        self.text.clear();
        let line = self.line + 1;
        loop {
            let room = RECORD_MAX_BYTES.saturating_sub(self.text.len());
            let read = (&mut self.reader).take(room as u64).read_until(b'\n', &mut self.text).map_err(Error::Read)?;
            self.line += u64::from(read > 0);
            if self.text.is_empty() {
                return Ok(false);
            }
            if self.text.len() >= RECORD_MAX_BYTES || self.line - line >= RECORD_LINES_MAX {
                return Err(Error::LongLine { line, max_bytes: RECORD_MAX_BYTES });
            }
            let is_open = |text: &str| text.ends_with('\n') && grammar::end_of_line(text) == text.len();
            // A line break in quotes belongs to the value.
            let is_influx = matches!(self.language, Language::Influx(_));
            if read == 0 || !is_influx || !std::str::from_utf8(&self.text).is_ok_and(is_open) {
                break;
            }
        }
        if self.text.iter().all(u8::is_ascii_whitespace) {
            return Ok(true);
        }
        batch.lines += 1;
        match self.language {
            Language::Json => self.json(line, batch),
            Language::Influx(precision) => self.influx(line, precision, batch),
        }
        Ok(true)
    }

    fn json(&self, line: u64, batch: &mut Batch) {
        match json::parse(&self.text, json::Format::Lines, &self.arrival, 1) {
            Ok(parsed) => add(parsed, line, batch),
            Err(malformed) => {
                let start: String = String::from_utf8_lossy(&self.text).trim().to_owned();
                let warning = malformed.field().unwrap_or_else(|| Warning::new("line", &start, malformed.to_string()));
                batch.refuse(Refused { line, warning });
            }
        }
    }

    fn influx(&mut self, line: u64, precision: Option<Precision>, batch: &mut Batch) {
        let precision = precision.or_else(|| {
            let text = std::str::from_utf8(&self.text).ok()?;
            let time = grammar::point(grammar::lines(text).next()?, json::FIELDS_MAX).ok()?.time?;
            let found = Precision::of_time(time);
            self.language = Language::Influx(found);
            found
        });
        match lineprotocol::parse(&self.text, precision.unwrap_or(Precision::Nanoseconds), &self.arrival, 1) {
            Ok(read) => {
                for why in &read.wrong {
                    let sent = String::from_utf8_lossy(&self.text);
                    let why = why.rsplit_once("': ").map_or(why.as_str(), |(_, why)| why);
                    batch.refuse(Refused { line, warning: Warning::new("line", sent.trim(), why) });
                }
                add(read.parsed, line, batch);
            }
            Err(error) => {
                let sent = String::from_utf8_lossy(&self.text);
                batch.refuse(Refused { line, warning: Warning::new("line", sent.trim(), error.to_string()) });
            }
        }
    }
}

fn add(parsed: Parsed, line: u64, batch: &mut Batch) {
    batch.reports.extend(parsed.reports);
    for warning in parsed.warnings {
        batch.refuse(Refused { line, warning: warning.without_place() });
    }
    parsed.unread.into_iter().for_each(|field| batch.unread(field));
}

/// The language of a line that is the first of a file; `None`: it is neither.
pub(super) fn language(start: &str, precision: Option<Precision>) -> Option<Language> {
    let line = grammar::lines(start).next()?;
    if line.starts_with('{') {
        return Some(Language::Json);
    }
    let is_point = grammar::point(line, json::FIELDS_MAX).is_ok();
    is_point.then_some(Language::Influx(precision))
}

/// What is said of a file's times.
pub(super) fn note(language: Language, asked: &Asked) -> String {
    match language {
        Language::Json => format!("one JSON object a line; local times of Tasmota are those of {}", asked.zone),
        Language::Influx(Some(precision)) => format!("line protocol, times in {}", precision.words()),
        Language::Influx(None) => "line protocol; the first time tells its precision".to_owned(),
    }
}
