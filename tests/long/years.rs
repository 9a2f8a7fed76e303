//! Years of readings: what the program answers is computed another way, of the same seeded values and with none of its own code. The zone
//! has no summer time, so an hour and a day are plain arithmetic; zones that do are tested in `tests/it/storage/rollups.rs`.

use crate::kit::program::Program;
use chrono::DateTime;
use serde_json::Value;
use std::collections::BTreeMap;
use stevenson::storage::{Durability, NewStation, Options, Storage};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug};
use weather::time::Timestamp;
use weather::zone::Zone;

/// So many values are there, of ten datastreams, one a minute; another number in this variable.
const VALUES: i64 = 5_000_000;
const VARIABLE: &str = "YEARS_VALUES";
/// 2025-01-01 00:00 in Kathmandu: the last reading comes a minute before.
const END_MS: i64 = 1_735_668_900_000;
const AHEAD_MS: i64 = (5 * 60 + 45) * 60_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Reports that are appended together.
const BATCH: i64 = 5_000;
/// Hours of one question, at a point for each.
const HOURS: i64 = 1_400;

/// Ten datastreams: five of the main sensor and five of another one. Means, and what is hundreds and what is ones.
const DATASTREAMS: [(&str, &str, f64); 10] = [
    ("", "temperature", 10.0),
    ("", "humidity", 60.0),
    ("", "sea_level_pressure", 1_010.0),
    ("", "wind_speed", 4.0),
    ("", "uv_index", 3.0),
    ("indoor", "temperature", 21.0),
    ("indoor", "humidity", 45.0),
    ("indoor", "co2", 600.0),
    ("indoor", "pm2_5", 9.0),
    ("indoor", "pm10", 14.0),
];

/// A value, tenths. It wanders with the day and the year, and has noise of its own.
fn value(datastream: usize, minute: i64) -> Option<f64> {
    let mut noise =
        (minute as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (datastream as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    noise = (noise ^ (noise >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    noise ^= noise >> 29;
    // One in a hundred is missing, and a day of each forty.
    if noise.is_multiple_of(100) || (minute / 1_440 + datastream as i64) % 40 == 0 {
        return None;
    }
    let of_day = (minute % 1_440 - 720).abs() as f64 / 720.0;
    let of_year = (minute % 525_960 - 262_980).abs() as f64 / 262_980.0;
    let span = if DATASTREAMS[datastream].2 > 100.0 { 8.0 } else { DATASTREAMS[datastream].2 / 2.0 };
    // Of the span a twentieth: more would be a spike of the pressure.
    let noise = (noise >> 40) as f64 / (1_u64 << 24) as f64 / 20.0;
    Some(((DATASTREAMS[datastream].2 + span * (of_day + of_year + noise - 1.0)) * 10.0).round() / 10.0)
}

fn report(minute: i64) -> Option<Report> {
    let at = Timestamp(minute * MINUTE_MS);
    let mut draft = Draft::of_history(Timestamp(END_MS));
    for (place, (sensor, name, _)) in DATASTREAMS.into_iter().enumerate() {
        if let Some(value) = value(place, minute) {
            let quantity = Quantity::from_name(name).expect("a quantity");
            draft.take_number(&SensorName::new(sensor).expect("a name"), quantity, quantity.unit(), name, value);
        }
    }
    draft.finish(Some(at)).report
}

/// What some values are.
#[derive(Clone, Copy)]
struct Sum {
    count: u64,
    sum: f64,
    low: (f64, i64),
    high: (f64, i64),
}

/// By the number of the local hour, or of the local day.
fn sums(datastream: usize, minutes: std::ops::Range<i64>, length_ms: i64) -> BTreeMap<i64, Sum> {
    let mut all: BTreeMap<i64, Sum> = BTreeMap::new();
    for minute in minutes {
        let Some(value) = value(datastream, minute) else { continue };
        let at = minute * MINUTE_MS;
        let one = Sum { count: 1, sum: value, low: (value, at), high: (value, at) };
        all.entry((at + AHEAD_MS).div_euclid(length_ms))
            .and_modify(|sum| {
                sum.count += 1;
                sum.sum += value;
                if value < sum.low.0 {
                    sum.low = (value, at);
                }
                if value > sum.high.0 {
                    sum.high = (value, at);
                }
            })
            .or_insert(one);
    }
    all
}

async fn fill(data: &std::path::Path, first: i64, end: i64) {
    let options = Options {
        file: data.join("stevenson.db"),
        durability: Durability::Normal,
        max_database_mib: 100_000,
        batch_rows: 2 * BATCH as usize,
        ..Options::default()
    };
    let (storage, mut commits) = Storage::open(options).await.expect("opens");
    tokio::spawn(async move { while commits.next().await.is_some() {} });
    let new = NewStation {
        slug: Slug::new("years").expect("a slug"),
        name: "Years".into(),
        zone: Zone::inside("Asia/Kathmandu").expect("a zone"),
        elevation_m: None,
        coordinates: None,
    };
    let (station, _) = storage.add_station(new).await.expect("added");
    let mut minute = first;
    while minute < end {
        let next = (minute + BATCH).min(end);
        let appended = storage.append(station.id, (minute..next).filter_map(report).collect()).await.expect("stored");
        assert_eq!(appended.set_aside.iter().count(), 0, "{:?}", appended.set_aside);
        minute = next;
    }
    storage.close().await;
}

async fn get(server: &Program, path: &str) -> Value {
    let text = reqwest::get(format!("{}/api/v1/stations/years/{path}", server.url)).await.expect("answered");
    let status = text.status();
    let text = text.text().await.expect("a text");
    assert!(status.is_success(), "{path}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

fn same(one: &Value, other: f64) -> bool {
    (one.as_f64().expect("a number") - other).abs() <= 1e-9 * (1.0 + other.abs())
}

/// Means are told with two more decimals than the quantity has.
fn mean(one: &Value, sum: &Sum, of: &str) -> bool {
    let name = of.trim_start_matches("quantity=").split('&').next().expect("a name");
    let decimals = Quantity::from_name(name).expect("a quantity").decimals() + 2;
    (one.as_f64().expect("a number") - sum.sum / sum.count as f64).abs() <= 0.5 * 0.1_f64.powi(decimals as i32) + 1e-9
}

fn time(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).expect("a time").format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes"]
async fn hours_days_and_extremes_of_years_are_what_another_computation_says() {
    let values = std::env::var(VARIABLE).map_or(VALUES, |said| said.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let end = END_MS / MINUTE_MS;
    let first = end - values / 10;
    fill(folder.path(), first, end).await;
    let server = Program::start(folder.path());
    for (place, (sensor, name, _)) in DATASTREAMS.into_iter().enumerate() {
        let of = format!("quantity={name}&sensor={}", if sensor.is_empty() { "." } else { sensor });
        hours(&server, &of, &sums(place, first..end, HOUR_MS)).await;
        let days = sums(place, first..end, DAY_MS);
        let told = days_of(&server, &of, &days).await;
        whole(&told, &days);
    }
    records(&server, &sums(0, first..end, DAY_MS)).await;
}

/// The newest hours, and those of the beginning and of the middle.
async fn hours(server: &Program, of: &str, sums: &BTreeMap<i64, Sum>) {
    let (Some(first), Some(last)) = (sums.keys().next(), sums.keys().last()) else { panic!("there are some") };
    for from in [*first, first + (last - first) / 2, (last + 1 - HOURS).max(*first)] {
        let to = (from + HOURS).min(last + 1);
        let (begin, end) = (time(from * HOUR_MS - AHEAD_MS), time(to * HOUR_MS - AHEAD_MS));
        let told = get(server, &format!("series?{of}&from={begin}&to={end}&points={}", to - from)).await;
        let series = &told["series"][0];
        assert_eq!(series["made_of"], "hours", "{of}");
        let spans = series["spans"].as_array().expect("a list");
        assert_eq!(spans.len(), sums.range(from..to).count(), "{of} from {begin} to {end}");
        for (span, (number, sum)) in spans.iter().zip(sums.range(from..to)) {
            assert_eq!(span["from_unix_ms"], number * HOUR_MS - AHEAD_MS, "{of}: {span}");
            assert_eq!(span["count"], sum.count, "{of}: {span}");
            let is_it = mean(&span["mean"], sum, of) && same(&span["min"], sum.low.0) && same(&span["max"], sum.high.0);
            assert!(is_it, "{of}: {span}, but {} to {}", sum.low.0, sum.high.0);
        }
    }
}

/// All days, with the times of their lows and highs.
async fn days_of(server: &Program, of: &str, sums: &BTreeMap<i64, Sum>) -> Vec<Value> {
    let date = |number: i64| time(number * DAY_MS)[..10].to_owned();
    let (Some(first), Some(last)) = (sums.keys().next(), sums.keys().last()) else { panic!("there are some") };
    let told = get(server, &format!("days?{of}&from={}&to={}", date(*first), date(*last))).await;
    let days = told["series"][0]["days"].as_array().expect("a list").clone();
    assert_eq!(days.len(), sums.len(), "{of}");
    for (day, (number, sum)) in days.iter().zip(sums) {
        assert_eq!((&day["date"], &day["count"]), (&date(*number).into(), &sum.count.into()), "{of}");
        let is_it = mean(&day["mean"], sum, of) && same(&day["low"], sum.low.0) && same(&day["high"], sum.high.0);
        assert!(is_it, "{of}: {day}");
        assert_eq!((&day["low_unix_ms"], &day["high_unix_ms"]), (&sum.low.1.into(), &sum.high.1.into()), "{of}");
    }
    days
}

/// Months and years, joined of the days that were told: as many values, and the extremes where they were.
fn whole(told: &[Value], days: &BTreeMap<i64, Sum>) {
    for length in [7, 4] {
        let (mut ours, mut theirs): (BTreeMap<String, (u64, f64, f64)>, BTreeMap<_, _>) = Default::default();
        let join = |all: &mut BTreeMap<String, (u64, f64, f64)>, date: String, one: (u64, f64, f64)| {
            let entry = all.entry(date[..length].to_owned()).or_insert((0, f64::INFINITY, f64::NEG_INFINITY));
            *entry = (entry.0 + one.0, entry.1.min(one.1), entry.2.max(one.2));
        };
        for (number, sum) in days {
            join(&mut ours, time(number * DAY_MS), (sum.count, sum.low.0, sum.high.0));
        }
        for day in told {
            let number = |name: &str| day[name].as_f64().expect("a number");
            let one = (day["count"].as_u64().expect("a count"), number("low"), number("high"));
            join(&mut theirs, day["date"].as_str().expect("a date").to_owned(), one);
        }
        assert_eq!(ours, theirs);
    }
}

/// The page of records has the highest and the lowest temperature of all, and a month's table its own.
async fn records(server: &Program, days: &BTreeMap<i64, Sum>) {
    let text = async |path: &str| {
        let answer = reqwest::get(format!("{}/s/years/{path}", server.url)).await.expect("answered");
        assert!(answer.status().is_success(), "{path}");
        answer.text().await.expect("a text")
    };
    let of = |days: &mut dyn Iterator<Item = &Sum>| {
        days.fold((f64::INFINITY, f64::NEG_INFINITY), |all, sum| (all.0.min(sum.low.0), all.1.max(sum.high.0)))
    };
    let (low, high) = of(&mut days.values());
    let page = text("records").await;
    assert!(page.contains(&format!("{high:.1}")) && page.contains(&format!("{low:.1}")), "from {low} to {high}");
    let month: Vec<_> = days.iter().filter(|(number, _)| time(*number * DAY_MS).starts_with("2024-12")).collect();
    let (low, high) = of(&mut month.iter().map(|(_, sum)| *sum));
    let table = text("climate/2024-12.txt").await;
    assert!(table.contains(&format!("{high:.1}")) && table.contains(&format!("{low:.1}")), "{low} to {high}: {table}");
}
