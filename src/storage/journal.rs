//! The journal: everything pages may need to hear, in order.

use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::mpsc;

/// One piece of news.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the journal: the cursor.
    pub seq: u64,
    /// The station it is about, by slug.
    pub station: Arc<str>,
    /// A JSON object as it goes over the wire, without `at`: `{"kind":"report",…}`.
    pub body: Bytes,
}

/// Proof that entries are committed; only storage can make one.
#[derive(Debug)]
pub struct Committed(Vec<Entry>);

impl Committed {
    /// The entries, in order.
    pub fn into_entries(self) -> Vec<Entry> {
        self.0
    }
}

/// The stream of commits, for the one who tells the pages.
#[derive(Debug)]
pub struct Commits(mpsc::Receiver<Committed>);

impl Commits {
    /// The next commit; `None` once storage is closed.
    pub async fn next(&mut self) -> Option<Committed> {
        self.0.recv().await
    }
}
