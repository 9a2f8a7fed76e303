//! One transaction at a time: begin, learn, merge, write, commit; then answer; then tell.

use super::error::Error;
use super::journal::{self, Committed, Entry};
use super::keys::Key;
use super::learn::learn;
use super::memory::Memory;
use super::merge::{News, Upload, merge};
use super::observations::Appended;
use super::stations::{self, Directory, NewStation};
use super::stats::count;
use super::writer::Append;
use super::{Shared, bodies, changes, tidy};
use crate::weather::station::{Slug, Station};
use crate::weather::time::{MINUTE_MS, Timestamp};
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The writer's connection and what it has to keep in mind.
pub(super) struct Scribe {
    conn: SqliteConnection,
    shared: Arc<Shared>,
    commits: mpsc::Sender<Committed>,
    closing: watch::Receiver<bool>,
    memory: Memory,
    /// The newest journal entry that was told, or was there at the start.
    head: u64,
    /// Numbers up to here are not given out: see [`LEAP`].
    floor: u64,
    /// Entries of other processes that wait to be told.
    foreign: Vec<Entry>,
    /// What `PRAGMA data_version` said last: it changes when another connection commits.
    data_version: i64,
    journal_rows: u64,
    /// Entries written since the journal was pruned last.
    unpruned: u64,
    pruned_at: Timestamp,
    orphans: bool,
}

/// Under [`super::Durability::Normal`] a power cut takes what was not checkpointed: some thousand pages of the log with
/// at most some ten thousand entries, whose numbers pages may have seen. Numbers go on this far behind the last one
/// that survived, so that none means two things. 2⁵³ allows nine billion such starts.
const LEAP: u64 = 1_000_000;
/// Foreign entries are read in pieces of this many.
const FOREIGN_PIECE: u32 = 1_000;
/// The journal is pruned after so many entries, or every minute.
const PRUNE_EVERY: u64 = 500;
/// The listener gets this long to take the last commits when storage closes.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Scribe {
    /// Takes the connection over. `lossy`: see [`LEAP`].
    pub async fn new(
        mut conn: SqliteConnection,
        shared: Arc<Shared>,
        commits: mpsc::Sender<Committed>,
        closing: watch::Receiver<bool>,
        lossy: bool,
    ) -> Result<Self, Error> {
        let head = journal::head(&mut conn).await?;
        let data_version = data_version(&mut conn).await?;
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

    /// Stores what is given in one transaction, answers everyone, then tells.
    pub async fn store(&mut self, appends: Vec<Append>) {
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
                for append in appends {
                    Box::pin(self.store(vec![append])).await;
                }
            }
            Err(error) => appends.into_iter().for_each(|append| drop(append.answer.send(Err(error.share())))),
        }
        self.prune_if_due().await;
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
        let entries = self.number(std::mem::take(&mut changes.news));
        changes::write_and_commit(&mut self.conn, &changes, &entries, now()).await?;
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

    pub async fn add_station(&mut self, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
        let key = Key::generate()?;
        let directory = self.change(&new.slug, Change::Add(&new, &key)).await?;
        let station = directory.by_slug(new.slug.as_str()).cloned();
        station.map(|station| (station, key)).ok_or_else(|| Error::NoStation(new.slug.to_string()))
    }

    pub async fn renew_key(&mut self, slug: Slug) -> Result<Key, Error> {
        let key = Key::generate()?;
        self.change(&slug, Change::Renew(&key)).await?;
        Ok(key)
    }

    pub async fn remove_station(&mut self, slug: Slug) -> Result<(), Error> {
        self.change(&slug, Change::Remove).await?;
        self.orphans = true;
        Ok(())
    }

    /// Changes the list of stations in a transaction of its own; returns the new list.
    async fn change(&mut self, slug: &Slug, change: Change<'_>) -> Result<Arc<Directory>, Error> {
        let done = self.try_change(slug, change).await;
        self.settle(&done).await;
        let (directory, entry) = done?;
        self.shared.set_directory(directory.clone());
        self.tell(vec![entry]).await;
        Ok(directory)
    }

    async fn try_change(&mut self, slug: &Slug, change: Change<'_>) -> Result<(Arc<Directory>, Entry), Error> {
        self.begin().await?;
        match change {
            Change::Add(new, key) => stations::insert(&mut self.conn, new, key, now()).await?,
            Change::Renew(key) => stations::renew(&mut self.conn, slug, key).await?,
            Change::Remove => stations::delete(&mut self.conn, slug).await?,
        }
        let directory = Arc::new(stations::load(&mut self.conn).await?);
        let news = News { station: slug.as_str().into(), body: bodies::station(slug.as_str()) };
        let entry = self.number(vec![news]).remove(0);
        journal::append(&mut self.conn, &entry, now().0).await?;
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        self.committed(std::slice::from_ref(&entry));
        self.memory.clear();
        Ok((directory, entry))
    }

    /// Takes the write lock and learns what other processes have written.
    async fn begin(&mut self) -> Result<(), Error> {
        let head: i64 = sqlx::query_scalar(BEGIN).fetch_one(&mut self.conn).await?;
        self.catch_up(head.unsigned_abs()).await
    }

    /// Ends a transaction that failed, and tells what others have committed, come what may.
    async fn settle<T>(&mut self, done: &Result<T, Error>) {
        if done.is_err() {
            count(&self.shared.counters.failures, 1);
            // It fails where there is no transaction any more; then nothing is left to do.
            let _ = sqlx::query(ROLLBACK).execute(&mut self.conn).await;
            self.memory.clear();
        }
        let foreign = std::mem::take(&mut self.foreign);
        self.tell(foreign).await;
    }

    /// Reads what other processes wrote up to `head`; the caller's transaction keeps it from moving.
    async fn catch_up(&mut self, head: u64) -> Result<(), Error> {
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
        count(&self.shared.counters.foreign_entries, entries.len());
        self.foreign.append(&mut entries);
        self.memory.clear();
        self.orphans = true;
        self.head = head;
        Ok(())
    }

    /// Numbers news, on from the head that was read in this transaction.
    fn number(&self, news: Vec<News>) -> Vec<Entry> {
        let first = self.head.max(self.floor) + 1;
        let entry = |(seq, News { station, body })| Entry { seq, station, body };
        (first..).zip(news).map(entry).collect()
    }

    fn committed(&mut self, entries: &[Entry]) {
        self.head = entries.last().map_or(self.head, |entry| entry.seq);
        self.journal_rows += entries.len() as u64;
        self.unpruned += entries.len() as u64;
    }

    /// Tells what is committed. A slow listener holds the writer up, and so in the end the senders; one that is gone
    /// does not, and one that is slow while storage closes not for long.
    async fn tell(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let closing = &mut self.closing;
        let patience = async {
            // An error means that every handle is gone, which is closing too.
            let _ = closing.wait_for(|closing| *closing).await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            biased;
            // An error means that nobody listens: the command line does not.
            _ = self.commits.send(Committed::new(entries)) => {}
            () = patience => tracing::warn!("nobody took the last commits; pages read them from the journal"),
        }
    }

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

    async fn prune_if_due(&mut self) {
        let (now, options) = (now(), &self.shared.options);
        if self.unpruned < PRUNE_EVERY && now.since(self.pruned_at) < MINUTE_MS {
            return;
        }
        let limit = 2 * self.unpruned.max(PRUNE_EVERY);
        let excess = self.journal_rows.saturating_sub(options.journal_keep_entries.into());
        let before = now.plus(-options.journal_keep_ms());
        match tidy::prune(&mut self.conn, journal::stored(limit), journal::stored(excess), before).await {
            Ok(rows) => self.journal_rows = self.journal_rows.saturating_sub(rows),
            Err(error) => tracing::warn!(%error, "the journal was not pruned"),
        }
        (self.unpruned, self.pruned_at) = (0, now);
    }

    /// True while removed stations may have rows left.
    pub fn has_orphans(&self) -> bool {
        self.orphans
    }

    /// Deletes some of the rows that removed stations left.
    pub async fn purge_some(&mut self) {
        if self.orphans {
            // After an error the next removal or start tries again.
            self.orphans = tidy::purge(&mut self.conn).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the rows of a removed station are still there");
                false
            });
        }
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

/// What may happen to the list of stations.
enum Change<'a> {
    Add(&'a NewStation, &'a Key),
    Renew(&'a Key),
    Remove,
}

const BEGIN: &str = "BEGIN IMMEDIATE; SELECT coalesce(max(seq), 0) FROM journal";
const READ: &str = "BEGIN";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
const DATA_VERSION: &str = "PRAGMA data_version";

async fn data_version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(DATA_VERSION).fetch_one(conn).await
}

/// The writer is a worker: it may read the clock.
fn now() -> Timestamp {
    chrono::Utc::now().into()
}
