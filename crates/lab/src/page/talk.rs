//! What a page and its owner tell each other.

use crate::home::{Item, Kind, State, Tally, Unsayable, Word};
use channel::clipboard::Id;
use channel::cursor::Cursor;
use tokio::sync::oneshot;

/// What an owner asks of a page.
pub(super) enum Ask {
    Say(Word, oneshot::Sender<Result<(), Unsayable>>),
    Wake,
    Rest,
}

/// What a page tells its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// News: each item once, in order.
    Applied(Vec<Item>),
    /// Words that are stored.
    Heard(Vec<Id>),
    /// How it is fed has changed.
    State(State),
    /// The server cannot continue from where the page was. The page goes on from this cursor; it misses what lay between.
    Reloaded(Cursor),
}

/// What a page counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Its trips.
    pub trips: Tally,
    /// How it is fed.
    pub kind: Option<Kind>,
    /// Bytes of clipboards sent.
    pub bytes_out: u64,
    /// Bytes of answers that came home.
    pub bytes_home: u64,
    /// Trucks that left without a word.
    pub empty_out: u64,
    /// How long trucks that were willing to park have been out, summed up, ms.
    pub waited_ms: u64,
}
