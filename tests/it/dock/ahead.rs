//! A server that lags behind another one over the same journal, and pages that come from that one, on real sockets.

use super::socket::{frame, open};
use crate::guard::ask;
use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck as request};
use channel::Options;
use channel::cargo::Why;
use channel::fleet::{Down, FLEETS};
use rusqlite::params;
use serde_json::{Value, json};
use std::time::Duration;
use stevenson::storage::words::Visitor;

const JSON: &str = "Content-Type: application/json\r\n";
/// The header of a home that keeps no cookies: 128 bits.
const ANN: &str = "Visitor: AAAAAAAAAAAAAAAAAAAAAA\r\n";

/// An entry of the journal: its place, its station, and who alone may read it.
type Entry<'a> = (u64, &'a str, Option<&'a str>);

/// The other server: a connection of its own to the same database. The first of the entries that it commits names no station that can
/// be read, so that this server hears neither of it nor of those after it, until it is mended.
struct Faster {
    database: rusqlite::Connection,
    block: u64,
}

impl Faster {
    /// Commits an entry that blocks, and others after it.
    async fn commits(server: &TestApp, block: u64, entries: &[Entry<'_>]) -> Self {
        let database = server.database();
        database.busy_timeout(Duration::ZERO).expect("set");
        begin(&database).await;
        let insert = "INSERT INTO journal (seq, committed_ms, station, visitor, body) VALUES (?1, 5, ?2, ?3, ?4)";
        let blocked = "UPDATE journal SET station = CAST(x'ff' AS TEXT) WHERE seq = ?1";
        for (seq, station, visitor) in [(block, "harbour", None)].iter().chain(entries) {
            let body = format!("{{\"kind\":\"x\",\"n\":{seq}}}");
            database.execute(insert, params![seq.cast_signed(), station, visitor, body]).expect("written");
        }
        assert_eq!(database.execute(blocked, [block.cast_signed()]).expect("written"), 1);
        database.execute_batch("COMMIT").expect("committed");
        Self { database, block }
    }

    /// Mends what blocks, and waits until the server has heard of everything.
    async fn lets_hear(self, server: &TestApp, head: u64) {
        let mended = "UPDATE journal SET station = 'harbour' WHERE seq = ?1";
        begin(&self.database).await;
        assert_eq!(self.database.execute(mended, [self.block.cast_signed()]).expect("written"), 1);
        self.database.execute_batch("COMMIT").expect("committed");
        server.until_told(head).await;
    }
}

/// Takes the lock, when the server's writer lets it go: it needs this thread for that.
async fn begin(database: &rusqlite::Connection) {
    while database.execute_batch("BEGIN IMMEDIATE").is_err() {
        tokio::task::yield_now().await;
    }
}

/// A server with an entry that has not heard of 2 and 3, of which 3 is about the town hall.
async fn lagging(options: Options) -> (TestApp, Faster) {
    lagging_behind(options, &[(3, "town-hall", None)]).await
}

/// The same, but after 2 there are these.
async fn lagging_behind(options: Options, entries: &[Entry<'_>]) -> (TestApp, Faster) {
    let server = TestApp::with_dock(options).await;
    server.add_station("town-hall").await;
    server.until_told(1).await;
    let other = Faster::commits(&server, 2, entries).await;
    (server, other)
}

fn clipboard(fleet: &str, seen: &str) -> Value {
    json!({"v": 1, "fleet": fleet, "park": 25_000, "seen": seen, "watch": ["town-hall"]})
}

fn places(load: &Value) -> Vec<&str> {
    load["cargo"].as_array().expect("a list").iter().map(|item| item["at"].as_str().expect("a place")).collect()
}

/// Why, after, seen and what.
fn told(load: &Value) -> (&str, &str, &str, Vec<&str>) {
    let text = |name: &str| load[name].as_str().expect("a text");
    (text("why"), text("after"), text("seen"), places(load))
}

/// Trucks of the fleets that hold some.
fn holding() -> impl Iterator<Item = &'static str> {
    FLEETS.iter().filter(|fleet| fleet.down == Down::Trucks && fleet.hold > 0).map(|fleet| fleet.name)
}

fn bay(fleet: &str) -> String {
    format!("a-bay-of-{fleet:_<16}")
}

#[tokio::test]
async fn a_page_that_is_ahead_parks_and_hears_only_what_it_has_not_seen_with_every_fleet() {
    let (server, other) = lagging(Options::default()).await;
    let mut trucks = Vec::new();
    for fleet in holding() {
        trucks.push((fleet, server.parked(&bay(fleet), &clipboard(fleet, "E.3")).await));
    }
    assert_eq!((server.dock.stats().parked(), server.dock.stats().ahead), (4, 4), "none turned round");
    // The ring gets there: for these pages that is no news.
    other.lets_hear(&server, 3).await;
    assert_eq!(server.dock.stats().parked(), 4);
    server.announce(4, "harbour");
    assert_eq!(server.dock.stats().parked(), 4, "nor is what they do not watch");
    server.announce(5, "town-hall");
    for (fleet, truck) in &mut trucks {
        assert_eq!(told(&truck.load().await), ("cargo", "E.3", "E.5", vec!["E.5"]), "{fleet}");
    }
}

#[tokio::test]
async fn what_the_journal_has_after_the_place_of_a_page_that_is_ahead_rides_at_once_with_every_fleet() {
    let (server, other) = lagging(Options::default()).await;
    let fleets = FLEETS.iter().filter(|fleet| fleet.down == Down::Trucks).map(|fleet| fleet.name);
    for fleet in fleets.clone() {
        let load = server.truck(&bay(fleet), &clipboard(fleet, "E.2")).await.load().await;
        assert_eq!(told(&load), ("cargo", "E.2", "E.3", vec!["E.3"]), "{fleet}");
    }
    assert_eq!(server.dock.stats().ahead, fleets.count() as u64);
    other.lets_hear(&server, 3).await;
}

#[tokio::test]
async fn a_fleet_that_does_not_park_keeps_its_place() {
    let (server, other) = lagging(Options::default()).await;
    for fleet in FLEETS.iter().filter(|fleet| fleet.hold == 0) {
        let load = server.truck(&bay(fleet.name), &clipboard(fleet.name, "E.3")).await.load().await;
        assert_eq!(told(&load), ("turn", "E.3", "E.3", vec![]), "{}", fleet.name);
    }
    other.lets_hear(&server, 3).await;
}

#[tokio::test]
async fn a_cursor_beyond_the_journal_is_a_bad_one_as_ever() {
    let (server, other) = lagging(Options::default()).await;
    for fleet in FLEETS.iter().filter(|fleet| fleet.down == Down::Trucks) {
        let load = server.truck(&bay(fleet.name), &clipboard(fleet.name, "E.4")).await.load().await;
        assert_eq!(told(&load), ("reload", "E.1", "E.1", vec![]), "{}", fleet.name);
    }
    other.lets_hear(&server, 3).await;
}

#[tokio::test]
async fn at_its_ticket_and_when_it_is_relieved_or_sent_home_a_truck_keeps_its_place() {
    let options = Options { park_min_ms: 20, ..Options::default() };
    let (server, other) = lagging(options).await;
    let brief = json!({"v": 1, "fleet": "ping-pong", "park": 20, "seen": "E.3"});
    let load = server.truck("a-bay-with-ticket", &brief).await.load().await;
    assert_eq!(told(&load), ("ticket", "E.3", "E.3", vec![]));
    let mut first = server.parked("a-bay-of-two-000", &clipboard("ping-pong", "E.3")).await;
    let mut second = server.truck("a-bay-of-two-000", &clipboard("ping-pong", "E.3")).await;
    assert_eq!(told(&first.load().await), ("relieved", "E.3", "E.3", vec![]));
    server.until(|stats| stats.ahead == 3 && stats.parked() == 1).await;
    server.dock.close();
    assert_eq!(told(&second.load().await), ("closing", "E.3", "E.3", vec![]));
    let load = server.truck("a-bay-of-one-000", &clipboard("ping-pong", "E.3")).await.load().await;
    assert_eq!(told(&load), ("closing", "E.3", "E.3", vec![]), "nobody looks any more");
    other.lets_hear(&server, 3).await;
}

#[tokio::test]
async fn trucks_that_are_ahead_count_against_every_limit() {
    let options = Options { parked_max_trucks: 1, ..Options::default() };
    let (server, other) = lagging(options).await;
    let _parked = server.parked("a-bay-of-one-000", &clipboard("ping-pong", "E.3")).await;
    let load = server.truck("a-bay-of-two-000", &clipboard("ping-pong", "E.3")).await.load().await;
    assert_eq!(told(&load), ("turn", "E.3", "E.3", vec![]));
    assert_eq!((&load["limit"], &load["retry"]), (&json!("dock"), &json!(5_000)));
    other.lets_hear(&server, 3).await;
    server.send_home();
}

#[tokio::test]
async fn a_stream_of_events_that_is_ahead_waits_in_its_place() {
    let options = Options { park_default_ms: 60, park_min_ms: 20, ..Options::default() };
    let (server, other) = lagging(options).await;
    let mut page = server.events("a-bay-of-events0", "watch=town-hall&seen=E.2", "").await;
    page.head().await;
    assert_eq!(told(&page.sent().await), ("cargo", "E.2", "E.3", vec!["E.3"]), "what the journal has");
    for _ in 0..2 {
        let load = page.sent().await;
        assert_eq!(told(&load), ("ticket", "E.3", "E.3", vec![]));
        assert!(load["parked"].as_u64().is_some_and(|ms| ms >= 50), "it does not spin: {load}");
    }
    other.lets_hear(&server, 3).await;
    server.announce(4, "town-hall");
    let load = loop {
        let load = page.sent().await;
        if load["why"] != Why::Ticket.name() {
            break load;
        }
    };
    assert_eq!(told(&load), ("cargo", "E.3", "E.4", vec!["E.4"]));
    server.send_home();
}

#[tokio::test]
async fn a_socket_that_is_ahead_waits_in_its_place_and_may_come_back_further() {
    let (server, other) = lagging(Options::default()).await;
    let (mut line, _) = open(&server, "a-bay-of-a-socket", &[("visitor", "AAAAAAAAAAAAAAAAAAAAAA")]).await;
    line.send(&frame("E.2", json!([]))).await;
    assert_eq!(told(&line.load().await), ("cargo", "E.2", "E.3", vec!["E.3"]), "what the journal has");
    server.until(|stats| stats.parked() == 1).await;
    // A clipboard that says as much again changes nothing.
    line.send(&frame("E.3", json!([]))).await;
    server.until(|stats| stats.ahead == 3 && stats.parked() == 1).await;
    other.lets_hear(&server, 3).await;
    assert_eq!(server.dock.stats().parked(), 1, "that was no news");
    server.announce(4, "town-hall");
    assert_eq!(told(&line.load().await), ("cargo", "E.3", "E.4", vec!["E.4"]));
    server.send_home();
}

/// A truck of a visitor.
async fn of_ann(server: &TestApp, bay: &str, clipboard: &Value) -> Connection {
    server.send(&request(bay, &format!("{JSON}{ANN}"), &clipboard.to_string())).await
}

#[tokio::test]
async fn what_is_private_rides_for_its_visitor_alone_and_is_no_news_to_others() {
    let ann = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let entries = [(3, "town-hall", None), (4, "town-hall", Some(ann.as_str()))];
    let (server, other) = lagging_behind(Options::default(), &entries).await;
    let mut load = of_ann(&server, "a-bay-of-ann-000", &clipboard("ping-pong", "E.3")).await;
    assert_eq!(told(&load.load().await), ("cargo", "E.3", "E.4", vec!["E.4"]));
    // Somebody else's page parks, whatever lies there.
    let mut stranger = server.parked("a-bay-of-bob-000", &clipboard("ping-pong", "E.3")).await;
    // Her own parks with it seen.
    let mut hers = of_ann(&server, "a-bay-of-ann-000", &clipboard("ping-pong", "E.4")).await;
    server.until(|stats| stats.parked() == 2).await;
    other.lets_hear(&server, 4).await;
    assert_eq!(server.dock.stats().parked(), 2, "neither hears of it again");
    server.announce(5, "town-hall");
    assert_eq!(told(&hers.load().await), ("cargo", "E.4", "E.5", vec!["E.5"]));
    assert_eq!(told(&stranger.load().await), ("cargo", "E.3", "E.5", vec!["E.5"]));
}

#[tokio::test]
async fn a_program_that_follows_a_station_reads_the_journal_whatever_this_server_has_heard() {
    let (server, other) = lagging(Options::default()).await;
    let follow = |after: u64| format!("GET /stream/town-hall?offset=E.{after:019}&live=long-poll");
    let places = |body: &str| -> Vec<Value> {
        let items: Vec<Value> = serde_json::from_str(body).expect("items");
        items.iter().map(|item| item["n"].clone()).collect()
    };
    assert_eq!(places(&ask(&server, &follow(1), "", b"").await.body), [3]);
    let hears = async {
        other.lets_hear(&server, 3).await;
        let other = Faster::commits(&server, 4, &[(5, "town-hall", None)]).await;
        other.lets_hear(&server, 5).await;
    };
    let after = follow(3);
    let (answer, ()) = tokio::join!(ask(&server, &after, "", b""), hears);
    assert_eq!(places(&answer.body), [5], "what it has read already does not ring for it");
}
