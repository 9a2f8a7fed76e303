//! One transaction at a time: begin, learn, merge, write, commit; then answer; then tell.

use super::error::Error;
use super::foreign::data_version;
use super::journal::{self, Committed, Entry};
use super::learn::learn;
use super::memory::Memory;
use super::merge::{News, Upload, merge};
use super::observations::Appended;
use super::stats::count;
use super::writer::{Append, Batch};
use super::{Shared, changes, stations, tidy, words};
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, watch};
use weather::time::Timestamp;

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
    pub(super) word_rows: u64,
    /// Conversations have been looked at up to the word at this place in the journal; of an earlier run nothing is known.
    pub(super) words_looked: u64,
    /// Entries written since the journal was pruned last.
    pub(super) unpruned: u64,
    pub(super) pruned_at: Timestamp,
    pub(super) orphans: bool,
}

/// Under [`super::Durability::Normal`] a power cut takes what was not checkpointed: some thousand pages of the log with
/// at most some ten thousand entries, whose numbers pages may have seen. Numbers go on this far behind the last one
/// that survived, so that none means two things. 2⁵³ allows nine billion such starts.
const LEAP: u64 = 1_000_000;

/// What to answer, and what to tell.
struct Stored {
    appended: Vec<Result<Appended, Error>>,
    talked: Vec<Result<bool, Error>>,
    entries: Vec<Entry>,
}

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
        let word_rows = words::rows(&mut conn).await?;
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
            word_rows,
            words_looked: 0,
            unpruned: 0,
            pruned_at: now(),
            orphans: true,
        })
    }

    /// Stores what is given in one transaction, answers everyone, then tells. Returns the error if the database was
    /// locked: whoever waits behind has waited as long.
    pub async fn store(&mut self, batch: Batch) -> Result<(), Error> {
        let done = self.store_and_answer(batch).await;
        self.prune_if_due().await;
        done
    }

    async fn store_and_answer(&mut self, batch: Batch) -> Result<(), Error> {
        let done = self.try_store(&batch).await;
        self.settle(&done).await;
        match done {
            Ok(stored) => {
                // Who asked may have gone; what was stored is stored.
                for (append, answer) in batch.appends.into_iter().zip(stored.appended) {
                    drop(append.answer.send(answer));
                }
                for (talk, answer) in batch.talks.into_iter().zip(stored.talked) {
                    drop(talk.answer.send(answer));
                }
                self.tell(stored.entries).await;
            }
            // Nobody knows whose fault it was: each gets a transaction of its own.
            Err(Error::Database(error)) if batch.len() > 1 => {
                tracing::warn!(%error, "a batch failed; trying what was in it one by one");
                let mut rest = batch.split();
                while let Some(one) = rest.next() {
                    if let Err(locked) = Box::pin(self.store_and_answer(one)).await {
                        rest.for_each(|one| one.fail(&locked));
                        return Err(locked);
                    }
                }
            }
            Err(error) => {
                batch.fail(&error);
                if matches!(error, Error::Locked(_)) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    async fn try_store(&mut self, batch: &Batch) -> Result<Stored, Error> {
        self.begin().await?;
        let directory = self.shared.directory();
        let mut uploads = Vec::with_capacity(batch.appends.len());
        for append in &batch.appends {
            if let Some((station, slug)) = directory.by_id(append.station) {
                uploads.push(Upload { station, slug, reports: &append.reports });
            }
        }
        let stored = learn(&mut self.conn, &mut self.memory, &uploads).await?;
        let mut changes = merge(&mut self.memory, stored, &uploads);
        let known = words::known(&mut self.conn, &batch.talks).await?;
        let mut decided = words::decide(known, &batch.talks, self.shared.options.alerts_max);
        let now = now();
        let mut news = std::mem::take(&mut changes.news);
        let public = news.len();
        news.extend(decided.said.iter().map(|said| said.news(now)));
        news.append(&mut decided.told);
        let entries = self.number(news, now);
        let (public, private) = entries.split_at(public);
        if !batch.talks.is_empty() {
            words::write(&mut self.conn, &decided, private, now).await?;
        }
        changes::write_and_commit(&mut self.conn, &changes, public).await?;
        self.committed(&entries);
        self.word_rows += decided.said.len() as u64;
        self.shared.counters.count_stored(&changes.answers, &batch.talks, &decided);
        let mut answers = changes.answers.into_iter();
        let answer = |append: &Append| match directory.by_id(append.station) {
            Some(_) => Ok(answers.next().unwrap_or_default()),
            None => Err(Error::NoStation(format!("number {}", append.station.0))),
        };
        Ok(Stored { appended: batch.appends.iter().map(answer).collect(), talked: decided.outcomes, entries })
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
        let entry = |(seq, News { station, visitor, body })| Entry { seq, station, visitor, committed_at, body };
        (first..).zip(news).map(entry).collect()
    }

    pub(super) fn committed(&mut self, entries: &[Entry]) {
        self.head = entries.last().map_or(self.head, |entry| entry.seq);
        self.shared.head.store(self.head, Ordering::Release);
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
