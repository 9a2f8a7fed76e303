//! What is asked in SQLite's own words, where another database has others.
//!
//! Many stations, days or quantities come as a JSON array; `CROSS JOIN` keeps SQLite's planner from reading a table from its start instead.

use super::db::{Many, Pool};
use super::json::JsonRows;
use crate::storage::sql::decode;
use chrono::NaiveDate;
use weather::station::StationId;
use weather::time::Timestamp;

/// Days that are not right yet after a change of the time zone are left out.
pub(super) const EXTREMES_OF_DAY: &str = "\
    SELECT sensor.name, daily.quantity, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM sensor CROSS JOIN json_each($3) AS shown \
    CROSS JOIN daily ON daily.sensor = sensor.id AND daily.quantity = shown.value AND daily.day = $2 \
    WHERE sensor.station = $1 \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ORDER BY sensor.name, daily.quantity";

pub(super) const FIRST_DAY: &str = "\
    SELECT min(first) FROM (SELECT ( \
        SELECT min(day) FROM daily WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
        AND quantity = shown.value \
        AND NOT EXISTS ( \
            SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ) AS first FROM json_each($3) AS shown)";

/// The values of main sensors.
pub(super) const MAIN_LATEST: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.station = wanted.value AND sensor.name = '' \
    CROSS JOIN latest ON latest.sensor = sensor.id";
/// The values of the `$2` other sensors of each station that were heard last; those with a time after `$3` are behind.
pub(super) const OTHERS_LATEST: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.id IN (\
        SELECT other.id FROM sensor AS other CROSS JOIN latest ON latest.sensor = other.id \
        WHERE other.station = wanted.value AND other.name <> '' \
        ORDER BY latest.observed_ms > $3, latest.observed_ms DESC, other.name LIMIT $2) \
    CROSS JOIN latest ON latest.sensor = sensor.id ORDER BY sensor.station, sensor.name";

/// The values of `$2` sensors of these stations.
pub(super) const ALL_LATEST: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM json_each($1) AS wanted CROSS JOIN sensor ON sensor.station = wanted.value \
    CROSS JOIN latest ON latest.sensor = sensor.id LIMIT $2";

/// Entries for everybody after `$1`, by station, and the first instant that they are about: 0 if that is unknown. The
/// row of the empty name has the journal's head; no number there means that `$1` is no good cursor, or too old.
pub(super) const CHANGED: &str = "\
    SELECT '' AS slug, CASE WHEN (\
            EXISTS (SELECT 1 FROM journal WHERE seq = $1) OR coalesce((SELECT min(seq) FROM journal), 1) = $1 + 1) \
        THEN (SELECT coalesce(max(seq), 0) FROM journal) END AS at \
    UNION ALL \
    SELECT station, min(CASE body ->> 'kind' \
            WHEN 'report' THEN body ->> 'observed_at' WHEN 'marked' THEN body ->> 'observed_at' WHEN 'backfill' THEN body ->> 'from' ELSE 0 END) \
    FROM journal WHERE seq > $1 AND seq <= $1 + $2 AND visitor IS NULL GROUP BY station";

/// The index of words that wait knows no other way to say so.
pub(super) const UNANSWERED: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE answered = 0 AND seq > $1 ORDER BY seq LIMIT $2";

/// By the index of conversations: a visitor's words are few, all that wait may be many.
pub(super) const UNANSWERED_OF: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker \
    FROM word INDEXED BY word_conversation \
    WHERE visitor = $1 AND answered = 0 AND seq > $2 ORDER BY seq LIMIT $3";

/// Station, low, its time, high, its time.
pub(super) type ExtremeRow = (i64, f64, i64, f64, i64);
/// Station, start, mean, lowest, highest, number.
pub(super) type BucketRow = (i64, i64, f64, f64, f64, i64);

/// The main sensor's times, or those of the sensor that reported last if the station has no main one, as a JSON array.
const NEWEST: &str = "\
    SELECT wanted.value, (\
        SELECT json_group_array(observed_ms) FROM (\
            SELECT observed_ms FROM observation WHERE sensor = (\
                SELECT id FROM sensor WHERE station = wanted.value \
                ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC LIMIT 1) \
            ORDER BY observed_ms DESC LIMIT $2)) \
    FROM json_each($1) AS wanted";

/// Each station's newest times.
pub(super) async fn newest_times(db: &Pool, stations: Many, limit: u32) -> Result<Vec<(i64, Vec<i64>)>, sqlx::Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(NEWEST).bind(stations).bind(limit).fetch_all(db).await?;
    let times = |(station, times): (i64, String)| Ok((station, serde_json::from_str(&times).map_err(decode)?));
    rows.into_iter().map(times).collect()
}

/// Days that are not right yet after a change of the time zone are left out.
const EXTREMES: &str = "\
    SELECT sensor.station, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM json_each($1) AS wanted \
    CROSS JOIN sensor ON sensor.station = wanted.value ->> 0 AND sensor.name = '' \
    CROSS JOIN daily ON daily.sensor = sensor.id AND daily.quantity = $2 AND daily.day = wanted.value ->> 1 \
    WHERE NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day)";

/// Each station's low and high.
pub(super) async fn extremes(
    db: &Pool,
    days: &[(StationId, NaiveDate)],
    quantity: i64,
) -> Result<Vec<ExtremeRow>, sqlx::Error> {
    let mut wanted = JsonRows::new();
    days.iter().for_each(|(station, day)| wanted.row(format_args!("{},\"{day}\"", station.0)));
    sqlx::query_as(EXTREMES).bind(wanted.finish()).bind(quantity).fetch_all(db).await
}

const TEMPERATURES: &str = "\
    SELECT sensor.station, observation.observed_ms / $3 * $3 AS start, \
        avg(temperature), min(temperature), max(temperature), count(*) \
    FROM json_each($1) AS wanted \
    CROSS JOIN sensor ON sensor.station = wanted.value ->> 0 AND sensor.name = '' \
    CROSS JOIN observation ON observation.sensor = sensor.id \
        AND observation.observed_ms >= wanted.value ->> 1 AND observation.observed_ms < $2 \
    WHERE temperature IS NOT NULL GROUP BY sensor.station, start ORDER BY sensor.station, start";

/// Each station's temperatures, in the order of time.
pub(super) async fn temperatures(
    db: &Pool,
    from: &[(StationId, Timestamp)],
    (to, bucket_ms): (Timestamp, i64),
) -> Result<Vec<BucketRow>, sqlx::Error> {
    let mut wanted = JsonRows::new();
    from.iter().for_each(|(station, from)| wanted.row(format_args!("{},{}", station.0, from.0)));
    sqlx::query_as(TEMPERATURES).bind(wanted.finish()).bind(to.0).bind(bucket_ms).fetch_all(db).await
}
