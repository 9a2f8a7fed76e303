//! A real home and the real server on a bad road: nothing is lost, doubled or out of order, and at rest one truck waits.

use crate::kit::bad_road::{BadRoad, Plan};
use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::length;
use crate::kit::program::Program;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Runs in all; the number of a run is its seed.
fn runs_in_all() -> u64 {
    length::either(120, 1_000)
}
/// Tabs, each of a host of its own: a browser opens six connections to a host.
const TABS: u64 = 12;
/// Runs at the same time in a tab.
const SLOTS: u64 = 2;
/// Readings and words of a run.
const READINGS: u64 = 4;
const WORDS: u64 = 4;
/// How long a truck parks, ms; short, so that tickets and swallowed trucks are seen often.
const PARK_MS: u64 = 1_000;
/// How long a run may take to come to rest. A swallowed truck is missed after its parking time and five seconds.
const DEADLINE: Duration = Duration::from_secs(90);
/// How long all may take.
const ALL_MAX: Duration = Duration::from_secs(1_200);
/// The fleets that news reaches at once.
const FLEETS: [&str; 5] = ["ping-pong", "ping-pong", "ping-pong", "slow-and-fast", "expanding"];

/// Starts a tab's slots, and hands over what came of their runs.
const START: &str = r#"
    const [slots, done] = arguments;
    const work = (runs) => new Promise((then, fail) => {
        const worker = new Worker('/tests/js/road.worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => then(data);
        worker.onerror = (event) => fail(new Error(event.message || 'the worker did not start'));
        worker.postMessage(runs);
    });
    window.outcome = null;
    // One page first: its cookie is that of all runs in the tab.
    fetch(`/s/${slots[0][0].station}`).then(() => Promise.all(slots.map(work))).then((all) => ({ runs: all.flat(), failure: null }),
        (error) => ({ runs: [], failure: String(error) })).then((outcome) => { window.outcome = outcome; });
    done();
"#;
const LOOK: &str = "return window.outcome;";

#[derive(Deserialize)]
struct Tab {
    runs: Vec<Run>,
    failure: Option<String>,
}

#[derive(Deserialize)]
struct Run {
    seed: u64,
    fleet: String,
    said: Vec<String>,
    #[serde(default)]
    departed: u64,
    #[serde(default)]
    lost: u64,
    #[serde(default)]
    repeated: u64,
    #[serde(default)]
    gaps: u64,
    failure: Option<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_on_a_bad_road_lose_double_and_disorder_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let stations: Vec<_> = (0..TABS * SLOTS).map(|slot| format!("slot-{slot}")).collect();
    let keys: Vec<_> = stations.iter().map(|slug| crate::kit::program::add_station(data.path(), slug)).collect();
    // All runs of a tab are one visitor's, and at full length they say more than one visitor may. That limit is not the road's, and
    // `tests/it` holds it: a home that waits for it here would be starved by the other home of its tab.
    let quick = "[dock]\npark_min_ms = 500\n[keeper]\nthink_min_ms = 0\nthink_max_ms = 20\n[storage]\nwords_visitor_per_minute = 10000\n";
    std::fs::write(data.path().join("stevenson.toml"), quick).expect("a configuration");
    let server = Program::start(data.path());
    let plan = Plan { seed: 1, share: 0.6, trucks: 16, delay_max_ms: 250 };
    let road = BadRoad::start(server.address(), plan).await.expect("a road");

    let browser = Browser::open(Options::default()).await;
    let mut tabs = Vec::new();
    for tab in 0..TABS {
        let window = browser.new_tab().await.expect("a tab");
        browser.switch_to_window(window.clone()).await.expect("the tab");
        let host = format!("http://tab-{tab}.localhost:{}", road.address().port());
        browser.goto(format!("{host}/blank")).await.expect("an empty page of that host");
        let slots: Vec<Vec<Value>> = (0..SLOTS).map(|slot| runs_of(tab * SLOTS + slot, &stations, &keys)).collect();
        browser.execute_async(START, vec![json!(slots)]).await.expect("a start");
        tabs.push(window);
    }
    let mut runs = Vec::new();
    let mut failures = Vec::new();
    for window in tabs {
        browser.switch_to_window(window).await.expect("the tab");
        let tab = eventually("the runs of a tab end", ALL_MAX, async || {
            let outcome = browser.execute(LOOK, vec![]).await.map_err(|error| error.to_string())?;
            outcome.convert::<Option<Tab>>().map_err(|error| error.to_string())?.ok_or_else(|| "not yet".to_owned())
        })
        .await;
        failures.extend(tab.failure);
        runs.extend(tab.runs);
    }
    browser.close().await;

    failures.extend(runs.iter().filter_map(|run| {
        let failure = run.failure.as_ref()?;
        Some(format!("run {} ({}): {failure}", run.seed, run.fleet))
    }));
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(runs.len() as u64, runs_in_all());
    drop(server);
    stored_once_and_in_order(&data.path().join("stevenson.db"), &runs);

    let sum = |of: fn(&Run) -> u64| runs.iter().map(of).sum::<u64>();
    println!(
        "runs with the seeds 0 to {}, on the road of seed 1: {} trucks left home, {} were lost, {} pieces of news came again, {} loads were dropped before a gap",
        runs_in_all() - 1,
        sum(|run| run.departed),
        sum(|run| run.lost),
        sum(|run| run.repeated),
        sum(|run| run.gaps)
    );
    // The browser repeats requests by itself when a connection that it used before is reset: more arrive than left.
    println!("{} trucks on the road: {:?}", road.trucks(), road.faults());
    assert_eq!(road.faults().len(), 9, "every fault has happened");
    assert!(sum(|run| run.lost) > runs_in_all(), "the road was bad");
}

/// The runs of a slot, by their seeds.
fn runs_of(slot: u64, stations: &[String], keys: &[String]) -> Vec<Value> {
    let run = |seed: u64| {
        json!({
            "seed": seed, "fleet": FLEETS[seed as usize % FLEETS.len()],
            "station": stations[slot as usize], "key": keys[slot as usize],
            "readings": READINGS, "words": WORDS, "parkMs": PARK_MS, "deadlineMs": DEADLINE.as_millis() as u64,
        })
    };
    (slot..runs_in_all()).step_by((TABS * SLOTS) as usize).map(run).collect()
}

/// The database has every word of every run once, in the order in which the run said it, and one answer to each.
fn stored_once_and_in_order(database: &std::path::Path, runs: &[Run]) {
    let db = rusqlite::Connection::open(database).expect("the database");
    let mut stored = BTreeMap::<String, Vec<String>>::new();
    let mut words = db.prepare("SELECT id, text FROM word WHERE author = 0 ORDER BY seq").expect("SQL");
    let rows = words.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).expect("rows");
    for row in rows {
        let (id, text) = row.expect("a row");
        let run = text.rsplit_once('(').and_then(|(_, rest)| rest.split_once('/')).expect("a run's number").0;
        stored.entry(run.to_owned()).or_default().push(id);
    }
    for run in runs {
        assert_eq!(stored.get(&run.seed.to_string()), Some(&run.said), "words of run {}", run.seed);
    }
    let answers: u32 = db.query_row("SELECT count(*) FROM word WHERE author = 1", [], |row| row.get(0)).expect("SQL");
    assert_eq!(u64::from(answers), runs_in_all() * WORDS, "one answer to each word");
}
