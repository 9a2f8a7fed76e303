//! Calibrations, what was sent before they were applied, and which rows are to be made anew. All but what readers ask for is
//! inside the caller's transaction.

use super::marks;
use super::numbers::{number, quantity};
use super::texts::{Texts, columns};
use crate::storage::calibrations::{CalibrationStart, MadeCalibration};
use crate::storage::error::Error;
use crate::storage::seam::{Due, KeptRow, Mark, MarkChange, Place, Rewritten, SensorId, Stretch};
use crate::storage::sql::decode;
use rusqlite::Connection;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};
use std::collections::HashMap;
use weather::calibration::{CALIBRATIONS_MAX, Calibration, Calibrations};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, Slug, StationId};
use weather::time::{DAY_MS, Timestamp};

/// Where the next calibration takes over, the day's rain still holds what fell before, ms.
const AFTER_MS: i64 = 2 * DAY_MS;

const ALL: &str = "\
    SELECT station, sensor, quantity, from_ms, factor, plus FROM calibration WHERE removed_ms IS NULL";

/// The calibrations that hold, by station.
pub(super) async fn all(conn: &mut SqliteConnection) -> Result<HashMap<StationId, Calibrations>, Error> {
    let rows: Vec<(i64, String, i64, i64, f64, f64)> = sqlx::query_as(ALL).fetch_all(conn).await?;
    let mut found: HashMap<StationId, Calibrations> = HashMap::new();
    for (station, sensor, of, from, factor, offset) in rows {
        let of = quantity(of)?;
        let calibration = Calibration::new(of, factor, offset).map_err(decode)?;
        let sensor = SensorName::new(&sensor)?;
        found.entry(StationId(station)).or_default().add(sensor, of, Timestamp(from), calibration);
    }
    Ok(found)
}

const STATION: &str = "SELECT id FROM station WHERE slug = $1";
const COUNT: &str = "SELECT count(*) FROM calibration WHERE station = $1 AND removed_ms IS NULL";
const END: &str = "\
    UPDATE calibration SET remover = $5, removed_ms = $6 \
    WHERE station = $1 AND sensor = $2 AND quantity = $3 AND from_ms = $4 AND removed_ms IS NULL";
const ADD: &str = "\
    INSERT INTO calibration (station, sensor, quantity, from_ms, factor, plus, author, made_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// A sensor that has sent nothing yet has nothing to be made anew.
const IS_DUE: &str = "\
    INSERT INTO recalculation (sensor, from_ms, to_ms, rain) \
    SELECT id, $4, coalesce((SELECT min(from_ms) + $6 FROM calibration WHERE station = $1 AND sensor = $2 \
        AND quantity = $3 AND from_ms > $4 AND removed_ms IS NULL), 9223372036854775807), $5 \
    FROM sensor WHERE station = $1 AND name = $2 \
    ON CONFLICT (sensor) DO UPDATE SET from_ms = min(from_ms, excluded.from_ms), \
    to_ms = max(to_ms, excluded.to_ms), rain = max(rain, excluded.rain)";

/// Adds a calibration, or removes it where there is none to be put there.
pub(super) async fn change(
    conn: &mut SqliteConnection,
    (slug, start): (&Slug, &CalibrationStart),
    calibration: Option<&Calibration>,
    author: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let station: Option<i64> = sqlx::query_scalar(STATION).bind(slug.as_str()).fetch_optional(&mut *conn).await?;
    let station = station.ok_or_else(|| Error::NoStation(slug.to_string()))?;
    let CalibrationStart { sensor, quantity, from } = start;
    let (sensor, of) = (sensor.as_str(), number(*quantity));
    let query = sqlx::query(END).bind(station).bind(sensor).bind(of).bind(from.0).bind(author).bind(now.0);
    let ended = query.execute(&mut *conn).await?.rows_affected();
    match calibration {
        None if ended == 0 => return Err(Error::NoCalibration(slug.to_string())),
        None => {}
        Some(calibration) => {
            let held: i64 = sqlx::query_scalar(COUNT).bind(station).fetch_one(&mut *conn).await?;
            if held.unsigned_abs() >= CALIBRATIONS_MAX as u64 {
                return Err(Error::TooManyCalibrations(CALIBRATIONS_MAX));
            }
            let query = sqlx::query(ADD).bind(station).bind(sensor).bind(of).bind(from.0);
            let query = query.bind(calibration.factor()).bind(calibration.offset()).bind(author).bind(now.0);
            query.execute(&mut *conn).await?;
        }
    }
    let rains = *quantity == Quantity::Precipitation;
    let query = sqlx::query(IS_DUE).bind(station).bind(sensor).bind(of).bind(from.0).bind(rains).bind(AFTER_MS);
    query.execute(conn).await?;
    Ok(())
}

const MADE: &str = "\
    SELECT sensor, quantity, from_ms, factor, plus, author, made_ms, remover, removed_ms FROM calibration \
    WHERE station = $1 ORDER BY removed_ms IS NOT NULL, sensor, quantity, from_ms, made_ms DESC LIMIT $2";

/// A station's calibrations: those that hold, then those that were removed.
pub(super) async fn made(db: &SqlitePool, station: StationId, limit: u32) -> Result<Vec<MadeCalibration>, Error> {
    type Row = (String, i64, i64, f64, f64, String, i64, Option<String>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(MADE).bind(station.0).bind(limit).fetch_all(db).await?;
    let made = |(sensor, of, from, factor, offset, author, made, remover, removed): Row| {
        let quantity = quantity(of)?;
        Ok(MadeCalibration {
            start: CalibrationStart { sensor: SensorName::new(&sensor)?, quantity, from: Timestamp(from) },
            calibration: Calibration::new(quantity, factor, offset).map_err(decode)?,
            author,
            made_at: Timestamp(made),
            removed: remover.zip(removed.map(Timestamp)),
        })
    };
    rows.into_iter().map(made).collect()
}

const IS_RECALCULATING: &str = "\
    SELECT EXISTS (SELECT 1 FROM sensor JOIN recalculation ON recalculation.sensor = sensor.id WHERE station = $1) \
    OR EXISTS (SELECT 1 FROM sensor JOIN rezoning ON rezoning.sensor = sensor.id WHERE station = $1 AND NOT only_hours)";

/// Whether rows of a station are still to be made anew.
pub(super) async fn is_recalculating(db: &SqlitePool, station: StationId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IS_RECALCULATING).bind(station.0).fetch_one(db).await
}

/// What a sensor sent of a quantity within a stretch, oldest first.
pub(super) async fn sent(
    db: &SqlitePool,
    texts: &Texts,
    (station, sensor, quantity): (StationId, &SensorName, Quantity),
    stretch: Stretch,
    limit: u32,
) -> Result<Vec<(Timestamp, f64)>, sqlx::Error> {
    let query = sqlx::query_as(texts.of(quantity).sent.clone()).bind(station.0).bind(sensor.as_str());
    let query = query.bind(stretch.from.0).bind(stretch.to.0).bind(number(quantity)).bind(limit);
    let rows: Vec<(i64, f64)> = query.fetch_all(db).await?;
    Ok(rows.into_iter().map(|(at, value)| (Timestamp(at), value)).collect())
}

const SENT_BETWEEN: &str = "\
    SELECT observed_ms, quantity, value FROM sent WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND observed_ms >= $3 AND observed_ms < $4 ORDER BY observed_ms";

/// What a sensor sent within a stretch where a calibration made something else of it, oldest first.
pub(super) async fn sent_between(
    db: &SqlitePool,
    (station, sensor): (StationId, &SensorName),
    stretch: Stretch,
) -> Result<Vec<(Timestamp, Quantity, f64)>, Error> {
    let query = sqlx::query_as(SENT_BETWEEN).bind(station.0).bind(sensor.as_str());
    let rows: Vec<(i64, i64, f64)> = query.bind(stretch.from.0).bind(stretch.to.0).fetch_all(db).await?;
    rows.into_iter().map(|(at, of, value)| Ok((Timestamp(at), quantity(of)?, value))).collect()
}

/// What was sent stays, whatever comes later.
const PUT: &str = "INSERT INTO sent (sensor, observed_ms, quantity, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";

/// Keeps what was sent where a calibration made something else of it.
pub(super) fn keep(db: &Connection, sent: &[(Place, Quantity, f64)]) -> rusqlite::Result<()> {
    if sent.is_empty() {
        return Ok(());
    }
    let mut put = db.prepare_cached(PUT)?;
    for ((SensorId(sensor), at), of, value) in sent {
        put.execute((sensor, at.0, number(*of), value))?;
    }
    Ok(())
}

const DUE: &str = "\
    SELECT recalculation.sensor, sensor.station, sensor.name, from_ms, to_ms, rain \
    FROM recalculation JOIN sensor ON sensor.id = recalculation.sensor WHERE sensor.station IS NOT NULL LIMIT 1";

/// A sensor whose rows are to be made anew.
pub(super) async fn due(conn: &mut SqliteConnection) -> Result<Option<Due>, Error> {
    let row: Option<(i64, i64, String, i64, i64, bool)> = sqlx::query_as(DUE).fetch_optional(conn).await?;
    let due = |(sensor, station, name, from, to, rains): (i64, i64, String, i64, i64, bool)| {
        let stretch = Stretch { from: Timestamp(from), to: Timestamp(to) };
        let (sensor, station) = (SensorId(sensor), StationId(station));
        Ok(Due { sensor, station, name: SensorName::new(&name)?, stretch, rains })
    };
    row.map(due).transpose()
}

const GOES_ON: &str = "UPDATE recalculation SET from_ms = $2 WHERE sensor = $1";
const IS_DONE: &str = "DELETE FROM recalculation WHERE sensor = $1";

/// Notes from where it goes on; `None`: all is done.
pub(super) async fn note_due(
    conn: &mut SqliteConnection,
    sensor: SensorId,
    next: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    let query = match next {
        Some(next) => sqlx::query(GOES_ON).bind(sensor.0).bind(next.0),
        None => sqlx::query(IS_DONE).bind(sensor.0),
    };
    query.execute(conn).await?;
    Ok(())
}

const MARKS: &str = "\
    SELECT observed_ms, quantity, value, received_ms, reason FROM marked \
    WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3";
const SENT: &str = "\
    SELECT observed_ms, quantity, value FROM sent WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3";

/// A sensor's rows within a stretch with all that is kept beside them, oldest first, `limit` at most.
pub(super) async fn kept(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    stretch: Stretch,
    limit: u32,
) -> Result<Vec<KeptRow>, Error> {
    let query = sqlx::query(texts.kept.clone()).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0).bind(limit);
    let rows = query.fetch_all(&mut *conn).await?;
    let mut kept = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (kept.first(), kept.last()) else { return Ok(kept) };
    let (from, to) = (first.at.0, last.at.0 + 1);
    let place = |kept: &[KeptRow], at: i64| kept.binary_search_by_key(&at, |row| row.at.0).ok();
    let query = sqlx::query_as(MARKS).bind(sensor.0).bind(from).bind(to);
    let marks: Vec<(i64, i64, f64, i64, String)> = query.fetch_all(&mut *conn).await?;
    for (at, of, value, received, reason) in marks {
        let reason = Reason::from_name(&reason).ok_or_else(|| decode(format!("{reason:?} is no reason")))?;
        let mark = Mark { quantity: quantity(of)?, value, received_at: Timestamp(received), reason };
        place(&kept, at).into_iter().for_each(|place| kept[place].marks.push(mark));
    }
    let sent: Vec<(i64, i64, f64)> = sqlx::query_as(SENT).bind(sensor.0).bind(from).bind(to).fetch_all(conn).await?;
    for (at, of, value) in sent {
        let of = quantity(of)?;
        place(&kept, at).into_iter().for_each(|place| kept[place].sent.push((of, value)));
    }
    Ok(kept)
}

fn row(row: &SqliteRow) -> Result<KeptRow, sqlx::Error> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(1..) {
        if let Some(value) = row.try_get::<Option<f64>, _>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok(KeptRow { at: Timestamp(row.try_get(0)?), values, marks: Vec::new(), sent: Vec::new() })
}

const FORGET: &str = "DELETE FROM sent WHERE sensor = $1 AND observed_ms = $2 AND quantity = $3";

/// Writes what became of rows.
pub(super) async fn rewrite(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    rows: &[Rewritten],
) -> Result<(), sqlx::Error> {
    for Rewritten { at, values, marks, sent } in rows {
        for (quantity, value) in values {
            let query = sqlx::query(texts.of(*quantity).set.clone()).bind(sensor.0).bind(at.0).bind(*value);
            query.execute(&mut *conn).await?;
        }
        for (quantity, value) in sent {
            let sql = if value.is_some() { PUT } else { FORGET };
            let query = sqlx::query(sql).bind(sensor.0).bind(at.0).bind(number(*quantity));
            match value {
                Some(value) => query.bind(*value).execute(&mut *conn).await?,
                None => query.execute(&mut *conn).await?,
            };
        }
        for change in marks {
            write_mark(conn, change).await?;
        }
    }
    Ok(())
}

async fn write_mark(conn: &mut SqliteConnection, change: &MarkChange) -> Result<(), sqlx::Error> {
    match change {
        MarkChange::Put((sensor, at), mark) => {
            let query = sqlx::query(marks::PUT).bind(sensor.0).bind(at.0).bind(number(mark.quantity)).bind(mark.value);
            let flag = i64::from(mark.reason.flag().number());
            query.bind(mark.received_at.0).bind(flag).bind(mark.reason.name()).execute(conn).await?;
        }
        MarkChange::Lift((sensor, at), of) => {
            sqlx::query(marks::LIFT).bind(sensor.0).bind(at.0).bind(number(*of)).execute(conn).await?;
        }
    }
    Ok(())
}

const NAME: &str = "SELECT name FROM sensor WHERE id = $1";

/// A sensor's name.
pub(super) async fn name_of(conn: &mut SqliteConnection, sensor: SensorId) -> Result<SensorName, Error> {
    let name: String = sqlx::query_scalar(NAME).bind(sensor.0).fetch_one(conn).await?;
    Ok(SensorName::new(&name)?)
}
