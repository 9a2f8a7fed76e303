//! `GET /dock/<bay>/events`: loads as Server-Sent Events. Words go up aboard trucks.

use super::gate::{Gate, Refusal, bad};
use super::stream::Stream;
use channel;
use channel::clipboard::Clipboard;
use channel::fleet::{Down, FLEETS, Fleet};
use futures_util::stream;
use rocket::http::ContentType;
use rocket::response::Response;
use rocket::response::stream::ReaderStream;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request};
use std::io::{Cursor, Write};

/// The door.
#[derive(Clone)]
pub(crate) struct Events {
    pub gate: Gate,
}

#[rocket::async_trait]
impl Handler for Events {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        match self.open(request) {
            Ok(stream) => Outcome::Success(answer(stream)),
            Err(refusal) => Outcome::from(request, refusal),
        }
    }
}

impl Events {
    fn open<'r>(&self, request: &'r Request<'_>) -> Result<Stream<'r>, Refusal> {
        let caller = self.gate.caller(request)?;
        let query = |name| request.query_value::<&str>(name).and_then(Result::ok);
        // The browser's own memory of the last event is newer than the URL that the page made.
        // An id that is no cursor did not come from us: the browser would send it again for ever.
        let last =
            request.headers().get_one("Last-Event-ID").filter(|id| id.parse::<channel::cursor::Cursor>().is_ok());
        let seen = last.or_else(|| query("seen")).unwrap_or_default();
        let clipboard = Clipboard::of_stream(row(), seen, query("watch").unwrap_or_default(), query("build"));
        let clipboard = clipboard.map_err(|error| {
            let field = error.field.clone();
            bad(&field, error)
        })?;
        caller.engines.dock.came(&clipboard, 0);
        caller.engines.dock.opened(clipboard.fleet);
        Ok(Stream::open(caller, clipboard))
    }
}

/// The row of the table whose news comes down this way.
fn row() -> &'static Fleet {
    FLEETS.iter().find(|fleet| fleet.down == Down::Events).unwrap_or(&FLEETS[0])
}

/// An answer that goes on as long as the stream. The next load is fetched when the last has been taken: a page that
/// reads slowly takes up one load, not a queue.
fn answer(stream: Stream<'_>) -> Response<'_> {
    let events = stream::unfold(Some(stream), |stream| async move {
        let mut stream = stream?;
        // An error means that storage is away: the page comes again, and is told so.
        let sent = stream.trip().await.ok()?;
        let event = event(&stream.seen().to_string(), sent.retry_ms, &sent.json);
        Some((Cursor::new(event), (!sent.is_last).then_some(stream)))
    });
    Response::build()
        .header(ContentType::EventStream)
        .raw_header("Cache-Control", "no-store")
        .raw_header("X-Accel-Buffering", "no")
        .raw_header("X-Content-Type-Options", "nosniff")
        .streamed_body(ReaderStream::from(events))
        .finalize()
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
    event.extend(json.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
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
