//! The route on real sockets: a local test client would cancel what a real client leaves behind.

use super::server::clipboard;
use crate::kit::app::TestApp;
use crate::kit::connection::truck;
use channel::Options;
use channel::cargo::Why;
use serde_json::{Value, json};
use stevenson::storage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use weather::station::Slug;

const BAY: &str = "0123456789abcdef";
/// The start of a body: Rocket looks at the first 14 bytes before it asks anyone.
const STARTED: &str = r#"{"v":1,"fleet":""#;

#[tokio::test]
async fn a_parked_truck_is_answered_with_the_news() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut client = server.parked(BAY, &clipboard("E.0")).await;
    server.announce(1, "harbour");
    server.announce(2, "town-hall");
    let answer = client.answer().await;
    let Value::Number(parked) = &answer.json["parked"] else { panic!("{}", answer.json) };
    let now = answer.json["now"].as_i64().expect("milliseconds");
    assert!(now > 1_700_000_000_000, "the server's clock");
    let cargo = json!([{"at": "E.2", "committed_at": 5, "kind": "x", "n": 2}]);
    let expected = json!({"v": 1, "why": "cargo", "after": "E.0", "seen": "E.2", "cargo": cargo, "heard": [],
        "parked": parked, "now": now});
    assert_eq!((answer.status, answer.json.clone()), (200, expected));
    for header in [
        "content-type: application/json",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
    ] {
        assert!(answer.head.lines().any(|line| line == header), "{header} in {}", answer.head);
    }
    assert!(!answer.head.contains("chunked") && answer.head.matches("content-length").count() == 1);
}

#[tokio::test]
async fn a_truck_with_a_ticket_that_is_due_goes_home_empty() {
    let server = TestApp::with_dock(Options { park_min_ms: 20, ..Options::default() }).await;
    let mut client = server.truck(BAY, &json!({"v": 1, "fleet": "ping-pong", "park": 20, "seen": "E.0"})).await;
    let load = client.load().await;
    assert_eq!((&load["why"], &load["cargo"], &load["seen"]), (&json!("ticket"), &json!([]), &json!("E.0")));
    assert!((18..5_000).contains(&load["parked"].as_u64().expect("milliseconds")), "{load}");
}

#[tokio::test]
async fn a_repeated_request_frees_the_first_and_both_are_answered() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut first = server.parked(BAY, &clipboard("E.0")).await;
    let mut again = server.truck(BAY, &clipboard("E.0")).await;
    assert_eq!(first.why().await, "relieved");
    server.announce(1, "town-hall");
    assert_eq!(again.why().await, "cargo");
}

#[tokio::test]
async fn one_connection_carries_truck_after_truck() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut client = server.truck(BAY, &json!({"v": 1, "fleet": "polling", "seen": "E.0"})).await;
    assert_eq!(client.why().await, "turn");
    server.announce(1, "town-hall");
    let request = truck(BAY, "Content-Type: application/json\r\n", &clipboard("E.0").to_string());
    client.stream.write_all(request.as_bytes()).await.expect("it is kept alive");
    assert_eq!(client.why().await, "cargo");
}

#[tokio::test]
async fn a_dock_that_closes_sends_everyone_home() {
    let server = TestApp::with_dock(Options { closing_spread_ms: 700, ..Options::default() }).await;
    let mut client = server.parked(BAY, &clipboard("E.0")).await;
    server.dock.close();
    let load = client.load().await;
    assert_eq!(load["why"], "closing");
    assert!(load["retry"].as_u64().is_some_and(|ms| ms < 700), "{load}");
    assert_eq!(server.truck(BAY, &clipboard("E.0")).await.why().await, "closing");
}

#[tokio::test]
async fn a_page_of_another_journal_reloads() {
    let server = TestApp::with_dock(Options::default()).await;
    for seen in ["F.0", "E.1"] {
        assert_eq!(server.truck(BAY, &clipboard(seen)).await.why().await, "reload", "{seen}");
    }
}

#[tokio::test]
async fn an_old_client_is_served_too() {
    let server = TestApp::with_dock(Options::default()).await;
    let body = clipboard("E.0").to_string();
    let headers = format!("Content-Type: application/json; charset=utf-8\r\nContent-Length: {}", body.len());
    let mut client = server.send(&format!("POST /dock/{BAY} HTTP/1.0\r\n{headers}\r\n\r\n{body}")).await;
    server.until(|stats| stats.parked() == 1).await;
    server.announce(1, "town-hall");
    let answer = client.answer().await;
    assert_eq!((answer.status, &answer.json["why"]), (200, &json!("cargo")));
    assert!(answer.head.starts_with("http/1.0 ") && !answer.head.contains("chunked"), "{}", answer.head);
    assert_eq!(client.stream.read(&mut [0]).await.ok(), Some(0), "it hangs up");
}

#[tokio::test]
async fn what_is_no_truck_is_refused_by_name() {
    let server = TestApp::with_dock(Options::default()).await;
    let json_type = "Content-Type: application/json\r\n";
    let body = clipboard("E.0").to_string();
    for (bay, headers, body, status) in [
        ("bay-number-0000-1", "Content-Type: text/plain\r\n", &*body, 415),
        ("bay-number-0000-2", "Content-Type: application/json-seq\r\n", &body, 415),
        ("bay-number-0000-3", "", &body, 415),
        ("bay-number-0000-4", &format!("{json_type}Sec-Fetch-Site: cross-site\r\n"), &body, 403),
        ("bay-number-0000-5", &format!("{json_type}Sec-Fetch-Site: same-site\r\n"), &body, 403),
        ("bay-number-0000-6", json_type, &" ".repeat((64 << 10) + 1), 413),
        ("bay-number-0000-7", json_type, "{", 400),
        ("short", json_type, &body, 400),
    ] {
        assert_eq!(server.status(bay, headers, body).await, status, "{bay} {headers}");
    }
    let mut wrong = clipboard("E.0");
    wrong["seen"] = json!("yesterday");
    let answer = server.truck(BAY, &wrong).await.answer().await;
    assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (400, &json!("seen")));
    assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
    assert_eq!(server.dock.stats().parked(), 0);
}

#[tokio::test]
async fn a_body_without_a_length_is_measured_as_it_comes() {
    let server = TestApp::with_dock(Options::default()).await;
    let head = format!(
        "POST /dock/{BAY} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = format!("{:x}\r\n{}\r\n", 70_000, " ".repeat(70_000));
    assert_eq!(server.send(&format!("{head}{chunk}0\r\n\r\n")).await.answer().await.status, 413);
}

#[tokio::test]
async fn a_body_that_is_announced_too_long_is_not_waited_for() {
    let server = TestApp::with_dock(Options::default()).await;
    let head = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 70000";
    let request = format!("POST /dock/{BAY} HTTP/1.1\r\n{head}\r\n\r\n{STARTED}");
    let answer = server.send(&request).await.answer().await;
    assert_eq!(answer.status, 413);
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_but_not_with_408() {
    let server = TestApp::with_dock(Options::default()).await;
    // From here on time passes as soon as everyone waits.
    tokio::time::pause();
    let head = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 100";
    let mut client = server.send(&format!("POST /dock/{BAY} HTTP/1.1\r\n{head}\r\n\r\n{STARTED}")).await;
    let answer = client.read().await;
    assert_eq!(answer.status, 400, "a browser would repeat the request after 408");
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
}

#[tokio::test]
async fn a_page_behind_the_ring_is_loaded_from_the_journal() {
    let server = TestApp::with_dock(Options { ring_max_entries: 1, ..Options::default() }).await;
    for slug in ["town-hall", "harbour", "mill"] {
        let new = storage::NewStation {
            slug: Slug::new(slug).expect("a slug"),
            name: slug.to_owned(),
            zone: weather::zone::Zone::UTC,
            elevation_m: None,
            coordinates: None,
        };
        server.storage.add_station(new).await.expect("added");
    }
    server.until_told(3).await;
    let load = server.truck(BAY, &json!({"v": 1, "fleet": "ping-pong", "seen": "E.0"})).await.load().await;
    assert_eq!((&load["why"], &load["after"], &load["seen"]), (&json!("cargo"), &json!("E.0"), &json!("E.3")));
    let cargo = load["cargo"].as_array().expect("a list");
    let station = |item: &Value| (item["at"].clone(), item["station"].clone());
    let expected = [("E.1", "town-hall"), ("E.2", "harbour"), ("E.3", "mill")];
    assert_eq!(cargo.iter().map(station).collect::<Vec<_>>(), expected.map(|(at, slug)| (json!(at), json!(slug))));
    assert_eq!(cargo[0]["kind"], "station");
    let load = server.truck(BAY, &clipboard("E.0")).await.load().await;
    assert_eq!(
        (&load["seen"], load["cargo"].as_array().map(Vec::len)),
        (&json!("E.3"), Some(1)),
        "only what it watches"
    );
}

#[tokio::test]
async fn a_page_that_hurries_is_braked() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut client = server.truck(BAY, &json!({"v": 1, "fleet": "polling", "seen": "E.0"})).await;
    let request = truck(BAY, "Content-Type: application/json\r\n", r#"{"v":1,"fleet":"polling","seen":"E.0"}"#);
    let mut statuses = vec![client.answer().await.status];
    while statuses.len() < 1_000 && statuses.last() == Some(&200) {
        client.stream.write_all(request.as_bytes()).await.expect("it is kept alive");
        let answer = client.answer().await;
        assert!(answer.status == 200 || answer.head.contains("retry-after: "), "{}", answer.head);
        statuses.push(answer.status);
    }
    assert_eq!(statuses.last(), Some(&429));
    assert!(statuses.len() > 20, "a burst is welcome");
}

#[tokio::test]
async fn a_page_that_went_away_leaves_the_dock_at_once() {
    let server = TestApp::with_dock(Options::default()).await;
    drop(server.parked(BAY, &clipboard("E.0")).await);
    server.until(|stats| stats.parked() == 0).await;
    let stats = server.dock.stats();
    assert_eq!((stats.loads(Why::Ticket), stats.bays), (0, 0), "long before its ticket");
}
