//! The quantities of which pages draw the last day, all in one look at its rows.

use super::db::{DbRow, Pool};
use super::series::BUCKETS_MAX;
use super::texts::Texts;
use crate::storage::observations::{Bucket, CHARTED};
use crate::storage::seam::Stretch;
use sqlx::Row as _;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// Columns of each quantity: mean, lowest, highest, number.
const OF_EACH: usize = 4;

/// Those that have values in the stretch.
pub(super) async fn charted(
    db: &Pool,
    texts: &Texts,
    (station, sensor): (StationId, &SensorName),
    stretch: Stretch,
    bucket_ms: i64,
) -> Result<Vec<(Quantity, Vec<Bucket>)>, sqlx::Error> {
    let rows = sqlx::query(texts.charted.clone())
        .bind(station.0)
        .bind(sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .bind(bucket_ms.max(1))
        .bind(BUCKETS_MAX)
        .fetch_all(db)
        .await?;
    let mut found = Vec::new();
    for (quantity, place) in CHARTED.into_iter().zip((1..).step_by(OF_EACH)) {
        let mut buckets = Vec::new();
        for row in &rows {
            buckets.extend(bucket(row, place)?);
        }
        if !buckets.is_empty() {
            found.push((quantity, buckets));
        }
    }
    Ok(found)
}

/// The bucket that begins at a column of a row; `None` if it has no values.
fn bucket(row: &DbRow, place: usize) -> Result<Option<Bucket>, sqlx::Error> {
    let count = u32::try_from(row.try_get::<i64, _>(place + 3)?).unwrap_or(u32::MAX);
    if count == 0 {
        return Ok(None);
    }
    let (mean, min, max) = (row.try_get(place)?, row.try_get(place + 1)?, row.try_get(place + 2)?);
    Ok(Some(Bucket { start: Timestamp(row.try_get(0)?), mean, min, max, count }))
}
