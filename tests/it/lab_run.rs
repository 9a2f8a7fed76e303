//! The comparison over the network: what it counts is what the road saw, and what the simulation says.

use crate::kit::relay::Relay;
use crate::kit::server::Server;
use lab::measured::Measured;
use lab::row::{ROWS, Row};
use lab::run::{Counted, Options, Outcome, park_s, run};
use lab::scenario::Scenario;
use lab::simulate;
use tokio::task::JoinSet;

/// Runs one row.
async fn run_row(url: String, key: String, pages: usize, scenario: Scenario) -> (Counted, Outcome) {
    let options = Options { url, key, pages, scenario };
    let outcome = run(&options, &mut |_| ()).await.expect("a run");
    let row = outcome.rows[0].clone();
    (row, outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_row_counts_is_what_a_relay_in_between_saw() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let mut rows = JoinSet::new();
    for row in ROWS {
        let key = server.add_station(&format!("station-of-{}", row.name));
        let relay = Relay::start(server.address()).await.expect("a relay");
        rows.spawn(async move {
            let scenario = Scenario {
                news_per_s: 2.0,
                words_per_s: 1.0,
                seconds: 4.0,
                // Longer than it takes: no truck leaves while the counts are taken.
                period_s: 600.0,
                fleets: vec![row],
                ..Scenario::default()
            };
            let (counted, outcome) = run_row(relay.url(""), key, 5, scenario).await;
            (row, counted, outcome.asked as usize, relay)
        });
    }
    while let Some(row) = rows.join_next().await {
        let (row, Counted { measured, total, .. }, asked, relay) = row.expect("a run");
        let (trucks, streams) = (relay.count("POST", "/dock/") - asked, relay.count("GET", "/dock/"));
        assert_eq!(total.trips as usize, trucks + streams, "trips of {row}");
        assert_eq!(total.legs_home as usize, relay.loads() - asked, "legs home of {row}");
        assert_eq!(total.legs_out as usize, trucks + if row.name == "websocket" { relay.frames_up() } else { streams });
        assert_eq!((total.lost, total.reloads, total.unsaid), (0, 0, 0), "{row}: {total:?}");
        assert_eq!(streams, if matches!(row.name, "sse" | "websocket") { 5 } else { 0 }, "{row}");
        assert!(measured.words_delivered > 0 && measured.trips <= total.trips, "{row}: {measured:?}");
        let hears = row.name != "polling" && row.name != "stay-home";
        assert!(!hears || measured.age.is_some(), "{row}: {measured:?}");
    }
}

/// Pages of each row, and how long they are measured.
const PAGES: u64 = 20;
const SECONDS: f64 = 20.0;
/// How far a run may be from its simulation, of the same traffic.
const OFF: f64 = 0.05;
/// Events of all pages together that may be on the road at the measure's ends.
const FEW: f64 = 6.0;

/// The same pages with the same traffic in virtual time. A simulation opens its page within the measure, a run before
/// it: what an opening takes is taken off.
fn simulated(scenario: &Scenario, row: Row) -> Measured {
    let scenario = Scenario { park_s: park_s(row, scenario), ..scenario.clone() };
    let opening = Scenario { news_per_s: 0.0, words_per_s: 0.0, seconds: 1.0, ..scenario.clone() };
    let mut sum = Measured::default();
    let page = |scenario, page| simulate::page(scenario, row, page, &mut |_| (), &mut |_| ()).expect("a simulation");
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
fn agree(what: &str, row: Row, is: u64, should: u64) {
    let apart = (is as f64 - should as f64).abs();
    println!("{row}: {is} {what} over the network, {should} in virtual time");
    let may = (OFF * should as f64).max(FEW);
    assert!(apart <= may, "{row}: {is} {what} over the network, {should} in virtual time, may be {may:.0} apart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_agrees_with_its_simulation() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let mut rows = JoinSet::new();
    for (seed, row) in (1..).zip(ROWS) {
        let key = server.add_station(&format!("station-of-{}", row.name));
        let scenario = Scenario {
            news_per_s: 0.5,
            words_per_s: 1.0 / 3.0,
            park_s: 5.0,
            seconds: SECONDS,
            fleets: vec![row],
            seed,
            ..Scenario::default()
        };
        let url = server.url.clone();
        rows.spawn(async move {
            let (counted, outcome) = run_row(url, key, PAGES as usize, scenario.clone()).await;
            (row, counted.measured, Scenario { round_trip_s: outcome.round_trip_s, ..scenario })
        });
    }
    while let Some(row) = rows.join_next().await {
        let (row, is, scenario) = row.expect("a run");
        let should = simulated(&scenario, row);
        agree("trips", row, is.trips, should.trips);
        agree("legs", row, is.legs_out + is.legs_home, should.legs_out + should.legs_home);
        agree("empty legs", row, is.empty_out + is.empty_home, should.empty_out + should.empty_home);
    }
}

#[test]
fn the_table_of_the_readme_is_that_of_the_recorded_run() {
    let readme = std::fs::read_to_string("README.md").expect("the README");
    let after = readme.split_once("<!-- lab: begin -->\n").expect("a beginning").1;
    let table = after.split_once("<!-- lab: end -->").expect("an end").0;
    let output = crate::kit::server::program().args(["lab", "table", "docs/lab-run.json"]).output().expect("it runs");
    assert_eq!(table.trim(), String::from_utf8_lossy(&output.stdout).trim());
}
