//! A stream is a truck that, each time it would go home, sends its load on and arrives again.

use super::gate::Caller;
use super::trip::{Home, Trip};
use crate::web::error::Problem;
use channel::cargo::{Load, Why};
use channel::clipboard::Clipboard;
use channel::cursor::Cursor;
use channel::tally::Tally;

/// A page's stream. It keeps what the page's clipboard said, and how far the page has been sent.
pub(crate) struct Stream {
    caller: Caller,
    clipboard: Clipboard,
}

/// A load to send on.
pub(crate) struct Sent {
    /// What is written.
    pub json: Vec<u8>,
    /// When the page should come again, milliseconds.
    pub retry_ms: Option<u64>,
    /// Why it goes home.
    pub why: Why,
    /// It is the last.
    pub is_last: bool,
}

impl Stream {
    /// A stream that starts where the clipboard says.
    pub(crate) fn open(caller: Caller, clipboard: Clipboard) -> Self {
        Self { caller, clipboard }
    }

    /// Goes on where a new clipboard says; its words are aboard the next trip.
    pub(crate) fn take(&mut self, clipboard: Clipboard) {
        self.clipboard = clipboard;
    }

    /// Whether the next trip brings words. Such a trip must not be given up.
    pub(crate) fn has_words(&self) -> bool {
        !self.clipboard.say.is_empty()
    }

    /// The page that calls.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// How far the page has been sent.
    pub(crate) fn seen(&self) -> &Cursor {
        &self.clipboard.seen
    }

    /// One trip. Given up before its end, nothing is lost: the next brings the same again.
    pub(crate) async fn trip(&mut self) -> Result<Sent, Problem> {
        let has_words = self.has_words();
        // Not to park is what trucks are for.
        let park = self.clipboard.park.filter(|ms| *ms > 0);
        let clipboard = Clipboard { park, tally: Tally::default(), ..self.clipboard.clone() };
        // Boxed and gone before the truck parks: storing is large, waiting is small.
        let trip = Box::pin(Trip::start(&self.caller, clipboard)).await?;
        let Home { json, load, retry_ms } = trip.home().await?;
        self.clipboard.say.clear();
        self.clipboard.seen = self.caller.engines.dock.cursor_at(load.seen);
        Ok(Sent { json, retry_ms, why: load.why, is_last: ends(&load, has_words) })
    }
}

/// Whether a stream ends with this load. One that was relieved has a successor, one that may not park would come again
/// at once, and one that is closing has no server any more.
fn ends(load: &Load, has_words: bool) -> bool {
    match load.why {
        Why::Relieved | Why::Closing => true,
        Why::Turn => !has_words,
        Why::Cargo | Why::Ticket | Why::Reload => load.limit.is_some() && !has_words,
    }
}
