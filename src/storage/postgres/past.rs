//! The past of datastreams: rows, hours and days, many at a time.

use super::numbers::number;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{Cell, Datastream, Extent, SensorId, Stretch};
use crate::storage::sql::{Cells, decode};
use chrono::NaiveDate;
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use weather::quantity::Quantity;
use weather::rollup::Rollup;
use weather::time::{DAY_MS, Timestamp};

/// Questions about long stretches that are looked up at a time: a page of today waits for no history. Two keep a small machine busy.
const HISTORIES: usize = 2;
/// A stretch is long from so many days on.
const LONG_DAYS: i64 = 3;

/// The connections, and the turns of those who ask about long stretches.
pub(super) struct Past {
    pool: PgPool,
    texts: Arc<Texts>,
    histories: Arc<Semaphore>,
}

impl Past {
    pub(super) fn new(pool: PgPool, texts: Arc<Texts>) -> Self {
        Self { pool, texts, histories: Arc::new(Semaphore::new(HISTORIES)) }
    }

    /// Waits for a turn, as long as for a connection; a question about a short stretch needs none.
    async fn turn(&self, is_long: bool) -> Result<Option<OwnedSemaphorePermit>, Error> {
        if !is_long {
            return Ok(None);
        }
        let wait = self.pool.options().get_acquire_timeout();
        let turn = tokio::time::timeout(wait, self.histories.clone().acquire_owned()).await.map_err(Error::away)?;
        turn.map(Some).map_err(|_| Error::Closed)
    }

    /// What there is of a datastream's sensor; `None` if it has no row.
    pub(super) async fn extent(&self, of: Datastream<'_>) -> Result<Option<Extent>, Error> {
        type Row = (i64, Option<i64>, Option<i64>, Option<String>, Option<i64>);
        let query = sqlx::query_as(EXTENT).bind(of.station.0).bind(of.sensor.as_str());
        let found: Option<Row> = query.fetch_optional(&self.pool).await?;
        let Some((sensor, Some(oldest), Some(newest), waiting, raw_from)) = found else { return Ok(None) };
        let waiting = waiting.and_then(|day| day.parse().ok());
        let (oldest, newest) = (Timestamp(oldest), Timestamp(newest));
        Ok(Some(Extent { sensor: SensorId(sensor), oldest, newest, waiting, raw_from: raw_from.map(Timestamp) }))
    }

    /// How many values the hours of a stretch have.
    pub(super) async fn count(&self, sensor: SensorId, quantity: Quantity, stretch: Stretch) -> Result<u64, Error> {
        let query = sqlx::query_scalar(COUNT).bind(sensor.0).bind(number(quantity));
        let count: i64 = query.bind(stretch.from.0).bind(stretch.to.0).fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }

    /// What the rows of stretches are that follow each other; those without a value are left out.
    pub(super) async fn of_rows(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        stretches: Vec<Stretch>,
    ) -> Result<Vec<Cell>, Error> {
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return Ok(Vec::new()) };
        let _turn = self.turn(is_long(Stretch { from: first.from, to: last.to })).await?;
        let mut cells = Cells::new(quantity, &stretches);
        let query = sqlx::query(self.texts.of(quantity).values.clone());
        let mut rows = query.bind(sensor.0).bind(first.from.0).bind(last.to.0).fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            let weight = if cells.is_weighed() { row.try_get(2)? } else { None };
            cells.take(Timestamp(row.try_get(0)?), row.try_get(1)?, weight);
        }
        drop(rows);
        Ok(cells.finish())
    }

    /// The hours that begin in a stretch, in the order of time.
    pub(super) async fn hours(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        stretch: Stretch,
    ) -> Result<Vec<Cell>, Error> {
        let _turn = self.turn(is_long(stretch)).await?;
        let query = sqlx::query(HOURS).bind(sensor.0).bind(number(quantity));
        let rows = query.bind(stretch.from.0).bind(stretch.to.0).fetch_all(&self.pool).await?;
        Ok(rows.iter().map(hour).collect::<Result<_, _>>()?)
    }

    /// The days from `from` to `to`, both included, with the number of their hours, oldest first.
    pub(super) async fn days(
        &self,
        sensor: SensorId,
        quantity: Quantity,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<(NaiveDate, Rollup, u32)>, Error> {
        let _turn = self.turn(to.signed_duration_since(from).num_days() >= LONG_DAYS).await?;
        let query = sqlx::query(DAYS).bind(sensor.0).bind(number(quantity));
        let rows = query.bind(from.to_string()).bind(to.to_string()).fetch_all(&self.pool).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let Ok(date) = row.try_get::<&str, _>(0)?.parse() else { continue };
            let (low_at, high_at) = (Timestamp(row.try_get(3)?), Timestamp(row.try_get(5)?));
            let hours = row.try_get::<i64, _>(8)?;
            found.push((date, rollup(row, (low_at, high_at))?, u32::try_from(hours).map_err(decode)?));
        }
        Ok(found)
    }
}

/// What an hour was. Its low and high are so much later than its start.
fn hour(row: &PgRow) -> Result<Cell, sqlx::Error> {
    let from = Timestamp(row.try_get(0)?);
    let rollup = rollup(row, (from.plus(row.try_get(3)?), from.plus(row.try_get(5)?)))?;
    Ok(Cell { from, rollup })
}

/// What a row of hours or of days tells, whose first column is the time.
fn rollup(row: &PgRow, (low_at, high_at): (Timestamp, Timestamp)) -> Result<Rollup, sqlx::Error> {
    let count = row.try_get::<i64, _>(1)?.try_into().map_err(decode)?;
    let (low, high) = (row.try_get(2)?, row.try_get(4)?);
    Ok(Rollup { count, low, low_at, high, high_at, a: row.try_get(6)?, b: row.try_get(7)? })
}

fn is_long(stretch: Stretch) -> bool {
    stretch.to.since(stretch.from) >= LONG_DAYS * DAY_MS
}

const EXTENT: &str = "\
    SELECT id, (SELECT min(observed_ms) FROM observation WHERE sensor = id), \
        (SELECT max(observed_ms) FROM observation WHERE sensor = id), (SELECT day FROM rezoning WHERE rezoning.sensor = id), \
        raw_from_ms \
    FROM sensor WHERE station = $1 AND name = $2";
const COUNT: &str = "\
    SELECT coalesce(sum(count), 0)::bigint FROM hourly \
    WHERE sensor = $1 AND quantity = $2 AND start_ms >= $3 AND start_ms < $4";
const HOURS: &str = "\
    SELECT start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
    WHERE sensor = $1 AND quantity = $2 AND start_ms >= $3 AND start_ms < $4 ORDER BY start_ms";
const DAYS: &str = "\
    SELECT day, count, low, low_ms, high, high_ms, a, b, hours FROM daily \
    WHERE sensor = $1 AND quantity = $2 AND day >= $3 AND day <= $4 ORDER BY day";
