//! Many stations at once: one question for all of them, so that a page asks as often for sixty as for one.

use super::db::{Many, Pool, many};
use super::dialect::{self, ALL_LATEST, BucketRow, CHANGED, ExtremeRow, MAIN_LATEST, OTHERS_LATEST};
use super::numbers::{number, stored};
use super::observations::add_latest;
use crate::storage::error::Error;
use crate::storage::observations::{Bucket, Extreme, Latest};
use crate::storage::seam::Changed;
use chrono::NaiveDate;
use std::collections::HashMap;
use weather::freshness::is_ahead;
use weather::quality::AHEAD_MAX_MS;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

type Row = (i64, String, i64, i64, String);

/// The newest values of all sensors of stations, of `limit` sensors at most.
pub(super) async fn latest_of_all(
    db: &Pool,
    stations: &[StationId],
    limit: u32,
) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
    let mut found = HashMap::with_capacity(stations.len());
    let rows: Vec<Row> = sqlx::query_as(ALL_LATEST).bind(ids(stations)).bind(i64::from(limit)).fetch_all(db).await?;
    add(&mut found, rows)?;
    Ok(found)
}

/// The newest values of the stations' main sensors. A station whose main sensor has no value of `wanted` also gets those
/// of `others` more sensors. A value from ahead of `now` is none of `wanted`.
pub(super) async fn latest(
    db: &Pool,
    stations: &[StationId],
    wanted: Quantity,
    others: u32,
    now: Timestamp,
) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
    let mut found: HashMap<StationId, Vec<Latest>> = HashMap::with_capacity(stations.len());
    let main: Vec<Row> = sqlx::query_as(MAIN_LATEST).bind(ids(stations)).fetch_all(db).await?;
    add(&mut found, main)?;
    let has = |id: &StationId| {
        found
            .get(id)
            .is_some_and(|latest| latest.iter().any(|one| one.quantity == wanted && !is_ahead(one.observed_at, now)))
    };
    let without: Vec<StationId> = stations.iter().copied().filter(|id| !has(id)).collect();
    if !without.is_empty() {
        let more: Vec<Row> = sqlx::query_as(OTHERS_LATEST)
            .bind(ids(&without))
            .bind(i64::from(others))
            .bind(now.plus(AHEAD_MAX_MS).0)
            .fetch_all(db)
            .await?;
        add(&mut found, more)?;
    }
    Ok(found)
}

fn add(found: &mut HashMap<StationId, Vec<Latest>>, rows: Vec<Row>) -> Result<(), Error> {
    rows.into_iter().try_for_each(|(station, name, observed_ms, rank_ms, quantities)| {
        add_latest(found.entry(StationId(station)).or_default(), (name, observed_ms, rank_ms, quantities))
    })
}

/// The newest `limit` times of each station's sensor that shows how often it reports, newest first, ms.
pub(super) async fn newest_times(
    db: &Pool,
    stations: &[StationId],
    limit: u32,
) -> Result<HashMap<StationId, Vec<i64>>, sqlx::Error> {
    let rows = dialect::newest_times(db, ids(stations), limit).await?;
    let times = |(station, mut times): (i64, Vec<i64>)| {
        times.sort_unstable_by(|one, other| other.cmp(one));
        (StationId(station), times)
    };
    Ok(rows.into_iter().map(times).collect())
}

/// Low and high of a quantity of the stations' main sensors, each on a local day of its own.
pub(super) async fn extremes(
    db: &Pool,
    days: &[(StationId, NaiveDate)],
    quantity: Quantity,
) -> Result<HashMap<StationId, Extreme>, sqlx::Error> {
    let rows = dialect::extremes(db, days, number(quantity)).await?;
    let extreme = |(station, low, low_ms, high, high_ms): ExtremeRow| {
        let (sensor, low_at, high_at) = (SensorName::main(), Timestamp(low_ms), Timestamp(high_ms));
        (StationId(station), Extreme { sensor, quantity, low, low_at, high, high_at })
    };
    Ok(rows.into_iter().map(extreme).collect())
}

/// The temperatures of the stations' main sensors in buckets, each from its own instant, all of them before `to`.
pub(super) async fn temperatures(
    db: &Pool,
    from: &[(StationId, Timestamp)],
    to: Timestamp,
    bucket_ms: i64,
) -> Result<HashMap<StationId, Vec<Bucket>>, sqlx::Error> {
    let rows: Vec<BucketRow> = dialect::temperatures(db, from, (to, bucket_ms.max(1))).await?;
    let mut found: HashMap<StationId, Vec<Bucket>> = HashMap::with_capacity(from.len());
    for (station, start, mean, min, max, count) in rows {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let bucket = Bucket { start: Timestamp(start), mean, min, max, count };
        found.entry(StationId(station)).or_default().push(bucket);
    }
    Ok(found)
}

/// What entries after `seq` are about; `None` if there are more than `limit`, or if `seq` is no good cursor.
pub(super) async fn changed(db: &Pool, seq: u64, limit: u32) -> Result<Option<Changed>, sqlx::Error> {
    let changed = sqlx::query_as(CHANGED).bind(stored(seq)).bind(i64::from(limit));
    let rows: Vec<(String, Option<i64>)> = changed.fetch_all(db).await?;
    let mut changed = Changed { head: seq, since: HashMap::with_capacity(rows.len()) };
    for (slug, at) in rows {
        match at {
            Some(head) if slug.is_empty() => changed.head = head.unsigned_abs(),
            None if slug.is_empty() => return Ok(None),
            at => _ = changed.since.insert(slug, Timestamp(at.unwrap_or(0))),
        }
    }
    Ok((changed.head <= seq.saturating_add(limit.into())).then_some(changed))
}

/// Stations as one parameter.
fn ids(stations: &[StationId]) -> Many {
    many(stations.iter().map(|station| station.0))
}
