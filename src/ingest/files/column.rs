//! What a column of a file means: by a flag, or by its name.

use super::target::{RAIN_AMOUNT, RAIN_COUNTER, Target, by_upload, counter, named, normal, unit_of};
use crate::ingest::json::{clock, names};
use weather::mapping::Mappings;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// What a column means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// The time of the line.
    Time,
    /// Its date, where the time of day stands in another column.
    Date,
    /// Its time of day.
    TimeOfDay,
    /// Values.
    Value(Target),
    /// Nothing is read from it, for this reason.
    Unread(String),
}

/// A column that the caller has mapped: `Temp (F)=temperature:F`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    pub(super) column: String,
    pub(super) meaning: Meaning,
    pub(super) is_unit_said: bool,
}

/// Names of rain that may be anything.
const ANY_RAIN: [&str; 6] = ["rain", "rainfall", "rain_total", "precip", "precipitation_amount", "rain_mm"];
/// What is to be said of them.
const WHICH_RAIN: &str = "rain since when? Map it: precipitation (since midnight), rain_amount (since the line before), \
    rain_counter (a console's counter of the day) or precipitation_total (a counter that is never reset)";
/// More names of a time, beside those of uploads.
const TIMES: [&str; 7] = ["date_time", "datetime_utc", "time_utc", "timestamp_utc", "date_utc", "unix", "epoch"];
/// Names that a date and a time of day have in columns of their own.
const DATES: [&str; 3] = ["date", "datum", "day"];
/// See [`DATES`].
const TIMES_OF_DAY: [&str; 5] = ["time", "zeit", "uhrzeit", "hour", "time_of_day"];

impl Mapping {
    /// Reads `COLUMN=MEANING`, where the meaning is `time`, `ignore`, or a quantity with the sensor before it and the unit
    /// behind it: `indoor/temperature:F`.
    ///
    /// # Errors
    /// What is wrong, for the person who wrote it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (column, said) =
            text.rsplit_once('=').ok_or("write COLUMN=QUANTITY, such as \"Temp (F)=temperature:F\"")?;
        let (column, said) = (column.trim().to_owned(), said.trim());
        let mapped = |meaning| Ok(Self { column: column.clone(), meaning, is_unit_said: true });
        match said {
            "time" => return mapped(Meaning::Time),
            "ignore" | "-" => return mapped(Meaning::Unread("left out as asked".to_owned())),
            _ => {}
        }
        let (name, unit) = said.split_once(':').map_or((said, None), |(name, unit)| (name, Some(unit)));
        let (sensor, name) = name.rsplit_once('/').unwrap_or(("", name));
        let sensor = SensorName::new(sensor).map_err(|error| error.to_string())?;
        let mut target = named(name).ok_or_else(|| {
            format!("{name:?} is no quantity; quantities are {}, and {RAIN_AMOUNT}, {RAIN_COUNTER}", quantities())
        })?;
        if !sensor.is_main() {
            target.sensor = sensor;
        }
        if let Some(unit) = unit {
            (target.unit, target.factor) = unit_of(unit, target.quantity)
                .ok_or_else(|| format!("{unit:?} is no unit of {}", target.quantity.name()))?;
        }
        Ok(Self { column, meaning: Meaning::Value(target), is_unit_said: unit.is_some() })
    }
}

/// All quantities that a flag can name.
fn quantities() -> String {
    Quantity::shown().map(Quantity::name).collect::<Vec<_>>().join(", ")
}

/// What a column means: by the name in its header, or, if that means nothing, as the station's owner has said of such a field.
pub(super) fn of_header(header: &str, mappings: &Mappings) -> Meaning {
    match (of_name(header), mappings.find(header)) {
        (Meaning::Unread(_), Some(mapping)) => {
            let target = Target::new(mapping.sensor().clone(), mapping.quantity(), mapping.unit());
            Meaning::Value(counter(target))
        }
        (meaning, _) => meaning,
    }
}

/// What a column means by its name: `Temp (°F)`, `indoor/temperature`, `tempf`, `outTemp`.
fn of_name(header: &str) -> Meaning {
    let (name, unit) = bracketed(header);
    let (sensor, own) = name.rsplit_once('/').unwrap_or(("", name));
    let lower = normal(own);
    if lower.is_empty() {
        return Meaning::Unread("has no name".to_owned());
    }
    if sensor.is_empty() && (clock::is_time(&lower) || TIMES.contains(&lower.as_str())) {
        return Meaning::Time;
    }
    let sensor = match SensorName::new(sensor.trim()) {
        Ok(sensor) => sensor,
        Err(error) => return Meaning::Unread(error.short().to_string()),
    };
    if ANY_RAIN.contains(&lower.as_str()) {
        return Meaning::Unread(WHICH_RAIN.to_owned());
    }
    let target = match named(&lower) {
        Some(target) => Some(target),
        None => match by_upload(&lower, unit) {
            Ok(target) => target,
            Err(why) => return Meaning::Unread(why),
        },
    };
    let Some(mut target) = target else {
        return Meaning::Unread(names::not_stored(&lower).unwrap_or("not known here").to_owned());
    };
    if !sensor.is_main() {
        target.sensor = sensor;
    }
    let Some(text) = unit else { return Meaning::Value(target) };
    match unit_of(text, target.quantity) {
        Some((unit, factor)) if target.unit == target.quantity.unit() || target.unit == unit => {
            (target.unit, target.factor) = (unit, factor);
            Meaning::Value(target)
        }
        Some(_) => Meaning::Unread(format!("its name says {}, its brackets say {text}", target.unit.symbol())),
        None => Meaning::Unread(format!("{text:?} is no unit of {}", target.quantity.name())),
    }
}

/// The target of a flag that says no unit, in the unit of the header's brackets.
pub(super) fn in_brackets(header: &str, mut target: Target) -> Target {
    if let Some((unit, factor)) = bracketed(header).1.and_then(|unit| unit_of(unit, target.quantity)) {
        (target.unit, target.factor) = (unit, factor);
    }
    target
}

/// True if nothing says the unit of a column that may have several: ours is taken, and the caller has to see it.
pub(super) fn is_assumed(header: &str, target: &Target) -> bool {
    let (name, unit) = bracketed(header);
    let ours = target.quantity.unit();
    let others = Unit::ALL.into_iter().any(|unit| unit.canonical() == ours && unit != ours && !unit.is_code());
    let is_told = !ours.suffix().is_empty() && normal(name).ends_with(ours.suffix());
    unit.is_none() && target.unit == ours && target.factor == 1.0 && others && !is_told
}

/// Which columns hold a date and a time of day, by their names, if two do.
pub(super) fn date_and_time(headers: &[String]) -> Option<(usize, usize)> {
    let place =
        |names: &[&str]| headers.iter().position(|header| names.contains(&normal(bracketed(header).0).as_str()));
    place(&DATES).zip(place(&TIMES_OF_DAY))
}

/// A header without the unit in brackets at its end, and the unit.
fn bracketed(header: &str) -> (&str, Option<&str>) {
    let header = header.trim();
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((name, unit)) = header.strip_suffix(close).and_then(|inner| inner.rsplit_once(open)) {
            return (name.trim(), Some(unit.trim()).filter(|unit| !unit.is_empty()));
        }
    }
    (header, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(header: &str) -> String {
        match of_name(header) {
            Meaning::Value(target) => target.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_header_says_quantity_sensor_and_unit() {
        for (header, expected) in [
            ("temperature", "temperature, °C"),
            ("Temp (°F)", "temperature, °F"),
            ("temperature_f", "temperature, °F"),
            ("indoor/temperature (°C)", "indoor/temperature, °C"),
            ("Wind Speed (km/h)", "wind_speed, km/h"),
            ("wind_gust [mph]", "wind_gust, mph"),
            ("UV Index", "uv_index"),
            ("uv_index", "uv_index"),
            ("tempf", "temperature, °F"),
            ("indoorhumidity", "indoor/humidity, %"),
            ("dailyrainin", "precipitation, in (a counter of the day)"),
            ("precipitation (mm)", "precipitation, mm"),
            ("rain_amount (in)", "precipitation, in (fell since the line before)"),
            ("outTemp (degree)", "Unread(\"\\\"degree\\\" is no unit of temperature\")"),
            ("outTemp (F)", "temperature, °F"),
            ("time", "Time"),
            ("dateTime", "Time"),
            ("temperature_f (°C)", "Unread(\"its name says °F, its brackets say °C\")"),
            ("mood", "Unread(\"not known here\")"),
            ("precipitation_rate (mm)", "precipitation_rate, mm/h"),
        ] {
            assert_eq!(shown(header), expected, "{header}");
        }
        assert!(shown("outTemp").contains("its unit is not said"), "{}", shown("outTemp"));
        assert!(shown("rain (mm)").contains("since when"), "{}", shown("rain (mm)"));
        assert!(shown("pressure").contains("its unit is not said"), "{}", shown("pressure"));
    }

    #[test]
    fn a_flag_says_what_a_column_means() {
        let read = |text: &str| match Mapping::read(text) {
            Ok(Mapping { column, meaning: Meaning::Value(target), .. }) => format!("{column}: {target}"),
            Ok(other) => format!("{other:?}"),
            Err(why) => why,
        };
        assert_eq!(read("Temp (F)=temperature:F"), "Temp (F): temperature, °F");
        assert_eq!(read("T=in=indoor/temperature"), "T=in: indoor/temperature, °C");
        assert_eq!(read("R=rain_amount:cm"), "R: precipitation, cm (fell since the line before)");
        assert!(read("T=temprature").contains("no quantity"), "{}", read("T=temprature"));
        assert!(read("T=temperature:mph").contains("no unit of temperature"));
        assert!(read("T").contains("COLUMN=QUANTITY"));
    }

    #[test]
    fn every_quantity_is_read_back_from_its_own_header() {
        for quantity in Quantity::shown() {
            for sensor in ["", "indoor", "temp1"] {
                let sensor = SensorName::new(sensor).expect("a name");
                let header = match quantity.unit().symbol() {
                    "" => sensor.key(quantity),
                    symbol => format!("{} ({symbol})", sensor.key(quantity)),
                };
                let target = Target::new(sensor, quantity, quantity.unit());
                assert_eq!(of_name(&header), Meaning::Value(target), "{header}");
            }
        }
    }
}
