//! The metrics, read over HTTP, against a count of what the test saw itself.

use super::socket::{frame, open};
use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck};
use channel::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use stevenson::storage::words::Visitor;

const BAY: &str = "0123456789abcdef";
const JSON: &str = "Content-Type: application/json\r\n";

/// Metrics by name and labels, as they were printed.
async fn read(server: &TestApp) -> BTreeMap<String, f64> {
    let mut client =
        server.send("GET /metrics HTTP/1.0\r\nHost: localhost\r\nAccept: application/openmetrics-text\r\n\r\n").await;
    let head = client.head().await.to_lowercase();
    assert!(head.contains(" 200 ") && head.contains("application/openmetrics-text; version=1.0.0"), "{head}");
    let text = String::from_utf8(client.rest().await).expect("text");
    assert!(text.ends_with("# EOF\n"), "{text}");
    let line = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    text.lines().filter(|text| !text.starts_with('#')).map(line).collect()
}

/// What the test saw of a fleet.
#[derive(Default)]
struct Seen {
    trucks: u64,
    empty_up: u64,
    words: u64,
    bytes_up: u64,
    loads: BTreeMap<String, u64>,
    empty_down: u64,
    items: u64,
    bytes_down: u64,
    age_ms: i64,
}

impl Seen {
    fn came(&mut self, body: &Value) {
        let words = body["say"].as_array().map_or(0, Vec::len) as u64;
        self.trucks += 1;
        self.words += words;
        self.empty_up += u64::from(words == 0);
        self.bytes_up += body.to_string().len() as u64;
    }

    fn left(&mut self, load: &Value, bytes: usize) {
        let items = load["cargo"].as_array().expect("a list");
        *self.loads.entry(load["why"].as_str().expect("a reason").to_owned()).or_default() += 1;
        self.items += items.len() as u64;
        self.empty_down += u64::from(items.is_empty() && load["heard"] == json!([]));
        self.bytes_down += bytes as u64;
        let age = |item: &Value| load["now"].as_i64().expect("ms") - item["committed_at"].as_i64().expect("ms");
        self.age_ms += items.iter().map(age).sum::<i64>();
    }

    fn agrees(&self, metrics: &BTreeMap<String, f64>, fleet: &str) {
        for (name, count) in [
            ("trucks", self.trucks),
            ("trucks_empty", self.empty_up),
            ("truck_words", self.words),
            ("truck_bytes", self.bytes_up),
            ("loads_empty", self.empty_down),
            ("load_items", self.items),
            ("load_bytes", self.bytes_down),
        ] {
            let name = format!("stevenson_{name}_total{{fleet=\"{fleet}\"}}");
            assert_eq!(metrics[&name], count as f64, "{name}");
        }
        for why in ["cargo", "turn", "ticket", "relieved", "closing", "reload"] {
            let name = format!("stevenson_loads_total{{fleet=\"{fleet}\",why=\"{why}\"}}");
            assert_eq!(metrics[&name], self.loads.get(why).copied().unwrap_or(0) as f64, "{name}");
        }
    }
}

async fn goes(server: &TestApp, seen: &mut Seen, body: &Value) -> Connection {
    seen.came(body);
    server.send(&truck(BAY, JSON, &body.to_string())).await
}

async fn comes(client: &mut Connection, seen: &mut Seen) -> Value {
    let answer = client.answer().await;
    let length = answer.head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("its length");
    seen.left(&answer.json, length.parse().expect("a number"));
    answer.json
}

#[tokio::test]
async fn the_metrics_are_what_was_seen_on_the_road() {
    let server = TestApp::with_dock(Options::default()).await;
    let (mut trucks, mut socket) = (Seen::default(), Seen::default());
    let ann = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let mut body = json!({"v": 1, "fleet": "ping-pong", "seen": server.cursor(),
        "tally": {"lost": 1, "repeated": 2, "gaps": 3, "news": 4, "age_ms": 5_500}});
    let mut first = goes(&server, &mut trucks, &body).await;
    server.until(|stats| stats.parked() == 1).await;
    body["say"] = json!([{"id": "word-number-00001", "station": "town-hall", "text": "hello"}]);
    let mut second = goes(&server, &mut trucks, &body).await;
    // The second truck waits in place of the first, which brings the word home.
    comes(&mut first, &mut trucks).await;
    let words = server.storage.unanswered(0, 10).await.expect("words");
    assert!(server.storage.answer(&words[0], "hello to you", vec![]).await.expect("answered"));
    comes(&mut second, &mut trucks).await;
    let (mut line, _) = open(&server, "another-bay-00000", &[("Cookie", "visitor=AAAAAAAAAAAAAAAAAAAAAA")]).await;
    let clipboard = frame(&server.cursor(), json!([]));
    socket.came(&clipboard);
    line.send(&clipboard).await;
    server.until(|stats| stats.parked() == 1).await;
    let parked = read(&server).await;
    assert_eq!((parked["stevenson_parked{fleet=\"websocket\"}"], parked["stevenson_bays"]), (1.0, 1.0));
    server.storage.speak(&ann, "town-hall", Some("hello"), vec![]).await.expect("spoken");
    let text = line.text().await;
    socket.left(&serde_json::from_str(&text).expect("JSON"), text.len());
    server.until(|stats| stats.parked() == 1).await;

    let metrics = read(&server).await;
    trucks.agrees(&metrics, "ping-pong");
    socket.agrees(&metrics, "websocket");
    Seen::default().agrees(&metrics, "polling");
    assert_eq!(metrics["stevenson_streams_total{fleet=\"websocket\"}"], 1.0);
    for (name, count) in [("lost", 1.0), ("repeated", 2.0), ("gaps", 3.0), ("news", 4.0)] {
        assert_eq!(metrics[&format!("stevenson_home_{name}_total{{fleet=\"ping-pong\"}}")], 2.0 * count, "{name}");
    }
    assert_eq!(metrics["stevenson_home_news_age_seconds_total{fleet=\"ping-pong\"}"], 11.0);
    assert_eq!(metrics["stevenson_news_age_seconds_count"], (trucks.items + socket.items) as f64);
    let age_s = (trucks.age_ms + socket.age_ms) as f64 / 1_000.0;
    assert!((metrics["stevenson_news_age_seconds_sum"] - age_s).abs() < 1e-6, "{metrics:?}");
    assert_eq!(metrics["stevenson_news_age_seconds_bucket{le=\"+Inf\"}"], metrics["stevenson_news_age_seconds_count"]);
    assert_eq!((metrics["stevenson_words_stored_total"], metrics["stevenson_words_spoken_total"]), (1.0, 1.0));
    server.send_home();
}

#[tokio::test]
async fn a_limit_that_was_met_is_counted() {
    let server = TestApp::with_dock(Options { parked_max_trucks: 0, ..Options::default() }).await;
    server.truck(BAY, &super::server::clipboard("E.0")).await.load().await;
    let metrics = read(&server).await;
    assert_eq!(metrics["stevenson_limited_total{limit=\"dock\"}"], 1.0);
    assert_eq!(metrics["stevenson_limited_total{limit=\"visitor\"}"], 0.0);
}
