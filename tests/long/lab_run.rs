//! The comparison over the network: what it counts is what the road saw, and what the simulation says.

use crate::kit::program::Program;
use crate::kit::relay::Relay;
use channel::fleet::{FLEETS, Fleet};
use lab::measured::Measured;
use lab::run::{Counted, Counts, Options, park_s, run};
use lab::scenario::Scenario;
use lab::simulate;
use tokio::task::JoinSet;

/// Runs one fleet.
async fn run_fleet(url: String, key: String, pages: usize, scenario: Scenario) -> (Counted, Counts) {
    let options = Options { url, key, pages, asks_keeper: false, scenario };
    let counts = run(&options, &mut |_| ()).await.expect("a run");
    let counted = counts.fleets[0].clone();
    (counted, counts)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_fleet_counts_is_what_a_relay_in_between_saw() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let mut runs = JoinSet::new();
    for fleet in &FLEETS {
        let key = server.add_station(&format!("station-of-{}", fleet.name));
        let relay = Relay::start(server.address()).await.expect("a relay");
        runs.spawn(async move {
            let scenario = Scenario {
                news_per_s: 2.0,
                words_per_s: 1.0,
                seconds: 4.0,
                // Longer than it takes: no truck leaves while the counts are taken.
                period_s: 600.0,
                fleets: vec![fleet],
                ..Scenario::default()
            };
            let (counted, counts) = run_fleet(relay.url(""), key, 5, scenario).await;
            (fleet, counted, counts.asked as usize, relay)
        });
    }
    while let Some(one) = runs.join_next().await {
        let (fleet, Counted { measured, total, .. }, asked, relay) = one.expect("a run");
        let (trucks, streams) = (relay.count("POST", "/dock/") - asked, relay.count("GET", "/dock/"));
        assert_eq!(total.trips as usize, trucks + streams, "trips of {fleet}");
        assert_eq!(total.legs_home as usize, relay.loads() - asked, "legs home of {fleet}");
        assert_eq!(
            total.legs_out as usize,
            trucks + if fleet.name == "websocket" { relay.frames_up() } else { streams }
        );
        assert_eq!((total.lost, total.reloads, total.unsaid), (0, 0, 0), "{fleet}: {total:?}");
        assert_eq!(streams, if matches!(fleet.name, "sse" | "websocket") { 5 } else { 0 }, "{fleet}");
        assert!(measured.words_delivered > 0 && measured.trips <= total.trips, "{fleet}: {measured:?}");
        let hears = fleet.name != "polling" && fleet.name != "stay-home";
        assert!(!hears || measured.age.is_some(), "{fleet}: {measured:?}");
    }
}

/// Pages of each fleet, and how long they are measured.
const PAGES: u64 = 20;
const SECONDS: f64 = 20.0;
/// How far a run may be from its simulation, of the same traffic.
const OFF: f64 = 0.05;
/// Events of all pages together that may be on the road at the measure's ends.
const FEW: f64 = 6.0;

/// The same pages with the same traffic in virtual time. A simulation opens its page within the measure, a run before
/// it: what an opening takes is taken off.
fn simulated(scenario: &Scenario, fleet: &'static Fleet) -> Measured {
    let scenario = Scenario { park_s: park_s(fleet, scenario), ..scenario.clone() };
    let opening = Scenario { news_per_s: 0.0, words_per_s: 0.0, seconds: 1.0, ..scenario.clone() };
    let mut sum = Measured::default();
    let page = |scenario, page| simulate::page(scenario, fleet, page, &mut |_| (), &mut |_| ()).expect("a simulation");
    for number in 0..PAGES {
        let (all, opening) = (page(&scenario, number), page(&opening, number));
        sum.trips += all.trips - opening.trips;
        sum.legs_out += all.legs_out - opening.legs_out;
        sum.legs_home += all.legs_home - opening.legs_home;
        sum.empty_out += all.empty_out - opening.empty_out;
        sum.empty_home += all.empty_home - opening.empty_home;
        sum.news_delivered += all.news_delivered;
    }
    sum
}

/// Within [`OFF`], or a few events where there are few: the traffic is the same to the microsecond, so that chance is
/// only in the server's spread of stays, and in what is on the road when the measure begins and ends.
#[track_caller]
fn agree(what: &str, fleet: &'static Fleet, is: u64, should: u64) {
    let apart = (is as f64 - should as f64).abs();
    println!("{fleet}: {is} {what} over the network, {should} in virtual time");
    let may = (OFF * should as f64).max(FEW);
    assert!(apart <= may, "{fleet}: {is} {what} over the network, {should} in virtual time, may be {may:.0} apart");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compares real clocks with virtual time: needs a machine that does nothing else; scripts/test --all"]
async fn a_run_agrees_with_its_simulation() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let mut runs = JoinSet::new();
    for (seed, fleet) in (1..).zip(&FLEETS) {
        let key = server.add_station(&format!("station-of-{}", fleet.name));
        let scenario = Scenario {
            news_per_s: 0.5,
            words_per_s: 1.0 / 3.0,
            park_s: 5.0,
            seconds: SECONDS,
            fleets: vec![fleet],
            seed,
            ..Scenario::default()
        };
        let url = server.url.clone();
        runs.spawn(async move {
            let (counted, counts) = run_fleet(url, key, PAGES as usize, scenario.clone()).await;
            (fleet, counted.measured, Scenario { round_trip_s: counts.round_trip_s, ..scenario })
        });
    }
    while let Some(one) = runs.join_next().await {
        let (fleet, is, scenario) = one.expect("a run");
        let should = simulated(&scenario, fleet);
        agree("trips", fleet, is.trips, should.trips);
        agree("legs", fleet, is.legs_out + is.legs_home, should.legs_out + should.legs_home);
        agree("empty legs", fleet, is.empty_out + is.empty_home, should.empty_out + should.empty_home);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_that_is_asked_answers_and_its_words_are_not_counted_as_news() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let mut runs = JoinSet::new();
    for name in ["ping-pong", "sse", "websocket"] {
        let (url, key) = (server.url.clone(), server.add_station(&format!("station-of-{name}")));
        runs.spawn(async move {
            let fleets = vec![Fleet::named(name).expect("a fleet")];
            let scenario = Scenario { news_per_s: 0.5, words_per_s: 0.5, seconds: 8.0, fleets, ..Scenario::default() };
            let options = Options { url, key, pages: 3, asks_keeper: true, scenario };
            let counts = run(&options, &mut |_| ()).await.expect("a run");
            (name, counts.fleets[0].measured.clone())
        });
    }
    while let Some(one) = runs.join_next().await {
        let (name, m) = one.expect("a run");
        let Measured { words, words_delivered, answers, news, news_delivered, .. } = m;
        assert!(words > 0 && words_delivered <= words, "{name}: {m:?}");
        assert!(answers > 0 && answers <= words, "{name}: {m:?}");
        assert!(news_delivered > 0 && news_delivered <= news, "{name}: {m:?}");
        assert!(m.answer_age.is_some_and(|age| age.count == answers && age.mean_ms > 100.0), "{name}: {m:?}");
    }
}

#[test]
fn the_table_of_the_page_is_that_of_the_recorded_run() {
    let readme = std::fs::read_to_string("docs/LAB.md").expect("the page");
    let after = readme.split_once("<!-- lab: begin -->\n").expect("a beginning").1;
    let table = after.split_once("<!-- lab: end -->").expect("an end").0;
    let output = crate::kit::program::program().args(["lab", "table", "docs/lab-run.json"]).output().expect("it runs");
    assert_eq!(table.trim(), String::from_utf8_lossy(&output.stdout).trim());
}
