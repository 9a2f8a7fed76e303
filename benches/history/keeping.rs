//! What it costs to keep hours and days, and to let readings go: both beside the same work without it, in one run.

use super::{AT_ONCE, BATCH, END, open, open_with, report, report_at, station};
use std::path::Path;
use std::time::{Duration, Instant};
use stevenson::storage::Storage;
use weather::station::Station;
use weather::time::Timestamp;

/// Reports of one run that is compared with another; fewer if fewer are asked for.
const COMPARED: i64 = 200_000;
/// Such pairs of runs; the median counts.
const PAIRS: usize = 5;
/// Days that readings are kept when they go.
const RAW_DAYS: u32 = 30;
/// Reports before any go, one after the other.
const BEFORE: i64 = 500;

/// Appends so many reports, a minute apart; how long that took without the making of reports, and how many hours were kept.
async fn fill(file: &Path, rows: i64, keeps_hours: bool) -> (Duration, i64) {
    let storage = open(file).await;
    let station = station(&storage, 0).await;
    storage.append(station.id, vec![report(rows + 1)]).await.expect("stored");
    if !keeps_hours {
        // Of the time before this instant no hour and no day is made. Who writes has learned of the sensor already, and takes what comes.
        let db = rusqlite::Connection::open(file).expect("opens");
        assert_eq!(db.execute(READINGS_HAVE_GONE, ()).expect("SQL"), 1);
    }
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
            let answer = answer.expect("stored");
            assert!(answer.stored > 0 && answer.set_aside.iter().count() == 0, "all of it counts");
        }
        spent += begun.elapsed();
    }
    storage.close().await;
    let db = rusqlite::Connection::open(file).expect("opens");
    let count = |sql: &str| db.query_row::<i64, _, _>(sql, (), |row| row.get(0)).expect("a number");
    let (stored, hours) = (count("SELECT count(*) FROM observation"), count("SELECT count(*) FROM hourly"));
    assert_eq!(stored, rows + 1);
    (spent, hours)
}

const READINGS_HAVE_GONE: &str = "UPDATE sensor SET raw_from_ms = 9000000000000";

/// How much longer the same reports take with their hours and days than without.
pub async fn rollups(folder: &Path, rows: i64) -> String {
    let rows = rows.min(COMPARED);
    let mut parts = Vec::new();
    for pair in 0..PAIRS {
        let file = |kind: &str| folder.join(format!("{kind}-{pair}.db"));
        let (without, none) = fill(&file("without"), rows, false).await;
        let (with, hours) = fill(&file("with"), rows, true).await;
        assert!(none == 0 && hours >= rows / 60 * 9, "{none} and {hours} hours of ten quantities");
        parts.push((1.0 - without.as_secs_f64() / with.as_secs_f64()) * 100.0);
    }
    parts.sort_by(f64::total_cmp);
    let (least, most) = (parts[0], parts[PAIRS - 1]);
    format!(
        "hours and days take {:.0} % of the time of {rows} reports ({least:.0} to {most:.0} % in {PAIRS} pairs of runs)",
        parts[PAIRS / 2]
    )
}

/// The longest wait of a station that reports again and again until `ends`, ms.
async fn report_until(
    storage: &Storage,
    station: &Station,
    number: &mut i64,
    mut ends: impl FnMut(i64) -> bool,
) -> (f64, i64) {
    let (mut longest, first): (Duration, i64) = (Duration::ZERO, *number);
    while !ends(*number - first) {
        *number += 1;
        // A second apart, from the end on.
        let report = report_at(-*number, Timestamp(END.0 + *number * 1_000));
        let begun = Instant::now();
        storage.append(station.id, vec![report]).await.expect("stored");
        longest = longest.max(begun.elapsed());
    }
    (longest.as_secs_f64() * 1_000.0, *number - first)
}

/// Lets all readings go but those of the last month, while a station reports as fast as it is answered.
pub async fn pruning(file: &Path, rows: i64) -> String {
    let bytes = || std::fs::metadata(file).expect("a file").len() >> 20;
    let full = bytes();
    let storage = open_with(file, |options| options.raw_days = RAW_DAYS).await;
    let station = storage.directory().by_slug("station-0").expect("is there").clone();
    let mut number = 0;
    let (quiet, _) = report_until(&storage, &station, &mut number, |reports| reports >= BEFORE).await;
    let has_ended = std::cell::Cell::new(false);
    let prune = async {
        let mut steps = Vec::new();
        loop {
            let begun = Instant::now();
            let more = storage.prune_some().await.expect("pruned");
            steps.push(begun.elapsed().as_secs_f64() * 1_000.0);
            if !more {
                has_ended.set(true);
                steps.sort_by(f64::total_cmp);
                return steps;
            }
        }
    };
    let ((longest, reports), steps) =
        tokio::join!(report_until(&storage, &station, &mut number, |_| has_ended.get()), prune);
    let gone = storage.stats().readings_pruned;
    storage.close().await;
    format!(
        "{gone} of {rows} readings go in {} steps, each of {:.1} ms, the longest of {:.1} ms with its wait for a report; meanwhile \
        {reports} reports came, and the longest wait of one was {longest:.1} ms (before: {quiet:.1} ms); the file had {full} MiB, and has {}",
        steps.len(),
        steps[steps.len() / 2],
        steps[steps.len() - 1],
        bytes()
    )
}
