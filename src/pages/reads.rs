//! Reads from storage everything that a page shows.

use super::facts::{Facts, Series};
use crate::storage::{Error, Storage};
use futures_util::future::try_join_all;
use std::sync::Arc;
use weather::day;
use weather::freshness;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// One station with its temperatures in buckets of `bucket_ms`.
pub(crate) async fn station(
    storage: &Storage,
    station: &Arc<Station>,
    now: Timestamp,
    bucket_ms: i64,
) -> Result<Facts, Error> {
    let (id, main) = (station.id, SensorName::main());
    let mut series = Series::ending(now, bucket_ms);
    let (mut latest, extremes, interval_ms, buckets) = tokio::try_join!(
        storage.latest(id),
        storage.extremes(id, day::date_at(station.zone, now)),
        storage.interval_ms(id),
        storage.series(id, &main, Quantity::Temperature, series.from, series.to, bucket_ms),
    )?;
    // What the clock of the future noted is not known yet.
    latest.retain(|latest| !freshness::is_ahead(latest.observed_at, now));
    series.buckets = buckets;
    Ok(Facts { station: Arc::clone(station), latest, extremes, interval_ms, series })
}

/// All stations, sorted by name.
pub(crate) async fn all(storage: &Storage, now: Timestamp, bucket_ms: i64) -> Result<Vec<Facts>, Error> {
    let directory = storage.directory();
    try_join_all(directory.iter().map(|one| station(storage, one, now, bucket_ms))).await
}
