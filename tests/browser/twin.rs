//! Home's Rust twin and the pages' own home are one: both are fed the same traces, and do the same at every step.
//!
//! A trace is what happened to a twin in virtual time, before the dock's real core, on a road that loses, doubles,
//! delays and reorders, with words, bursts of news, sleep, outages and a database that is replaced.

mod chance;
mod road;
mod trace;
mod world;

use crate::kit::chrome::{Browser, Options};
use crate::kit::static_files::StaticFiles;
use channel::fleet::{Down, FLEETS};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use trace::Trace;
use world::World;

/// Traces of each fleet.
const TRACES: u64 = 10;
/// Inputs of each trace.
const STEPS: usize = 200;
/// The longest that one trace may take to play.
const PLAY_MAX: Duration = Duration::from_secs(60);

/// Plays a trace to the pages' home.
const PLAY: &str = r"
    const [trace, done] = arguments;
    import('/tests/js/replay.js').then(({ replay }) => replay(trace)).catch((error) => String(error?.stack ?? error)).then(done);
";

fn traces() -> Vec<Trace> {
    let of = |row: usize| (1..=TRACES).map(move |seed| World::new(&FLEETS[row], seed).run(STEPS));
    let by_truck = |row: &usize| FLEETS[*row].down == Down::Trucks;
    (0..FLEETS.len()).filter(by_truck).flat_map(of).collect()
}

#[tokio::test]
async fn the_pages_home_does_as_its_twin_at_every_step_of_every_trace() {
    let traces = traces();
    let server = StaticFiles::start().await.expect("a server for the scripts");
    let browser = Browser::open(Options::default()).await;
    browser.set_script_timeout(PLAY_MAX).await.expect("a longer timeout");
    browser.goto(server.url("/")).await.expect("an empty page");
    let mut differences = Vec::new();
    for trace in &traces {
        let difference = browser.execute_async(PLAY, vec![trace.json()]).await.expect("an answer from the page");
        differences.extend(difference.convert::<Option<String>>().expect("a text or null"));
    }
    // That a difference would be seen:
    let spoilt = browser.execute_async(PLAY, vec![spoilt(traces[0].json())]).await.expect("an answer from the page");
    browser.close().await;
    assert!(differences.is_empty(), "{} of {} traces:\n{}", differences.len(), traces.len(), differences.join("\n"));
    let spoilt: Option<String> = spoilt.convert().expect("a text or null");
    assert!(spoilt.is_some_and(|text| text.contains("step 17") && text.contains("expected")));
}

fn spoilt(mut trace: Value) -> Value {
    trace["steps"][17]["expect"] = json!([{"reload": true}]);
    trace
}

#[test]
fn the_traces_hold_all_that_can_happen() {
    let traces = traces();
    assert!(traces.len() >= 50 && traces.iter().all(|trace| trace.steps.len() >= 100));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for step in traces.iter().flat_map(|trace| &trace.steps) {
        let mut count = |name: String| *seen.entry(name).or_default() += 1;
        count(format!("do {}", step["do"].as_str().expect("a name")));
        step["load"]["why"].as_str().into_iter().for_each(|why| count(format!("why {why}")));
        if step["load"]["why"] == "relieved" && step["load"]["cargo"] != json!([]) {
            count("a truck that gives its place and brings a word".to_owned());
        }
        for event in step["expect"].as_array().expect("events") {
            event.as_object().expect("an event").keys().for_each(|name| count(name.clone()));
            event["state"]["kind"].as_str().into_iter().for_each(|kind| count(format!("state {kind}")));
        }
    }
    println!("{seen:#?}");
    for name in ["start", "say", "home", "lost", "ring", "look", "wake", "offline", "online", "rest"] {
        assert!(seen.contains_key(&format!("do {name}")), "no {name} in {seen:?}");
    }
    for why in ["cargo", "turn", "ticket", "relieved", "closing", "reload"] {
        assert!(seen.contains_key(&format!("why {why}")), "no {why} in {seen:?}");
    }
    assert!(seen.contains_key("a truck that gives its place and brings a word"), "{seen:?}");
    for event in ["departs", "recalled", "heard", "applied", "reload"] {
        assert!(seen.get(event).is_some_and(|times| *times >= 10), "hardly any {event} in {seen:?}");
    }
    for kind in ["connecting", "live", "polling", "reconnecting", "offline", "resting", "reloading"] {
        assert!(seen.contains_key(&format!("state {kind}")), "no {kind} in {seen:?}");
    }
}
