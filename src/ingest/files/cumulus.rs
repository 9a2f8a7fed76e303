//! The monthly logs of Cumulus and CumulusMX: `MMMyylog.txt`, and from version 4 on `yyyyMMlog.txt`. They have no header.
//!
//! Fields: CumulusMX, `LogFileRec.ParseCsvRec`. Version 4 writes date and time into the first field and Unix seconds into the
//! second; before, they were two fields. From the third on both are the same.

use super::batch::reduces;
use super::bounded::Bounded;
use super::column::{Mapping, Meaning};
use super::comma::{self, Looks};
use super::rain::Rain;
use super::table::{Plan, Table, Values, When, text_of};
use super::target::Target;
use super::times::Times;
use super::units::Units;
use super::{Asked, Column, Error, Understood};
use csv::ReaderBuilder;
use std::io::Read;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// A line has at least so many fields: up to the indoor humidity.
const FIELDS_MIN: usize = 14;
/// Where rain since midnight stands in newer logs. Cumulus's own day may begin at nine.
const RAIN_SINCE_MIDNIGHT: usize = 26;

/// True if a file begins as such a log does.
pub(super) fn is_one(start: &[u8], asked: &Asked) -> bool {
    let Looks { separator, .. } = comma::look(start, asked);
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let fields: Vec<_> = first.split(|byte| *byte == separator).collect();
    let date = fields.first().map(|field| text_of(field)).unwrap_or_default();
    let date = date.split(' ').next().unwrap_or_default();
    let parts: Vec<_> = date.split(['/', '-', '.']).collect();
    let is_date =
        parts.len() == 3 && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()));
    fields.len() >= FIELDS_MIN && is_date
}

/// Finds out which of the two kinds a log is.
pub(super) fn open(input: Box<dyn Read + Send>, start: &[u8], asked: &Asked) -> Result<(Table, Understood), Error> {
    let Looks { separator, decimal_comma } = comma::look(start, asked);
    let mut reader = ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true);
    let first = reader.from_reader(start).into_byte_records().next().and_then(Result::ok).unwrap_or_default();
    let second = first.get(1).map(|field| text_of(field)).unwrap_or_default();
    let when = if second.trim().len() > 8 { When::In(1) } else { When::Cumulus(0, 1) };
    let mut values = Vec::new();
    let mut columns = vec![Column { name: "field 0 and 1".to_owned(), means: Ok("the time".to_owned()) }];
    for (place, name, target) in fields(asked.cumulus, first.len()) {
        let is_left_out =
            |mapping: &Mapping| mapping.column == place.to_string() && matches!(mapping.meaning, Meaning::Unread(_));
        if asked.columns.iter().any(is_left_out) {
            columns.push(Column { name: format!("field {place}, {name}"), means: Err("left out as asked".to_owned()) });
            continue;
        }
        columns.push(Column { name: format!("field {place}, {name}"), means: Ok(target.to_string()) });
        values.push(Values::new(place, name, target));
    }
    let Units { temperature, pressure, wind, rain } = asked.cumulus;
    let symbols = [temperature, pressure, wind, rain].map(Unit::symbol);
    let [temperature, pressure, wind, rain] = symbols;
    let notes = vec![
        format!(
            "the log does not say its units: {temperature}, {pressure}, {wind}, {rain} are taken; \
            say others with --units temperature=F, pressure=inHg, wind=mph, rain=in"
        ),
        "Cumulus writes 0 for what a station has no sensor of: leave it out with --column 17=ignore".to_owned(),
        match when {
            When::Cumulus(..) => format!("times are local times of {}", asked.zone),
            _ => "times are Unix times".to_owned(),
        },
    ];
    let plan = Plan {
        when,
        times: Times::new(asked.zone.clone(), None),
        zone: asked.zone.clone(),
        reduces: reduces(values.iter().map(|values| &values.target), asked),
        values,
        decimal_comma: decimal_comma || separator == b';',
        only: Vec::new(),
        received_at: asked.received_at,
    };
    let (input, reach) = Bounded::new(input);
    Ok((Table::new(reader.from_reader(input), reach, plan), Understood { notes, columns }))
}

/// The fields that are read. Not read: what follows from others (wind chill, heat index, feels like …), the gust of the
/// moment, the counters of the year.
fn fields(units: Units, count: usize) -> Vec<(usize, &'static str, Target)> {
    use Quantity::*;
    let Units { temperature, pressure, wind, rain } = units;
    let rate = if rain == Unit::Inch { Unit::InchPerHour } else { Unit::MillimetrePerHour };
    let main = |quantity, unit| Target::new(SensorName::main(), quantity, unit);
    let indoor = SensorName::new("indoor").unwrap_or_default();
    let inside = |quantity, unit| Target::new(indoor.clone(), quantity, unit);
    let mut fields = vec![
        (2, "outside temperature", main(Temperature, temperature)),
        (3, "outside humidity", main(Humidity, Unit::Percent)),
        (4, "dew point", main(DewPoint, temperature)),
        (5, "average wind", main(WindSpeed, wind)),
        (6, "recent gust", main(WindGust, wind)),
        (7, "wind bearing", main(WindDirection, Unit::Degree)),
        (8, "rain rate", main(PrecipitationRate, rate)),
        (10, "sea level pressure", main(SeaLevelPressure, pressure)),
        (12, "inside temperature", inside(Temperature, temperature)),
        (13, "inside humidity", inside(Humidity, Unit::Percent)),
        (17, "UV index", main(UvIndex, Unit::One)),
        (18, "solar radiation", main(SolarRadiation, Unit::WattPerSquareMetre)),
    ];
    fields.push(if count > RAIN_SINCE_MIDNIGHT {
        (RAIN_SINCE_MIDNIGHT, "rain since midnight", main(Precipitation, rain))
    } else {
        (9, "rain today", main(Precipitation, rain).of_rain(Rain::Counter))
    });
    fields.retain(|(place, ..)| *place < count);
    fields
}
