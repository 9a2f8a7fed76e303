//! Observations as they are read: the latest values, a day's extremes, and how often a station reports.

use super::db::Pool;
use super::dialect::EXTREMES_OF_DAY;
use super::latest;
use super::numbers::quantity;
use super::texts::Texts;
use crate::storage::error::Error;
use crate::storage::observations::{Extreme, Latest};
use crate::storage::seam::Rank;
use chrono::NaiveDate;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

const LATEST: &str = "\
    SELECT sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM sensor JOIN latest ON latest.sensor = sensor.id \
    WHERE sensor.station = $1 ORDER BY sensor.name";

pub(super) async fn latest(db: &Pool, station: StationId) -> Result<Vec<Latest>, Error> {
    let rows: Vec<LatestRow> = sqlx::query_as(LATEST).bind(station.0).fetch_all(db).await?;
    let mut found = Vec::new();
    for row in rows {
        add_latest(&mut found, row)?;
    }
    Ok(found)
}

/// A row of the newest values: the sensor's name, the row's time observed and its rank, and the quantities.
pub(super) type LatestRow = (String, i64, i64, String);

/// Adds the newest values of a row.
pub(super) fn add_latest(found: &mut Vec<Latest>, row: LatestRow) -> Result<(), Error> {
    let (name, observed_ms, rank_ms, quantities) = row;
    let sensor = SensorName::new(&name)?;
    let of_row = Rank { observed_at: Timestamp(observed_ms), rank: Timestamp(rank_ms) };
    let shown = latest::read(of_row, &quantities)?.into_iter().filter(|(quantity, _)| quantity.is_shown());
    found.extend(shown.map(|(quantity, newest)| {
        let (observed_at, value) = (newest.rank.observed_at, newest.value);
        Latest { sensor: sensor.clone(), quantity, observed_at, value }
    }));
    Ok(())
}

/// Lows and highs of a station's local day.
pub(super) async fn extremes(
    db: &Pool,
    texts: &Texts,
    station: StationId,
    day: NaiveDate,
) -> Result<Vec<Extreme>, Error> {
    type Row = (String, i64, f64, i64, f64, i64);
    let query = sqlx::query_as(EXTREMES_OF_DAY).bind(station.0).bind(day.to_string()).bind(&texts.shown);
    let rows: Vec<Row> = query.fetch_all(db).await?;
    rows.into_iter()
        .map(|(name, number, low, low_ms, high, high_ms)| {
            let (sensor, quantity) = (SensorName::new(&name)?, quantity(number)?);
            Ok(Extreme { sensor, quantity, low, low_at: Timestamp(low_ms), high, high_at: Timestamp(high_ms) })
        })
        .collect()
}

/// The main sensor's times, or those of the sensor that reported last if the station has no main one.
const NEWEST: &str = "\
    SELECT observed_ms FROM observation WHERE sensor = (\
        SELECT id FROM sensor WHERE station = $1 \
        ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC NULLS LAST LIMIT 1) \
    ORDER BY observed_ms DESC LIMIT $2";

/// The newest `limit` times of the sensor that shows how often a station reports, newest first, ms.
pub(super) async fn newest_times(db: &Pool, station: StationId, limit: u32) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(NEWEST).bind(station.0).bind(i64::from(limit)).fetch_all(db).await
}

const COUNT: &str = "SELECT count(*) FROM observation WHERE sensor IN (SELECT id FROM sensor WHERE station = $1)";

pub(super) async fn count(db: &Pool, station: StationId) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(COUNT).bind(station.0).fetch_one(db).await?;
    Ok(count.unsigned_abs())
}
