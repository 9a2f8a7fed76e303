//! CSV: what its first lines say of it.

use super::batch::reduces;
use super::bounded::Bounded;
use super::column::{self, Mapping, Meaning};
use super::table::{Plan, Table, Values, When, read_record, text_of};
use super::times::Times;
use super::{Asked, Column, Error, Understood};
use csv::{ByteRecord, ReaderBuilder};
use std::io::Read;

/// Signs that may stand between columns.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines at the start of a file that are looked at.
const LINES_LOOKED_AT: usize = 50;

/// What is seen at the start of a file.
pub(super) struct Looks {
    pub separator: u8,
    pub decimal_comma: bool,
}

/// Looks at the start of a file.
pub(super) fn look(start: &[u8], asked: &Asked) -> Looks {
    let text = text_of(start);
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    let separator = asked.separator.unwrap_or_else(|| SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(b','));
    let decimal_comma = asked.decimal_comma || (separator != b',' && has_decimal_commas(start, separator));
    Looks { separator, decimal_comma }
}

/// True if some fields are numbers with a comma and none has a point: behind semicolons and tabs a comma is no separator.
fn has_decimal_commas(start: &[u8], separator: u8) -> bool {
    let (mut commas, mut points) = (0, 0);
    let mut reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(start);
    for record in reader.byte_records().take(LINES_LOOKED_AT).flatten() {
        for field in record.iter() {
            let is_number = |sign: u8| {
                let mut parts = field.splitn(2, |byte| *byte == sign);
                let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
                let whole = parts.next().unwrap_or_default();
                digits(whole.strip_prefix(b"-").unwrap_or(whole)) && parts.next().is_some_and(digits)
            };
            commas += usize::from(is_number(b','));
            points += usize::from(is_number(b'.'));
        }
    }
    commas > 0 && points == 0
}

/// Reads the header, and finds out what the columns mean.
pub(super) fn open(input: Box<dyn Read + Send>, start: &[u8], asked: &Asked) -> Result<(Table, Understood), Error> {
    let Looks { separator, decimal_comma } = look(start, asked);
    let (input, reach) = Bounded::new(input);
    let mut reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(input);
    let mut record = ByteRecord::new();
    let headers: Vec<String> = if asked.no_header {
        let first = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(start);
        let columns = first.into_byte_records().next().and_then(Result::ok).map_or(0, |record| record.len());
        (1..=columns).map(|number| format!("#{number}")).collect()
    } else {
        read_record(&mut reader, &reach, &mut record)?;
        record.iter().map(|field| text_of(field).trim().to_owned()).collect()
    };
    let meanings = meanings(&headers, asked)?;
    let when = when(&headers, &meanings)?;
    let mut values = Vec::new();
    let mut columns = Vec::with_capacity(headers.len());
    for (place, (header, meaning)) in headers.iter().zip(meanings).enumerate() {
        let is_time = match when {
            When::In(one) => one == place,
            When::InTwo(date, time) | When::Cumulus(date, time) => date == place || time == place,
        };
        let means = match meaning {
            _ if is_time => Ok("the time".to_owned()),
            Meaning::Value(target) => {
                let is_said = asked.columns.iter().any(|mapping| mapping.column == *header && mapping.is_unit_said);
                let is_said = is_said || asked.mappings.find(header).is_some();
                let is_assumed = !is_said && column::is_assumed(header, &target);
                let shown =
                    format!("{target}{}", if is_assumed { " (no unit is said; this one is taken)" } else { "" });
                values.push(Values::new(place, header, target));
                Ok(shown)
            }
            Meaning::Time | Meaning::Date | Meaning::TimeOfDay => Err("another column is the time".to_owned()),
            Meaning::Unread(why) => Err(why),
        };
        columns.push(Column { name: header.clone(), means });
    }
    if values.is_empty() {
        let columns = columns.iter().map(|column| format!("{:?}", column.name)).collect::<Vec<_>>().join(", ");
        return Err(Error::NoValues(columns));
    }
    refuse_totals_beside_rain(&mut values);
    let only = asked.only.iter().map(|(name, wanted)| Ok((place_of(&headers, name)?, wanted.clone())));
    let only = only.collect::<Result<_, Error>>()?;
    let sign = match separator {
        b'\t' => "tabs".to_owned(),
        sign => format!("\"{}\"", char::from(sign)),
    };
    let mut notes = vec![format!("columns are separated by {sign}")];
    if decimal_comma {
        notes.push("numbers have a decimal comma".to_owned());
    }
    notes.push(format!("times without an offset are local times of {}", asked.zone));
    let plan = Plan {
        when,
        times: Times::new(asked.zone.clone(), asked.time_format.clone()),
        zone: asked.zone.clone(),
        reduces: reduces(values.iter().map(|values| &values.target), asked),
        values,
        decimal_comma,
        only,
        received_at: asked.received_at,
    };
    Ok((Table::new(reader, reach, plan), Understood { notes, columns }))
}

/// The rain since midnight of a total is made only where no other column has it.
fn refuse_totals_beside_rain(values: &mut [Values]) {
    use weather::quantity::Quantity::{Precipitation, PrecipitationTotal};
    let has_rain: Vec<_> =
        values.iter().filter(|of| of.target.quantity == Precipitation).map(|of| of.target.sensor.clone()).collect();
    for of in values.iter_mut().filter(|of| of.target.quantity == PrecipitationTotal) {
        of.target.rain = (!has_rain.contains(&of.target.sensor)).then_some(super::rain::Rain::Total);
    }
}

/// What each column means: as the caller says, or as its header does.
fn meanings(headers: &[String], asked: &Asked) -> Result<Vec<Meaning>, Error> {
    for Mapping { column, .. } in &asked.columns {
        place_of(headers, column)?;
    }
    let mut meanings: Vec<_> = headers
        .iter()
        .map(|header| {
            let said = asked.columns.iter().find(|mapping| mapping.column == *header);
            match said {
                None => column::of_header(header, &asked.mappings),
                // A flag without a unit leaves the one in the header's brackets.
                Some(Mapping { meaning: Meaning::Value(target), is_unit_said: false, .. }) => {
                    Meaning::Value(column::in_brackets(header, target.clone()))
                }
                Some(mapping) => mapping.meaning.clone(),
            }
        })
        .collect();
    if !asked.time_columns.is_empty() {
        meanings.iter_mut().filter(|meaning| **meaning == Meaning::Time).for_each(|meaning| {
            *meaning = Meaning::Unread("another column is the time".to_owned());
        });
        match &asked.time_columns[..] {
            [name] => meanings[place_of(headers, name)?] = Meaning::Time,
            [date, time] if date != time => {
                meanings[place_of(headers, date)?] = Meaning::Date;
                meanings[place_of(headers, time)?] = Meaning::TimeOfDay;
            }
            _ => return Err(Error::TimeColumns),
        }
    } else if let Some((date, time)) = column::date_and_time(headers) {
        (meanings[date], meanings[time]) = (Meaning::Date, Meaning::TimeOfDay);
    }
    Ok(meanings)
}

fn place_of(headers: &[String], name: &str) -> Result<usize, Error> {
    let place = headers.iter().position(|header| header == name);
    place.ok_or_else(|| Error::NoColumn(name.to_owned(), headers.join(", ")))
}

/// Where the time stands: in two columns, or in the first that may be one.
fn when(headers: &[String], meanings: &[Meaning]) -> Result<When, Error> {
    let place = |wanted: &Meaning| meanings.iter().position(|meaning| meaning == wanted);
    if let (Some(date), Some(time)) = (place(&Meaning::Date), place(&Meaning::TimeOfDay)) {
        return Ok(When::InTwo(date, time));
    }
    place(&Meaning::Time).map(When::In).ok_or_else(|| Error::NoTime(headers.join(", ")))
}
