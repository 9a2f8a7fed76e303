//! Calibrations as they are changed. Inside the caller's transaction.

use super::numbers::{number, quantity};
use crate::storage::calibrations::CalibrationStart;
use crate::storage::error::Error;
use crate::storage::sql::decode;
use sqlx::PgConnection;
use std::collections::HashMap;
use weather::calibration::{CALIBRATIONS_MAX, Calibration, Calibrations};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, StationId};
use weather::time::{DAY_MS, Timestamp};

/// Where the next calibration takes over, the day's rain still holds what fell before, ms.
const AFTER_MS: i64 = 2 * DAY_MS;

const ALL: &str = "\
    SELECT station, sensor, quantity, from_ms, factor, plus FROM calibration WHERE removed_ms IS NULL";

/// The calibrations that hold, by station.
pub(super) async fn all(db: &mut PgConnection) -> Result<HashMap<StationId, Calibrations>, Error> {
    let rows: Vec<(i64, String, i64, i64, f64, f64)> = sqlx::query_as(ALL).fetch_all(db).await?;
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
    ON CONFLICT (sensor) DO UPDATE SET from_ms = least(recalculation.from_ms, excluded.from_ms), \
    to_ms = greatest(recalculation.to_ms, excluded.to_ms), rain = recalculation.rain OR excluded.rain";

/// Adds a calibration, or removes it where there is none to be put there.
pub(super) async fn change(
    db: &mut PgConnection,
    (slug, start): (&Slug, &CalibrationStart),
    calibration: Option<&Calibration>,
    author: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let station: Option<i64> = sqlx::query_scalar(STATION).bind(slug.as_str()).fetch_optional(&mut *db).await?;
    let station = station.ok_or_else(|| Error::NoStation(slug.to_string()))?;
    let CalibrationStart { sensor, quantity, from } = start;
    let (sensor, of) = (sensor.as_str(), number(*quantity));
    let query = sqlx::query(END).bind(station).bind(sensor).bind(of).bind(from.0).bind(author).bind(now.0);
    let ended = query.execute(&mut *db).await?.rows_affected();
    match calibration {
        None if ended == 0 => return Err(Error::NoCalibration(slug.to_string())),
        None => {}
        Some(calibration) => {
            let held: i64 = sqlx::query_scalar(COUNT).bind(station).fetch_one(&mut *db).await?;
            if held.unsigned_abs() >= CALIBRATIONS_MAX as u64 {
                return Err(Error::TooManyCalibrations(CALIBRATIONS_MAX));
            }
            let query = sqlx::query(ADD).bind(station).bind(sensor).bind(of).bind(from.0);
            let query = query.bind(calibration.factor()).bind(calibration.offset()).bind(author).bind(now.0);
            query.execute(&mut *db).await?;
        }
    }
    let rains = *quantity == Quantity::Precipitation;
    let query = sqlx::query(IS_DUE).bind(station).bind(sensor).bind(of).bind(from.0).bind(rains).bind(AFTER_MS);
    query.execute(db).await?;
    Ok(())
}
