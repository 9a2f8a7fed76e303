//! A stream as Server-Sent Events: items, and after them where to go on.

use super::follower::{Follower, cursor_now};
use super::offset::Offset;
use super::portion::Portion;
use serde::Serialize;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// So long a connection lasts, as the protocol has it: then proxies may put programs together anew.
const LASTS: Duration = Duration::from_secs(60);

/// The headers of every stream.
const HEADERS: [(&str, &str); 4] = [
    ("content-type", "text/event-stream"),
    ("cache-control", "no-cache"),
    ("x-accel-buffering", "no"),
    ("x-content-type-options", "nosniff"),
];

/// Events of a station.
pub struct StationEvents {
    /// Boxed: connections without one are not to pay for it.
    follower: Box<Follower>,
    cursor: Option<u64>,
    /// The first portion, until it is sent.
    first: Option<Portion>,
    /// There is more to read at once.
    has_more: bool,
    ends: Pin<Box<Sleep>>,
}

/// What a `control` event says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Control {
    stream_next_offset: String,
    stream_cursor: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    up_to_date: bool,
}

impl StationEvents {
    pub(super) fn new(follower: Follower, cursor: Option<u64>, first: Portion) -> Self {
        let ends = Box::pin(sleep(LASTS));
        Self { follower: Box::new(follower), cursor, first: Some(first), has_more: true, ends }
    }

    /// The headers of the answer.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let sites = self.follower.sites.iter().map(|(name, value)| (*name, value.as_str()));
        HEADERS.into_iter().chain(sites)
    }

    /// The next events, however long it takes; `None` when they have ended. They are made when they are asked for: a program that
    /// reads slowly takes up one portion, not a queue.
    pub(crate) async fn next(&mut self) -> Option<Vec<u8>> {
        let portion = match self.first.take() {
            Some(portion) => portion,
            None => self.portion().await?,
        };
        self.follower.after = Some(portion.next);
        self.has_more = !portion.is_all;
        let cursor = cursor_now(self.cursor);
        self.cursor = Some(cursor);
        Some(events(&portion, &self.follower.epoch, cursor))
    }

    /// The next portion with something in it.
    async fn portion(&mut self) -> Option<Portion> {
        let Self { follower, ends, has_more, .. } = self;
        loop {
            if !*has_more && (!follower.is_here() || !follower.rung(ends.as_mut()).await) {
                return None;
            }
            // An error means that storage is away, or that the place is gone: the program comes again, and is told so.
            let portion = follower.read_on().await.ok()?;
            if !portion.is_empty() {
                return Some(portion);
            }
            follower.after = Some(portion.next);
            *has_more = false;
        }
    }
}

/// A portion as events. Its JSON is one line: what is stored has no line ends but within texts, where they are escaped.
fn events(portion: &Portion, epoch: &Arc<str>, cursor: u64) -> Vec<u8> {
    let mut events = Vec::new();
    if !portion.is_empty() {
        events.extend_from_slice(b"event: data\ndata:");
        let start = events.len();
        events.extend_from_slice(&portion.json(epoch));
        events[start..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        events.extend_from_slice(b"\n\n");
    }
    let control = Control {
        stream_next_offset: Offset::new(epoch.clone(), portion.next).to_string(),
        stream_cursor: cursor.to_string(),
        up_to_date: portion.is_all,
    };
    events.extend_from_slice(b"event: control\ndata:");
    events.extend_from_slice(&serde_json::to_vec(&control).unwrap_or_default());
    events.extend_from_slice(b"\n\n");
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_items_says_where_to_go_on() {
        let text = String::from_utf8(events(&Portion::nothing(7), &"E".into(), 12)).expect("text");
        let control = r#"{"streamNextOffset":"E.0000000000000000007","streamCursor":"12","upToDate":true}"#;
        assert_eq!(text, format!("event: control\ndata:{control}\n\n"));
    }
}
