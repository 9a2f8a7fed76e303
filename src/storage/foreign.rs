//! What other processes write into the same file: the command line adds a station while the server runs.

use super::commit::{COMMIT, Scribe};
use super::error::Error;
use super::journal::{self, Entry};
use super::stats::count;
use super::{stations, tidy, words};
use sqlx::SqliteConnection;
use std::sync::Arc;

/// Foreign entries are read in pieces of this many.
const FOREIGN_PIECE: u32 = 1_000;

impl Scribe {
    /// Looks for commits of other processes, and after the journal.
    pub async fn look_around(&mut self) {
        let looked = self.try_look().await;
        if let Err(error) = &looked {
            tracing::warn!(error = error as &dyn std::error::Error, "cannot look for other processes' commits");
        }
        self.settle(&looked).await;
        self.prune_if_due().await;
    }

    async fn try_look(&mut self) -> Result<(), Error> {
        let version = data_version(&mut self.conn).await?;
        if version != self.data_version {
            sqlx::query(READ).execute(&mut self.conn).await?;
            let head = journal::head(&mut self.conn).await?;
            self.catch_up(head).await?;
            sqlx::query(COMMIT).execute(&mut self.conn).await?;
            self.data_version = version;
        }
        Ok(())
    }

    /// Reads what other processes wrote up to `head`; the caller's transaction keeps it from moving.
    pub(super) async fn catch_up(&mut self, head: u64) -> Result<(), Error> {
        if head <= self.head {
            return Ok(());
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = self.head;
        while at < head {
            let piece = journal::after(&mut self.conn, at, FOREIGN_PIECE).await?;
            let Some(last) = piece.last() else { break };
            at = last.seq;
            entries.extend(piece);
        }
        let directory = stations::load(&mut self.conn).await?;
        self.journal_rows = tidy::journal_rows(&mut self.conn).await?;
        self.shared.set_directory(Arc::new(directory));
        self.word_rows = words::rows(&mut self.conn).await?;
        count(&self.shared.counters.foreign_entries, entries.len());
        self.foreign.append(&mut entries);
        self.memory.clear();
        self.orphans = true;
        self.head = head;
        Ok(())
    }
}

const READ: &str = "BEGIN";
const DATA_VERSION: &str = "PRAGMA data_version";

pub(super) async fn data_version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(DATA_VERSION).fetch_one(conn).await
}
