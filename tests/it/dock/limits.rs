//! Every limit of the dock, from outside.

use super::server::clipboard;
use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck};
use channel::Options;
use channel::clipboard::{SAY_MAX_WORDS, TEXT_MAX_CHARS, WATCH_MAX_TOPICS};
use channel::crowd::Limit;
use serde_json::{Value, json};
use stevenson::web;

const BAY: &str = "0123456789abcdef";
const OTHER: &str = "another-bay-00000";
const JSON: &str = "Content-Type: application/json\r\n";

/// Sends a truck; the load, if it does not park. A truck that parks stays among the lines.
async fn sends(lines: &mut Vec<Connection>, server: &TestApp, bay: &str, headers: &str) -> Option<Value> {
    let before = server.dock.stats();
    let mut sent = server.send(&truck(bay, &format!("{JSON}{headers}"), &clipboard("E.0").to_string())).await;
    server.until(|stats| stats.parked() > before.parked() || stats.left() > before.left()).await;
    if server.dock.stats().parked() > before.parked() {
        lines.push(sent);
        return None;
    }
    Some(sent.load().await)
}

fn turned(load: Option<Value>, limit: &str) {
    let load = load.expect("it turns round");
    let said = (&load["why"], &load["limit"], &load["retry"]);
    assert_eq!(said, (&json!("turn"), &json!(limit), &json!(5_000)), "{load}");
}

#[tokio::test]
async fn a_dock_that_is_full_turns_trucks_round_and_says_why() {
    let lines = &mut Vec::new();
    let server = TestApp::with_dock(Options { parked_max_trucks: 2, ..Options::default() }).await;
    for bay in [BAY, OTHER] {
        assert_eq!(sends(lines, &server, bay, "").await, None);
    }
    turned(sends(lines, &server, "bay-number-0000-3", "").await, "dock");
    assert_eq!(server.dock.stats().limited[Limit::Dock as usize].1, 1);
    server.announce(1, "town-hall");
    assert_eq!(sends(lines, &server, "bay-number-0000-3", "").await.expect("news")["why"], "cargo", "news is for all");
}

#[tokio::test]
async fn a_visitor_has_so_many_places_and_others_have_theirs() {
    let lines = &mut Vec::new();
    let server = TestApp::with_dock(Options { visitor_max_trucks: 2, ..Options::default() }).await;
    let ann = "Cookie: visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n";
    for bay in [BAY, OTHER] {
        assert_eq!(sends(lines, &server, bay, ann).await, None);
    }
    turned(sends(lines, &server, "bay-number-0000-3", ann).await, "visitor");
    assert_eq!(sends(lines, &server, "bay-number-0000-4", "Cookie: visitor=BBBBBBBBBBBBBBBBBBBBBA\r\n").await, None);
    assert_eq!(sends(lines, &server, "bay-number-0000-5", "").await, None);
    let mut again = server.send(&truck(BAY, &format!("{JSON}{ann}"), &clipboard("E.0").to_string())).await;
    server.announce(1, "town-hall");
    assert_eq!(again.why().await, "cargo", "the next truck of a page takes the place of the one before");
}

#[tokio::test]
async fn an_address_has_so_many_places_if_a_trusted_proxy_tells_it() {
    let lines = &mut Vec::new();
    let options = || Options { address_max_trucks: 2, ..Options::default() };
    let behind_proxy = web::Options { trusted_proxies: vec!["127.0.0.1".parse().expect("one")], ..Default::default() };
    let server = TestApp::with_dock_and_web(options(), behind_proxy).await;
    let from = |address: &str| format!("X-Forwarded-For: 1.2.3.4, {address}\r\n");
    assert_eq!(sends(lines, &server, BAY, &from("2001:db8:1:2::1")).await, None);
    assert_eq!(sends(lines, &server, OTHER, &from("2001:db8:1:2::2")).await, None);
    turned(sends(lines, &server, "bay-number-0000-3", &from("2001:db8:1:2:ffff::3")).await, "address");
    assert_eq!(sends(lines, &server, "bay-number-0000-4", &from("2001:db8:1:3::1")).await, None);
    for bay in ["bay-number-0000-5", "bay-number-0000-6", "bay-number-0000-7"] {
        assert_eq!(sends(lines, &server, bay, "").await, None, "this machine has no such limit");
    }
    server.send_home();
    let server = TestApp::with_dock(options()).await;
    for bay in ["bay-number-0000-1", "bay-number-0000-2", "bay-number-0000-3"] {
        assert_eq!(sends(lines, &server, bay, &from("192.0.2.1")).await, None, "nobody is believed who is not trusted");
    }
    server.send_home();
}

#[tokio::test]
async fn a_bay_has_as_many_places_as_its_fleet_holds() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut expanding = clipboard("E.0");
    expanding["fleet"] = json!("expanding");
    let mut first = server.parked(BAY, &expanding).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(server.parked(BAY, &expanding).await);
    }
    others.push(server.truck(BAY, &expanding).await);
    assert_eq!((first.why().await.as_str(), server.dock.stats().parked()), ("relieved", 4));
    server.send_home();
}

#[tokio::test]
async fn a_clipboard_has_its_limits_and_each_is_named() {
    let server = TestApp::with_dock(Options::default()).await;
    let word = |text: String| json!({"id": BAY, "station": "town-hall", "text": text});
    for (field, named, value) in [
        ("say", "say", json!(vec![word("x".into()); SAY_MAX_WORDS + 1])),
        ("say", "say[0].text", json!([word("x".repeat(TEXT_MAX_CHARS + 1))])),
        ("watch", "watch", json!(vec!["a"; WATCH_MAX_TOPICS + 1])),
        ("watch", "watch[0]", json!(["@AAAAAAAAAAAAAAAAAAAAAA"])),
        ("build", "build", json!("x".repeat(65))),
        ("tally", "tally.news", json!({"news": 600_001})),
    ] {
        let mut body = clipboard("E.0");
        body[field] = value;
        let answer = server.truck(BAY, &body).await.answer().await;
        assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (400, &json!(named)));
    }
    assert_eq!(server.status(OTHER, JSON, &" ".repeat((64 << 10) + 1)).await, 413);
}

#[tokio::test]
async fn a_visitor_behind_https_gets_a_cookie_for_https_only() {
    let trusted = web::Options { trusted_proxies: vec!["127.0.0.0/8".parse().expect("one")], ..Default::default() };
    let upgrade =
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    for (web, is_secure) in [(trusted, true), (web::Options::default(), false)] {
        let server = TestApp::with_dock_and_web(Options::default(), web).await;
        let request =
            format!("GET /dock/{BAY}/socket HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n{upgrade}\r\n");
        let head = server.send(&request).await.head().await.to_lowercase();
        assert!(head.starts_with("http/1.1 101 ") && head.contains("set-cookie: visitor="), "{head}");
        assert_eq!(head.contains("; secure"), is_secure, "{head}");
    }
}
