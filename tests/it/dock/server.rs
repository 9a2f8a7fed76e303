//! A server of nothing but the dock, and a client that writes and reads bytes.

use channel::{Dock, News, Options, Stats};
use rocket::fairing::AdHoc;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::pending;
use std::time::Duration;
use stevenson::keeper::{self, Keeper};
use stevenson::storage::{self, Commits, Storage};
use stevenson::web::{self, Build};
use stevenson::{courier, live, metrics};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// Long enough for a busy machine; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The build of the server's pages.
pub const BUILD: &str = "b2";

/// A server of nothing but the dock.
pub struct Server {
    pub dock: Dock,
    pub port: u16,
    pub storage: Storage,
    pub shutdown: rocket::Shutdown,
    _folder: tempfile::TempDir,
}

impl Server {
    /// A dock that is told what the test announces.
    pub async fn start(options: Options) -> Self {
        Self::start_with(options, web::Options::default()).await
    }

    /// The same, with something to say about proxies.
    pub async fn start_with(options: Options, web: web::Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (storage, _) = storage(&folder).await;
        Self::serve(Dock::new("E", vec![], options), storage, web, folder).await
    }

    /// A dock that is told what storage commits.
    pub async fn over_storage(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (storage, commits) = storage(&folder).await;
        let dock = Dock::new(storage.epoch(), vec![], options);
        tokio::spawn(courier::run(commits, dock.clone(), |_| ()));
        Self::serve(dock, storage, web::Options::default(), folder).await
    }

    async fn serve(dock: Dock, storage: Storage, web: web::Options, folder: tempfile::TempDir) -> Self {
        tokio::spawn(dock.clone().run_tickets(pending()));
        let config = rocket::Config { port: 0, log_level: rocket::config::LogLevel::Off, ..Default::default() };
        let (tell, ready) = oneshot::channel();
        let ready_now = AdHoc::on_liftoff("ready", move |rocket| {
            let _ = tell.send(rocket.config().port);
            Box::pin(async {})
        });
        let rocket = rocket::custom(config)
            .manage(dock.clone())
            .manage(storage.clone())
            .manage(Keeper::new(storage.clone(), keeper::Options::default()))
            .manage(Build(BUILD.to_owned()))
            .manage(web)
            .mount("/", live::routes())
            .mount("/", metrics::routes());
        let rocket = rocket.attach(ready_now).ignite().await.expect("it ignites");
        let shutdown = rocket.shutdown();
        tokio::spawn(rocket.launch());
        Self { dock, port: ready.await.expect("it launches"), storage, shutdown, _folder: folder }
    }

    /// Opens a stream of events. HTTP/1.0, so that nothing but events is in the body.
    pub async fn events(&self, bay: &str, query: &str, headers: &str) -> Client {
        self.send(&format!("GET /dock/{bay}/events?{query} HTTP/1.0\r\nHost: x\r\n{headers}\r\n")).await
    }

    /// The cursor of what was announced last.
    pub fn cursor(&self) -> String {
        self.dock.cursor()
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
            word: None,
            committed_ms: 5,
            body: format!("{{\"kind\":\"x\",\"n\":{seq}}}").into(),
        }]);
    }

    pub async fn status(&self, bay: &str, headers: &str, body: &str) -> u16 {
        self.send(&post(bay, headers, body)).await.answer().await.status
    }
}

async fn storage(folder: &tempfile::TempDir) -> (Storage, Commits) {
    let options = storage::Options { file: folder.path().join("stevenson.db"), ..storage::Options::default() };
    Storage::open(options).await.expect("it opens")
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

    /// Reads the head of an answer that does not end.
    pub async fn head(&mut self) -> String {
        self.until_blank("\r\n\r\n").await.expect("a head")
    }

    /// Reads until the server hangs up.
    pub async fn rest(&mut self) -> String {
        let read = self.stream.read_to_end(&mut self.received);
        tokio::time::timeout(PATIENCE, read).await.expect("it ends").expect("it writes");
        String::from_utf8(std::mem::take(&mut self.received)).expect("text")
    }

    /// Reads one event: its lines by name; `None` when the stream has ended.
    pub async fn event(&mut self) -> Option<BTreeMap<String, String>> {
        let event = self.until_blank("\n\n").await?;
        let line = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(event.lines().map(|text| line(text).expect("a field")).collect())
    }

    /// Reads an event's load.
    pub async fn sent(&mut self) -> Value {
        let event = self.event().await.expect("an event");
        let load: Value = serde_json::from_str(&event["data"]).expect("JSON");
        assert_eq!(load["seen"], json!(event["id"]));
        load
    }

    async fn until_blank(&mut self, blank: &str) -> Option<String> {
        let read = async {
            let mut searched = 0;
            loop {
                let rest = self.received[searched..].windows(blank.len());
                if let Some(end) =
                    rest.enumerate().find_map(|(at, some)| (some == blank.as_bytes()).then_some(searched + at))
                {
                    let text: Vec<u8> = self.received.drain(..end + blank.len()).take(end).collect();
                    return Some(String::from_utf8(text).expect("text"));
                }
                searched = self.received.len().saturating_sub(blank.len());
                self.received.reserve(1 << 16);
                if self.stream.read_buf(&mut self.received).await.ok()? == 0 {
                    return None;
                }
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("it goes on")
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
