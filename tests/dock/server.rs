//! A server of nothing but the dock, and a client that writes and reads bytes.

use rocket::fairing::AdHoc;
use serde_json::{Value, json};
use std::future::pending;
use std::time::Duration;
use stevenson::dock::{Dock, News, Options, Stats};
use stevenson::live;
use stevenson::robot::{self, Robot};
use stevenson::storage::{self, Storage};
use stevenson::web::{self, Build};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// Long enough for a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The build of the server's pages.
pub const BUILD: &str = "b2";

/// A server of nothing but the dock.
pub struct Server {
    pub dock: Dock,
    port: u16,
    pub storage: Storage,
    pub shutdown: rocket::Shutdown,
    _folder: tempfile::TempDir,
}

impl Server {
    pub async fn start(options: Options) -> Self {
        Self::start_with(options, web::Options::default()).await
    }

    pub async fn start_with(options: Options, web: web::Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let storage = storage(&folder).await;
        let dock = Dock::new("E", vec![], options);
        tokio::spawn(dock.clone().run_tickets(pending()));
        let config = rocket::Config { port: 0, log_level: rocket::config::LogLevel::Off, ..Default::default() };
        let (tell, ready) = oneshot::channel();
        let ready_now = AdHoc::on_liftoff("ready", move |rocket| {
            let _ = tell.send(rocket.config().port);
            Box::pin(async {})
        });
        let rocket = rocket::custom(config).manage(dock.clone()).manage(storage.clone()).mount("/", live::routes());
        let rocket = rocket
            .manage(Robot::new(storage.clone(), robot::Options::default()))
            .manage(Build(BUILD.to_owned()))
            .manage(web);
        let rocket = rocket.attach(ready_now).ignite().await.expect("it ignites");
        let shutdown = rocket.shutdown();
        tokio::spawn(rocket.launch());
        Self { dock, port: ready.await.expect("it launches"), storage, shutdown, _folder: folder }
    }

    /// Sends a request as it is written.
    pub async fn send(&self, request: &str) -> Client {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        Client { stream, received: Vec::new() }
    }

    /// Sends a truck.
    pub async fn truck(&self, bay: &str, clipboard: &Value) -> Client {
        self.send(&post(bay, "Content-Type: application/json\r\n", &clipboard.to_string())).await
    }

    /// Sends a truck and waits until it is parked.
    pub async fn parked(&self, bay: &str, clipboard: &Value) -> Client {
        let before = self.dock.stats();
        let client = self.truck(bay, clipboard).await;
        let seen = |stats: &Stats| stats.parked() as u64 + stats.left();
        self.until(|stats| seen(stats) > seen(&before)).await;
        client
    }

    pub async fn until(&self, holds: impl Fn(&Stats) -> bool) {
        let wait = async {
            while !holds(&self.dock.stats()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("it comes true");
    }

    pub fn announce(&self, seq: u64, topic: &str) {
        self.dock.announce(vec![News {
            seq,
            topic: topic.into(),
            committed_ms: 5,
            body: format!("{{\"kind\":\"x\",\"n\":{seq}}}").into(),
        }]);
    }

    pub async fn status(&self, bay: &str, headers: &str, body: &str) -> u16 {
        self.send(&post(bay, headers, body)).await.answer().await.status
    }
}

async fn storage(folder: &tempfile::TempDir) -> Storage {
    let options = storage::Options { file: folder.path().join("stevenson.db"), ..storage::Options::default() };
    Storage::open(options).await.expect("it opens").0
}

pub fn post(bay: &str, headers: &str, body: &str) -> String {
    format!("POST /dock/{bay} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub fn clipboard(seen: &str) -> Value {
    json!({"v": 1, "fleet": "ping-pong", "park": 25_000, "seen": seen, "watch": ["town-hall"]})
}

pub struct Client {
    pub stream: TcpStream,
    received: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub json: Value,
}

impl Client {
    /// Reads one answer with its exact length.
    pub async fn answer(&mut self) -> Answer {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("it answers")
    }

    /// The same without a limit of time.
    pub async fn read(&mut self) -> Answer {
        loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(self.received[..end].to_vec()).expect("text").to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("its length");
                let whole = end + 4 + length.parse::<usize>().expect("a number");
                if self.received.len() >= whole {
                    let body: Vec<u8> = self.received.drain(..whole).skip(end + 4).collect();
                    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
                    return Answer { status, head, json: serde_json::from_slice(&body).expect("JSON") };
                }
            }
            assert!(self.stream.read_buf(&mut self.received).await.expect("it writes") > 0, "it hung up");
        }
    }

    pub async fn load(&mut self) -> Value {
        let answer = self.answer().await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.json
    }

    pub async fn why(&mut self) -> String {
        self.load().await["why"].as_str().expect("a reason").to_owned()
    }
}
