//! Hours and days, made of rows and of hours: inside the transaction of the reports that have ended or changed them.
//!
//! An hour is made anew of its rows as a whole, once, when it has ended; and again when something of it comes late. So what has come
//! twice, was replaced, or weighs differently now needs no rule of its own, and the writer remembers nothing of hours.

use super::numbers::number;
use super::texts::{Texts, columns};
use crate::storage::seam::{Observed, SensorId, Stretch};
use crate::storage::sql::OfSensor;
use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use sqlx::SqliteConnection;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::time::Timestamp;

const HOUR: &str = "\
    INSERT OR REPLACE INTO hourly (sensor, quantity, start_ms, count, low, low_ms, high, high_ms, a, b) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const DAY: &str = "\
    INSERT OR REPLACE INTO daily (sensor, quantity, day, low, low_ms, high, high_ms, count, a, b, hours) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
pub(super) const HOURS: &str = "\
    SELECT quantity, start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
    WHERE sensor = ?1 AND quantity IN (SELECT value FROM json_each(?4)) AND start_ms >= ?2 AND start_ms < ?3";
pub(super) const FORGET_HOURS: &str = "\
    DELETE FROM hourly WHERE sensor = $1 AND quantity IN (SELECT value FROM json_each($4)) \
    AND start_ms >= $2 AND start_ms < $3";
pub(super) const FORGET_DAY: &str = "\
    DELETE FROM daily WHERE sensor = $1 AND quantity IN (SELECT value FROM json_each($3)) AND day = $2";
/// The newest day up to one that has extremes.
pub(super) const NEWEST_DAY: &str = "\
    SELECT max(newest) FROM (SELECT (SELECT max(day) FROM daily WHERE sensor = $1 AND quantity = shown.value AND day <= $2) AS newest \
    FROM json_each($3) AS shown)";
/// Its hours may be of another time zone, or not be there yet: the day is made anew later.
const IS_WAITING: &str = "SELECT EXISTS (SELECT 1 FROM rezoning WHERE sensor = ?1 AND day >= ?2)";

const HAS_GONE: &str = "SELECT EXISTS (SELECT 1 FROM sensor WHERE id = ?1 AND raw_from_ms > ?2)";

/// Makes the hours and days anew that have ended or changed.
pub(super) fn write(db: &Connection, texts: &Texts, observed: &Observed) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(HOUR)?;
    for (sensor, hour) in &observed.hours {
        if has_gone(db, *sensor, hour.from)? {
            continue;
        }
        for (quantity, rollup, _) in made_of_rows(db, texts, *sensor, *hour)?.iter() {
            let Rollup { count, low, high, a, b, .. } = *rollup;
            let (low_ms, high_ms) = (rollup.low_at.since(hour.from), rollup.high_at.since(hour.from));
            let of = (sensor.0, number(quantity), hour.from.0);
            statement.execute((of.0, of.1, of.2, count, low, low_ms, high, high_ms, a, b))?;
        }
    }
    observed.days.iter().try_for_each(|(sensor, date, stretch)| day(db, texts, (*sensor, *date), *stretch))
}

fn day(db: &Connection, texts: &Texts, (sensor, date): (SensorId, NaiveDate), day: Stretch) -> rusqlite::Result<()> {
    let date = date.to_string();
    if has_gone(db, sensor, day.from)? {
        return Ok(());
    }
    if db.prepare_cached(IS_WAITING)?.query_row((sensor.0, &date), |row| row.get(0))? {
        return Ok(());
    }
    let mut made = OfSensor::new();
    let mut hours = db.prepare_cached(HOURS)?;
    let mut rows = hours.query((sensor.0, day.from.0, day.to.0, &texts.shown))?;
    while let Some(row) = rows.next()? {
        if let Some(quantity) = Quantity::from_number(row.get(0)?) {
            made.join(quantity, &hour(row, 1)?.1, 1);
        }
    }
    let mut statement = db.prepare_cached(DAY)?;
    for (quantity, rollup, hours) in made.iter() {
        let Rollup { count, low, low_at, high, high_at, a, b } = *rollup;
        let (of, range) = ((sensor.0, number(quantity), &date), (low, low_at.0, high, high_at.0));
        statement.execute((of.0, of.1, of.2, range.0, range.1, range.2, range.3, count, a, b, hours))?;
    }
    Ok(())
}

/// Whether the readings of a time have gone. Another process may have let them go since the writer looked.
fn has_gone(db: &Connection, sensor: SensorId, at: Timestamp) -> rusqlite::Result<bool> {
    db.prepare_cached(HAS_GONE)?.query_row((sensor.0, at.0), |row| row.get(0))
}

/// What a sensor's rows of a stretch are.
fn made_of_rows(db: &Connection, texts: &Texts, sensor: SensorId, stretch: Stretch) -> rusqlite::Result<OfSensor> {
    let mut made = OfSensor::new();
    let mut statement = db.prepare_cached(texts.hours.as_str())?;
    let mut rows = statement.query((sensor.0, stretch.from.0, stretch.to.0))?;
    while let Some(row) = rows.next()? {
        let mut values = Values::default();
        for (quantity, column) in columns().zip(1..) {
            if let Some(value) = row.get::<_, Option<f64>>(column)? {
                values.restore(quantity, value);
            }
        }
        made.take(Timestamp(row.get(0)?), &values);
    }
    Ok(made)
}

/// When an hour began, and what it was. Its columns from `start_ms` on begin at `first`.
pub(super) fn hour(row: &Row<'_>, first: usize) -> rusqlite::Result<(Timestamp, Rollup)> {
    let start = Timestamp(row.get(first)?);
    let rollup = Rollup {
        count: row.get(first + 1)?,
        low: row.get(first + 2)?,
        low_at: start.plus(row.get(first + 3)?),
        high: row.get(first + 4)?,
        high_at: start.plus(row.get(first + 5)?),
        a: row.get(first + 6)?,
        b: row.get(first + 7)?,
    };
    Ok((start, rollup))
}

/// Writes what quantities were in hours.
pub(super) async fn put_hours(
    conn: &mut SqliteConnection,
    hours: &[(SensorId, Timestamp, Quantity, Rollup)],
) -> Result<(), sqlx::Error> {
    for (sensor, from, quantity, rollup) in hours {
        let query = sqlx::query(HOUR).bind(sensor.0).bind(number(*quantity)).bind(from.0).bind(rollup.count);
        let query = query.bind(rollup.low).bind(rollup.low_at.since(*from));
        let query = query.bind(rollup.high).bind(rollup.high_at.since(*from));
        query.bind(rollup.a).bind(rollup.b).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Writes what quantities were on days, with the number of their hours.
pub(super) async fn put_days(
    conn: &mut SqliteConnection,
    days: &[(SensorId, NaiveDate, Quantity, (Rollup, u32))],
) -> Result<(), sqlx::Error> {
    for (sensor, date, quantity, (rollup, hours)) in days {
        let Rollup { count, low, low_at, high, high_at, a, b } = *rollup;
        let query = sqlx::query(DAY).bind(sensor.0).bind(number(*quantity)).bind(date.to_string());
        let query = query.bind(low).bind(low_at.0).bind(high).bind(high_at.0);
        query.bind(count).bind(a).bind(b).bind(*hours).execute(&mut *conn).await?;
    }
    Ok(())
}
