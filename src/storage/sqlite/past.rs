//! The connections that read the past of datastreams: rows, hours and days, many at a time.
//!
//! They are no connections of sqlx, as that which writes reports is none: there each row is handed from thread to thread, which costs more
//! than reading it. Each question is one trip to a thread that may wait for the disk.

use super::numbers::number;
use super::rollups::hour;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{Cell, Datastream, Extent, SensorId, Stretch};
use crate::storage::sql::Cells;
use chrono::NaiveDate;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{AcquireError, Semaphore};
use weather::quantity::Quantity;
use weather::rollup::Rollup;
use weather::time::{DAY_MS, Timestamp};

/// Connections: as many questions are looked up at a time.
const CONNECTIONS: usize = 3;
/// Questions about long stretches that are looked up at a time, fewer than there are connections: a page of today waits for no history. Two
/// keep a small machine busy.
const HISTORIES: usize = 2;
const _: () = assert!(HISTORIES < CONNECTIONS, "one connection is left for the others");
/// A stretch is long from so many days on.
const LONG_DAYS: i64 = 3;
/// Statements that are kept prepared: those below, for the quantities that pages show.
const STATEMENTS: usize = 32;

/// The connections; none after [`Past::close`].
#[derive(Clone)]
pub(super) struct Past {
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
    /// Turns of questions about long stretches, which they need beside the others.
    histories: Arc<Semaphore>,
    wait: Duration,
    texts: Arc<Texts>,
    /// How often one was taken.
    asked: Arc<AtomicU64>,
}

impl Past {
    /// Opens them all, for good: later the process may have no file left to open.
    pub(super) fn open(
        file: &Path,
        lock_wait: Duration,
        wait: Duration,
        (texts, asked): (Arc<Texts>, Arc<AtomicU64>),
    ) -> Result<Self, rusqlite::Error> {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(file, flags)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.busy_timeout(lock_wait)?;
            // Its first statement opens the log.
            connection.query_row(SCHEMA, (), |row| row.get::<_, i64>(0))?;
            Ok(connection)
        };
        let idle = (0..CONNECTIONS).map(|_| open()).collect::<Result<Vec<_>, rusqlite::Error>>()?;
        let (idle, turns) = (Arc::new(Mutex::new(idle)), Arc::new(Semaphore::new(CONNECTIONS)));
        let histories = Arc::new(Semaphore::new(HISTORIES));
        Ok(Self { idle, turns, histories, wait, texts, asked })
    }

    /// Looks something up on a thread that may wait. Who has asked may go; what is looked up is bounded.
    async fn run<T: Send + 'static>(
        &self,
        is_long: bool,
        look: impl FnOnce(&Connection, &Texts) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = async {
            let history = if is_long { Some(self.histories.clone().acquire_owned().await?) } else { None };
            Ok((self.turns.clone().acquire_owned().await?, history))
        };
        let turn: Result<_, AcquireError> = tokio::time::timeout(self.wait, turn).await.map_err(Error::away)?;
        let turn = turn.map_err(|_| Error::Closed)?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (idle, texts) = (Arc::clone(&self.idle), Arc::clone(&self.texts));
        let done = tokio::task::spawn_blocking(move || {
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(connection) = taken else { return Err(Error::Closed) };
            let found = look(&connection, &texts);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            drop(turn);
            Ok(found?)
        });
        done.await.unwrap_or_else(|error| Err(Error::database(error)))
    }

    /// Waits for those who read, and closes the connections.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.turns.acquire_many(CONNECTIONS as u32).await {
            all.forget();
        }
        self.turns.close();
        self.histories.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        let closed = tokio::task::spawn_blocking(move || drop(idle)).await;
        if let Err(error) = closed {
            tracing::warn!(%error, "connections that read did not close cleanly");
        }
    }

    /// What there is of a datastream's sensor; `None` if it has no row.
    pub(super) async fn extent(&self, of: Datastream<'_>) -> Result<Option<Extent>, Error> {
        let (station, name) = (of.station.0, of.sensor.as_str().to_owned());
        self.run(false, move |db, _| {
            let row = |row: &rusqlite::Row<'_>| {
                let (oldest, newest): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
                let raw_from = row.get::<_, Option<i64>>(4)?.map(Timestamp);
                Ok((SensorId(row.get(0)?), oldest.zip(newest), row.get::<_, Option<String>>(3)?, raw_from))
            };
            let found = db.prepare_cached(EXTENT)?.query_row((station, name), row).optional()?;
            let Some((sensor, Some((oldest, newest)), waiting, raw_from)) = found else { return Ok(None) };
            let waiting = waiting.and_then(|day| day.parse().ok());
            Ok(Some(Extent { sensor, oldest: Timestamp(oldest), newest: Timestamp(newest), waiting, raw_from }))
        })
        .await
    }

    /// How many values the hours of a stretch have.
    pub(super) async fn count(&self, sensor: SensorId, quantity: Quantity, stretch: Stretch) -> Result<u64, Error> {
        self.run(false, move |db, _| {
            let of = (sensor.0, number(quantity), stretch.from.0, stretch.to.0);
            let count: i64 = db.prepare_cached(COUNT)?.query_row(of, |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
        .await
    }

    /// What the rows of stretches are that follow each other; those without a value are left out.
    pub(super) async fn of_rows(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        stretches: Vec<Stretch>,
    ) -> Result<Vec<Cell>, Error> {
        let whole =
            stretches.first().zip(stretches.last()).map(|(first, last)| Stretch { from: first.from, to: last.to });
        let is_long = whole.is_some_and(is_long);
        self.run(is_long, move |db, texts| {
            let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return Ok(Vec::new()) };
            let mut cells = Cells::new(quantity, &stretches);
            let mut statement = db.prepare_cached(texts.of(quantity).values.as_str())?;
            let mut rows = statement.query((sensor.0, first.from.0, last.to.0))?;
            while let Some(row) = rows.next()? {
                let weight = if cells.is_weighed() { row.get(2)? } else { None };
                cells.take(Timestamp(row.get(0)?), row.get(1)?, weight);
            }
            Ok(cells.finish())
        })
        .await
    }

    /// The hours that begin in a stretch, in the order of time.
    pub(super) async fn hours(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        stretch: Stretch,
    ) -> Result<Vec<Cell>, Error> {
        self.run(is_long(stretch), move |db, _| {
            let mut statement = db.prepare_cached(HOURS)?;
            let of = (sensor.0, number(quantity), stretch.from.0, stretch.to.0);
            let hours = statement.query_map(of, |row| hour(row, 0))?;
            hours.map(|hour| hour.map(|(from, rollup)| Cell { from, rollup })).collect()
        })
        .await
    }

    /// The days from `from` to `to`, both included, with the number of their hours, oldest first.
    pub(super) async fn days(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<(NaiveDate, Rollup, u32)>, Error> {
        let is_long = to.signed_duration_since(from).num_days() >= LONG_DAYS;
        self.run(is_long, move |db, _| {
            let mut statement = db.prepare_cached(DAYS)?;
            let mut rows = statement.query((sensor.0, number(quantity), from.to_string(), to.to_string()))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let Ok(date) = row.get_ref(0)?.as_str()?.parse() else { continue };
                let rollup = Rollup {
                    count: row.get(1)?,
                    low: row.get(2)?,
                    low_at: Timestamp(row.get(3)?),
                    high: row.get(4)?,
                    high_at: Timestamp(row.get(5)?),
                    a: row.get(6)?,
                    b: row.get(7)?,
                };
                found.push((date, rollup, row.get(8)?));
            }
            Ok(found)
        })
        .await
    }
}

fn is_long(stretch: Stretch) -> bool {
    stretch.to.since(stretch.from) >= LONG_DAYS * DAY_MS
}

const SCHEMA: &str = "SELECT count(*) FROM sqlite_schema";
const EXTENT: &str = "\
    SELECT id, (SELECT min(observed_ms) FROM observation WHERE sensor = id), \
        (SELECT max(observed_ms) FROM observation WHERE sensor = id), (SELECT day FROM rezoning WHERE rezoning.sensor = id), \
        raw_from_ms \
    FROM sensor WHERE station = ?1 AND name = ?2";
const COUNT: &str = "\
    SELECT coalesce(sum(count), 0) FROM hourly \
    WHERE sensor = ?1 AND quantity = ?2 AND start_ms >= ?3 AND start_ms < ?4";
const HOURS: &str = "\
    SELECT start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
    WHERE sensor = ?1 AND quantity = ?2 AND start_ms >= ?3 AND start_ms < ?4 ORDER BY start_ms";
const DAYS: &str = "\
    SELECT day, count, low, low_ms, high, high_ms, a, b, hours FROM daily \
    WHERE sensor = ?1 AND quantity = ?2 AND day >= ?3 AND day <= ?4 ORDER BY day";

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::mpsc;

    #[tokio::test]
    async fn histories_leave_a_connection_to_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("past.db");
        Connection::open(&file).and_then(|db| db.execute_batch("CREATE TABLE one (a)")).expect("made");
        let wait = Duration::from_secs(60);
        let past = Past::open(&file, wait, wait, (Arc::new(Texts::new()), Arc::default())).expect("opens");
        let mut going = Vec::new();
        for _ in 0..HISTORIES {
            let (end, ends) = mpsc::channel();
            let past = past.clone();
            let history = tokio::spawn(async move { past.run(true, move |_, _| Ok(ends.recv().is_ok())).await });
            going.push((end, history));
        }
        while past.histories.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let mut next = Box::pin(past.run(true, |_, _| Ok(())));
        assert!((&mut next).now_or_never().is_none(), "it waits for its turn");
        past.run(false, |_, _| Ok(())).await.expect("a page of today does not");
        assert!((&mut next).now_or_never().is_none());
        for (end, history) in going {
            end.send(()).expect("somebody waits");
            assert!(history.await.expect("ends").expect("looked up"));
        }
        next.await.expect("its turn has come");
        past.close().await;
    }
}
