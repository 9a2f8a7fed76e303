//! The local days of sensors whose station has got another time zone: which are to be made anew, and making them. All of it is inside the
//! caller's transaction.

use super::db::Connection;
use super::latest;
use super::rollups::NEWEST_DAY;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{Counted, DayPlace, Rezoning, SensorId, Stretch};
use crate::storage::sql::decode;
use chrono::NaiveDate;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// All days are to be made anew: none comes after this one.
const ALL: &str = "\
    INSERT INTO rezoning (sensor, day, hours, only_hours) SELECT id, '9999-12-31', 0, false FROM sensor WHERE station = $1 \
    ON CONFLICT (sensor) DO UPDATE SET day = excluded.day, hours = excluded.hours, only_hours = excluded.only_hours";

/// Notes that all local days of a station are to be made anew.
pub(super) async fn begin(conn: &mut Connection, station: i64) -> Result<(), sqlx::Error> {
    sqlx::query(ALL).bind(station).execute(conn).await?;
    Ok(())
}

/// The newest days of all sensors come first: they are looked at most.
const NEXT: &str = "\
    SELECT rezoning.sensor, sensor.station, sensor.name, rezoning.day, rezoning.hours, rezoning.only_hours \
    FROM rezoning JOIN sensor ON sensor.id = rezoning.sensor WHERE sensor.station IS NOT NULL \
    ORDER BY rezoning.day DESC LIMIT 1";

/// A sensor whose local days are to be made anew.
pub(super) async fn next(conn: &mut Connection) -> Result<Option<Rezoning>, Error> {
    type Row = (i64, i64, String, String, i64, bool);
    let row: Option<Row> = sqlx::query_as(NEXT).fetch_optional(conn).await?;
    let rezoning = |(sensor, station, name, day, hours, only_hours): Row| {
        let (sensor, station, name) = (SensorId(sensor), StationId(station), SensorName::new(&name)?);
        let place = DayPlace { day: date(&day)?, hours: u8::try_from(hours).unwrap_or(0) };
        Ok(Rezoning { sensor, station, name, place, only_hours })
    };
    row.map(rezoning).transpose()
}

const GOES_ON: &str = "UPDATE rezoning SET day = $2, hours = $3 WHERE sensor = $1";
const IS_DONE: &str = "DELETE FROM rezoning WHERE sensor = $1";

/// Notes where it goes on; `None`: all is done.
pub(super) async fn note(conn: &mut Connection, sensor: SensorId, place: Option<DayPlace>) -> Result<(), sqlx::Error> {
    let query = match place {
        Some(DayPlace { day, hours }) => {
            sqlx::query(GOES_ON).bind(sensor.0).bind(day.to_string()).bind(i64::from(hours))
        }
        None => sqlx::query(IS_DONE).bind(sensor.0),
    };
    query.execute(conn).await?;
    Ok(())
}

const NEWEST_ROW: &str = "SELECT max(observed_ms) FROM observation WHERE sensor = $1 AND observed_ms < $2";
/// The newest row before an instant, and the newest day up to one that has extremes.
pub(super) async fn newest(
    conn: &mut Connection,
    texts: &Texts,
    sensor: SensorId,
    (before, upto): (Timestamp, NaiveDate),
) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
    let query = sqlx::query_scalar(NEWEST_ROW).bind(sensor.0).bind(before.0);
    let row: Option<i64> = query.fetch_one(&mut *conn).await?;
    let query = sqlx::query_scalar(NEWEST_DAY).bind(sensor.0).bind(upto.to_string()).bind(&texts.shown);
    let day: Option<String> = query.fetch_one(conn).await?;
    Ok((row.map(Timestamp), day.map(|day| date(&day)).transpose()?))
}

const ROWS: &str = "SELECT count(*) FROM observation WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3";
/// How many rows a sensor has within a stretch, and whether it has values of a quantity at all.
pub(super) async fn present(
    conn: &mut Connection,
    sensor: SensorId,
    stretch: Stretch,
    quantity: Quantity,
) -> Result<(u64, bool), Error> {
    let query = sqlx::query_scalar(ROWS).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0);
    let rows: i64 = query.fetch_one(&mut *conn).await?;
    let has = latest::of(conn, sensor).await?.iter().any(|(of, _)| *of == quantity);
    Ok((rows.unsigned_abs(), has))
}

const COUNTED_BEFORE: &str = "\
    SELECT observed_ms, precipitation_counted, precipitation_total, precipitation FROM observation \
    WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 \
    AND coalesce(precipitation_counted, precipitation_total, precipitation) IS NOT NULL ORDER BY observed_ms DESC LIMIT 1";

/// The last that a rain gauge said within a stretch.
pub(super) async fn counted_before(
    conn: &mut Connection,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<Option<Counted>, sqlx::Error> {
    type Row = (i64, Option<f64>, Option<f64>, Option<f64>);
    let query = sqlx::query_as(COUNTED_BEFORE).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0);
    let row: Option<Row> = query.fetch_optional(conn).await?;
    Ok(row.map(|(at, daily, total, fallen)| Counted { at: Timestamp(at), daily, total, fallen }))
}

fn date(text: &str) -> Result<NaiveDate, sqlx::Error> {
    text.parse().map_err(|error: chrono::ParseError| decode(error))
}
