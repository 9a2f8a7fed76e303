//! Hours and days that are made anew of rows, inside the caller's transaction: after corrections, calibrations, and changes of time zones.

use super::numbers::number;
use super::rollups::{DAY, HOUR, HOURS, OfSensor, of_number};
use super::texts::{Texts, columns};
use crate::storage::error::Error;
use crate::storage::seam::{SensorId, Stretch};
use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use weather::report::Values;
use weather::rollup::Rollup;
use weather::time::Timestamp;

const NEWEST: &str = "SELECT max(observed_ms) FROM observation WHERE sensor = $1";
const WAITING: &str = "SELECT day FROM rezoning WHERE sensor = $1";
const FORGET_HOURS: &str = "\
    DELETE FROM hourly WHERE sensor = $1 AND quantity IN (SELECT value FROM json_each($4)) \
    AND start_ms >= $2 AND start_ms < $3";
const FORGET_DAY: &str = "\
    DELETE FROM daily WHERE sensor = $1 AND quantity IN (SELECT value FROM json_each($3)) AND day = $2";

/// A sensor's newest row, and the day up to which its days are still to be made.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    sensor: SensorId,
) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
    let newest: Option<i64> = sqlx::query_scalar(NEWEST).bind(sensor.0).fetch_one(&mut *conn).await?;
    let waiting: Option<String> = sqlx::query_scalar(WAITING).bind(sensor.0).fetch_optional(conn).await?;
    let waiting = waiting.map(|day| day.parse().map_err(Error::database)).transpose()?;
    Ok((newest.map(Timestamp), waiting))
}

/// Forgets the hours that begin in a stretch.
pub(super) async fn forget_hours(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<(), sqlx::Error> {
    let forget = sqlx::query(FORGET_HOURS).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0).bind(&texts.shown);
    forget.execute(conn).await?;
    Ok(())
}

/// Makes the hours of a stretch anew of its rows; returns how many rows there are. The hours follow each other.
pub(super) async fn hours(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    hours: &[Stretch],
) -> Result<u64, Error> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok(0) };
    let stretch = Stretch { from: first.from, to: last.to };
    forget_hours(conn, texts, sensor, stretch).await?;
    let rows = rows(conn, texts, sensor, stretch).await?;
    let looked = rows.len() as u64;
    let mut rows = rows.into_iter().peekable();
    for hour in hours {
        let mut made = OfSensor::new();
        while let Some((at, row)) = rows.next_if(|(at, _)| *at < hour.to) {
            made.take(at, &row);
        }
        for (quantity, rollup, _) in made.iter() {
            let query = sqlx::query(HOUR).bind(sensor.0).bind(number(quantity)).bind(hour.from.0).bind(rollup.count);
            let query = query.bind(rollup.low).bind(rollup.low_at.since(hour.from));
            let query = query.bind(rollup.high).bind(rollup.high_at.since(hour.from));
            query.bind(rollup.a).bind(rollup.b).execute(&mut *conn).await?;
        }
    }
    Ok(looked)
}

/// Makes a day anew of its hours. `open`: the hour of the newest row, if it is of that day; it is made of its rows, and the day has only
/// lows and highs then.
pub(super) async fn day(
    conn: &mut SqliteConnection,
    texts: &Texts,
    (sensor, date): (SensorId, NaiveDate),
    day: Stretch,
    open: Option<Stretch>,
) -> Result<(), Error> {
    let date = date.to_string();
    sqlx::query(FORGET_DAY).bind(sensor.0).bind(&date).bind(&texts.shown).execute(&mut *conn).await?;
    let ended = open.map_or(day.to, |open| open.from);
    let query = sqlx::query(HOURS).bind(sensor.0).bind(day.from.0).bind(ended.0).bind(&texts.shown);
    let mut made = OfSensor::new();
    for row in query.fetch_all(&mut *conn).await? {
        let (quantity, hour) = hour(&row)?;
        made.join(of_number(quantity)?, &hour, 1);
    }
    if let Some(open) = open {
        let mut of_rows = OfSensor::new();
        rows(conn, texts, sensor, open).await?.iter().for_each(|(at, row)| of_rows.take(*at, row));
        made.join_hour(&of_rows);
    }
    for (quantity, rollup, hours) in made.iter() {
        let Rollup { count, low, low_at, high, high_at, a, b } = *rollup;
        let (count, a, b, hours) = if open.is_some() { (0, 0.0, 0.0, 0) } else { (count, a, b, hours) };
        let query = sqlx::query(DAY).bind(sensor.0).bind(number(quantity)).bind(&date).bind(low).bind(low_at.0);
        let query = query.bind(high).bind(high_at.0).bind(count).bind(a).bind(b).bind(hours);
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

async fn rows(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<Vec<(Timestamp, Values)>, sqlx::Error> {
    /// SQLite's word for none.
    const NO_LIMIT: i64 = -1;
    let query = sqlx::query(texts.kept.clone()).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0).bind(NO_LIMIT);
    query.fetch_all(conn).await?.iter().map(row).collect()
}

fn row(row: &SqliteRow) -> Result<(Timestamp, Values), sqlx::Error> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(1..) {
        if let Some(value) = row.try_get::<Option<f64>, _>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok((Timestamp(row.try_get(0)?), values))
}

/// The number of a quantity, and what an hour of it was.
fn hour(row: &SqliteRow) -> Result<(i64, Rollup), sqlx::Error> {
    let start = Timestamp(row.try_get(1)?);
    let rollup = Rollup {
        count: row.try_get(2)?,
        low: row.try_get(3)?,
        low_at: start.plus(row.try_get(4)?),
        high: row.try_get(5)?,
        high_at: start.plus(row.try_get(6)?),
        a: row.try_get(7)?,
        b: row.try_get(8)?,
    };
    Ok((row.try_get(0)?, rollup))
}
