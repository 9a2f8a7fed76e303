//! `GET /dock/<bay>/socket`: a WebSocket, clipboards up and loads down.

use super::gate::{BODY_MAX_S, Caller, Gate, Refusal, TOO_EAGER};
use super::stream::{Sent, Stream};
use crate::web::error::Problem;
use channel::cargo::Why;
use channel::clipboard::{BODY_MAX_BYTES, Clipboard};
use channel::fleet::Down;
use futures_util::{SinkExt, StreamExt};
use rocket::http::Status;
use rocket::request::FromRequest;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request};
use rocket_ws::frame::{CloseCode, CloseFrame};
use rocket_ws::result::Error;
use rocket_ws::stream::DuplexStream;
use rocket_ws::{Config, Message, WebSocket};
use std::time::Duration;

/// Longest reason of a close frame, bytes, as the protocol has it.
const REASON_MAX_BYTES: usize = 123;
/// How long the other side may take to close as well, seconds: then what was written has arrived.
const CLOSE_MAX_S: u64 = 1;

/// The door.
#[derive(Clone)]
pub(crate) struct Socket {
    pub gate: Gate,
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

#[rocket::async_trait]
impl Handler for Socket {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let opened = async {
            let mut caller = self.gate.caller(request)?;
            let upgrade = WebSocket::from_request(request).await.succeeded();
            let no_upgrade = || Problem::new(Status::UpgradeRequired, "this is the address of a WebSocket");
            let upgrade = upgrade.ok_or_else(no_upgrade)?;
            // No later answer could carry a cookie.
            caller.introduce(request);
            Ok::<_, Refusal>((upgrade, caller))
        };
        let (upgrade, caller) = match opened.await {
            Ok(opened) => opened,
            Err(refusal) => return Outcome::from(request, refusal),
        };
        let gate = self.gate.clone();
        let limits = Config {
            max_message_size: Some(BODY_MAX_BYTES),
            max_frame_size: Some(BODY_MAX_BYTES),
            // What is sent is sent at once, so nothing waits in line for a page that reads slowly.
            write_buffer_size: 0,
            ..Config::default()
        };
        let channel = upgrade.config(limits).channel(move |io| {
            Box::pin(async move {
                Line { io, gate }.run(caller).await;
                Ok(())
            })
        });
        Outcome::from(request, channel)
    }
}

/// A connection.
struct Line {
    io: DuplexStream,
    gate: Gate,
}

/// What happens next on a line.
enum Next {
    Leaves(Result<Sent, Problem>),
    Came(Option<Result<Message, Error>>),
}

impl Line {
    async fn run(mut self, caller: Caller<'_>) {
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
    async fn talk(&mut self, caller: Caller<'_>) -> Option<Close> {
        let first = self.first(&caller);
        let first = match tokio::time::timeout(Duration::from_secs(BODY_MAX_S), first).await {
            Ok(Ok(first)) => first,
            Ok(Err(close)) => return close,
            Err(_) => return Some(Close::new(CloseCode::Policy, format!("no clipboard came within {BODY_MAX_S} s"))),
        };
        caller.engines.dock.opened(first.fleet);
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
        self.io.send(Message::Text(text)).await.map_err(|_| None)?;
        let code = match sent.why {
            _ if !sent.is_last => return Ok(()),
            Why::Closing => CloseCode::Away,
            Why::Relieved => CloseCode::Normal,
            _ => CloseCode::Again,
        };
        Err(Some(Close::new(code, sent.why.name())))
    }

    async fn first(&mut self, caller: &Caller<'_>) -> Result<Clipboard, Option<Close>> {
        loop {
            let frame = self.io.next().await;
            if let Some(clipboard) = self.read(frame, caller)? {
                return Ok(clipboard);
            }
        }
    }

    /// Reads a frame; pings and their like hold no clipboard.
    fn read(
        &self,
        frame: Option<Result<Message, Error>>,
        caller: &Caller<'_>,
    ) -> Result<Option<Clipboard>, Option<Close>> {
        let text = match frame {
            Some(Ok(Message::Text(text))) => Some(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => None,
            Some(Ok(Message::Binary(_))) => {
                return Err(Some(Close::new(CloseCode::Unsupported, "send clipboards as text")));
            }
            Some(Err(Error::Capacity(_))) => {
                return Err(Some(Close::new(CloseCode::Size, "a clipboard has 64 KiB at most")));
            }
            Some(Err(Error::Utf8)) => return Err(Some(Close::new(CloseCode::Invalid, "not UTF-8"))),
            Some(Err(Error::Protocol(error))) => return Err(Some(Close::new(CloseCode::Protocol, error.to_string()))),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(None),
        };
        self.gate.brake.check(&caller.bay).map_err(|_| Close::new(CloseCode::Policy, TOO_EAGER))?;
        let Some(text) = text else { return Ok(None) };
        let bad = |reason: String| Close::new(CloseCode::Invalid, reason);
        let clipboard = Clipboard::parse(text.as_bytes()).map_err(|error| match error.field.is_empty() {
            true => bad(error.reason),
            false => bad(error.to_string()),
        })?;
        if clipboard.fleet.down != Down::Socket {
            return Err(Some(bad(format!("fleet: {} does not come by a socket", clipboard.fleet.name))));
        }
        caller.engines.dock.came(&clipboard, text.len());
        Ok(Some(clipboard))
    }
}
