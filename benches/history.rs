//! How fast years are read, beside the same grouped from single rows, in one run: compare within it.
//!
//! `cargo bench --bench history -- --rows 5000000` makes a station with as many reports of ten values, one a minute, and asks. The values
//! follow from the minute alone, so each run has the same. With `--database postgres://…`, an empty one, the same is asked of that and of a
//! file, in turns, and nothing else. With `--cost` only what hours and days cost is measured.

#![expect(clippy::disallowed_methods, reason = "a bench measures by real clocks")]

#[path = "history/engines.rs"]
mod engines;
#[path = "history/keeping.rs"]
mod keeping;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stevenson::storage::{Durability, NewStation, Options, Storage};
use weather::day;
use weather::quantity::Quantity::{self, *};
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug, Station};
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// What a usual station sends.
const TEN: [Quantity; 10] = [
    Temperature,
    Humidity,
    DewPoint,
    SeaLevelPressure,
    WindSpeed,
    WindGust,
    WindDirection,
    Precipitation,
    SolarRadiation,
    UvIndex,
];
/// 2026-11-22 00:00 UTC: the last report comes a minute before.
const END: Timestamp = Timestamp(1_795_305_600_000);
/// Reports that are appended together, as an import does.
const BATCH: i64 = 5_000;
/// Uploads that are under way together.
const AT_ONCE: usize = 2;
/// Times that a question is asked; the median counts.
const TIMES: usize = 21;
/// Times that it is asked of single rows.
const NAIVE_TIMES: usize = 5;
/// Spans of a series, and buckets of the same from single rows.
const POINTS: u32 = 500;
/// Rows if nobody says how many: a year.
const ROWS: i64 = 525_600;
/// Stations of which the newest values are asked.
const STATIONS: usize = 1_000;

fn report(minute: i64) -> Report {
    report_at(minute, END.plus(-minute * MINUTE_MS))
}

/// The values of a minute at another time.
fn report_at(minute: i64, at: Timestamp) -> Report {
    let number = END.plus(-minute * MINUTE_MS).0 / MINUTE_MS;
    let mut draft = Draft::of_history(at.max(END));
    for quantity in TEN {
        let of_day = (number % 1_440) as f64 / 1_440.0 * std::f64::consts::TAU;
        let of_year = (number % 525_960) as f64 / 525_960.0 * std::f64::consts::TAU;
        let noise = ((number * 7_919 + quantity.index() as i64 * 104_729) % 97) as f64 / 97.0;
        let value = match quantity {
            Temperature => 9.0 - 9.0 * of_year.cos() - 4.0 * of_day.cos() + noise,
            DewPoint => 4.0 - 8.0 * of_year.cos() + noise,
            Humidity => 65.0 + 20.0 * of_day.cos() + 5.0 * noise,
            SeaLevelPressure => 1_013.0 + 12.0 * (of_year * 41.0).sin() + noise / 5.0,
            WindSpeed => 3.0 - 1.5 * of_day.cos() + noise,
            WindGust => 5.0 - 1.5 * of_day.cos() + 3.0 * noise,
            WindDirection => (200.0 + 90.0 * (of_year * 57.0).sin() + 40.0 * noise).rem_euclid(360.0),
            // Every third day it rains.
            Precipitation => (number % 1_440 / 60) as f64 * if number / 1_440 % 3 == 0 { 0.2 } else { 0.0 },
            SolarRadiation => (-700.0 * of_day.cos() + 50.0 * noise).max(0.0),
            _ => (-6.0 * of_day.cos() + noise).max(0.0),
        };
        let decimals = 10.0_f64.powi(i32::try_from(quantity.decimals()).unwrap_or(0));
        draft.take_number(&SensorName::main(), quantity, quantity.unit(), "", (value * decimals).round() / decimals);
    }
    draft.finish(Some(at)).report.expect("ten values")
}

async fn open(file: &Path) -> Storage {
    open_with(file, |_| {}).await
}

async fn open_with(file: &Path, change: impl FnOnce(&mut Options)) -> Storage {
    let (file, durability) = (file.to_owned(), Durability::Normal);
    // As an import has them.
    let (batch_rows, queue_mib) = (BATCH as usize, 256);
    let mut options =
        Options { file, durability, max_database_mib: 100_000, queue_mib, batch_rows, ..Options::default() };
    change(&mut options);
    let (storage, mut commits) = Storage::open(options).await.expect("opens");
    // Someone listens, as in the server.
    tokio::spawn(async move { while commits.next().await.is_some() {} });
    storage
}

async fn station(storage: &Storage, number: usize) -> Arc<Station> {
    let new = NewStation {
        slug: Slug::new(&format!("station-{number}")).expect("a slug"),
        name: "Station".into(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: None,
        coordinates: None,
    };
    storage.add_station(new).await.expect("added").0
}

/// Appends so many reports, the oldest first; returns how long that took without the making of reports.
async fn fill(storage: &Storage, station: &Station, rows: i64) -> Duration {
    let (mut spent, mut left) = (Duration::ZERO, rows);
    while left > 0 {
        let mut uploads = Vec::new();
        while uploads.len() < AT_ONCE && left > 0 {
            let some = left.min(BATCH);
            uploads.push((left - some + 1..=left).rev().map(report).collect::<Vec<_>>());
            left -= some;
        }
        let begun = Instant::now();
        let appends = uploads.into_iter().map(|reports| storage.append(station.id, reports));
        for answer in futures_util::future::join_all(appends).await {
            assert!(answer.expect("stored").stored > 0);
        }
        spent += begun.elapsed();
    }
    spent
}

/// The median of so many times, ms.
async fn median(times: usize, mut ask: impl AsyncFnMut()) -> f64 {
    let mut spent = Vec::new();
    for _ in 0..times {
        let begun = Instant::now();
        ask().await;
        spent.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    spent.sort_by(f64::total_cmp);
    spent[spent.len() / 2]
}

async fn compare(storage: &Storage, station: &Station, (what, ms): (&str, i64), quantity: Quantity) -> String {
    let (main, from) = (SensorName::main(), END.plus(-ms));
    let ours = median(TIMES, async || {
        let series = storage.series(station, (&main, quantity), (from, END), POINTS).await.expect("read");
        assert!(!series.spans.is_empty() && series.spans.len() <= POINTS as usize);
    });
    let ours = ours.await;
    let naive = median(NAIVE_TIMES, async || {
        let bucket_ms = ms / i64::from(POINTS);
        let buckets = storage.buckets(station.id, &main, quantity, from, END, bucket_ms).await.expect("read");
        assert!(!buckets.is_empty());
    });
    let naive = naive.await;
    format!("| {what} of {} | {ours:.2} | {naive:.2} | {:.0} × |", quantity.title().to_lowercase(), naive / ours)
}

async fn keeper(storage: &Storage, station: &Station) -> Vec<String> {
    let (main, today) = (SensorName::main(), day::date_at(&station.zone, END.plus(-1)));
    let from = today - chrono::Days::new(3_652);
    let lows = median(TIMES, async || {
        storage.extremes_between(station.id, &main, Temperature, from, today).await.expect("read");
    });
    let mean = median(TIMES, async || {
        storage.first_day(station.id, &main).await.expect("read");
        let stretch = (END.plus(-3_652 * DAY_MS), END);
        storage.series(station, (&main, Temperature), stretch, 100).await.expect("read");
    });
    let days = median(TIMES, async || {
        storage.days(station, (&main, Temperature), (from, today)).await.expect("read");
    });
    let mut lines = Vec::new();
    for (what, ms) in [("lows and highs", lows.await), ("the mean", mean.await), ("each day", days.await)] {
        lines.push(format!("| {what} of ten years | {ms:.2} | | |"));
    }
    lines
}

/// The newest values of many stations, of a database of their own.
async fn crowd(folder: &Path) -> String {
    let storage = open(&folder.join("crowd.db")).await;
    let mut ids = Vec::new();
    for number in 0..STATIONS {
        let station = station(&storage, number).await;
        storage.append(station.id, vec![report(1)]).await.expect("stored");
        ids.push(station.id);
    }
    let ms = median(TIMES, async || {
        assert_eq!(storage.latest_of(&ids, END).await.expect("read").len(), STATIONS);
    });
    let line = format!("| the newest values of {STATIONS} stations | {:.2} | | |", ms.await);
    storage.close().await;
    line
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let said = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1)
    };
    let rows = said("--rows").map_or(ROWS, |rows| rows.parse().expect("--rows wants a number"));
    let database = said("--database").map(|address| address.parse().expect("--database wants an address"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    match database {
        Some(address) => {
            runtime.block_on(engines::compare(folder.path(), rows, address));
            println!("\nmedians of {TIMES}; {} · {}", machine(), chrono::Utc::now().format("%F"));
        }
        None if arguments.iter().any(|argument| argument == "--cost") => {
            println!("{}", runtime.block_on(keeping::rollups(folder.path(), rows)));
            println!("{} · {}", machine(), chrono::Utc::now().format("%F"));
        }
        None => runtime.block_on(run(&folder, rows)),
    }
}

async fn run(folder: &tempfile::TempDir, rows: i64) {
    let file = folder.path().join("history.db");
    let storage = open(&file).await;
    let station = station(&storage, 0).await;
    let spent = fill(&storage, &station, rows).await;
    println!("{rows} reports of ten values, {:.0} a second\n", rows as f64 / spent.as_secs_f64());
    println!("| asked | ms | from single rows, ms | |\n|---|---|---|---|");
    for quantity in [Temperature, WindDirection, Precipitation] {
        for stretch in [("24 h", DAY_MS), ("30 days", 30 * DAY_MS), ("a year", 365 * DAY_MS)] {
            println!("{}", compare(&storage, &station, stretch, quantity).await);
        }
    }
    keeper(&storage, &station).await.iter().for_each(|line| println!("{line}"));
    storage.close().await;
    println!("{}", crowd(folder.path()).await);
    let bytes = std::fs::metadata(&file).expect("a file").len();
    println!("\n{}", keeping::rollups(folder.path(), rows).await);
    println!("{}", keeping::pruning(&file, rows).await);
    println!(
        "\n{:.1} bytes a value; medians of {TIMES}, from single rows of {NAIVE_TIMES}",
        bytes as f64 / (rows * 10) as f64
    );
    println!("{} · {}", machine(), chrono::Utc::now().format("%F"));
}

/// Processor and cores, where the system says.
fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, model)| model))
}
