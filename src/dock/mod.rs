//! The dock: where trucks park until there is news. It does not know what they carry.

pub mod fleet;

use bytes::Bytes;
use std::sync::Arc;

/// A piece of news for the trucks.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// Its place in the journal.
    pub seq: u64,
    /// What it is about: trucks that watch it, or watch everything, take it.
    pub topic: Arc<str>,
    /// A JSON object without its `at`.
    pub body: Bytes,
}

/// Knobs of the dock.
#[derive(Debug, Clone)]
pub struct Options {}

/// A handle to the dock; clones share it.
#[derive(Clone)]
pub struct Dock {}

impl Dock {
    /// An empty dock over the journal `epoch`, whose newest entries are `tail`.
    pub fn new(epoch: &str, tail: Vec<News>, options: Options) -> Self {
        unimplemented!("{epoch} {tail:?} {options:?}")
    }

    /// The cursor of the newest announced news: `epoch.sequence`. Pages print it before they read what they render.
    pub fn cursor(&self) -> String {
        unimplemented!()
    }

    /// Hands news to the parked trucks; `news` is in order and follows what was announced before.
    pub fn announce(&self, news: Vec<News>) {
        unimplemented!("{news:?}")
    }

    /// Sends everyone home `closing`, and everyone who still arrives.
    pub fn close(&self) {
        unimplemented!()
    }
}
