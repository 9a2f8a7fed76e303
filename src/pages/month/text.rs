//! A month as plain text, in the layout of NOAA's climate summaries that weather software has printed for decades: a line for each
//! day, columns at fixed places.

use crate::pages::clock;
use crate::pages::height::elevation;
use crate::pages::past::Years;
use crate::pages::records::{base_c, degrees};
use chrono::{Datelike, NaiveDate};
use std::fmt::Write;
use weather::climate::month::{DayFigures, Table};
use weather::climate::records::Record;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::units::format_half_up;
use weather::zone::Zone;

/// What stands for a figure that is not known.
const UNKNOWN: &str = "N/A";
/// The heads of the columns. Every line is as wide.
const HEAD: [&str; 3] = [
    "                                         HEAT   COOL           AVG",
    "      MEAN                               DEG    DEG           WIND                  DOM",
    "DAY   TEMP   HIGH   TIME    LOW   TIME   DAYS   DAYS   RAIN   SPEED  HIGH   TIME    DIR",
];
/// Characters between the ends of a line.
const WIDTH: usize = 87;

/// The month that begins on that day.
pub fn month_text(years: &Years, first: NaiveDate, now: Timestamp, preference: Preference) -> String {
    let (station, calendar) = (&years.station, years.calendar(now));
    let table = Table::of(&years.days, first, base_c(preference), &calendar);
    let shown = Printed { zone: &station.zone, preference };
    let title = format!("MONTHLY CLIMATOLOGICAL SUMMARY for {}", first.format("%b %Y"));
    let mut text = format!("{title:^WIDTH$}").trim_end().to_owned() + "\n\n";
    let unit = |quantity| preference.unit(quantity).symbol();
    let rule = "-".repeat(WIDTH);
    let height = station.elevation_m.map_or_else(|| UNKNOWN.to_owned(), |metres| elevation(metres, preference));
    let units = format!(
        "TEMPERATURE ({}), RAIN ({}), WIND ({}), DEGREE DAYS FROM {}",
        unit(Quantity::Temperature),
        unit(Quantity::Precipitation),
        unit(Quantity::WindSpeed),
        preference.text(Quantity::Temperature, base_c(preference)),
    );
    let head = HEAD.join("\n");
    let lines: Vec<String> = match table.is_empty() {
        true => vec!["No readings of this month.".to_owned()],
        false => table.lines.iter().map(|line| shown.day(line)).collect(),
    };
    // Writing to memory does not fail.
    let _ = write!(
        text,
        "NAME: {}\nELEV: {height}   ZONE: {}\n\n{units}\n\n{head}\n{rule}\n{}\n{rule}\n",
        station.name,
        station.zone.name(),
        lines.join("\n"),
    );
    if !table.is_empty() {
        text.push_str(&shown.whole(&table));
        text.push('\n');
        // A station without a rain gauge misses no rain.
        if !(table.complete && (table.rain_complete || table.rain.is_none())) {
            text.push_str("\nIncomplete: readings of less than 80 % of the days.\n");
        }
    }
    text
}

struct Printed<'a> {
    zone: &'a Zone,
    preference: Preference,
}

/// The columns of a line, as texts.
struct Columns {
    day: String,
    mean: String,
    high: [String; 2],
    low: [String; 2],
    heating: String,
    cooling: String,
    rain: String,
    wind: String,
    gust: [String; 2],
    from: String,
}

impl Columns {
    fn line(&self) -> String {
        let Self { day, mean, high: [high, high_at], low: [low, low_at], heating, cooling, rain, wind, gust, from } =
            self;
        let [gust, gust_at] = gust;
        format!(
            "{day:<3} {mean:>6} {high:>6} {high_at:>6} {low:>6} {low_at:>6} {heating:>6} {cooling:>6} {rain:>6} {wind:>6} {gust:>6} {gust_at:>6} {from:>6}"
        )
    }
}

impl Printed<'_> {
    fn number(&self, quantity: Quantity, value: Option<f64>) -> String {
        value.map_or_else(|| UNKNOWN.to_owned(), |value| self.preference.digits(quantity, value))
    }

    fn kelvins(&self, kelvins: Option<f64>) -> String {
        kelvins.map_or_else(|| UNKNOWN.to_owned(), |kelvins| degrees(kelvins, self.preference))
    }

    fn direction(degrees: Option<f64>) -> String {
        // North is 360, as in all reports of the weather; calm has no direction.
        degrees.map_or_else(
            || UNKNOWN.to_owned(),
            |degrees| match format_half_up(degrees, 0) {
                zero if zero == "0" => "360".to_owned(),
                degrees => degrees,
            },
        )
    }

    fn day(&self, line: &DayFigures) -> String {
        let time = |at: Option<Timestamp>| at.map_or_else(String::new, |at| clock::hour_minute(self.zone, at));
        let (temperature, gust) = (line.temperature, line.gust);
        Columns {
            day: format!("{:02}", line.date.day()),
            mean: self.number(Quantity::Temperature, temperature.map(|day| day.mean)),
            high: [
                self.number(Quantity::Temperature, temperature.map(|day| day.high)),
                time(temperature.map(|day| day.high_at)),
            ],
            low: [
                self.number(Quantity::Temperature, temperature.map(|day| day.low)),
                time(temperature.map(|day| day.low_at)),
            ],
            heating: self.kelvins(line.heating),
            cooling: self.kelvins(line.cooling),
            rain: self.number(Quantity::Precipitation, line.rain),
            wind: self.number(Quantity::WindSpeed, line.wind),
            gust: [self.number(Quantity::WindGust, gust.map(|gust| gust.value)), time(gust.map(|gust| gust.at))],
            from: Self::direction(line.direction),
        }
        .line()
    }

    /// The month's means, extremes with their days, and sums.
    fn whole(&self, table: &Table) -> String {
        let dated = |quantity, record: Option<Record>| {
            let day = record.map_or_else(String::new, |record| format!("{:02}", record.date.day()));
            [self.number(quantity, record.map(|record| record.value)), day]
        };
        Columns {
            day: String::new(),
            mean: self.number(Quantity::Temperature, table.mean),
            high: dated(Quantity::Temperature, table.highest),
            low: dated(Quantity::Temperature, table.lowest),
            heating: self.kelvins(table.heating),
            cooling: self.kelvins(table.cooling),
            rain: self.number(Quantity::Precipitation, table.rain),
            wind: self.number(Quantity::WindSpeed, table.wind),
            gust: dated(Quantity::WindGust, table.gust),
            from: Self::direction(table.direction),
        }
        .line()
    }
}
