//! Who may do what, and what everybody else is told: on raw sockets, as programs and browsers write.

mod bays;
mod forms;
mod ingest;
mod methods;
mod metrics;
mod sockets;

use crate::kit::app::TestApp;
use crate::kit::connection::Connection;

/// An answer as it came: status, head in lower case, body.
pub struct Plain {
    pub status: u16,
    pub head: String,
    /// The head as it was written.
    pub raw: String,
    pub body: String,
}

impl Plain {
    /// The value of a header, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Says that nobody may keep the answer, nor take it for something else.
    pub fn is_for_programs(&self) -> bool {
        self.header("cache-control") == Some("no-store") && self.header("x-content-type-options") == Some("nosniff")
    }
}

/// Sends a request of these lines and body, and reads the whole answer.
pub async fn ask(app: &TestApp, first: &str, headers: &str, body: &[u8]) -> Plain {
    let host = if headers.starts_with("Host: ") || headers.contains("\nHost: ") { "" } else { "Host: localhost\r\n" };
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{first} HTTP/1.1\r\n{host}{headers}{length}Connection: close\r\n\r\n");
    let request = [head.as_bytes(), body].concat();
    let answer = Connection::send_bytes(app.address, &request).await.rest().await;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let raw = String::from_utf8_lossy(&answer[..end]).into_owned();
    let head = raw.to_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Plain { status, head, raw, body: String::from_utf8_lossy(&answer[end + 4..]).into_owned() }
}
