//! Many appenders at once, each with single reports: what a house full of stations asks of the writer.

use crate::{Way, Weather};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Appenders that wait for their answers at the same time.
pub const APPENDERS: usize = 64;
/// How long is measured.
const LASTS: Duration = Duration::from_secs(3);

/// One row of the table: reports a second, and how long an answer takes.
pub fn crowd(stations: usize) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let Way::Ours { runtime, storage, stations: ids } = Way::ours(folder.path(), stations) else {
        unreachable!("it is ours")
    };
    let weather = Arc::new(Mutex::new(Weather { stations, sent: 0 }));
    let (stored, waits) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
    let ids = Arc::new(ids);
    let began = Instant::now();
    let appenders: Vec<_> = (0..APPENDERS)
        .map(|appender| {
            let (storage, ids, weather) = (storage.clone(), ids.clone(), weather.clone());
            let (stored, waits) = (stored.clone(), waits.clone());
            // An appender speaks for one station; if there are fewer, some share one, and send other minutes.
            let station = appender % stations;
            let turn = appender / stations;
            let of_station = APPENDERS.div_ceil(stations);
            runtime.spawn(async move {
                let mut own = Vec::new();
                for round in 0.. {
                    let minute = (round * of_station + turn) as i64;
                    let report = weather.lock().expect("whole").of(station, minute);
                    let before = Instant::now();
                    let answer = storage.append(ids[station], vec![report]).await.expect("stored");
                    own.push(before.elapsed());
                    stored.fetch_add(answer.stored as u64, Ordering::Relaxed);
                    if began.elapsed() > LASTS {
                        break;
                    }
                }
                waits.lock().expect("whole").extend(own);
            })
        })
        .collect();
    runtime.block_on(async {
        for appender in appenders {
            appender.await.expect("ran");
        }
    });
    let lasted = began.elapsed();
    let mut waits = std::mem::take(&mut *waits.lock().expect("whole"));
    waits.sort();
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1_000.0;
    let rate = stored.load(Ordering::Relaxed) as f64 / lasted.as_secs_f64();
    let commits = storage.stats().commits as f64;
    let size = waits.len() as f64 / commits;
    format!("| {APPENDERS} | {stations} | {rate:.0} | {size:.0} | {:.1} | {:.1} |", at(0.5), at(0.99))
}
