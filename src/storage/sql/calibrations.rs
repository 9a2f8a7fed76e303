//! Calibrations, what was sent before they were applied, and which rows are to be made anew. All but what readers ask for is
//! inside the caller's transaction.

use super::db::{Connection, DbRow, Pool};
use super::numbers::{number, quantity};
use super::stored_rows;
use super::texts::Texts;
use crate::storage::calibrations::{CalibrationStart, MadeCalibration};
use crate::storage::error::Error;
use crate::storage::seam::{Due, KeptRow, Mark, SensorId, Stretch};
use crate::storage::sql::decode;
use std::collections::HashMap;
use weather::calibration::{CALIBRATIONS_MAX, Calibration, Calibrations};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, StationId};
use weather::time::{DAY_MS, Timestamp};

/// Where the next calibration takes over, the day's rain still holds what fell before, ms.
const AFTER_MS: i64 = 2 * DAY_MS;

const ALL: &str = "\
    SELECT station, sensor, quantity, from_ms, factor, plus FROM calibration WHERE removed_ms IS NULL";

/// The calibrations that hold, by station.
pub(super) async fn all(conn: &mut Connection) -> Result<HashMap<StationId, Calibrations>, Error> {
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
    ON CONFLICT (sensor) DO UPDATE SET \
    from_ms = CASE WHEN excluded.from_ms < recalculation.from_ms THEN excluded.from_ms ELSE recalculation.from_ms END, \
    to_ms = CASE WHEN excluded.to_ms > recalculation.to_ms THEN excluded.to_ms ELSE recalculation.to_ms END, \
    rain = recalculation.rain OR excluded.rain";

/// Adds a calibration, or removes it where there is none to be put there.
pub(super) async fn change(
    conn: &mut Connection,
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
pub(super) async fn made(db: &Pool, station: StationId, limit: u32) -> Result<Vec<MadeCalibration>, Error> {
    type Row = (String, i64, i64, f64, f64, String, i64, Option<String>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(MADE).bind(station.0).bind(i64::from(limit)).fetch_all(db).await?;
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
pub(super) async fn is_recalculating(db: &Pool, station: StationId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IS_RECALCULATING).bind(station.0).fetch_one(db).await
}

/// What a sensor sent of a quantity within a stretch, oldest first.
pub(super) async fn sent(
    db: &Pool,
    texts: &Texts,
    (station, sensor, quantity): (StationId, &SensorName, Quantity),
    stretch: Stretch,
    limit: u32,
) -> Result<Vec<(Timestamp, f64)>, sqlx::Error> {
    let query = sqlx::query_as(texts.of(quantity).sent.clone()).bind(station.0).bind(sensor.as_str());
    let query = query.bind(stretch.from.0).bind(stretch.to.0).bind(number(quantity)).bind(i64::from(limit));
    let rows: Vec<(i64, f64)> = query.fetch_all(db).await?;
    Ok(rows.into_iter().map(|(at, value)| (Timestamp(at), value)).collect())
}

const SENT_BETWEEN: &str = "\
    SELECT observed_ms, quantity, value FROM sent WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND observed_ms >= $3 AND observed_ms < $4 ORDER BY observed_ms";

/// What a sensor sent within a stretch where a calibration made something else of it, oldest first.
pub(super) async fn sent_between(
    db: &Pool,
    (station, sensor): (StationId, &SensorName),
    stretch: Stretch,
) -> Result<Vec<(Timestamp, Quantity, f64)>, Error> {
    let query = sqlx::query_as(SENT_BETWEEN).bind(station.0).bind(sensor.as_str());
    let rows: Vec<(i64, i64, f64)> = query.bind(stretch.from.0).bind(stretch.to.0).fetch_all(db).await?;
    rows.into_iter().map(|(at, of, value)| Ok((Timestamp(at), quantity(of)?, value))).collect()
}

const DUE: &str = "\
    SELECT recalculation.sensor, sensor.station, sensor.name, from_ms, to_ms, rain \
    FROM recalculation JOIN sensor ON sensor.id = recalculation.sensor WHERE sensor.station IS NOT NULL LIMIT 1";

/// A sensor whose rows are to be made anew.
pub(super) async fn due(conn: &mut Connection) -> Result<Option<Due>, Error> {
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
    conn: &mut Connection,
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
    conn: &mut Connection,
    texts: &Texts,
    sensor: SensorId,
    stretch: Stretch,
    limit: u32,
) -> Result<Vec<KeptRow>, Error> {
    let query =
        sqlx::query(texts.kept.clone()).bind(sensor.0).bind(stretch.from.0).bind(stretch.to.0).bind(i64::from(limit));
    let rows = query.fetch_all(&mut *conn).await?;
    let mut kept = rows.iter().map(kept_row).collect::<Result<Vec<_>, _>>()?;
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

fn kept_row(row: &DbRow) -> Result<KeptRow, sqlx::Error> {
    let (at, values) = stored_rows::row(row)?;
    Ok(KeptRow { at, values, marks: Vec::new(), sent: Vec::new() })
}

const NAME: &str = "SELECT name FROM sensor WHERE id = $1";

/// A sensor's name.
pub(super) async fn name_of(conn: &mut Connection, sensor: SensorId) -> Result<SensorName, Error> {
    let name: String = sqlx::query_scalar(NAME).bind(sensor.0).fetch_one(conn).await?;
    Ok(SensorName::new(&name)?)
}
