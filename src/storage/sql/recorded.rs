//! A sensor's past as it was recorded, row by row. Each question is short: nobody holds a transaction while somebody reads.

use super::db::{DbRow, Pool};
use super::texts::{Texts, columns};
use crate::storage::seam::Stretch;
use sqlx::Row as _;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// The rows of a sensor within a stretch, oldest first, `limit` at most.
pub(super) async fn rows(
    db: &Pool,
    texts: &Texts,
    (station, sensor): (StationId, &SensorName),
    stretch: Stretch,
    limit: u32,
) -> Result<Vec<(Timestamp, Values)>, sqlx::Error> {
    let rows = sqlx::query(texts.recorded.clone())
        .bind(station.0)
        .bind(sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(row).collect()
}

fn row(row: &DbRow) -> Result<(Timestamp, Values), sqlx::Error> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(1..) {
        if let Some(value) = row.try_get::<Option<f64>, _>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok((Timestamp(row.try_get(0)?), values))
}

/// The quantities that a sensor has values of within a stretch. Looks at every row of it.
pub(super) async fn quantities(
    db: &Pool,
    texts: &Texts,
    (station, sensor): (StationId, &SensorName),
    stretch: Stretch,
) -> Result<Vec<Quantity>, sqlx::Error> {
    let counts = sqlx::query(texts.counted.clone())
        .bind(station.0)
        .bind(sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .fetch_one(db)
        .await?;
    let mut found = Vec::new();
    for (quantity, column) in columns().zip(0..) {
        if counts.try_get::<i64, _>(column)? > 0 {
            found.push(quantity);
        }
    }
    Ok(found)
}
