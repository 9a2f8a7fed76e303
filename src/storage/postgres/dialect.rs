//! What is asked in PostgreSQL's own words, where another database has others.
//!
//! Many stations, days or quantities come as arrays.

use super::db::{Many, Pool};
use chrono::NaiveDate;
use weather::station::StationId;
use weather::time::Timestamp;

/// Days that are not right yet after a change of the time zone are left out.
pub(super) const EXTREMES_OF_DAY: &str = "\
    SELECT sensor.name, daily.quantity, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM sensor JOIN daily ON daily.sensor = sensor.id AND daily.quantity = ANY($3) AND daily.day = $2 \
    WHERE sensor.station = $1 \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ORDER BY sensor.name, daily.quantity";

/// One look at an index for each quantity.
pub(super) const FIRST_DAY: &str = "\
    SELECT min(of_each.day) FROM unnest($3::bigint[]) AS shown (quantity) CROSS JOIN LATERAL (\
        SELECT daily.day FROM daily WHERE daily.sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
        AND daily.quantity = shown.quantity \
        AND NOT EXISTS ( \
            SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
        ORDER BY daily.day LIMIT 1) AS of_each";

/// The values of main sensors.
pub(super) const MAIN_LATEST: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM sensor JOIN latest ON latest.sensor = sensor.id WHERE sensor.station = ANY($1) AND sensor.name = ''";
/// The values of the `$2` other sensors of each station that were heard last; those with a time after `$3` are behind.
pub(super) const OTHERS_LATEST: &str = "\
    SELECT heard.station, heard.name, heard.observed_ms, heard.rank_ms, heard.quantities \
    FROM unnest($1::bigint[]) AS wanted (station) CROSS JOIN LATERAL (\
        SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
        FROM sensor JOIN latest ON latest.sensor = sensor.id \
        WHERE sensor.station = wanted.station AND sensor.name <> '' \
        ORDER BY latest.observed_ms > $3, latest.observed_ms DESC, sensor.name LIMIT $2) AS heard \
    ORDER BY heard.station, heard.name";
/// The values of `$2` sensors of these stations.
pub(super) const ALL_LATEST: &str = "\
    SELECT sensor.station, sensor.name, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM sensor JOIN latest ON latest.sensor = sensor.id WHERE sensor.station = ANY($1) \
    ORDER BY sensor.station, sensor.name LIMIT $2";

/// Entries for everybody after `$1`, by station, and the first instant that they are about: 0 if that is unknown. The
/// row of the empty name has the journal's head; no number there means that `$1` is no good cursor, or too old.
pub(super) const CHANGED: &str = "\
    SELECT '' AS slug, CASE WHEN (\
            EXISTS (SELECT 1 FROM journal WHERE seq = $1) OR coalesce((SELECT min(seq) FROM journal), 1) = $1 + 1) \
        THEN (SELECT coalesce(max(seq), 0) FROM journal) END AS at \
    UNION ALL \
    SELECT station, min(CASE body::json ->> 'kind' \
            WHEN 'report' THEN (body::json ->> 'observed_at')::bigint WHEN 'marked' THEN (body::json ->> 'observed_at')::bigint \
            WHEN 'backfill' THEN (body::json ->> 'from')::bigint ELSE 0 END) \
    FROM journal WHERE seq > $1 AND seq <= $1 + $2 AND visitor IS NULL GROUP BY station";

pub(super) const UNANSWERED: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE NOT answered AND seq > $1 ORDER BY seq LIMIT $2";
pub(super) const UNANSWERED_OF: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE visitor = $1 AND NOT answered AND seq > $2 ORDER BY seq LIMIT $3";

/// Station, low, its time, high, its time.
pub(super) type ExtremeRow = (i64, f64, i64, f64, i64);
/// Station, start, mean, lowest, highest, number.
pub(super) type BucketRow = (i64, i64, f64, f64, f64, i64);

/// The main sensor's times, or those of the sensor that reported last if the station has no main one.
const NEWEST: &str = "\
    SELECT wanted.station, ARRAY(\
        SELECT observed_ms FROM observation WHERE sensor = (\
            SELECT id FROM sensor WHERE station = wanted.station \
            ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC NULLS LAST LIMIT 1) \
        ORDER BY observed_ms DESC LIMIT $2) \
    FROM unnest($1::bigint[]) AS wanted (station)";

/// Each station's newest times.
pub(super) async fn newest_times(db: &Pool, stations: Many, limit: u32) -> Result<Vec<(i64, Vec<i64>)>, sqlx::Error> {
    sqlx::query_as(NEWEST).bind(stations).bind(i64::from(limit)).fetch_all(db).await
}

/// Days that are not right yet after a change of the time zone are left out.
const EXTREMES: &str = "\
    SELECT sensor.station, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM unnest($1::bigint[], $2::text[]) AS wanted (station, day) \
    JOIN sensor ON sensor.station = wanted.station AND sensor.name = '' \
    JOIN daily ON daily.sensor = sensor.id AND daily.quantity = $3 AND daily.day = wanted.day \
    WHERE NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day)";

/// Each station's low and high.
pub(super) async fn extremes(
    db: &Pool,
    days: &[(StationId, NaiveDate)],
    quantity: i64,
) -> Result<Vec<ExtremeRow>, sqlx::Error> {
    let (stations, days): (Vec<i64>, Vec<String>) =
        days.iter().map(|(station, day)| (station.0, day.to_string())).unzip();
    sqlx::query_as(EXTREMES).bind(stations).bind(days).bind(quantity).fetch_all(db).await
}

/// One look at the rows of each station.
const TEMPERATURES: &str = "\
    SELECT sensor.station, bucket.start, bucket.mean, bucket.lowest, bucket.highest, bucket.number \
    FROM unnest($1::bigint[], $2::bigint[]) AS wanted (station, from_ms) \
    JOIN sensor ON sensor.station = wanted.station AND sensor.name = '' \
    CROSS JOIN LATERAL (\
        SELECT observed_ms / $4 * $4 AS start, \
            avg(temperature) AS mean, min(temperature) AS lowest, max(temperature) AS highest, count(*) AS number \
        FROM observation WHERE observation.sensor = sensor.id \
        AND observed_ms >= wanted.from_ms AND observed_ms < $3 AND temperature IS NOT NULL GROUP BY start) AS bucket \
    ORDER BY sensor.station, bucket.start";

/// Each station's temperatures, in the order of time.
pub(super) async fn temperatures(
    db: &Pool,
    from: &[(StationId, Timestamp)],
    (to, bucket_ms): (Timestamp, i64),
) -> Result<Vec<BucketRow>, sqlx::Error> {
    let (stations, from): (Vec<i64>, Vec<i64>) = from.iter().map(|(station, from)| (station.0, from.0)).unzip();
    sqlx::query_as(TEMPERATURES).bind(stations).bind(from).bind(to.0).bind(bucket_ms).fetch_all(db).await
}
