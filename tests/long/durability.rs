//! What was acknowledged is there after SIGKILL, once.

use crate::kit::length;
use crate::kit::program::{self, Program};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const CLIENTS: usize = 8;

/// Posts readings one by one until the server is gone; returns those that were acknowledged, by time.
async fn post_until_killed(url: String, key: String, clock: Arc<AtomicI64>) -> Vec<(i64, f64)> {
    let client = reqwest::Client::new();
    let mut acknowledged = Vec::new();
    loop {
        let at = clock.fetch_add(1, Ordering::Relaxed);
        // Up and down, so that no value steps.
        let value = (at % 800 - 400).abs() as f64 / 10.0;
        let request = client
            .post(format!("{url}/api/v1/readings"))
            .bearer_auth(&key)
            .json(&json!({"observed_at": at, "temperature": value, "indoor/humidity": 50}));
        match request.send().await {
            Ok(answer) if answer.status() == 201 => acknowledged.push((at, value)),
            Ok(answer) => panic!("status {}", answer.status()),
            Err(_) => return acknowledged,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_kill_each_acknowledged_reading_is_there_and_none_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = program::add_station(folder.path(), "town-hall");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis() as i64;
    let clock = Arc::new(AtomicI64::new(now - 300_000));
    let mut acknowledged = BTreeMap::new();
    let mut dice = 7u64;

    let rounds: u32 = length::either(8, 30);
    for round in 0..rounds {
        let server = Program::start(folder.path());
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(post_until_killed(server.url.clone(), key.clone(), clock.clone())))
            .collect();
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The moment of death is the test's input, not a wait for something.
        tokio::time::sleep(Duration::from_millis(20 + (dice >> 33) % 180)).await;
        server.kill();
        let before = acknowledged.len();
        for client in clients {
            for (at, value) in client.await.expect("a client") {
                assert_eq!(acknowledged.insert(at, value), None);
            }
        }
        if round == 0 {
            assert!(acknowledged.len() > before, "something was acknowledged");
        }
    }

    let file = rusqlite::Connection::open(folder.path().join("stevenson.db")).expect("the file");
    let integrity: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(integrity, "ok");
    let mut statement = file
        .prepare(
            "SELECT o.observed_ms, o.temperature FROM observation o JOIN sensor s ON s.id = o.sensor WHERE s.name = ''",
        )
        .expect("a query");
    let rows: Vec<(i64, f64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    let stored: BTreeMap<_, _> = rows.iter().copied().collect();
    assert_eq!(stored.len(), rows.len(), "none is there twice");
    let lost: Vec<_> = acknowledged.iter().filter(|(at, value)| stored.get(at) != Some(value)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged readings are lost", lost.len(), acknowledged.len());
    // One journal entry for each report: nothing was announced twice either.
    let entries: i64 = file
        .query_row("SELECT count(*) FROM journal WHERE body LIKE '{\"kind\":\"report\"%'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(entries as usize, rows.len());
    println!("{} readings acknowledged over {rounds} kills, {} stored", acknowledged.len(), stored.len());
}
