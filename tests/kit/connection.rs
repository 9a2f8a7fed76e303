//! One small HTTP client, which writes and reads bytes as they are: trucks, and what no well-behaved client would send.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Long enough for a busy machine; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The request of a truck: its body and more headers, each with its line's end.
pub fn truck(bay: &str, headers: &str, body: &str) -> String {
    format!("POST /dock/{bay} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A connection to a server, and what of its answers has not been asked for yet.
pub struct Connection {
    /// For requests after the first.
    pub stream: TcpStream,
    received: Vec<u8>,
}

/// An answer with a JSON body.
pub struct Answer {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub json: Value,
}

impl Connection {
    /// Connects and sends a request as it is written.
    pub async fn send(to: SocketAddr, request: &str) -> Self {
        Self::send_bytes(to, request.as_bytes()).await
    }

    /// The same for a body that is no text.
    pub async fn send_bytes(to: SocketAddr, request: &[u8]) -> Self {
        let mut stream = TcpStream::connect(to).await.expect("it listens");
        stream.write_all(request).await.expect("it reads");
        Self { stream, received: Vec::new() }
    }

    /// Reads one answer with its exact length.
    pub async fn answer(&mut self) -> Answer {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("it answers")
    }

    /// The same without a limit of time.
    pub async fn read(&mut self) -> Answer {
        loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(self.received[..end].to_vec()).expect("text").to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length = length.unwrap_or_else(|| panic!("an answer without a length: {head}"));
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

    /// Reads the head of an answer with a length, as it was written, and its body.
    pub async fn plain(&mut self) -> String {
        let head = self.head().await;
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        while self.received.len() < length {
            assert!(self.stream.read_buf(&mut self.received).await.expect("it writes") > 0, "it hung up");
        }
        let body: Vec<u8> = self.received.drain(..length).collect();
        format!("{head}\r\n\r\n{}", String::from_utf8_lossy(&body))
    }

    /// Reads the head of an answer that does not end.
    pub async fn head(&mut self) -> String {
        self.until_blank("\r\n\r\n").await.expect("a head")
    }

    /// Reads until the server hangs up.
    pub async fn rest(&mut self) -> Vec<u8> {
        let read = self.stream.read_to_end(&mut self.received);
        tokio::time::timeout(PATIENCE, read).await.expect("it ends").expect("it writes");
        std::mem::take(&mut self.received)
    }

    /// Reads one event: its lines by name; `None` when the stream has ended.
    pub async fn event(&mut self) -> Option<BTreeMap<String, String>> {
        let event = self.until_blank("\n\n").await?;
        let value = |value: &str| value.strip_prefix(' ').unwrap_or(value).to_owned();
        let line = |line: &str| line.split_once(':').map(|(name, text)| (name.to_owned(), value(text)));
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

    /// The load that the truck brings home.
    pub async fn load(&mut self) -> Value {
        let answer = self.answer().await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.json
    }

    /// The reason for which the truck comes home.
    pub async fn why(&mut self) -> String {
        self.load().await["why"].as_str().expect("a reason").to_owned()
    }
}
