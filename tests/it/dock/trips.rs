//! The trips that words and the keeper's answers cost, counted from outside on the real program.

use crate::kit::program::{Program, post};
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use lab::page::{Options, Page, Told};
use serde_json::{Value, json};
use std::time::Duration;

/// Words that are said, one after the other.
const WORDS: u32 = 8;
/// Longer than all of them take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than that: no ticket is due.
const PARK_MS: i64 = 120_000;

/// The cursor that a page of now has printed into it.
async fn cursor(url: &str) -> Cursor {
    let clipboard = json!({"v": 1, "fleet": "polling", "park": 0, "seen": "none.0"});
    let request = reqwest::Client::new().post(format!("{url}/dock/bay-of-nobody-000")).json(&clipboard);
    let load: Value = request.send().await.expect("an answer").json().await.expect("a load");
    load["seen"].as_str().expect("a cursor").parse().expect("a cursor")
}

/// Says words, each after the answer to the one before, and counts the trucks that left.
async fn trips(url: &str, fleet: &str) -> u32 {
    let fleet = Fleet::named(fleet).expect("a fleet");
    let (watch, seen) = (vec!["town-hall".to_owned()], Some(cursor(url).await));
    let options = Options { watch, seen, park_ms: PARK_MS, ..Options::new(url, fleet) };
    let (page, mut told) = Page::open(options).expect("a page");
    let mut heard = (0, 0);
    let talk = async {
        while heard.1 < WORDS {
            page.say("town-hall", "how cold is it?").await.expect("a word");
            let before = heard.1;
            while heard.1 == before {
                let Told::Applied(items) = told.recv().await.expect("the page lives") else { continue };
                for item in items {
                    let item: Value = serde_json::from_str(&item.json).expect("JSON");
                    match item["from"].as_str() {
                        Some("you") => heard.0 += 1,
                        Some(_) => heard.1 += 1,
                        None => {}
                    }
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("all are answered");
    assert_eq!(heard, (WORDS, WORDS), "{}: each once", fleet.name);
    page.counters().trips.departed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_and_its_answer_cost_two_trips_and_a_truck_that_waits_for_the_reply_only_one() {
    let folder = tempfile::tempdir().expect("a folder");
    // Long enough for a truck that took an empty trip to be home again.
    let slow = "[dock]\npark_max_ms = 120000\n[keeper]\nthink_min_ms = 200\nthink_max_ms = 200\n";
    std::fs::write(folder.path().join("stevenson.toml"), slow).expect("a configuration");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    post(&server.url, &key, &json!({"temperature": -2.1})).await.expect("an answer");
    for (fleet, each) in [("wait-for-reply", 1), ("ping-pong", 2), ("slow-and-fast", 2)] {
        let trips = trips(&server.url, fleet).await;
        println!("{fleet}: {trips} trips for {WORDS} words and their answers");
        // The first ones try the road, and on a busy machine one may be home before its word is told. A trip more for each word would be
        // eight.
        assert!((each * WORDS..=each * WORDS + WORDS / 2).contains(&trips), "{fleet}: {trips}");
    }
}
