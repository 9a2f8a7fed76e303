//! What other processes write into the same database: the command line adds a station while the server runs.

use crate::storage::engine::Engine;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use serde::Deserialize;
use weather::time::Timestamp;

/// Entries of others that wait to be told.
#[derive(Default)]
pub(super) struct Foreign(Vec<Entry>);

/// They are read in pieces of this many.
const PIECE: u32 = 1_000;

impl Foreign {
    /// Reads what others wrote after `from`, up to `head`; the caller's transaction keeps it from moving.
    pub(super) async fn read(engine: &mut Engine, from: u64, head: u64) -> Result<Vec<Entry>, Error> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = from;
        while at < head {
            let piece = engine.after(at, PIECE).await?;
            let Some(last) = piece.last() else { break };
            at = last.seq;
            entries.extend(piece);
        }
        Ok(entries)
    }

    /// These are to be told, after those that wait.
    pub(super) fn add(&mut self, mut entries: Vec<Entry>) {
        self.0.append(&mut entries);
    }

    /// All that wait.
    pub(super) fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.0)
    }
}

/// What time a report is of.
pub(super) fn observed_at(entry: &Entry) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Body {
        observed_at: Timestamp,
    }
    serde_json::from_slice(&entry.body).ok().map(|body: Body| body.observed_at)
}
