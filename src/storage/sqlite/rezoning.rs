//! The local days of sensors whose station has got another time zone: which are to be made anew, and making them. All of it is inside the
//! caller's transaction.

use super::error::decode;
use super::latest;
use super::numbers::number;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{Counted, DayPlace, Rank, Rezoning, SensorId, Stretch};
use chrono::NaiveDate;
use sqlx::SqliteConnection;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// All days are to be made anew: none comes after this one.
const ALL: &str = "\
    INSERT INTO rezoning (sensor, day, quantity) SELECT id, '9999-12-31', 0 FROM sensor WHERE station = $1 \
    ON CONFLICT (sensor) DO UPDATE SET day = excluded.day, quantity = excluded.quantity";

/// Notes that all local days of a station are to be made anew.
pub(super) async fn begin(conn: &mut SqliteConnection, station: i64) -> Result<(), sqlx::Error> {
    sqlx::query(ALL).bind(station).execute(conn).await?;
    Ok(())
}

/// The newest days of all sensors come first: they are looked at most.
const NEXT: &str = "\
    SELECT rezoning.sensor, sensor.station, sensor.name, rezoning.day, rezoning.quantity \
    FROM rezoning JOIN sensor ON sensor.id = rezoning.sensor WHERE sensor.station IS NOT NULL \
    ORDER BY rezoning.day DESC LIMIT 1";

/// A sensor whose local days are to be made anew.
pub(super) async fn next(conn: &mut SqliteConnection) -> Result<Option<Rezoning>, Error> {
    let row: Option<(i64, i64, String, String, i64)> = sqlx::query_as(NEXT).fetch_optional(conn).await?;
    let rezoning = |(sensor, station, name, day, number): (i64, i64, String, String, i64)| {
        let place = DayPlace { day: date(&day)?, number: u8::try_from(number).unwrap_or(0) };
        Ok(Rezoning { sensor: SensorId(sensor), station: StationId(station), name: SensorName::new(&name)?, place })
    };
    row.map(rezoning).transpose()
}

const GOES_ON: &str = "UPDATE rezoning SET day = $2, quantity = $3 WHERE sensor = $1";
const IS_DONE: &str = "DELETE FROM rezoning WHERE sensor = $1";

/// Notes where it goes on; `None`: all is done.
pub(super) async fn note(
    conn: &mut SqliteConnection,
    sensor: SensorId,
    place: Option<DayPlace>,
) -> Result<(), sqlx::Error> {
    let query = match place {
        Some(DayPlace { day, number }) => sqlx::query(GOES_ON).bind(sensor.0).bind(day.to_string()).bind(number),
        None => sqlx::query(IS_DONE).bind(sensor.0),
    };
    query.execute(conn).await?;
    Ok(())
}

const NEWEST_ROW: &str = "SELECT max(observed_ms) FROM observation WHERE sensor = $1 AND observed_ms < $2";
const NEWEST_DAY: &str = "SELECT max(day) FROM extreme WHERE sensor = $1 AND day <= $2";

/// The newest row before an instant, and the newest day up to one that has extremes.
pub(super) async fn newest(
    conn: &mut SqliteConnection,
    sensor: SensorId,
    (before, upto): (Timestamp, NaiveDate),
) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
    let query = sqlx::query_scalar(NEWEST_ROW).bind(sensor.0).bind(before.0);
    let row: Option<i64> = query.fetch_one(&mut *conn).await?;
    let query = sqlx::query_scalar(NEWEST_DAY).bind(sensor.0).bind(upto.to_string());
    let day: Option<String> = query.fetch_one(conn).await?;
    Ok((row.map(Timestamp), day.map(|day| date(&day)).transpose()?))
}

const ROWS: &str = "SELECT count(*) FROM observation WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3";
const LATEST: &str = "SELECT observed_ms, rank_ms, quantities FROM latest WHERE sensor = $1";

/// How many rows a sensor has within a stretch, and the quantities that it has values of at all, by their numbers.
pub(super) async fn present(
    conn: &mut SqliteConnection,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<(u64, Vec<Quantity>), Error> {
    let query = sqlx::query_scalar(ROWS).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0);
    let rows: i64 = query.fetch_one(&mut *conn).await?;
    let row: Option<(i64, i64, String)> = sqlx::query_as(LATEST).bind(sensor.0).fetch_optional(conn).await?;
    let Some((observed_ms, rank_ms, quantities)) = row else { return Ok((rows.unsigned_abs(), Vec::new())) };
    let of_row = Rank { observed_at: Timestamp(observed_ms), rank: Timestamp(rank_ms) };
    let found = latest::read(of_row, &quantities)?.into_iter().map(|(quantity, _)| quantity);
    let mut found: Vec<_> = found.filter(|quantity| quantity.is_shown()).collect();
    found.sort_by_key(|quantity| quantity.number());
    Ok((rows.unsigned_abs(), found))
}

const FORGET_DAY: &str = "DELETE FROM extreme WHERE sensor = $1 AND day = $2";
const FORGET: &str = "DELETE FROM extreme WHERE sensor = $1 AND day = $2 AND quantity = $3";

/// Forgets the extremes of a day.
pub(super) async fn forget(conn: &mut SqliteConnection, sensor: SensorId, day: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query(FORGET_DAY).bind(sensor.0).bind(day.to_string()).execute(conn).await?;
    Ok(())
}

/// Makes extremes of a day anew.
pub(super) async fn renew(
    conn: &mut SqliteConnection,
    texts: &Texts,
    (sensor, day, stretch): (SensorId, NaiveDate, Stretch),
    quantities: &[Quantity],
) -> Result<(), sqlx::Error> {
    let day = day.to_string();
    for &quantity in quantities {
        let of = number(quantity);
        sqlx::query(FORGET).bind(sensor.0).bind(&day).bind(of).execute(&mut *conn).await?;
        let query = sqlx::query(texts.of(quantity).day.clone()).bind(sensor.0).bind(&day).bind(of);
        query.bind(stretch.from.0).bind(stretch.to.0).execute(&mut *conn).await?;
    }
    Ok(())
}

const COUNTED_BEFORE: &str = "\
    SELECT observed_ms, precipitation_counted, precipitation_total, precipitation FROM observation \
    WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 \
    AND coalesce(precipitation_counted, precipitation_total, precipitation) IS NOT NULL ORDER BY observed_ms DESC LIMIT 1";

/// The last that a rain gauge said within a stretch.
pub(super) async fn counted_before(
    conn: &mut SqliteConnection,
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
