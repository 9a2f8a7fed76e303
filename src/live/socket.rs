//! `GET /dock/<bay>/socket`: a WebSocket, clipboards up and loads down.

use super::frames::{Counted, FRAMES_MAX};
use super::gate::{BODY_MAX_S, Caller, Refusal, TOO_EAGER};
use super::stream::{Sent, Stream};
use crate::web::error::Problem;
use crate::web::head::Head;
use channel::cargo::Why;
use channel::clipboard::{BODY_MAX_BYTES, Clipboard};
use channel::fleet::Down;
use futures_util::{SinkExt, StreamExt};
use rocket::http::Status;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Longest reason of a close frame, bytes, as the protocol has it.
const REASON_MAX_BYTES: usize = 123;
/// How long the other side may take to close as well, seconds: then what was written has arrived.
const CLOSE_MAX_S: u64 = 1;

/// A WebSocket that is let in and not yet open.
pub struct Opening {
    caller: Caller,
    is_stranger: bool,
    accept: String,
}

impl Opening {
    pub(super) fn new(mut caller: Caller, is_stranger: bool, head: &dyn Head) -> Result<Self, Refusal> {
        let says = |name: &str, what: &str| {
            let list = head.first(name).unwrap_or_default();
            list.split(',').any(|item| item.trim().eq_ignore_ascii_case(what))
        };
        let key = head.first("Sec-WebSocket-Key").filter(|_| {
            says("Connection", "upgrade") && says("Upgrade", "websocket") && says("Sec-WebSocket-Version", "13")
        });
        let no_upgrade = || Problem::new(Status::UpgradeRequired, "this is the address of a WebSocket");
        let accept = derive_accept_key(key.ok_or_else(no_upgrade)?.as_bytes());
        if !is_stranger {
            // No later answer could carry a cookie.
            caller.introduce();
        }
        Ok(Self { caller, is_stranger, accept })
    }

    /// The headers of the answer that opens it.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let accept = ("sec-websocket-accept", self.accept.clone());
        let fixed = [("connection", "upgrade".to_owned()), ("upgrade", "websocket".to_owned()), accept];
        let cookie = self.caller.cookie.clone().map(|cookie| ("set-cookie", cookie));
        fixed.into_iter().chain(cookie).collect()
    }

    /// Talks over the open line until one side ends it.
    pub async fn talk<S: AsyncRead + AsyncWrite + Unpin>(self, line: S) {
        let limits = WebSocketConfig {
            max_message_size: Some(BODY_MAX_BYTES),
            max_frame_size: Some(BODY_MAX_BYTES),
            // What is sent is sent at once, so nothing waits in line for a page that reads slowly.
            write_buffer_size: 0,
            ..WebSocketConfig::default()
        };
        let io = WebSocketStream::from_raw_socket(Counted::new(line), Role::Server, Some(limits)).await;
        Line { io, is_stranger: self.is_stranger }.run(self.caller).await;
    }
}

/// Why this side closes.
struct Close {
    code: CloseCode,
    reason: String,
}

impl Close {
    fn new(code: CloseCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// A connection.
struct Line<S> {
    io: WebSocketStream<S>,
    /// Nobody knows whose page it is: nothing private comes down, no words go up, and each load says so.
    is_stranger: bool,
}

/// Said to a stranger that has words.
const NO_WORDS: &str = "say[0]: nobody knows whose words these are, because a proxy hides the page's host";

/// What happens next on a line.
enum Next {
    Leaves(Result<Sent, Problem>),
    Came(Option<Result<Message, Error>>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn run(mut self, caller: Caller) {
        let farewell = self.talk(caller).await.map(|Close { code, mut reason }| {
            reason.truncate(reason.floor_char_boundary(REASON_MAX_BYTES));
            CloseFrame { code, reason: reason.into() }
        });
        let gone = async {
            // Whether it arrives or not: the page is gone, or goes now. One that has closed first is answered.
            let _ = self.io.close(farewell).await;
            while let Some(Ok(_)) = self.io.next().await {}
        };
        let _ = tokio::time::timeout(Duration::from_secs(CLOSE_MAX_S), gone).await;
    }

    /// Clipboards up, loads down, until one side ends it; returns why, if it was this side.
    async fn talk(&mut self, caller: Caller) -> Option<Close> {
        let first = self.first(&caller);
        let first = match tokio::time::timeout(Duration::from_secs(BODY_MAX_S), first).await {
            Ok(Ok(first)) => first,
            Ok(Err(close)) => return close,
            Err(_) => return Some(Close::new(CloseCode::Policy, format!("no clipboard came within {BODY_MAX_S} s"))),
        };
        caller.engines.dock.opened(first.fleet);
        if self.is_stranger {
            // At once: it may be long until there is news.
            let (seen, now) = (&first.seen, now_ms());
            let told = format!(
                r#"{{"v":1,"why":"turn","after":"{seen}","seen":"{seen}","cargo":[],"heard":[],"parked":0,"now":{now}}}"#
            );
            if let Err(close) = self.write(told).await {
                return close;
            }
        }
        let mut stream = Stream::open(caller, first);
        loop {
            let next = if stream.has_words() {
                Next::Leaves(stream.trip().await)
            } else {
                tokio::select! {
                    sent = stream.trip() => Next::Leaves(sent),
                    frame = self.io.next() => Next::Came(frame),
                }
            };
            match next {
                Next::Leaves(sent) => match self.send(sent).await {
                    Ok(()) => {}
                    Err(close) => return close,
                },
                Next::Came(frame) => match self.read(frame, stream.caller()) {
                    Ok(Some(clipboard)) => stream.take(clipboard),
                    Ok(None) => {}
                    Err(close) => return close,
                },
            }
        }
    }

    async fn send(&mut self, sent: Result<Sent, Problem>) -> Result<(), Option<Close>> {
        let sent = sent.map_err(|problem| Close::new(CloseCode::Again, problem.detail()))?;
        let no_text = |_| Close::new(CloseCode::Error, "the load is no text");
        let text = String::from_utf8(sent.json).map_err(no_text)?;
        self.write(text).await?;
        let code = match sent.why {
            _ if !sent.is_last => return Ok(()),
            Why::Closing => CloseCode::Away,
            Why::Relieved => CloseCode::Normal,
            _ => CloseCode::Again,
        };
        Err(Some(Close::new(code, sent.why.name())))
    }

    /// Writes a load.
    async fn write(&mut self, mut json: String) -> Result<(), Option<Close>> {
        if self.is_stranger {
            json.insert_str(1, r#""stranger":true,"#);
        }
        self.io.send(Message::Text(json)).await.map_err(|_| None)
    }

    async fn first(&mut self, caller: &Caller) -> Result<Clipboard, Option<Close>> {
        loop {
            let frame = self.io.next().await;
            if let Some(clipboard) = self.read(frame, caller)? {
                return Ok(clipboard);
            }
        }
    }

    /// Reads a frame; pings and their like hold no clipboard.
    fn read(&self, frame: Option<Result<Message, Error>>, caller: &Caller) -> Result<Option<Clipboard>, Option<Close>> {
        let text = match frame {
            Some(Ok(Message::Text(text))) => Some(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => None,
            Some(Ok(Message::Binary(_))) => {
                return Err(Some(Close::new(CloseCode::Unsupported, "send clipboards as text")));
            }
            Some(Err(Error::Capacity(_))) => {
                return Err(Some(Close::new(CloseCode::Size, "a clipboard has 64 KiB at most")));
            }
            Some(Err(Error::Io(error))) if error.kind() == io::ErrorKind::QuotaExceeded => {
                let reason = format!("a clipboard comes in {FRAMES_MAX} frames at most");
                return Err(Some(Close::new(CloseCode::Policy, reason)));
            }
            Some(Err(Error::Utf8)) => return Err(Some(Close::new(CloseCode::Invalid, "not UTF-8"))),
            Some(Err(Error::Protocol(error))) => return Err(Some(Close::new(CloseCode::Protocol, error.to_string()))),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(None),
        };
        caller.engines.brake.check(&caller.bay).map_err(|_| Close::new(CloseCode::Policy, TOO_EAGER))?;
        let Some(text) = text else { return Ok(None) };
        let bad = |reason: String| Close::new(CloseCode::Invalid, reason);
        let clipboard = Clipboard::parse(text.as_bytes()).map_err(|error| match error.field.is_empty() {
            true => bad(error.reason),
            false => bad(error.to_string()),
        })?;
        if clipboard.fleet.down != Down::Socket {
            return Err(Some(bad(format!("fleet: {} does not come by a socket", clipboard.fleet.name))));
        }
        if self.is_stranger && !clipboard.say.is_empty() {
            return Err(Some(bad(NO_WORDS.to_owned())));
        }
        caller.engines.dock.came(&clipboard, text.len());
        Ok(Some(clipboard))
    }
}

#[expect(clippy::disallowed_methods, reason = "a door: it says when the load leaves")]
fn now_ms() -> i64 {
    weather::time::nearest_ms(chrono::Utc::now())
}
