//! A datastream in buckets, for charts.

use super::db::Pool;
use super::texts::Texts;
use crate::storage::observations::Bucket;
use crate::storage::seam::{Datastream, Stretch};
use weather::time::Timestamp;

/// Most buckets in one answer, from the start of the stretch: more than any screen has columns.
pub(super) const BUCKETS_MAX: i64 = 20_000;

pub(super) async fn series(
    db: &Pool,
    texts: &Texts,
    of: Datastream<'_>,
    stretch: Stretch,
    bucket_ms: i64,
) -> Result<Vec<Bucket>, sqlx::Error> {
    let rows: Vec<(i64, f64, f64, f64, i64)> = sqlx::query_as(texts.of(of.quantity).series.clone())
        .bind(of.station.0)
        .bind(of.sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .bind(bucket_ms.max(1))
        .bind(BUCKETS_MAX)
        .fetch_all(db)
        .await?;
    let bucket = |(start, mean, min, max, count): (i64, f64, f64, f64, i64)| Bucket {
        start: Timestamp(start),
        mean,
        min,
        max,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    };
    Ok(rows.into_iter().map(bucket).collect())
}
