//! `GET /dock/<bay>/events`: loads as Server-Sent Events. Words go up aboard trucks.

use super::gate::{Caller, Refusal, bad};
use super::stream::Stream;
use crate::web::head::Head;
use channel;
use channel::clipboard::Clipboard;
use channel::fleet::{Down, FLEETS, Fleet};
use std::io::Write;

/// A stream of events.
pub struct Events {
    /// `None` after the last load.
    stream: Option<Stream>,
}

impl Events {
    /// The headers of the answer.
    pub const HEADERS: [(&str, &str); 4] = [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ];

    pub(super) fn open(caller: Caller, head: &dyn Head) -> Result<Self, Refusal> {
        // The browser's own memory of the last event is newer than the URL that the page made.
        // An id that is no cursor did not come from us: the browser would send it again for ever.
        let last = head.first("Last-Event-ID").filter(|id| id.parse::<channel::cursor::Cursor>().is_ok());
        let seen = last.map(str::to_owned).or_else(|| head.asked("seen")).unwrap_or_default();
        let (watch, build) = (head.asked("watch").unwrap_or_default(), head.asked("build"));
        let clipboard = Clipboard::of_stream(row(), &seen, &watch, build.as_deref());
        let clipboard = clipboard.map_err(|error| {
            let field = error.field.clone();
            bad(&field, error)
        })?;
        caller.engines.dock.came(&clipboard, 0);
        caller.engines.dock.opened(clipboard.fleet);
        Ok(Self { stream: Some(Stream::open(caller, clipboard)) })
    }

    /// The next event, however long it takes; `None` when the stream has ended. It is made when it is asked for: a page
    /// that reads slowly takes up one load, not a queue.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        let stream = self.stream.as_mut()?;
        // An error means that storage is away: the page comes again, and is told so.
        let sent = stream.trip().await.ok()?;
        let event = event(&stream.seen().to_string(), sent.retry_ms, &sent.json);
        if sent.is_last {
            self.stream = None;
        }
        Some(event)
    }
}

/// The row of the table whose news comes down this way.
fn row() -> &'static Fleet {
    FLEETS.iter().find(|fleet| fleet.down == Down::Events).unwrap_or(&FLEETS[0])
}

/// Room for `retry: `, `id: `, `data: `, their ends of lines, a cursor and a number.
const FRAME_BYTES: usize = 120;

/// A load as an event, which is a load's JSON in one line; its id is how far it reaches.
fn event(seen: &str, retry_ms: Option<u64>, json: &[u8]) -> Vec<u8> {
    let mut event = Vec::with_capacity(FRAME_BYTES + json.len());
    // Writing to a Vec does not fail.
    if let Some(ms) = retry_ms {
        let _ = writeln!(event, "retry: {ms}");
    }
    let _ = write!(event, "id: {seen}\ndata: ");
    let start = event.len();
    event.extend_from_slice(json);
    // Ends of lines are looked for at once: byte by byte, a full load of many streams would hold up everybody else.
    if json.contains(&b'\n') || json.contains(&b'\r') {
        event[start..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    }
    event.extend_from_slice(b"\n\n");
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_one_event_whatever_is_in_it() {
        assert_eq!(event("E.7", None, b"{\"a\":1}"), b"id: E.7\ndata: {\"a\":1}\n\n");
        assert_eq!(event("E.7", Some(250), b"{\n\r\n}"), b"retry: 250\nid: E.7\ndata: {   }\n\n");
    }

    #[test]
    fn the_table_has_a_row_for_events() {
        assert_eq!(row().name, "sse");
    }
}
