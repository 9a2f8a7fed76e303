//! A row of the journal.

use super::words::Visitor;
use bytes::Bytes;
use std::sync::Arc;
use weather::time::Timestamp;

/// One piece of news.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the journal: the cursor.
    pub seq: u64,
    /// The station it is about, by slug.
    pub station: Arc<str>,
    /// The only visitor who may read it; `None`: everybody may.
    pub visitor: Option<Visitor>,
    /// When the writer wrote it, inside its transaction: earlier than the end of the commit by the time that the
    /// commit takes. The row cannot hold the later moment, because it is written before.
    pub committed_at: Timestamp,
    /// A JSON object as pages get it, without `at`: `{"kind":"report",…}`.
    pub body: Bytes,
}

impl Entry {
    /// True if it is the lab's: about no station, for one visitor. No station's name begins with an underline.
    pub(super) fn is_lab(&self) -> bool {
        self.visitor.is_some() && self.station.starts_with('_')
    }
}

/// How every body begins.
const KIND: &[u8] = br#"{"kind":""#;

impl Entry {
    /// The kind of its body: `report`, `station`, `words`; empty if it does not begin with one.
    pub(super) fn kind(&self) -> &str {
        let kind = self.body.strip_prefix(KIND).and_then(|rest| rest.split(|byte| *byte == b'"').next());
        std::str::from_utf8(kind.unwrap_or_default()).unwrap_or_default()
    }
}

/// What the journal tells everybody of one station, from a place on.
#[derive(Debug, Clone, PartialEq)]
pub struct StationPiece {
    /// Its public entries, oldest first.
    pub entries: Vec<Entry>,
    /// All that is public of the station up to this number is among the entries, or was before them.
    pub upto: u64,
    /// The newest entry of the journal, whatever it is about.
    pub head: u64,
}
