//! Files of lines with columns: CSV, and the logs of Cumulus.

use super::batch::{Reducing, reduce};
use super::bounded::{Bounded, RECORD_MAX_BYTES, Reach};
use super::rain::{Fallen, Rain, Since};
use super::target::Target;
use super::times::Times;
use super::{Batch, Error, Refused};
use chrono::NaiveDateTime;
use csv::ByteRecord;
use std::borrow::Cow;
use std::io;
use weather::quality::{self, Sent};
use weather::quantity::Quantity;
use weather::report::{Draft, Warning};
use weather::time::Timestamp;
use weather::zone::Zone;

/// A record has so many lines at most: a quote that is not closed would swallow the rest of a file as one value.
const RECORD_LINES_MAX: u64 = 8;

/// A file, and what its columns mean.
pub(super) struct Table {
    reader: csv::Reader<Bounded>,
    reach: Reach,
    record: ByteRecord,
    plan: Plan,
}

/// What the columns of a file mean.
pub(super) struct Plan {
    pub when: When,
    pub times: Times,
    pub zone: Zone,
    pub values: Vec<Values>,
    /// Numbers have a comma where others have a point.
    pub decimal_comma: bool,
    /// Lines count that have this text in this column.
    pub only: Vec<(usize, String)>,
    pub received_at: Timestamp,
    /// What pressures are reduced by.
    pub reduces: Option<Reducing>,
}

/// Where the time of a line stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum When {
    /// In one column.
    In(usize),
    /// In two: the date, and the time of day.
    InTwo(usize, usize),
    /// In two, as Cumulus writes them: day, month and two digits of the year; hours and minutes.
    Cumulus(usize, usize),
}

/// A column with values.
pub(super) struct Values {
    pub place: usize,
    /// Its name in the file.
    pub name: String,
    pub target: Target,
    fallen: Fallen,
}

/// No amount of one line is larger, mm: half a metre in the hardest hour.
pub(super) const AMOUNT_MAX_MM: f64 = 500.0;

impl Values {
    pub(super) fn new(place: usize, name: impl Into<String>, target: Target) -> Self {
        Self { place, name: name.into(), target, fallen: Fallen::default() }
    }
}

impl Table {
    pub(super) fn new(reader: csv::Reader<Bounded>, reach: Reach, plan: Plan) -> Self {
        Self { reader, reach, record: ByteRecord::new(), plan }
    }

    /// The rain that has added up, by sensor.
    pub(super) fn rains(&mut self) -> impl Iterator<Item = (&Target, &mut Fallen)> {
        self.plan.values.iter_mut().map(|values| (&values.target, &mut values.fallen))
    }

    /// Reads one line; false at the end.
    pub(super) fn read(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        if !read_record(&mut self.reader, &self.reach, &mut self.record)? {
            return Ok(false);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        if self.reader.position().line().saturating_sub(line) > RECORD_LINES_MAX {
            return Err(Error::Garbled(format!("line {line}: a quote is opened and not closed")));
        }
        if self.record.iter().all(<[u8]>::is_empty) {
            return Ok(true);
        }
        batch.lines += 1;
        self.plan.line(line, &self.record, batch);
        Ok(true)
    }
}

/// Reads a record, unless it is too long; false at the end.
pub(super) fn read_record(
    reader: &mut csv::Reader<Bounded>,
    reach: &Reach,
    record: &mut ByteRecord,
) -> Result<bool, Error> {
    let (start, line) = (reader.position().byte(), reader.position().line());
    reach.record_begins(start);
    reader.read_byte_record(record).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Error::LongLine { line, max_bytes: RECORD_MAX_BYTES }
        }
        csv::ErrorKind::Io(error) => Error::Read(error),
        other => Error::Garbled(format!("{other:?}")),
    })
}

impl Plan {
    fn line(&mut self, line: u64, record: &ByteRecord, batch: &mut Batch) {
        let text = |place: usize| record.get(place).map_or(Cow::Borrowed(""), |field| text_of(field));
        if self.only.iter().any(|(place, wanted)| text(*place).trim() != wanted) {
            batch.left_out += 1;
            return;
        }
        let at = match self.when {
            When::In(place) => self.times.read(&text(place)).map_err(|why| (text(place).into_owned(), why)),
            When::InTwo(date, time) => {
                let both = format!("{} {}", text(date).trim(), text(time).trim());
                self.times.read(&both).map_err(|why| (both, why))
            }
            When::Cumulus(date, time) => {
                let both = format!("{} {}", text(date).trim(), text(time).trim());
                let at = cumulus(&both).ok_or("not a time as Cumulus writes it (dd/mm/yy hh:mm)");
                let at = at.and_then(|local| self.times.local(local)).inspect(|at| self.times.note(*at));
                at.map_err(|why| (both, why))
            }
        };
        let at = match at {
            Ok(at) => at,
            Err((text, why)) => return batch.refuse(Refused { line, warning: Warning::new("time", &text, why) }),
        };
        let mut draft = Draft::of_history(self.received_at);
        let mut before = None;
        for values in &mut self.values {
            let text = match record.get(values.place) {
                None | Some(b"") => continue,
                Some(field) => text_of(field),
            };
            let text = if self.decimal_comma && text.contains(',') { text.replace(',', ".").into() } else { text };
            let sent = quality::read_text(&text);
            let Values { target, name, fallen, .. } = values;
            before = before.or(take(&mut draft, target, fallen, name, (&text, sent), (&self.zone.clone(), at)));
        }
        reduce(&mut draft, self.reduces.as_ref(), at);
        batch.add_after(before, line, draft, at, self.received_at);
    }
}

/// Takes a value into a draft; returns what fell until the midnight that is the draft's time, with its instant.
pub(super) fn take(
    draft: &mut Draft,
    target: &Target,
    fallen: &mut Fallen,
    name: &str,
    (text, sent): (&str, Sent),
    (zone, at): (&Zone, Timestamp),
) -> Option<(Timestamp, Target, f64)> {
    let sent = match sent {
        Sent::Number(number) if target.factor != 1.0 => Sent::Number(number * target.factor),
        other => other,
    };
    let (Some(rain), Sent::Number(number)) = (target.rain, sent) else {
        draft.take(&target.sensor, target.quantity, target.unit, name, text, sent);
        return None;
    };
    let mm = target.unit.to_canonical(number);
    let limits = if rain == Rain::Amounts { 0.0..=AMOUNT_MAX_MM } else { target.quantity.limits() };
    if !limits.contains(&mm) {
        draft.refuse(name, text, format!("no rain: outside {} to {} mm", limits.start(), limits.end()));
        return None;
    }
    let unit = Quantity::Precipitation.unit();
    if rain == Rain::Total {
        draft.take(&target.sensor, target.quantity, target.unit, name, text, sent);
    }
    let Since { now, until_midnight } = fallen.take(rain, zone, at, mm)?;
    draft.take(&target.sensor, Quantity::Precipitation, unit, name, text, Sent::Number(now));
    until_midnight.map(|(last, mm)| (last, target.clone(), mm))
}

/// `22/11/26 15:00`; other signs may stand in place of the slashes.
fn cumulus(text: &str) -> Option<NaiveDateTime> {
    let digits = |c: char| if c.is_ascii_digit() { c } else { ' ' };
    NaiveDateTime::parse_from_str(&text.chars().map(digits).collect::<String>(), "%d %m %y %H %M").ok()
}

/// The text of a field. What is not UTF-8 is Latin-1.
pub(super) fn text_of(field: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(field.iter().map(|byte| char::from(*byte)).collect()),
    }
}
