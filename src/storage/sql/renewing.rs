//! Hours and days that are made anew of rows, inside the caller's transaction: after corrections, calibrations, and changes of time zones.

use super::db::Connection;
use super::rollups::{FORGET_DAY, FORGET_HOURS, HOURS, put_days, put_hours};
use super::stored_rows::{hour, row};
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{SensorId, Stretch};
use crate::storage::sql::OfSensor;
use chrono::NaiveDate;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::time::Timestamp;

const NEWEST: &str = "SELECT max(observed_ms) FROM observation WHERE sensor = $1";
const WAITING: &str = "SELECT day FROM rezoning WHERE sensor = $1";

/// A sensor's newest row, and the day up to which its days are still to be made.
pub(super) async fn newest(
    conn: &mut Connection,
    sensor: SensorId,
) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
    let newest: Option<i64> = sqlx::query_scalar(NEWEST).bind(sensor.0).fetch_one(&mut *conn).await?;
    let waiting: Option<String> = sqlx::query_scalar(WAITING).bind(sensor.0).fetch_optional(conn).await?;
    let waiting = waiting.map(|day| day.parse().map_err(Error::database)).transpose()?;
    Ok((newest.map(Timestamp), waiting))
}

/// Forgets the hours that begin in a stretch.
pub(super) async fn forget_hours(
    conn: &mut Connection,
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
    conn: &mut Connection,
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
    let mut made = Vec::new();
    for hour in hours {
        let mut of_hour = OfSensor::new();
        while let Some((at, row)) = rows.next_if(|(at, _)| *at < hour.to) {
            of_hour.take(at, &row);
        }
        made.extend(of_hour.iter().map(|(quantity, rollup, _)| (sensor, hour.from, quantity, *rollup)));
    }
    put_hours(conn, &made).await?;
    Ok(looked)
}

/// Makes a day anew of its hours. `open`: the hour of the newest row, if it is of that day; it is made of its rows, and the day has only
/// lows and highs then.
pub(super) async fn day(
    conn: &mut Connection,
    texts: &Texts,
    (sensor, date): (SensorId, NaiveDate),
    day: Stretch,
    open: Option<Stretch>,
) -> Result<(), Error> {
    let is_open = open.is_some();
    sqlx::query(FORGET_DAY).bind(sensor.0).bind(date.to_string()).bind(&texts.shown).execute(&mut *conn).await?;
    let ended = open.map_or(day.to, |open| open.from);
    let query = sqlx::query(HOURS).bind(sensor.0).bind(day.from.0).bind(ended.0).bind(&texts.shown);
    let mut made = OfSensor::new();
    for row in query.fetch_all(&mut *conn).await? {
        let (quantity, hour) = hour(&row, 0)?;
        made.join(quantity, &hour, 1);
    }
    if let Some(open) = open {
        let mut of_rows = OfSensor::new();
        rows(conn, texts, sensor, open).await?.iter().for_each(|(at, row)| of_rows.take(*at, row));
        made.join_hour(&of_rows);
    }
    let made: Vec<_> = made
        .iter()
        .map(|(quantity, rollup, hours)| {
            let open = Rollup { count: 0, a: 0.0, b: 0.0, ..*rollup };
            (sensor, date, quantity, if is_open { (open, 0) } else { (*rollup, hours) })
        })
        .collect();
    put_days(conn, &made).await?;
    Ok(())
}

async fn rows(
    conn: &mut Connection,
    texts: &Texts,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<Vec<(Timestamp, Values)>, sqlx::Error> {
    const NO_LIMIT: i64 = i64::MAX;
    let query = sqlx::query(texts.kept.clone()).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0).bind(NO_LIMIT);
    query.fetch_all(conn).await?.iter().map(row).collect()
}
