//! How much belongs to each sensor, as noted.

use super::db::Connection;
use crate::storage::seam::SensorId;
use weather::station::StationId;

const SIZES: &str = "SELECT station, id, bytes FROM sensor WHERE station IS NOT NULL";

/// About so many bytes belong to each sensor.
pub(super) async fn sizes(conn: &mut Connection) -> Result<Vec<(StationId, SensorId, u64)>, sqlx::Error> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(SIZES).fetch_all(conn).await?;
    let size = |(station, sensor, bytes): (i64, i64, i64)| (StationId(station), SensorId(sensor), bytes.unsigned_abs());
    Ok(rows.into_iter().map(size).collect())
}
