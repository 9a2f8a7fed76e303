//! Clipboards and loads as frames of a WebSocket, on real sockets.

use super::server::clipboard;
use crate::kit::app::TestApp;
use crate::kit::connection::PATIENCE;
use channel::Options;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;

const BAY: &str = "0123456789abcdef";

pub struct Line(WebSocketStream<TcpStream>);

/// Opens a socket; the answer to its handshake.
pub async fn open(server: &TestApp, bay: &str, headers: &[(&'static str, &str)]) -> (Line, Response) {
    open_at(server, &format!("/dock/{bay}/socket"), headers).await
}

/// The same at any path.
pub async fn open_at(server: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> (Line, Response) {
    let stream = TcpStream::connect(server.address).await.expect("it listens");
    let url = format!("ws://{}{path}", server.address);
    let mut request = url.into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    let (line, answer) = tokio_tungstenite::client_async(request, stream).await.expect("a socket");
    (Line(line), answer)
}

pub fn frame(seen: &str, say: Value) -> Value {
    json!({"v": 1, "fleet": "websocket", "seen": seen, "watch": ["town-hall"], "say": say})
}

impl Line {
    pub async fn send(&mut self, clipboard: &Value) {
        self.0.send(Message::Text(clipboard.to_string())).await.expect("it reads");
    }

    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("it goes on");
        next.expect("a frame").expect("a good frame")
    }

    pub async fn text(&mut self) -> String {
        self.next().await.into_text().expect("text")
    }

    pub async fn load(&mut self) -> Value {
        serde_json::from_str(&self.text().await).expect("JSON")
    }

    /// The code and the reason of the close frame.
    pub async fn closed(&mut self) -> (u16, String) {
        match self.next().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.into_owned()),
            other => panic!("not closed: {other:?}"),
        }
    }
}

async fn opened(server: &TestApp, bay: &str, seen: &str) -> Line {
    let (mut line, _) = open(server, bay, &[]).await;
    let before = server.dock.stats().parked();
    line.send(&frame(seen, json!([]))).await;
    server.until(|stats| stats.parked() > before).await;
    line
}

#[tokio::test]
async fn a_socket_brings_what_is_announced_load_after_load() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut line = opened(&server, BAY, "E.0").await;
    for (seq, topic) in [(1, "harbour"), (2, "town-hall")] {
        server.announce(seq, topic);
    }
    let load = line.load().await;
    assert_eq!((&load["why"], &load["after"], &load["seen"]), (&json!("cargo"), &json!("E.0"), &json!("E.2")));
    server.announce(3, "town-hall");
    assert_eq!(line.load().await["cargo"][0]["at"], "E.3");
    server.send_home();
}

#[tokio::test]
async fn a_new_clipboard_changes_what_the_socket_brings() {
    let server = TestApp::with_dock(Options::default()).await;
    for (seq, topic) in [(1, "mill"), (2, "town-hall")] {
        server.announce(seq, topic);
    }
    let mut line = opened(&server, BAY, "E.2").await;
    let mut other = frame("E.0", json!([]));
    other["watch"] = json!(["mill"]);
    other["build"] = json!("b1");
    line.send(&other).await;
    let load = line.load().await;
    assert_eq!((&load["cargo"][0]["at"], load["cargo"].as_array().map(Vec::len)), (&json!("E.1"), Some(1)));
    assert_eq!(load["build"], stevenson::pages::build());
    assert_eq!(server.dock.stats().bays, 1, "one page, one place");
    server.send_home();
}

#[tokio::test]
async fn tickets_are_the_heartbeat_and_a_page_that_hangs_up_is_gone_at_once() {
    let server = TestApp::with_dock(Options { park_default_ms: 60, park_min_ms: 20, ..Options::default() }).await;
    let mut line = opened(&server, BAY, "E.0").await;
    for _ in 0..3 {
        assert_eq!(line.load().await["why"], "ticket");
    }
    server.send_home();
    let server = TestApp::with_dock(Options::default()).await;
    drop(opened(&server, BAY, "E.0").await);
    // Its ticket would be due in 25 s, which is longer than a test waits.
    server.until(|stats| stats.parked() == 0).await;
}

#[tokio::test]
async fn a_page_that_closes_its_socket_is_answered() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut line = opened(&server, BAY, "E.0").await;
    line.0.send(Message::Close(None)).await.expect("it reads");
    assert!(matches!(line.next().await, Message::Close(_)), "else the browser says that it broke");
}

#[tokio::test]
async fn a_dock_that_closes_ends_the_sockets() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut line = opened(&server, BAY, "E.0").await;
    server.dock.close();
    let load = line.load().await;
    assert!(load["why"] == "closing" && load["retry"].is_u64(), "{load}");
    assert_eq!(line.closed().await, (1001, "closing".into()));
}

#[tokio::test]
async fn a_later_socket_of_a_page_ends_the_one_before_and_one_without_a_place_ends_too() {
    let server = TestApp::with_dock(Options { parked_max_trucks: 1, ..Options::default() }).await;
    let mut first = opened(&server, BAY, "E.0").await;
    let (mut second, _) = open(&server, BAY, &[]).await;
    second.send(&frame("E.0", json!([]))).await;
    assert_eq!(first.load().await["why"], "relieved");
    assert_eq!(first.closed().await, (1000, "relieved".into()));
    let (mut stranger, _) = open(&server, "another-bay-00000", &[]).await;
    stranger.send(&frame("E.0", json!([]))).await;
    let load = stranger.load().await;
    assert_eq!((&load["limit"], &load["retry"]), (&json!("dock"), &json!(5_000)));
    assert_eq!(stranger.closed().await, (1013, "turn".into()));
    server.send_home();
}

#[tokio::test]
async fn what_is_no_clipboard_closes_the_socket_with_a_reason() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut wrong_seen = frame("yesterday", json!([]));
    wrong_seen["say"] = json!([]);
    let cases = [
        (Message::Text("{".into()), 1007, "not JSON"),
        (Message::Text(wrong_seen.to_string()), 1007, "seen: "),
        (Message::Text(clipboard("E.0").to_string()), 1007, "fleet: "),
        (Message::Binary(vec![1, 2]), 1003, "text"),
        (Message::Text(" ".repeat((64 << 10) + 1)), 1009, "64 KiB"),
    ];
    for (number, (message, code, said)) in cases.into_iter().enumerate() {
        for is_first in [true, false] {
            let bay = format!("bay-{number:016}-{is_first}");
            let (mut line, _) = open(&server, &bay, &[]).await;
            if !is_first {
                line.send(&frame("E.0", json!([]))).await;
            }
            // What is too long may be refused before all of it is sent.
            let _ = line.0.send(message.clone()).await;
            let (closed, reason) = line.closed().await;
            assert!(closed == code && reason.contains(said), "{closed} {reason:?} to {message:.60}");
        }
    }
    server.until(|stats| stats.parked() == 0).await;
}

#[tokio::test]
async fn bytes_that_are_no_frames_close_the_socket() {
    let server = TestApp::with_dock(Options::default()).await;
    for (bay, garbage) in [
        ("bay-number-0000-1", &b"GET / HTTP/1.1\r\n\r\n"[..]),
        ("bay-number-0000-2", &[0xff; 20]),
        ("bay-number-0000-3", &b"\x81\x82\x00\x00\x00\x00\xff\xfe"[..]),
    ] {
        let mut line = opened(&server, bay, "E.0").await;
        line.0.get_mut().write_all(garbage).await.expect("it reads");
        let (code, reason) = line.closed().await;
        assert!(matches!(code, 1002 | 1007) && !reason.is_empty(), "{code} {reason:?} to {garbage:?}");
    }
    server.until(|stats| stats.parked() == 0).await;
}

#[tokio::test]
async fn a_socket_that_hurries_is_braked() {
    let server = TestApp::with_dock(Options::default()).await;
    for message in [Message::Text(frame("E.0", json!([])).to_string()), Message::Ping(vec![])] {
        let (mut line, _) = open(&server, &format!("bay-of-{:0>16}", message.len()), &[]).await;
        for _ in 0..100 {
            let _ = line.0.send(message.clone()).await;
        }
        let end = loop {
            match line.next().await {
                Message::Close(frame) => break frame.expect("a reason"),
                _ => continue,
            }
        };
        assert!(u16::from(end.code) == 1008 && end.reason.contains("ten trucks"), "{end:?}");
    }
}

#[tokio::test]
async fn a_socket_that_says_nothing_is_given_up() {
    let server = TestApp::with_dock(Options::default()).await;
    let (mut line, _) = open(&server, BAY, &[]).await;
    // From here on time passes as soon as everyone waits.
    tokio::time::pause();
    let closed = line.0.next().await.expect("a frame").expect("a good frame");
    assert!(closed.to_string().contains("no clipboard"), "{closed}");
}

#[tokio::test]
async fn what_asks_for_no_socket_is_told_so() {
    let server = TestApp::with_dock(Options::default()).await;
    let get = |headers: &str| format!("GET /dock/{BAY}/socket HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    assert_eq!(server.send(&get("")).await.answer().await.status, 426);
    let upgrade =
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    let foreign = get(&format!("{upgrade}Sec-Fetch-Site: same-site\r\n"));
    assert_eq!(server.send(&foreign).await.answer().await.status, 403);
    // A proxy rewrites Host and leaves Origin as it is.
    let (_, answer) = open(&server, BAY, &[("Origin", "https://weather.example")]).await;
    assert_eq!(answer.status(), 101);
}

/// A frame of the wire, masked with zeros: its first byte, and a short text.
fn raw(first: u8, text: &str) -> Vec<u8> {
    [&[first, 0x80 | u8::try_from(text.len()).expect("short"), 0, 0, 0, 0], text.as_bytes()].concat()
}

#[tokio::test]
async fn a_message_in_very_many_frames_is_braked_and_one_in_some_is_not() {
    let server = TestApp::with_dock(Options::default()).await;
    let mut line = opened(&server, BAY, "E.0").await;
    let text =
        frame("E.0", json!([{"id": "mnopqrstuvwxyz0123456789", "station": "town-hall", "text": "hello"}])).to_string();
    let (start, end) = text.split_at(text.len() / 2);
    let some = std::iter::repeat_n(raw(0, ""), 30).flatten();
    let whole: Vec<u8> = raw(1, start).into_iter().chain(some).chain(raw(0x80, end)).collect();
    line.0.get_mut().write_all(&whole).await.expect("open");
    assert_eq!(line.load().await["heard"][0], "mnopqrstuvwxyz0123456789");
    let many: Vec<u8> = raw(1, "").into_iter().chain(std::iter::repeat_n(raw(0, ""), 1_000).flatten()).collect();
    line.0.get_mut().write_all(&many).await.expect("open");
    let (code, reason) = line.closed().await;
    assert!(code == 1008 && reason.contains("frames"), "{code}: {reason}");
}
