//! The frame of every transaction: take the lock, catch up with others; then settle, answer and tell.

use super::foreign::{Foreign, observed_at};
use super::memory::Memory;
use super::news::Numbering;
use super::pruning::Pruning;
use super::recalculating::Recalculating;
use super::retaining::Retention;
use super::shared::Shared;
use super::slow::{Slow, Told};
use super::stats::count;
use super::tell::Teller;
use super::tidying::Tidying;
use super::wiping::Wiping;
use crate::storage::engine::Engine;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::lead::Lead;
use crate::storage::room::TRANSACTION_MAX_BYTES;
use crate::storage::seam::Rows;
use crate::storage::stations::Directory;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;
use weather::time::{SECOND_MS, Timestamp};

/// The engine, and what the writer keeps in mind, one duty each.
pub(in crate::storage) struct Scribe {
    pub(super) engine: Engine,
    pub(super) shared: Arc<Shared>,
    pub(super) memory: Memory,
    pub(super) numbering: Numbering,
    pub(super) pruning: Pruning,
    pub(super) tidying: Tidying,
    pub(super) recalculating: Recalculating,
    pub(super) retention: Retention,
    pub(super) teller: Teller,
    foreign: Foreign,
    measured_at: Timestamp,
    pub(super) wiping: Wiping,
    slow: Slow,
    lead: Lead,
    /// Whether it led when it looked last.
    leads: bool,
}

/// Kinds of entries: a word, a change to the list of stations, and one of what is stored of a stretch.
const WORDS: &str = "words";
/// See [`WORDS`].
const REPORT: &str = "report";
/// See [`WORDS`].
const STATION: &str = "station";
/// See [`WORDS`].
const BACKFILL: &str = "backfill";

/// The database is measured so often at most, ms: a thousand sensors' sizes are noted with it.
const MEASURE_EVERY_MS: i64 = 5 * SECOND_MS;

impl Scribe {
    /// Takes the engine over. `lossy`: an earlier run may have lost its last commits. `lead`: whether it does chores.
    pub(in crate::storage) async fn new(
        mut engine: Engine,
        shared: Arc<Shared>,
        teller: Teller,
        (lossy, lead): (bool, Lead),
    ) -> Result<Self, Error> {
        // The head comes first: whatever is committed after it is noticed later.
        let numbering = Numbering::new(engine.head().await?, lossy);
        shared.set_directory(Arc::new(Directory::new(engine.stations().await?)));
        shared.shares.learn(engine.sizes().await?);
        shared.measured(engine.used_bytes().await?);
        let pruning = Pruning::new(engine.count().await?, now());
        let (memory, tidying, foreign) = (Memory::default(), Tidying::new(), Foreign::default());
        let (recalculating, retention) = (Recalculating::new(), Retention::new(now()));
        engine.newest_raw_from().await?.into_iter().for_each(|from| shared.readings_begin(from));
        let (measured_at, leads) = (now(), lead.is_leading());
        Ok(Self {
            engine,
            shared,
            memory,
            numbering,
            pruning,
            tidying,
            recalculating,
            retention,
            teller,
            foreign,
            measured_at,
            wiping: Wiping::default(),
            slow: Slow::default(),
            lead,
            leads,
        })
    }

    /// Takes the write lock and learns what other processes have written. The transaction keeps within the size limit.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        self.begin_within(false).await
    }

    /// The same for the owner's commands and for forgetting, which may use the reserve.
    pub(super) async fn begin_control(&mut self) -> Result<(), Error> {
        self.begin_within(true).await
    }

    async fn begin_within(&mut self, reserve: bool) -> Result<(), Error> {
        self.engine.open_reserve(reserve).await?;
        let head = self.engine.begin().await?;
        self.catch_up(head).await?;
        match self.numbering.leap() {
            Some((after, upto)) => self.engine.leap(after, upto).await,
            None => Ok(()),
        }
    }

    /// The same for reports.
    pub(super) async fn begin_reports(&mut self) -> Result<(), Error> {
        let head = self.engine.begin_reports().await?;
        self.catch_up(head).await?;
        match self.numbering.leap() {
            Some((after, upto)) => self.engine.leap_reports(after, upto).await,
            None => Ok(()),
        }
    }

    /// Reads what other processes wrote up to `head`; the caller's transaction keeps it from moving. Forgets what they have changed: every
    /// change of what is remembered has an entry that names its station. What was merged and is not committed yet is the caller's to
    /// take back.
    async fn catch_up(&mut self, head: u64) -> Result<(), Error> {
        if head <= self.numbering.head() {
            return Ok(());
        }
        // What can fail comes first: then nothing is taken in, and the same is read again.
        let foreign = Foreign::read(&mut self.engine, self.numbering.head(), head).await?;
        let has = |kind: &str| foreign.iter().any(|entry| entry.kind() == kind);
        // Where numbers were left out another database may have taken over, which lacks the last that is remembered.
        let is_doubtful = head - self.numbering.head() != foreign.len() as u64;
        let list = match is_doubtful || has(STATION) {
            true => Some((self.engine.stations().await?, self.engine.sizes().await?)),
            false => None,
        };
        let raw_from = if has(BACKFILL) { self.engine.newest_raw_from().await? } else { None };
        count(&self.shared.counters.foreign_entries, foreign.len());
        self.pruning.others_wrote(Rows::of(&foreign, foreign.iter().filter(|entry| entry.kind() == WORDS).count()));
        let directory = self.shared.directory();
        // The newest of each station is enough.
        let heard: BTreeMap<&str, &Entry> =
            foreign.iter().filter(|entry| entry.kind() == REPORT).map(|entry| (&*entry.station, entry)).collect();
        for (slug, entry) in heard {
            if let Some((station, observed_at)) = directory.by_slug(slug).zip(observed_at(entry)) {
                self.shared.hears_elsewhere(station.id, entry.committed_at, observed_at);
            }
        }
        match list {
            Some((stations, sizes)) => {
                self.shared.set_directory(Arc::new(Directory::new(stations)));
                self.shared.shares.learn(sizes);
                self.memory.clear();
                self.tidying.suspect();
                self.recalculating.suspect();
            }
            None => {
                let names: BTreeSet<&str> = foreign.iter().map(|entry| &*entry.station).collect();
                let named = names.into_iter().filter_map(|name| directory.by_slug(name));
                named.for_each(|station| self.memory.forget(station.id));
            }
        }
        raw_from.into_iter().for_each(|from| self.shared.readings_begin(from));
        self.foreign.add(foreign);
        self.numbering.reached(head);
        Ok(())
    }

    /// Notes that a transaction ends that was begun then.
    pub(super) fn took(&mut self, begun: Instant) {
        let now = instant();
        if let Some(Told { times, longest_ms }) = self.slow.took(now.saturating_duration_since(begun), now) {
            tracing::warn!(times, longest_ms, "commits are slow: the disk is, or another process holds the database");
        }
    }

    /// Notes what a transaction has committed.
    pub(super) fn committed(&mut self, entries: &[Entry], words: usize) {
        if let Some(last) = entries.last() {
            self.numbering.reached(last.seq);
        }
        self.shared.reached(self.numbering.head());
        self.pruning.wrote(Rows::of(entries, words));
    }

    /// Ends a transaction that failed, and tells what others have committed, come what may.
    pub(super) async fn settle<T>(&mut self, done: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &done {
            self.engine.rollback().await;
            self.failed(error);
        }
        self.tell_foreign().await;
        match done {
            Err(error) => Err(self.explained(error).await),
            done => done,
        }
    }

    /// The same for reports.
    pub(super) async fn settle_reports<T>(&mut self, done: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &done {
            self.engine.rollback_reports().await;
            self.failed(error);
        }
        self.tell_foreign().await;
        match done {
            Err(error) => Err(self.explained(error).await),
            done => done,
        }
    }

    /// Says which of the two is full, as the database does not: itself, or the disk. The transaction has ended.
    pub(super) async fn explained(&mut self, error: Error) -> Error {
        let Error::Full(cause) = error else { return error };
        let used_bytes = self.engine.used_bytes().await.unwrap_or(0);
        let is_near = used_bytes + TRANSACTION_MAX_BYTES >= self.shared.options.limit_bytes();
        if is_near { Error::Full(cause) } else { Error::DiskFull(cause) }
    }

    /// Notes that a transaction has failed: what memory knows may not be in the database. While the database is away none can be tried, and
    /// whoever asks for it finds out for himself when it is back.
    pub(super) fn failed(&mut self, error: &Error) {
        if !matches!(error, Error::Away(_)) {
            count(&self.shared.counters.failures, 1);
        }
        self.memory.clear();
    }

    async fn tell_foreign(&mut self) {
        let foreign = self.foreign.take();
        self.teller.tell(foreign).await;
    }

    /// Looks for commits of other processes, and after the journal.
    pub(super) async fn look_around(&mut self) {
        let looked = self.try_look().await;
        if let Err(error) = self.settle(looked).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot look for other processes' commits");
        }
    }

    async fn try_look(&mut self) -> Result<(), Error> {
        if let Some(head) = self.engine.look().await? {
            self.catch_up(head).await?;
            self.engine.looked().await?;
        }
        Ok(())
    }

    /// True if old entries or readings are to be pruned, removed stations may have rows left, or the log has forgotten words.
    pub(super) fn has_chores(&self) -> bool {
        let now = now();
        let of_leader = || self.tidying.has_orphans() || self.recalculating.is_due() || self.retention.is_due(now);
        (self.lead.is_leading() && of_leader()) || self.pruning.is_due(now) || self.wiping.is_due(now)
    }

    /// Whether this server leads. Who begins to lead knows nothing of what others have thrown away.
    pub(super) async fn leads(&mut self) -> bool {
        let led = std::mem::replace(&mut self.leads, self.lead.is_leading());
        if self.leads && !led {
            match self.engine.count().await {
                Ok(rows) => self.pruning.counted(rows),
                Err(_) => self.pruning.doubt(),
            }
            self.tidying.suspect();
            self.recalculating.suspect();
        }
        self.leads
    }

    /// Does some of it: never so much that somebody waits long. Only who leads throws things away.
    pub(super) async fn do_chores(&mut self) {
        let leads = self.leads().await;
        if self.pruning.is_due(now()) && !leads {
            self.pruning.put_off(now());
            if now().since(self.measured_at) >= MEASURE_EVERY_MS {
                self.measure().await;
            }
        } else if self.pruning.is_due(now()) {
            if self.pruning.is_unsure() {
                match self.engine.count().await {
                    Ok(rows) => self.pruning.counted(rows),
                    // What is too old goes all the same.
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the journal's rows were not counted");
                    }
                }
            }
            if let Err(error) = self.engine.open_reserve(true).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "pruning keeps to the size limit");
            }
            self.pruning.prune(&mut self.engine, &self.shared.options, now()).await;
            if now().since(self.measured_at) >= MEASURE_EVERY_MS {
                self.measure().await;
            }
            // A tidying that failed is tried again.
            self.tidying.suspect();
            self.recalculating.suspect();
        }
        if leads && self.tidying.has_orphans() {
            self.tidying.tidy_some(&mut self.engine).await;
            if let (false, Ok(used)) = (self.tidying.has_orphans(), self.engine.used_bytes().await) {
                self.shared.measured(used);
            }
        }
        self.wiping.wipe_if_due(&mut self.engine, now()).await;
    }

    /// Measures the database, notes what each sensor has written, and learns what others have written and let go.
    async fn measure(&mut self) {
        self.measured_at = now();
        let shared = self.shared.clone();
        let measured = async {
            let more = shared.shares.unnoted();
            self.engine.note_sizes(&more).await?;
            shared.shares.noted(&more);
            shared.shares.learn(self.engine.sizes().await?);
            self.engine.used_bytes().await
        };
        match measured.await {
            Ok(used) => shared.measured(used),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database was not measured");
            }
        }
    }

    /// Closes the database.
    pub(super) async fn close(mut self) {
        self.measure().await;
        self.engine.close().await;
    }
}

/// A moment, to measure from.
#[expect(clippy::disallowed_methods, reason = "a worker: it measures how long commits take")]
pub(super) fn instant() -> Instant {
    Instant::now()
}

/// The writer is a worker: it may read the clock.
#[expect(clippy::disallowed_methods, reason = "a worker: it passes the time on")]
pub(super) fn now() -> Timestamp {
    chrono::Utc::now().into()
}
