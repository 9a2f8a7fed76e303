//! Readings that are older than the owner wants to keep: which sensors have some, and deleting them, a bounded number at a time.

use super::db::Connection;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::seam::{Age, Gone, SensorId};
use weather::station::StationId;
use weather::time::Timestamp;

/// `waits`: its rows or its hours are still to be made anew.
const AGES: &str = "\
    SELECT id, station, (SELECT min(observed_ms) FROM observation WHERE observation.sensor = sensor.id), \
        (SELECT max(observed_ms) FROM observation WHERE observation.sensor = sensor.id), raw_from_ms, \
        EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = sensor.id) \
        OR EXISTS (SELECT 1 FROM recalculation WHERE recalculation.sensor = sensor.id) \
    FROM sensor WHERE station IS NOT NULL AND id > $1 ORDER BY id LIMIT $2";

/// How old the readings of the next sensors are.
pub(super) async fn ages(conn: &mut Connection, after: SensorId, limit: u32) -> Result<Vec<Age>, sqlx::Error> {
    type Row = (i64, i64, Option<i64>, Option<i64>, Option<i64>, bool);
    let rows: Vec<Row> = sqlx::query_as(AGES).bind(after.0).bind(i64::from(limit)).fetch_all(conn).await?;
    let age = |(sensor, station, oldest, newest, raw_from, waits): Row| Age {
        sensor: SensorId(sensor),
        station: StationId(station),
        rows: oldest.zip(newest).map(|(oldest, newest)| (Timestamp(oldest), Timestamp(newest))),
        raw_from: raw_from.map(Timestamp),
        waits,
    };
    Ok(rows.into_iter().map(age).collect())
}

const NOTE: &str = "UPDATE sensor SET raw_from_ms = $2 WHERE id = $1";

/// Notes from when on a sensor has readings.
pub(super) async fn note(conn: &mut Connection, sensor: SensorId, from: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(NOTE).bind(sensor.0).bind(from.0).execute(conn).await?;
    Ok(())
}

const OF_SENSOR: &str = "SELECT raw_from_ms FROM sensor WHERE id = $1";
const OF_STATION: &str = "SELECT id, raw_from_ms FROM sensor WHERE station = $1 AND raw_from_ms IS NOT NULL";
const NEWEST: &str = "SELECT max(raw_from_ms) FROM sensor";

/// From when on a sensor has readings; `None`: none have gone.
pub(super) async fn of_sensor(conn: &mut Connection, sensor: SensorId) -> Result<Option<Timestamp>, sqlx::Error> {
    let found: Option<Option<i64>> = sqlx::query_scalar(OF_SENSOR).bind(sensor.0).fetch_optional(conn).await?;
    Ok(found.flatten().map(Timestamp))
}

/// The same of the sensors of a station of which some have gone.
pub(super) async fn of_station(
    conn: &mut Connection,
    station: StationId,
) -> Result<Vec<(SensorId, Timestamp)>, sqlx::Error> {
    let found: Vec<(i64, i64)> = sqlx::query_as(OF_STATION).bind(station.0).fetch_all(conn).await?;
    Ok(found.into_iter().map(|(sensor, from)| (SensorId(sensor), Timestamp(from))).collect())
}

/// The latest of all.
pub(super) async fn newest(conn: &mut Connection) -> Result<Option<Timestamp>, sqlx::Error> {
    let found: Option<i64> = sqlx::query_scalar(NEWEST).fetch_one(conn).await?;
    Ok(found.map(Timestamp))
}

const NEXT: &str = "\
    SELECT id, station, raw_from_ms FROM sensor WHERE id >= $1 AND station IS NOT NULL AND EXISTS (\
        SELECT 1 FROM observation WHERE observation.sensor = sensor.id AND observed_ms < raw_from_ms) \
    ORDER BY id LIMIT 1";
const PRUNE: &str = "DELETE FROM observation WHERE sensor = $1 AND observed_ms < $2";
const PRUNE_MARKS: &str = "DELETE FROM marked WHERE sensor = $1 AND observed_ms < $2";
const PRUNE_SENT: &str = "DELETE FROM sent WHERE sensor = $1 AND observed_ms < $2";
const SHRINK_SHARE: &str = "UPDATE sensor SET bytes = CASE WHEN bytes > $2 THEN bytes - $2 ELSE 0 END WHERE id = $1";

/// Deletes the oldest readings of the first sensor from `at` on that has some to go, with all that belongs to them, `limit` at most, inside
/// the caller's transaction; `None`: there are none. `weigh` tells how many bytes they took.
pub(super) async fn prune(
    conn: &mut Connection,
    texts: &Texts,
    (at, limit): (SensorId, u32),
    weigh: fn(&Gone) -> u64,
) -> Result<Option<Gone>, Error> {
    let next: Option<(i64, i64, i64)> = sqlx::query_as(NEXT).bind(at.0).fetch_optional(&mut *conn).await?;
    let Some((sensor, station, raw_from)) = next else { return Ok(None) };
    let query = sqlx::query_as(texts.weight.clone()).bind(sensor).bind(raw_from).bind(i64::from(limit));
    let (last, rows, values): (Option<i64>, i64, i64) = query.fetch_one(&mut *conn).await?;
    let before = last.map_or(raw_from, |last| last + 1);
    let mut deleted = [0; 3];
    for (sql, deleted) in [PRUNE, PRUNE_MARKS, PRUNE_SENT].into_iter().zip(&mut deleted) {
        *deleted = sqlx::query(sql).bind(sensor).bind(before).execute(&mut *conn).await?.rows_affected();
    }
    let (sensor, station, values) = (SensorId(sensor), StationId(station), values.unsigned_abs());
    let gone = Gone { sensor, station, rows: rows.unsigned_abs(), values, marks: deleted[1], sent: deleted[2] };
    let bytes = i64::try_from(weigh(&gone)).unwrap_or(i64::MAX);
    sqlx::query(SHRINK_SHARE).bind(sensor.0).bind(bytes).execute(conn).await?;
    Ok(Some(gone))
}
