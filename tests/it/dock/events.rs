//! Loads as Server-Sent Events, on real sockets.

use super::server::clipboard;
use crate::kit::app::TestApp;
use channel::Options;
use channel::cargo::Why;
use futures_util::future::join_all;
use serde_json::{Value, json};

const BAY: &str = "0123456789abcdef";

fn places(load: &Value) -> Vec<&str> {
    load["cargo"].as_array().expect("a list").iter().map(|item| item["at"].as_str().expect("a place")).collect()
}

#[tokio::test]
async fn a_stream_brings_what_is_announced_load_after_load() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut page = server.events(BAY, "watch=town-hall,mill&seen=E.0", "").await;
    let head = page.head().await.to_lowercase();
    assert!(head.starts_with("http/1.0 200 "), "{head}");
    for header in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
        assert!(head.lines().any(|line| line == header), "{header} in {head}");
    }
    server.until(|stats| stats.parked() == 1).await;
    server.announce(1, "harbour");
    server.announce(2, "town-hall");
    let load = page.sent().await;
    assert_eq!((&load["why"], &load["after"], places(&load)), (&json!("cargo"), &json!("E.0"), vec!["E.2"]));
    server.announce(3, "mill");
    let load = page.sent().await;
    assert_eq!((&load["after"], &load["seen"], places(&load)), (&json!("E.2"), &json!("E.3"), vec!["E.3"]));
    server.send_home();
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event_whatever_the_url_says() {
    let server = TestApp::with_dock(Options::default()).await;
    for seq in 1..=3 {
        server.announce(seq, "town-hall");
    }
    let mut page = server.events(BAY, "seen=E.1", "").await;
    page.head().await;
    assert_eq!(places(&page.sent().await), ["E.2", "E.3"]);
    let mut page = server.events("another-bay-00000", "seen=E.1", "Last-Event-ID: E.2\r\n").await;
    page.head().await;
    assert_eq!(places(&page.sent().await), ["E.3"]);
    for garbage in ["", "nonsense"] {
        let mut page = server.events("another-bay-00002", "seen=E.2", &format!("Last-Event-ID: {garbage}\r\n")).await;
        page.head().await;
        assert_eq!(places(&page.sent().await), ["E.3"], "what is no cursor of ours is nobody's");
    }
    let mut page = server.events("another-bay-00001", "seen=F.7", "").await;
    page.head().await;
    assert_eq!(page.sent().await["why"], "reload");
    server.announce(4, "town-hall");
    assert_eq!(places(&page.sent().await), ["E.4"], "and goes on from there");
    server.send_home();
}

#[tokio::test]
async fn tickets_are_the_heartbeat_and_a_page_that_went_away_is_gone_at_once() {
    let server = TestApp::with_dock(Options { park_default_ms: 60, park_min_ms: 20, ..Options::default() }).await;
    let mut page = server.events(BAY, "seen=E.0", "").await;
    page.head().await;
    for _ in 0..3 {
        assert_eq!(page.sent().await["why"], "ticket");
    }
    drop(page);
    server.until(|stats| stats.parked() == 0).await;
    let tickets = server.dock.stats().loads(Why::Ticket);
    let mut other = server.events("another-bay-00000", "seen=E.0", "").await;
    other.head().await;
    for _ in 0..10 {
        other.sent().await;
    }
    let more = server.dock.stats().loads(Why::Ticket) - tickets;
    assert!((10..=13).contains(&more), "only the other's: {more}");
    server.send_home();
}

#[tokio::test]
async fn a_later_stream_of_a_page_ends_the_one_before() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut first = server.events(BAY, "seen=E.0", "").await;
    first.head().await;
    server.until(|stats| stats.parked() == 1).await;
    let mut second = server.events(BAY, "seen=E.0", "").await;
    second.head().await;
    assert_eq!(first.sent().await["why"], "relieved");
    assert_eq!(first.event().await, None, "it does not fight for the place");
    server.announce(1, "town-hall");
    assert_eq!(second.sent().await["why"], "cargo");
    server.send_home();
}

#[tokio::test]
async fn a_dock_that_closes_ends_the_streams_and_says_when_to_come_back() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut page = server.events(BAY, "seen=E.0", "").await;
    page.head().await;
    server.until(|stats| stats.parked() == 1).await;
    server.dock.close();
    let event = page.event().await.expect("an event");
    let load: Value = serde_json::from_str(&event["data"]).expect("JSON");
    assert_eq!((&load["why"], load["retry"].to_string()), (&json!("closing"), event["retry"].clone()));
    assert_eq!(page.event().await, None);
}

#[tokio::test]
async fn a_stream_that_finds_no_place_says_why_and_ends() {
    let server = TestApp::with_dock(Options { parked_max_trucks: 1, ..Options::default() }).await;
    let _parked = server.parked(BAY, &clipboard("E.0")).await;
    let mut page = server.events("another-bay-00000", "seen=E.0", "").await;
    page.head().await;
    let event = page.event().await.expect("an event");
    let load: Value = serde_json::from_str(&event["data"]).expect("JSON");
    assert_eq!((&load["why"], &load["limit"]), (&json!("turn"), &json!("dock")));
    assert_eq!((event["retry"].as_str(), page.event().await), ("5000", None));
    server.send_home();
}

#[tokio::test]
async fn what_is_no_stream_is_refused_by_name() {
    let server = TestApp::with_dock(Options::default()).await;
    for (bay, query, headers, status) in [
        ("bay-number-0000-1", "seen=yesterday", "", 400),
        ("bay-number-0000-2", "", "", 400),
        ("bay-number-0000-3", "seen=E.0&watch=a%20b", "", 400),
        ("bay-number-0000-4", "seen=E.0", "Sec-Fetch-Site: cross-site\r\n", 403),
        ("short", "seen=E.0", "", 400),
    ] {
        assert_eq!(server.events(bay, query, headers).await.answer().await.status, status, "{bay} {query}");
    }
    let hurried = (0..100).map(|_| server.events(BAY, "seen=yesterday", ""));
    let statuses = join_all(hurried.map(async |client| client.await.answer().await.status)).await;
    assert!(statuses.contains(&429) && statuses.contains(&400), "the brake is for all doors: {statuses:?}");
}

#[tokio::test]
async fn a_page_of_another_build_hears_of_the_new_one() {
    let server = TestApp::with_dock(Options::default()).await;
    server.announce(1, "town-hall");
    let build = stevenson::pages::build();
    for (query, told) in [("&build=other", json!(build)), (&*format!("&build={build}"), Value::Null), ("", Value::Null)]
    {
        let mut page = server.events(BAY, &format!("seen=E.0{query}"), "").await;
        page.head().await;
        assert_eq!(page.sent().await["build"], told, "{query}");
    }
    server.send_home();
}

#[tokio::test]
async fn a_page_that_does_not_read_takes_up_no_queue() {
    let server =
        TestApp::with_dock(Options { ring_max_entries: 100_000, ring_max_bytes: 1 << 30, ..Options::default() }).await;
    let mut page = server.events(BAY, "seen=E.0", "").await;
    page.head().await;
    server.until(|stats| stats.parked() == 1).await;
    // More than all the buffers between the two hold.
    let body = format!("{{\"kind\":\"x\",\"text\":\"{}\"}}", "x".repeat(50_000));
    let sse = channel::fleet::Fleet::named("sse").expect("a row");
    for seq in 1..=200 {
        let news = channel::News { seq, topic: "t".into(), word: None, committed_ms: 5, body: body.clone().into() };
        server.dock.announce(vec![news]);
        tokio::task::yield_now().await;
    }
    let mut applied = 0;
    while applied < 200 {
        applied += page.sent().await["cargo"].as_array().expect("a list").len();
    }
    let stats = server.dock.stats();
    assert_eq!((applied, stats.of(sse).items), (200, 200), "each once, and what waited came together");
    assert!(stats.of(sse).loads[Why::Cargo as usize].1 < 200, "{stats:?}");
    server.send_home();
}
