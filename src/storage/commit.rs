//! One transaction at a time: begin, learn, merge, write, commit; then answer; then tell.

use super::error::Error;
use super::foreign::data_version;
use super::journal::{self, Committed, Entry};
use super::learn::learn;
use super::memory::Memory;
use super::merge::{News, Upload, merge};
use super::observations::Appended;
use super::stats::count;
use super::writer::Append;
use super::{Shared, changes, stations, tidy};
use crate::weather::time::Timestamp;
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The writer's connection and what it has to keep in mind.
pub(super) struct Scribe {
    pub(super) conn: SqliteConnection,
    pub(super) shared: Arc<Shared>,
    pub(super) commits: mpsc::Sender<Committed>,
    pub(super) closing: watch::Receiver<bool>,
    pub(super) memory: Memory,
    /// The newest journal entry that was told, or was there at the start.
    pub(super) head: u64,
    /// Numbers up to here are not given out: see [`LEAP`].
    pub(super) floor: u64,
    /// Entries of other processes that wait to be told.
    pub(super) foreign: Vec<Entry>,
    /// What `PRAGMA data_version` said last: it changes when another connection commits.
    pub(super) data_version: i64,
    pub(super) journal_rows: u64,
    /// Entries written since the journal was pruned last.
    pub(super) unpruned: u64,
    pub(super) pruned_at: Timestamp,
    pub(super) orphans: bool,
}

/// Under [`super::Durability::Normal`] a power cut takes what was not checkpointed: some thousand pages of the log with
/// at most some ten thousand entries, whose numbers pages may have seen. Numbers go on this far behind the last one
/// that survived, so that none means two things. 2⁵³ allows nine billion such starts.
const LEAP: u64 = 1_000_000;
impl Scribe {
    /// Takes the connection over. `lossy`: see [`LEAP`].
    pub async fn new(
        mut conn: SqliteConnection,
        shared: Arc<Shared>,
        commits: mpsc::Sender<Committed>,
        closing: watch::Receiver<bool>,
        lossy: bool,
    ) -> Result<Self, Error> {
        // In this order: whatever is committed in between is noticed later.
        let data_version = data_version(&mut conn).await?;
        let head = journal::head(&mut conn).await?;
        shared.set_directory(Arc::new(stations::load(&mut conn).await?));
        let journal_rows = tidy::journal_rows(&mut conn).await?;
        Ok(Self {
            conn,
            shared,
            commits,
            closing,
            memory: Memory::default(),
            head,
            floor: if lossy { head + LEAP } else { 0 },
            foreign: Vec::new(),
            data_version,
            journal_rows,
            unpruned: 0,
            pruned_at: now(),
            orphans: true,
        })
    }

    /// Stores what is given in one transaction, answers everyone, then tells. Returns the error if the database was
    /// locked: whoever waits behind has waited as long.
    pub async fn store(&mut self, appends: Vec<Append>) -> Result<(), Error> {
        let done = self.store_and_answer(appends).await;
        self.prune_if_due().await;
        done
    }

    async fn store_and_answer(&mut self, appends: Vec<Append>) -> Result<(), Error> {
        let done = self.try_store(&appends).await;
        self.settle(&done).await;
        match done {
            Ok((answers, entries)) => {
                for (append, answer) in appends.into_iter().zip(answers) {
                    // Who asked may have gone; what was stored is stored.
                    drop(append.answer.send(answer));
                }
                self.tell(entries).await;
            }
            // Nobody knows whose fault it was: each gets a transaction of its own.
            Err(Error::Database(error)) if appends.len() > 1 => {
                tracing::warn!(%error, "a batch failed; trying its uploads one by one");
                let mut rest = appends.into_iter();
                while let Some(append) = rest.next() {
                    if let Err(locked) = Box::pin(self.store_and_answer(vec![append])).await {
                        rest.for_each(|append| append.fail(&locked));
                        return Err(locked);
                    }
                }
            }
            Err(error) => {
                appends.into_iter().for_each(|append| append.fail(&error));
                if matches!(error, Error::Locked(_)) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    async fn try_store(&mut self, appends: &[Append]) -> Result<(Vec<Result<Appended, Error>>, Vec<Entry>), Error> {
        self.begin().await?;
        let directory = self.shared.directory();
        let mut uploads = Vec::with_capacity(appends.len());
        for append in appends {
            if let Some((station, slug)) = directory.by_id(append.station) {
                uploads.push(Upload { station, slug, reports: &append.reports });
            }
        }
        let stored = learn(&mut self.conn, &mut self.memory, &uploads).await?;
        let mut changes = merge(&mut self.memory, stored, &uploads);
        let entries = self.number(std::mem::take(&mut changes.news), now());
        changes::write_and_commit(&mut self.conn, &changes, &entries).await?;
        self.committed(&entries);
        let counters = &self.shared.counters;
        count(&counters.commits, 1);
        count(&counters.reports_stored, changes.answers.iter().map(|answer| answer.stored).sum());
        count(&counters.reports_duplicate, changes.answers.iter().map(|answer| answer.duplicate).sum());
        let mut answers = changes.answers.into_iter();
        let answer = |append: &Append| match directory.by_id(append.station) {
            Some(_) => Ok(answers.next().unwrap_or_default()),
            None => Err(Error::NoStation(format!("number {}", append.station.0))),
        };
        Ok((appends.iter().map(answer).collect(), entries))
    }

    /// Takes the write lock and learns what other processes have written.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        let head: i64 = sqlx::query_scalar(BEGIN).fetch_one(&mut self.conn).await?;
        self.catch_up(head.unsigned_abs()).await
    }

    /// Ends a transaction that failed, and tells what others have committed, come what may.
    pub(super) async fn settle<T>(&mut self, done: &Result<T, Error>) {
        if done.is_err() {
            count(&self.shared.counters.failures, 1);
            // It fails where there is no transaction any more; then nothing is left to do.
            let _ = sqlx::query(ROLLBACK).execute(&mut self.conn).await;
            self.memory.clear();
        }
        let foreign = std::mem::take(&mut self.foreign);
        self.tell(foreign).await;
    }

    /// Numbers news, on from the head that was read in this transaction.
    pub(super) fn number(&self, news: Vec<News>, committed_at: Timestamp) -> Vec<Entry> {
        let first = self.head.max(self.floor) + 1;
        let entry = |(seq, News { station, body })| Entry { seq, station, visitor: None, committed_at, body };
        (first..).zip(news).map(entry).collect()
    }

    pub(super) fn committed(&mut self, entries: &[Entry]) {
        self.head = entries.last().map_or(self.head, |entry| entry.seq);
        self.journal_rows += entries.len() as u64;
        self.unpruned += entries.len() as u64;
    }

    /// Writes the log back into the file and closes it.
    pub async fn close(mut self) {
        self.shared.readers.close().await;
        if let Err(error) = sqlx::query(CHECKPOINT).execute(&mut self.conn).await {
            tracing::warn!(%error, "the log was not written back; the next start reads it");
        }
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

const BEGIN: &str = "BEGIN IMMEDIATE; SELECT coalesce(max(seq), 0) FROM journal";
pub(super) const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The writer is a worker: it may read the clock.
pub(super) fn now() -> Timestamp {
    chrono::Utc::now().into()
}
