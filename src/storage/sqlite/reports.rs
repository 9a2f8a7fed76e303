//! The connection that writes reports: one step of the writer's work a function, each one trip to a thread that may wait
//! for the disk.
//!
//! It is no connection of sqlx: there each statement is a trip to another thread, and a transaction has a row for each
//! value. Row by row on one thread costs less than the trips.

use super::numbers::stored;
use super::texts::Texts;
use super::{cursors, learn, rows};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::options::Options;
use crate::storage::seam::{FoundRow, FoundSensor, Observed, Place, Range, SensorDay, SensorId};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};

/// The connection. One step at a time uses it.
pub(super) struct Reports {
    connection: Arc<Mutex<Connection>>,
    texts: Arc<Texts>,
}

/// What the two connections that write have in common.
pub(super) struct Pragmas {
    pub synchronous: &'static str,
    pub secure_delete: &'static str,
    pub max_pages: i64,
}

/// The page cache of a connection that writes, KiB: the pages that twenty stations append to, and the day's extremes.
pub(super) const WRITER_CACHE_KIB: i64 = -16_384;
/// Statements that are kept prepared: all that a commit needs.
const STATEMENTS: usize = 32;

const BEGIN: &str = "BEGIN IMMEDIATE";
const HEAD: &str = "SELECT coalesce(max(seq), 0) FROM journal";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

impl Reports {
    /// Opens the file, which is there and migrated.
    pub(super) fn open(options: &Options, pragmas: Pragmas, texts: Arc<Texts>) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&options.file, flags)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(options.lock_wait())?;
        connection.pragma_update(None, "synchronous", pragmas.synchronous)?;
        connection.pragma_update(None, "secure_delete", pragmas.secure_delete)?;
        connection.pragma_update(None, "max_page_count", pragmas.max_pages)?;
        connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), texts })
    }

    /// Does some work on a thread that may wait.
    fn run<T, W>(&self, work: W) -> impl Future<Output = Result<T, Error>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &Texts) -> Result<T, Error> + Send + 'static,
    {
        let (connection, texts) = (self.connection.clone(), self.texts.clone());
        let done = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection, &texts)
        });
        async move { done.await.unwrap_or_else(|error| Err(Error::database(error))) }
    }

    /// Takes the write lock, which is held until the commit; returns the journal's head, read under the lock.
    pub(super) async fn begin(&self) -> Result<u64, Error> {
        self.run(|db, _| Ok(begin(db)?)).await
    }

    /// Notes that no entries get the numbers after `after`, up to `upto`.
    pub(super) async fn leap(&self, after: u64, upto: u64) -> Result<(), Error> {
        self.run(move |db, _| {
            db.execute(cursors::LEAP, (stored(after), stored(upto)))?;
            Ok(())
        })
        .await
    }

    /// The sensors of stations with their newest values.
    pub(super) async fn sensors(
        &self,
        stations: &BTreeSet<StationId>,
    ) -> Result<HashMap<StationId, Vec<FoundSensor>>, Error> {
        let stations: Vec<_> = stations.iter().copied().collect();
        self.run(move |db, _| stations.into_iter().map(|station| Ok((station, learn::sensors(db, station)?))).collect())
            .await
    }

    /// Makes sensors.
    pub(super) async fn add_sensors(
        &self,
        new: &[(StationId, &SensorName)],
    ) -> Result<Vec<(StationId, SensorName, SensorId)>, Error> {
        let new: Vec<_> = new.iter().map(|(station, name)| (*station, (*name).clone())).collect();
        self.run(move |db, _| Ok(learn::add_sensors(db, new)?)).await
    }

    /// The extremes of days.
    pub(super) async fn days(&self, wanted: &BTreeSet<SensorDay>) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
        let wanted = wanted.clone();
        self.run(move |db, texts| learn::days(db, texts, &wanted)).await
    }

    /// The rows that exist at places, with their marks.
    pub(super) async fn rows(&self, wanted: &BTreeSet<Place>) -> Result<HashMap<Place, FoundRow>, Error> {
        let wanted = wanted.clone();
        self.run(move |db, texts| Ok(learn::rows(db, texts, &wanted)?)).await
    }

    /// Writes what reports changed, and commits; gives the entries back.
    pub(super) async fn write_and_commit(&self, observed: Observed, entries: Vec<Entry>) -> Result<Vec<Entry>, Error> {
        self.run(move |db, texts| {
            rows::write(db, texts, &observed, &entries)?;
            commit(db)?;
            Ok(entries)
        })
        .await
    }

    /// The whole transaction in one trip, if the journal's head is still `head`; else nothing, and `None`.
    pub(super) fn record(
        &self,
        head: u64,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<Option<Vec<Entry>>, Error>> + Send + use<> {
        self.run(move |db, texts| {
            let expected = begin(db)? == head;
            let done =
                if expected { rows::write(db, texts, &observed, &entries).and_then(|()| commit(db)) } else { Ok(()) };
            if !expected || done.is_err() {
                rollback(db);
            }
            Ok(done.map(|()| expected.then_some(entries))?)
        })
    }

    /// Ends a transaction that failed.
    pub(super) async fn rollback(&self) {
        let _ = self
            .run(|db, _| {
                rollback(db);
                Ok(())
            })
            .await;
    }

    /// Closes the connection.
    pub(super) async fn close(self) {
        let closed = tokio::task::spawn_blocking(move || drop(self)).await;
        if let Err(error) = closed {
            tracing::warn!(%error, "the connection for reports did not close cleanly");
        }
    }
}

fn begin(db: &Connection) -> rusqlite::Result<u64> {
    db.prepare_cached(BEGIN)?.execute(())?;
    let head: i64 = db.prepare_cached(HEAD)?.query_row((), |row| row.get(0))?;
    Ok(head.unsigned_abs())
}

fn commit(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached(COMMIT)?.execute(())?;
    Ok(())
}

/// It fails where there is no transaction any more; then nothing is left to do.
fn rollback(db: &Connection) {
    let _ = db.execute_batch(ROLLBACK);
}
