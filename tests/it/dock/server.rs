//! What tests of the dock do with the program.

use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck};
use channel::{News, Options, Stats};
use serde_json::{Value, json};
use stevenson::{keeper, web};

/// The keeper thinks longer than any test lasts: tests of the dock answer for it.
const THINKING: keeper::Options = keeper::Options { think_min_ms: 3_600_000, think_max_ms: 3_600_000 };

impl TestApp {
    /// The program with these knobs of the dock, and a keeper that never comes to an answer.
    pub async fn with_dock(options: Options) -> Self {
        Self::with_dock_and_web(options, web::Options::default()).await
    }

    /// The same, with something to say about proxies.
    pub async fn with_dock_and_web(options: Options, web: web::Options) -> Self {
        Self::with(|config| {
            config.dock = options;
            config.web = web;
            config.keeper = THINKING;
        })
        .await
    }

    /// Opens a stream of events. HTTP/1.0, so that nothing but events is in the body.
    pub async fn events(&self, bay: &str, query: &str, headers: &str) -> Connection {
        self.send(&format!("GET /dock/{bay}/events?{query} HTTP/1.0\r\nHost: x\r\n{headers}\r\n")).await
    }

    /// The cursor of what was announced last.
    pub fn cursor(&self) -> String {
        self.dock.cursor()
    }

    /// Sends a truck.
    pub async fn truck(&self, bay: &str, clipboard: &Value) -> Connection {
        self.send(&truck(bay, "Content-Type: application/json\r\n", &clipboard.to_string())).await
    }

    /// Sends a truck and waits until it is parked.
    pub async fn parked(&self, bay: &str, clipboard: &Value) -> Connection {
        let before = self.dock.stats();
        let client = self.truck(bay, clipboard).await;
        let seen = |stats: &Stats| stats.parked() as u64 + stats.left();
        self.until(|stats| seen(stats) > seen(&before)).await;
        client
    }

    /// Tells the dock of news that is in no database.
    pub fn announce(&self, seq: u64, topic: &str) {
        self.dock.announce(vec![News {
            seq,
            topic: topic.into(),
            word: None,
            committed_ms: 5,
            body: format!("{{\"kind\":\"x\",\"n\":{seq}}}").into(),
        }]);
    }

    /// The status of the answer to a truck.
    pub async fn status(&self, bay: &str, headers: &str, body: &str) -> u16 {
        self.send(&truck(bay, headers, body)).await.answer().await.status
    }
}

pub fn clipboard(seen: &str) -> Value {
    json!({"v": 1, "fleet": "ping-pong", "park": 25_000, "seen": seen, "watch": ["town-hall"]})
}
