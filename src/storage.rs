//! The database: one SQLite file, one writer task with group commit, a pool of readers.

mod backend;
mod bodies;
mod changes;
mod commit;
mod error;
mod foreign;
mod journal;
mod keys;
mod last_when;
mod learn;
mod list;
mod memory;
mod merge;
mod observations;
mod options;
mod series;
mod sql;
mod stations;
mod stats;
mod tell;
mod tidy;
mod waiting;
pub mod words;
mod writer;

pub use error::Error;
pub use journal::{Commits, Committed, Entry};
pub use keys::Key;
pub use last_when::Side;
pub use observations::{Appended, Extreme, Latest};
pub use options::{Durability, Options};
pub use series::Bucket;
pub use stations::{Directory, NewStation};
pub use stats::Stats;

use chrono::NaiveDate;
use sqlx::SqlitePool;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, TryAcquireError, mpsc, oneshot, watch};
use weather::quantity::Quantity;
use weather::report::Report;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::Timestamp;
use words::Visitor;
use writer::{Append, Job, Write, Writer};

/// A handle to the database; clones share it.
#[derive(Clone)]
pub struct Storage {
    queue: mpsc::Sender<Job>,
    closing: Arc<watch::Sender<bool>>,
    shared: Arc<Shared>,
}

/// What handles and the writer share.
struct Shared {
    options: Options,
    readers: SqlitePool,
    epoch: String,
    /// See [`Storage::head`].
    head: AtomicU64,
    /// Only the writer replaces it, after the commit that changed it; nobody holds the lock longer than a clone takes.
    directory: RwLock<Arc<Directory>>,
    /// A permit for each report that may wait: the queue is bounded in reports, not in uploads.
    room: Arc<Semaphore>,
    /// The same for words: readings and talk do not take each other's places.
    word_room: Arc<Semaphore>,
    counters: stats::Counters,
}

/// Jobs other than reports that may wait: someone adds or removes stations by hand.
const CONTROL_JOBS: usize = 16;
/// Commits that wait for the listener; beyond, the writer waits, and in the end the senders do.
const COMMITS_MAX: usize = 64;

impl Storage {
    /// Opens the file (creates it if absent), migrates it, starts the writer task.
    pub async fn open(options: Options) -> Result<(Storage, Commits), Error> {
        let opened = backend::open(&options).await?;
        let (queue, jobs) = mpsc::channel(options.queue_reports + options.queue_words + CONTROL_JOBS);
        let (commits, listener) = mpsc::channel(COMMITS_MAX);
        let (closing, closes) = watch::channel(false);
        let batch_reports = options.batch_reports;
        let shared = Arc::new(Shared {
            room: Arc::new(Semaphore::new(options.queue_reports)),
            word_room: Arc::new(Semaphore::new(options.queue_words)),
            options,
            readers: opened.readers,
            epoch: opened.epoch,
            head: AtomicU64::new(0),
            directory: RwLock::default(),
            counters: stats::Counters::default(),
        });
        let scribe = commit::Scribe::new(opened.writer, shared.clone(), commits, closes, opened.lossy).await?;
        tokio::spawn(Writer { scribe, queue: jobs, batch_reports }.run());
        Ok((Storage { queue, closing: Arc::new(closing), shared }, Commits::new(listener)))
    }

    /// Stores reports of one station; returns after their commit. Late ones go to their place, repeated ones change nothing.
    pub async fn append(&self, station: StationId, reports: Vec<Report>) -> Result<Appended, Error> {
        if reports.is_empty() {
            return Ok(Appended::default());
        }
        // An upload larger than the queue is let in when nothing else waits.
        let places = reports.len().min(self.shared.options.queue_reports);
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        let room = self.shared.room.clone().try_acquire_many_owned(places).map_err(|error| match error {
            TryAcquireError::NoPermits => Error::Overloaded,
            TryAcquireError::Closed => Error::Closed,
        })?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Write(Write::Append(Append { station, reports, answer, _room: room })))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// Puts a job into the queue, if there is a place now.
    fn send(&self, job: Job) -> Result<(), Error> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Closed(_) => Error::Closed,
        })
    }

    /// Stops taking reports and words, commits what is queued, closes the file.
    pub async fn close(&self) {
        self.shared.room.close();
        self.shared.word_room.close();
        self.closing.send_replace(true);
        let (answer, answered) = oneshot::channel();
        // An error means that it is closed already.
        if self.queue.send(Job::Close(answer)).await.is_ok() {
            let _ = answered.await;
        }
    }

    /// The journal's name: random, made with the database. Half of every cursor.
    pub fn epoch(&self) -> &str {
        &self.shared.epoch
    }

    /// The place in the journal of the newest entry that this process has committed; 0: none yet. What it has answered
    /// stands there or before.
    pub fn head(&self) -> u64 {
        self.shared.head.load(Ordering::Acquire)
    }

    /// The newest `limit` journal entries, oldest first.
    pub async fn journal_tail(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        journal::tail(&self.shared.readers, limit).await
    }

    /// Journal entries after `seq` that everybody or `reader` may read, oldest first, at most `limit`; `None` if entries
    /// after `seq` have been pruned, or if `seq` never was an entry: a number beyond the head, or one that a power cut took.
    pub async fn journal_since(
        &self,
        seq: u64,
        reader: Option<&Visitor>,
        limit: u32,
    ) -> Result<Option<Vec<Entry>>, Error> {
        journal::since(&self.shared.readers, seq, reader, limit).await
    }

    /// All stations, from memory.
    pub fn directory(&self) -> Arc<Directory> {
        self.shared.directory()
    }

    /// The station that `key` belongs to; asks the database if memory does not know it. A key that another process
    /// renewed or removed is believed until the writer has looked, half a second at most.
    pub async fn station_by_key(&self, key: &str) -> Result<Option<Arc<Station>>, Error> {
        let hash = keys::hash(key);
        if let Some(station) = self.directory().by_hash(&hash) {
            return Ok(Some(station.clone()));
        }
        stations::by_hash(&self.shared.readers, &hash).await
    }

    /// The station of that slug if `key` is its key; asks the database if memory says no.
    pub async fn authenticate(&self, slug: &str, key: &str) -> Result<Option<Arc<Station>>, Error> {
        if let Some(station) = self.directory().authenticate(slug, key) {
            return Ok(Some(station.clone()));
        }
        let station = stations::by_hash(&self.shared.readers, &keys::hash(key)).await?;
        Ok(station.filter(|station| station.slug.as_str() == slug))
    }

    /// Adds a station and makes its first key.
    pub async fn add_station(&self, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
        self.ask(|answer| Job::Add(new, answer)).await
    }

    /// Makes a new key; the old one is void.
    pub async fn renew_key(&self, slug: &Slug) -> Result<Key, Error> {
        self.ask(|answer| Job::Renew(slug.clone(), answer)).await
    }

    /// Removes a station with all its observations. It is gone at once; its rows follow, some at a time.
    pub async fn remove_station(&self, slug: &Slug) -> Result<(), Error> {
        self.ask(|answer| Job::Remove(slug.clone(), answer)).await
    }

    async fn ask<T>(&self, job: impl FnOnce(writer::Answer<T>) -> Job) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(job(answer)).await.map_err(|_| Error::Closed)?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// The newest value of every datastream of a station.
    pub async fn latest(&self, station: StationId) -> Result<Vec<Latest>, Error> {
        observations::latest(&self.shared.readers, station).await
    }

    /// Lows and highs of a station's local day.
    pub async fn extremes(&self, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
        observations::extremes(&self.shared.readers, station, day).await
    }

    /// A datastream from `from` (inclusive) to `to` (exclusive) in buckets of `bucket_ms`; empty buckets are absent.
    pub async fn series(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: Timestamp,
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<Vec<Bucket>, Error> {
        let stretch = series::Stretch { from, to, bucket_ms };
        series::series(&self.shared.readers, station, sensor, quantity, stretch).await
    }

    /// How far apart a station's newest observations lie: the median of the last 20 gaps, ms; `None` below two observations.
    pub async fn interval_ms(&self, station: StationId) -> Result<Option<i64>, Error> {
        observations::interval_ms(&self.shared.readers, station).await
    }

    /// How many rows a station has: one for each sensor and instant. Counts them; not for every page.
    pub async fn observation_count(&self, station: StationId) -> Result<u64, Error> {
        observations::count(&self.shared.readers, station).await
    }

    /// What storage has done since it was opened.
    pub fn stats(&self) -> Stats {
        let (shared, options) = (&self.shared, &self.shared.options);
        let queued = |limit: usize, room: &Semaphore| limit.saturating_sub(room.available_permits());
        let reports = queued(options.queue_reports, &shared.room);
        shared.counters.read(reports, queued(options.queue_words, &shared.word_room))
    }
}

impl Shared {
    fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }
}
