//! How exports are written: each as the doors for readings, and `stevenson import`, read it.

use chrono::SecondsFormat;
use std::io::Write;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::SensorName;
use weather::time::{SECOND_MS, Timestamp};
use weather::zone::Zone;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line for each instant, with a column for each quantity of each sensor.
    Csv,
    /// The same as JSON objects.
    Json,
    /// InfluxDB's line protocol: a line for each instant and sensor.
    Line,
}

impl Format {
    /// The format of that name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "ndjson" => Some(Self::Json),
            "line" => Some(Self::Line),
            _ => None,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/x-ndjson",
            Self::Line => "text/plain; charset=utf-8",
        }
    }

    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "ndjson",
            Self::Line => "line.txt",
        }
    }
}

/// Writes lines.
pub(super) struct Written {
    format: Format,
    slug: String,
    zone: Option<Zone>,
}

/// What a sensor said at an instant, if it said something, and the quantities that it has.
type Said<'s> = (&'s SensorName, &'s [Quantity], Option<Values>);

impl Written {
    pub(super) fn new(format: Format, slug: &str, zone: Option<Zone>) -> Self {
        Self { format, slug: slug.to_owned(), zone }
    }

    /// Writes what stands before all lines.
    pub(super) fn begin<'s>(&self, to: &mut Vec<u8>, sensors: impl Iterator<Item = (&'s SensorName, &'s [Quantity])>) {
        if self.format != Format::Csv {
            return;
        }
        to.extend_from_slice(b"time");
        for (sensor, quantities) in sensors {
            for quantity in quantities {
                let key = sensor.key(*quantity);
                match quantity.unit().symbol() {
                    "" => push(to, format_args!(",{key}")),
                    symbol => push(to, format_args!(",{key} ({symbol})")),
                }
            }
        }
        to.push(b'\n');
    }

    /// Writes what all sensors said at an instant.
    pub(super) fn line<'s>(&self, to: &mut Vec<u8>, at: Timestamp, said: impl Iterator<Item = Said<'s>>) {
        match self.format {
            Format::Csv => {
                self.time(to, at);
                for (_, quantities, values) in said {
                    for quantity in quantities {
                        to.push(b',');
                        if let Some(value) = values.and_then(|values| values.get(*quantity)) {
                            number(to, value);
                        }
                    }
                }
            }
            Format::Json => {
                to.extend_from_slice(b"{\"observed_at\":\"");
                self.time(to, at);
                to.push(b'"');
                for (sensor, quantity, value) in said.flat_map(each) {
                    push(to, format_args!(",\"{}\":", sensor.key(quantity)));
                    number(to, value);
                }
                to.push(b'}');
            }
            Format::Line => return self.influx(to, at, said),
        }
        to.push(b'\n');
    }

    fn influx<'s>(&self, to: &mut Vec<u8>, at: Timestamp, said: impl Iterator<Item = Said<'s>>) {
        for (sensor, quantities, values) in said.filter(|(.., values)| values.is_some()) {
            push(to, format_args!("weather,station={}", self.slug));
            if !sensor.is_main() {
                push(to, format_args!(",sensor={}", sensor.as_str()));
            }
            for (place, (_, quantity, value)) in each((sensor, quantities, values)).enumerate() {
                push(to, format_args!("{}{}=", if place == 0 { ' ' } else { ',' }, quantity.name()));
                number(to, value);
            }
            push(to, format_args!(" {}000000\n", at.0));
        }
    }

    /// RFC 3339, with milliseconds where there are some.
    fn time(&self, to: &mut Vec<u8>, at: Timestamp) {
        let whole = at.0.rem_euclid(SECOND_MS) == 0;
        let format = if whole { SecondsFormat::Secs } else { SecondsFormat::Millis };
        let text = match &self.zone {
            Some(zone) => at.to_utc().with_timezone(zone).to_rfc3339_opts(format, false),
            None => at.to_utc().to_rfc3339_opts(format, true),
        };
        to.extend_from_slice(text.as_bytes());
    }
}

/// The values that are wanted.
fn each<'s>((sensor, quantities, values): Said<'s>) -> impl Iterator<Item = (&'s SensorName, Quantity, f64)> {
    let value = move |quantity: &Quantity| Some((sensor, *quantity, values?.get(*quantity)?));
    quantities.iter().filter_map(value)
}

/// The shortest digits that read back as the same number, without a point where there is nothing behind it.
fn number(to: &mut Vec<u8>, value: f64) {
    /// Longer ones are written with an exponent.
    const DIGITS_MAX: usize = 24;
    let start = to.len();
    push(to, format_args!("{value}"));
    if to.len() - start > DIGITS_MAX {
        to.truncate(start);
        push(to, format_args!("{value:e}"));
    }
}

/// Writing to memory does not fail.
fn push(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = to.write_fmt(text);
}
