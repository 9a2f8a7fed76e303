//! The same questions to a file and to a PostgreSQL, in turns.

use super::{DAY_MS, END, Quantity, SensorName};
use super::{MINUTE_MS, POINTS, TIMES, fill, open, open_with, station};
use std::path::Path;
use std::time::Instant;
use stevenson::storage::Address;
use weather::quantity::Quantity::*;

/// Fills both with so many reports, and asks. The database must be an empty one.
pub async fn compare(folder: &Path, rows: i64, address: Address) {
    let (file, database) = (open(&folder.join("beside.db")).await, open_with(folder, |of| of.database = address).await);
    let storages = [&file, &database];
    let mut stations = Vec::new();
    for (name, storage) in ["file", "PostgreSQL"].into_iter().zip(storages) {
        let station = station(storage, 0).await;
        let spent = fill(storage, &station, rows).await;
        println!("{name}: {rows} reports of ten values, {:.0} a second", rows as f64 / spent.as_secs_f64());
        stations.push(station);
    }
    println!("\n| asked, in {POINTS} spans | file, ms | PostgreSQL, ms | ratio |\n|---|---:|---:|---:|");
    let main = SensorName::main();
    for quantity in [Temperature, WindDirection, Precipitation] {
        for (what, ms) in [("24 h", DAY_MS), ("30 days", 30 * DAY_MS), ("a year", 365 * DAY_MS)] {
            let mut took = [Vec::new(), Vec::new()];
            for turn in 0..TIMES {
                // Another stretch each time: nobody answers from memory.
                let to = END.plus(-(turn as i64) * MINUTE_MS);
                for (place, storage) in storages.into_iter().enumerate() {
                    let begun = Instant::now();
                    let asked = storage.series(&stations[place], (&main, quantity), (to.plus(-ms), to), POINTS);
                    let series = asked.await.expect("read");
                    took[place].push(begun.elapsed().as_secs_f64() * 1_000.0);
                    assert!(!series.spans.is_empty() && series.spans.len() <= POINTS as usize);
                }
            }
            let [file, database] = took.map(|mut times| {
                times.sort_by(f64::total_cmp);
                times[times.len() / 2]
            });
            println!("| {} | {file:.2} | {database:.2} | {:.2} |", of(what, quantity), database / file);
        }
    }
    file.close().await;
    database.close().await;
}

fn of(what: &str, quantity: Quantity) -> String {
    format!("{what} of {}", quantity.title().to_lowercase())
}
