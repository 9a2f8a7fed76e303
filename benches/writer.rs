//! How fast readings are written: through storage, beside a plain rusqlite loop that writes the same rows into the
//! same tables, and one that writes observations only. All at `synchronous=FULL`, in one run: compare within it.
//!
//! `cargo bench --bench writer`

#![expect(clippy::disallowed_methods, reason = "a bench measures by real clocks")]

#[path = "writer/crowd.rs"]
mod crowd;
#[path = "writer/plain.rs"]
mod plain;

use criterion::{Criterion, SamplingMode, Throughput};
use plain::{Plain, Tables};
use std::path::Path;
use std::time::{Duration, Instant};
use stevenson::storage::{NewStation, Options, Storage};
use weather::quantity::Quantity::{self, *};
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug, StationId};
use weather::time::{MINUTE_MS, Timestamp};
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
/// 2026-01-01 00:00 UTC.
const START: Timestamp = Timestamp(1_767_225_600_000);

/// Minute data of so many stations, in the order of time, with values that drift as weather does.
struct Weather {
    stations: usize,
    sent: usize,
}

impl Weather {
    fn next(&mut self) -> (usize, Report) {
        let (station, minute) = (self.sent % self.stations, (self.sent / self.stations) as i64);
        self.sent += 1;
        (station, self.of(station, minute))
    }

    /// What a station says at a minute.
    fn of(&self, station: usize, minute: i64) -> Report {
        let observed_at = START.plus(minute * MINUTE_MS);
        let mut draft = Draft::new(observed_at);
        for quantity in TEN {
            let (low, high) = (quantity.limits().start().max(-20.0), quantity.limits().end().min(1_050.0));
            // Dew point and gust go with what they may not contradict.
            let with = match quantity {
                DewPoint => Temperature,
                WindGust => WindSpeed,
                other => other,
            };
            let phase = minute as f64 / 229.0 + station as f64 + with.index() as f64 * 0.7;
            let gust = ((minute * 7_919 + quantity.index() as i64 * 104_729) % 97) as f64 / 24_250.0;
            let value = low + (high - low) * (0.45 + 0.4 * phase.sin() + gust);
            draft.take_number(&SensorName::main(), quantity, quantity.unit(), "", (value * 10.0).round() / 10.0);
        }
        draft.finish(Some(observed_at)).report.expect("ten values")
    }

    /// The next reports as uploads: one for each station that is in it.
    fn batch(&mut self, size: usize) -> Vec<(usize, Vec<Report>)> {
        let mut uploads: Vec<(usize, Vec<Report>)> = Vec::new();
        for _ in 0..size {
            let (station, report) = self.next();
            match uploads.iter_mut().find(|(of, _)| *of == station) {
                Some((_, reports)) => reports.push(report),
                None => uploads.push((station, vec![report])),
            }
        }
        uploads
    }
}

/// One way to write, with its own database that grows from measurement to measurement.
enum Way {
    Ours { runtime: tokio::runtime::Runtime, storage: Storage, stations: Vec<StationId> },
    Plain(Plain),
}

impl Way {
    fn ours(folder: &Path, stations: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let options = Options { file: folder.join("ours.db"), ..Options::default() };
        let (storage, stations) = runtime.block_on(async {
            let (storage, mut commits) = Storage::open(options).await.expect("opens");
            // Someone listens, as in the server.
            tokio::spawn(async move { while commits.next().await.is_some() {} });
            let mut ids = Vec::new();
            for number in 0..stations {
                let slug = Slug::new(&format!("station-{number}")).expect("a slug");
                let new = NewStation {
                    slug,
                    name: "Station".into(),
                    zone: Zone::inside("Europe/Berlin").expect("a zone"),
                    elevation_m: None,
                    coordinates: None,
                };
                ids.push(storage.add_station(new).await.expect("added").0.id);
            }
            (storage, ids)
        });
        Way::Ours { runtime, storage, stations }
    }

    /// How long it takes to have them stored; making them is not counted.
    fn time(&mut self, uploads: Vec<(usize, Vec<Report>)>) -> Duration {
        let before = Instant::now();
        self.write(uploads);
        before.elapsed()
    }

    fn write(&mut self, uploads: Vec<(usize, Vec<Report>)>) {
        match self {
            Way::Ours { runtime, storage, stations } => runtime.block_on(async {
                let appends = uploads.into_iter().map(|(station, reports)| storage.append(stations[station], reports));
                for answer in futures_util::future::join_all(appends).await {
                    assert!(answer.expect("stored").stored > 0);
                }
            }),
            Way::Plain(plain) => plain.write(&uploads),
        }
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
    let mut lines = Vec::new();
    for stations in [1, 20] {
        for size in [1, 100, 1_000] {
            lines.extend(compare(&mut criterion, stations, size));
        }
    }
    criterion.final_summary();
    println!("\nReadings (reports of ten values) a second at synchronous=FULL, medians:\n");
    println!("| stations | batch | storage | plain loop | plain, observations only | storage / plain |");
    println!("|---|---|---|---|---|---|");
    lines.iter().for_each(|line| println!("{line}"));
    println!("\nSingle reports, each awaited until it is durable:\n");
    println!("| appenders | stations | reports/s | reports a commit | p50 ms | p99 ms |");
    println!("|---|---|---|---|---|---|");
    [4, 64, 256].map(crowd::crowd).iter().for_each(|line| println!("{line}"));
    println!("\n{} · {}", machine(), chrono::Utc::now().format("%F"));
}

/// One row of the table; `None` if a filter left a way out.
fn compare(criterion: &mut Criterion, stations: usize, size: usize) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let ways = [
        ("storage", Way::ours(folder.path(), stations)),
        ("plain", Way::Plain(Plain::open(&folder.path().join("all.db"), stations, Tables::All))),
        ("observations", Way::Plain(Plain::open(&folder.path().join("rows.db"), stations, Tables::Observations))),
    ];
    let mut group = criterion.benchmark_group(format!("write/{stations} stations/{size} a batch"));
    group.throughput(Throughput::Elements(size as u64)).sampling_mode(SamplingMode::Flat);
    let mut medians = Vec::new();
    for (name, mut way) in ways {
        let mut weather = Weather { stations, sent: 0 };
        let mut rates = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|batches| {
                let spent = (0..batches).map(|_| way.time(weather.batch(size))).sum::<Duration>();
                rates.push((size as u64 * batches) as f64 / spent.as_secs_f64());
                spent
            });
        });
        rates.sort_by(f64::total_cmp);
        medians.extend(rates.get(rates.len() / 2));
    }
    group.finish();
    let [ours, plain, rows] = <[f64; 3]>::try_from(medians).ok()?;
    Some(format!("| {stations} | {size} | {ours:.0} | {plain:.0} | {rows:.0} | {:.0} % |", 100.0 * ours / plain))
}

/// Processor and cores, where the system says.
fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, model)| model))
}
