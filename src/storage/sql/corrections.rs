//! Striking out and restoring, inside the caller's transaction, and what can be read of it.

use super::db::{Connection, Pool};
use super::latest;
use super::numbers::{number, quantity, stored};
use super::retention;
use super::texts::Texts;
use crate::storage::corrections::{Author, Correction, Marked, Selection};
use crate::storage::error::Error;
use crate::storage::seam::{Counted, Move, Newest, Rank, Renewal, SensorId, Stretch};
use crate::storage::sql::decode;
use weather::mark::{Flag, Reason};
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// With the instant from which on a sensor has readings, from `$3` on.
const SENSORS: &str = "\
    SELECT id, CASE WHEN raw_from_ms > $3 THEN raw_from_ms ELSE $3 END FROM sensor \
    WHERE station = $1 AND ($2 IS NULL OR name = $2) ORDER BY id";

/// What was suspect already fails, so that no later value speaks for it.
const STRIKE_MARKED: &str = "\
    UPDATE marked SET flag = $5, reason = $6 \
    WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 AND quantity = $4 AND flag <> $5";
const UNMARK: &str =
    "DELETE FROM marked WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 AND quantity = $4";

/// The sensors whose values are moved, each with the instant from which on.
pub(super) async fn sensors(conn: &mut Connection, what: &Move<'_>) -> Result<Vec<(SensorId, Timestamp)>, Error> {
    let Selection { station, sensor: name, from, .. } = what.selection;
    let query = sqlx::query_as(SENSORS).bind(what.station.0).bind(name.as_ref().map(SensorName::as_str)).bind(from.0);
    let sensors: Vec<(i64, i64)> = query.fetch_all(conn).await?;
    if let (true, Some(name)) = (sensors.is_empty(), name) {
        return Err(Error::NoSensor(station.to_string(), name.as_str().to_owned()));
    }
    Ok(sensors.into_iter().map(|(sensor, from)| (SensorId(sensor), Timestamp(from))).collect())
}

/// Moves a sensor's values of a quantity; returns how many.
pub(super) async fn correct(
    conn: &mut Connection,
    texts: &Texts,
    what: &Move<'_>,
    ((sensor, from), quantity): ((SensorId, Timestamp), Quantity),
) -> Result<u64, sqlx::Error> {
    let (flag, reason) = (i64::from(Flag::Fail.number()), Reason::Struck.name());
    let (texts, of, to) = (texts.of(quantity), number(quantity), what.selection.to);
    if what.restore {
        let query = sqlx::query(texts.restore.clone()).bind(sensor.0).bind(from.0).bind(to.0).bind(of);
        let values = query.execute(&mut *conn).await?.rows_affected();
        sqlx::query(UNMARK).bind(sensor.0).bind(from.0).bind(to.0).bind(of).execute(conn).await?;
        return Ok(values);
    }
    let query = sqlx::query(texts.mark.clone()).bind(sensor.0).bind(from.0).bind(to.0).bind(of);
    query.bind(flag).bind(reason).execute(&mut *conn).await?;
    let query = sqlx::query(texts.empty.clone()).bind(sensor.0).bind(from.0).bind(to.0);
    let values = query.execute(&mut *conn).await?.rows_affected();
    let query = sqlx::query(STRIKE_MARKED).bind(sensor.0).bind(from.0).bind(to.0).bind(of);
    Ok(values + query.bind(flag).bind(reason).execute(conn).await?.rows_affected())
}

/// Makes newest values anew.
pub(super) async fn renew(conn: &mut Connection, texts: &Texts, renewal: &Renewal) -> Result<(), Error> {
    let sensor = renewal.sensor;
    let mut newest = [None; Quantity::COUNT];
    for (quantity, value) in latest::of(conn, sensor).await? {
        newest[quantity.index()] = Some(value);
    }
    let raw_from = retention::of_sensor(conn, sensor).await?;
    for &quantity in &renewal.quantities {
        let query = sqlx::query_as(texts.of(quantity).last.clone()).bind(sensor.0);
        let last: Option<(i64, f64)> = query.fetch_optional(&mut *conn).await?;
        let last = last.map(|(at, value)| Newest { rank: Rank::new(Timestamp(at), renewal.now), value });
        // One whose reading has gone was right, and stays.
        let before = newest[quantity.index()].filter(|newest| Some(newest.rank.observed_at) < raw_from);
        newest[quantity.index()] = last.or(before);
    }
    Ok(latest::replace(conn, sensor, &newest).await?)
}

const COUNTED: &str = "\
    SELECT observed_ms, precipitation_counted, precipitation_total, precipitation FROM observation \
    WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 \
    AND coalesce(precipitation_counted, precipitation_total, precipitation) IS NOT NULL ORDER BY observed_ms";

/// What a rain gauge said, in order.
pub(super) async fn counted(
    conn: &mut Connection,
    sensor: SensorId,
    stretch: Stretch,
) -> Result<Vec<Counted>, sqlx::Error> {
    type Row = (i64, Option<f64>, Option<f64>, Option<f64>);
    let query = sqlx::query_as(COUNTED).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0);
    let rows: Vec<Row> = query.fetch_all(conn).await?;
    let counted = |(at, daily, total, fallen): Row| Counted { at: Timestamp(at), daily, total, fallen };
    Ok(rows.into_iter().map(counted).collect())
}

const NOTE: &str = "\
    INSERT INTO correction (station, sensor, quantity, from_ms, to_ms, restored, readings, author, reason, made_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Notes who corrected what.
pub(super) async fn note(
    conn: &mut Connection,
    station: StationId,
    selection: &Selection,
    (author, restored, values): (&Author, bool, u64),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(NOTE)
        .bind(station.0)
        .bind(selection.sensor.as_ref().map(SensorName::as_str))
        .bind(selection.quantity.map(number))
        .bind(selection.from.0)
        .bind(selection.to.0)
        .bind(restored)
        .bind(stored(values))
        .bind(&author.name)
        .bind(&author.reason)
        .bind(now.0)
        .execute(conn)
        .await?;
    Ok(())
}

const MARKED: &str = "\
    SELECT sensor.name, marked.quantity, marked.observed_ms, marked.value, marked.reason \
    FROM sensor CROSS JOIN marked \
    WHERE marked.sensor = sensor.id AND marked.observed_ms >= $2 AND marked.observed_ms < $3 \
        AND sensor.station = $1 ORDER BY marked.observed_ms DESC, sensor.name LIMIT $4";

/// The newest values of a stretch that do not count, oldest first.
pub(super) async fn marked(
    db: &Pool,
    station: StationId,
    (from, to): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<Marked>, Error> {
    type Row = (String, i64, i64, f64, String);
    let query = sqlx::query_as(MARKED).bind(station.0).bind(from.0).bind(to.0).bind(i64::from(limit));
    let rows: Vec<Row> = query.fetch_all(db).await?;
    let marked = |(name, number, at, value, reason): Row| {
        let (sensor, quantity, observed_at) = (SensorName::new(&name)?, quantity(number)?, Timestamp(at));
        let reason = Reason::from_name(&reason).ok_or_else(|| decode(format!("{reason:?} is no reason")))?;
        Ok(Marked { sensor, quantity, observed_at, value, reason })
    };
    let marked = rows.into_iter().rev().map(marked);
    marked.filter(|marked| marked.as_ref().map_or(true, |marked: &Marked| marked.quantity.is_shown())).collect()
}

const CORRECTIONS: &str = "\
    SELECT sensor, quantity, from_ms, to_ms, restored, readings, author, reason, made_ms FROM correction \
    WHERE station = $1 ORDER BY made_ms DESC, id DESC LIMIT $2";

/// The newest corrections, newest first.
pub(super) async fn corrections(db: &Pool, station: StationId, limit: u32) -> Result<Vec<Correction>, Error> {
    type Row = (Option<String>, Option<i64>, i64, i64, bool, i64, String, String, i64);
    let rows: Vec<Row> = sqlx::query_as(CORRECTIONS).bind(station.0).bind(i64::from(limit)).fetch_all(db).await?;
    let correction = |(sensor, number, from, to, restored, values, name, reason, made): Row| {
        Ok(Correction {
            sensor: sensor.map(|name| SensorName::new(&name)).transpose()?,
            quantity: number.map(quantity).transpose()?,
            from: Timestamp(from),
            to: Timestamp(to),
            restored,
            values: values.unsigned_abs(),
            author: Author { name, reason },
            made_at: Timestamp(made),
        })
    };
    rows.into_iter().map(correction).collect()
}
