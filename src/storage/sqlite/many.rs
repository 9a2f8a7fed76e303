//! Many stations at once: one question for all of them, so that a page asks as often for sixty as for one.
//!
//! Stations come as a JSON array; `CROSS JOIN` keeps SQLite's planner from reading a table from its start instead.

use super::json::{JsonRows, json};
use super::numbers::{number, stored};
use super::observations::add_latest;
use crate::storage::error::Error;
use crate::storage::observations::{Bucket, Extreme, Latest};
use crate::storage::seam::Changed;
use crate::storage::sql::decode;
use chrono::NaiveDate;
use sqlx::SqlitePool;
use std::collections::HashMap;
use weather::freshness::is_ahead;
use weather::quality::AHEAD_MAX_MS;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// The values of main sensors.
const MAIN: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.station = wanted.value AND sensor.name = '' \
    CROSS JOIN latest ON latest.sensor = sensor.id";
/// The values of the `$2` other sensors of each station that were heard last; those with a time after `$3` are behind.
const OTHERS: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.id IN (\
        SELECT other.id FROM sensor AS other CROSS JOIN latest ON latest.sensor = other.id \
        WHERE other.station = wanted.value AND other.name <> '' \
        ORDER BY latest.observed_ms > $3, latest.observed_ms DESC, other.name LIMIT $2) \
    CROSS JOIN latest ON latest.sensor = sensor.id ORDER BY sensor.station, sensor.name";

/// The values of `$2` sensors of these stations.
const ALL: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.station = wanted.value \
    CROSS JOIN latest ON latest.sensor = sensor.id LIMIT $2";

type Row = (i64, String, i64, i64, String);

/// The newest values of all sensors of stations, of `limit` sensors at most.
pub(super) async fn latest_of_all(
    db: &SqlitePool,
    stations: &[StationId],
    limit: u32,
) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
    let mut found = HashMap::with_capacity(stations.len());
    let rows: Vec<Row> = sqlx::query_as(ALL).bind(ids(stations)?).bind(limit).fetch_all(db).await?;
    add(&mut found, rows)?;
    Ok(found)
}

/// The newest values of the stations' main sensors. A station whose main sensor has no value of `wanted` also gets those
/// of `others` more sensors. A value from ahead of `now` is none of `wanted`.
pub(super) async fn latest(
    db: &SqlitePool,
    stations: &[StationId],
    wanted: Quantity,
    others: u32,
    now: Timestamp,
) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
    let mut found: HashMap<StationId, Vec<Latest>> = HashMap::with_capacity(stations.len());
    let main: Vec<Row> = sqlx::query_as(MAIN).bind(ids(stations)?).fetch_all(db).await?;
    add(&mut found, main)?;
    let has = |id: &StationId| {
        found
            .get(id)
            .is_some_and(|latest| latest.iter().any(|one| one.quantity == wanted && !is_ahead(one.observed_at, now)))
    };
    let without: Vec<StationId> = stations.iter().copied().filter(|id| !has(id)).collect();
    if !without.is_empty() {
        let more: Vec<Row> = sqlx::query_as(OTHERS)
            .bind(ids(&without)?)
            .bind(others)
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

/// The main sensor's times, or those of the sensor that reported last if the station has no main one, as a JSON array.
const NEWEST: &str = "\
    SELECT wanted.value, (\
        SELECT json_group_array(observed_ms) FROM (\
            SELECT observed_ms FROM observation WHERE sensor = (\
                SELECT id FROM sensor WHERE station = wanted.value \
                ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC LIMIT 1) \
            ORDER BY observed_ms DESC LIMIT $2)) \
    FROM json_each($1) AS wanted";

/// The newest `limit` times of each station's sensor that shows how often it reports, newest first, ms.
pub(super) async fn newest_times(
    db: &SqlitePool,
    stations: &[StationId],
    limit: u32,
) -> Result<HashMap<StationId, Vec<i64>>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(NEWEST).bind(ids(stations)?).bind(limit).fetch_all(db).await?;
    let times = |(station, times): (i64, String)| {
        let mut times: Vec<i64> = serde_json::from_str(&times).map_err(decode)?;
        times.sort_unstable_by(|one, other| other.cmp(one));
        Ok((StationId(station), times))
    };
    rows.into_iter().map(times).collect()
}

/// Days that are not right yet after a change of the time zone are left out.
const EXTREMES: &str = "\
    SELECT sensor.station, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM json_each($1) AS wanted \
    CROSS JOIN sensor ON sensor.station = wanted.value ->> 0 AND sensor.name = '' \
    CROSS JOIN daily ON daily.sensor = sensor.id AND daily.quantity = $2 AND daily.day = wanted.value ->> 1 \
    WHERE NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day)";

/// Low and high of a quantity of the stations' main sensors, each on a local day of its own.
pub(super) async fn extremes(
    db: &SqlitePool,
    days: &[(StationId, NaiveDate)],
    quantity: Quantity,
) -> Result<HashMap<StationId, Extreme>, sqlx::Error> {
    let mut wanted = JsonRows::new();
    days.iter().for_each(|(station, day)| wanted.row(format_args!("{},\"{day}\"", station.0)));
    type Row = (i64, f64, i64, f64, i64);
    let rows: Vec<Row> = sqlx::query_as(EXTREMES).bind(wanted.finish()).bind(number(quantity)).fetch_all(db).await?;
    let extreme = |(station, low, low_ms, high, high_ms): Row| {
        let (sensor, low_at, high_at) = (SensorName::main(), Timestamp(low_ms), Timestamp(high_ms));
        (StationId(station), Extreme { sensor, quantity, low, low_at, high, high_at })
    };
    Ok(rows.into_iter().map(extreme).collect())
}

const TEMPERATURES: &str = "\
    SELECT sensor.station, observation.observed_ms / $3 * $3 AS start, \
        avg(temperature), min(temperature), max(temperature), count(*) \
    FROM json_each($1) AS wanted \
    CROSS JOIN sensor ON sensor.station = wanted.value ->> 0 AND sensor.name = '' \
    CROSS JOIN observation ON observation.sensor = sensor.id \
        AND observation.observed_ms >= wanted.value ->> 1 AND observation.observed_ms < $2 \
    WHERE temperature IS NOT NULL GROUP BY sensor.station, start ORDER BY sensor.station, start";

/// The temperatures of the stations' main sensors in buckets, each from its own instant, all of them before `to`.
pub(super) async fn temperatures(
    db: &SqlitePool,
    from: &[(StationId, Timestamp)],
    to: Timestamp,
    bucket_ms: i64,
) -> Result<HashMap<StationId, Vec<Bucket>>, sqlx::Error> {
    let mut wanted = JsonRows::new();
    from.iter().for_each(|(station, from)| wanted.row(format_args!("{},{}", station.0, from.0)));
    type Row = (i64, i64, f64, f64, f64, i64);
    let temperatures = sqlx::query_as(TEMPERATURES).bind(wanted.finish()).bind(to.0).bind(bucket_ms.max(1));
    let rows: Vec<Row> = temperatures.fetch_all(db).await?;
    let mut found: HashMap<StationId, Vec<Bucket>> = HashMap::with_capacity(from.len());
    for (station, start, mean, min, max, count) in rows {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let bucket = Bucket { start: Timestamp(start), mean, min, max, count };
        found.entry(StationId(station)).or_default().push(bucket);
    }
    Ok(found)
}

/// Entries for everybody after `$1`, by station, and the first instant that they are about: 0 if that is unknown. The
/// row of the empty name has the journal's head; no number there means that `$1` is no good cursor, or too old.
const CHANGED: &str = "\
    SELECT '' AS slug, CASE WHEN (\
            EXISTS (SELECT 1 FROM journal WHERE seq = $1) OR coalesce((SELECT min(seq) FROM journal), 1) = $1 + 1) \
        THEN (SELECT coalesce(max(seq), 0) FROM journal) END AS at \
    UNION ALL \
    SELECT station, min(CASE body ->> 'kind' \
            WHEN 'report' THEN body ->> 'observed_at' WHEN 'marked' THEN body ->> 'observed_at' WHEN 'backfill' THEN body ->> 'from' ELSE 0 END) \
    FROM journal WHERE seq > $1 AND seq <= $1 + $2 AND visitor IS NULL GROUP BY station";

/// What entries after `seq` are about; `None` if there are more than `limit`, or if `seq` is no good cursor.
pub(super) async fn changed(db: &SqlitePool, seq: u64, limit: u32) -> Result<Option<Changed>, sqlx::Error> {
    let changed = sqlx::query_as(CHANGED).bind(stored(seq)).bind(limit);
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

/// Stations as a JSON array.
fn ids(stations: &[StationId]) -> Result<String, sqlx::Error> {
    json(&stations.iter().map(|station| station.0).collect::<Vec<_>>())
}
