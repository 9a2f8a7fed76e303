//! Counts what a PostgreSQL holds, over a connection that only reads. Of a large table a part is counted, which stands for all.

use super::inspect::{STATIONS_MAX, connect, schema, snapshot};
use super::room;
use crate::storage::address::Address;
use crate::storage::census::{Census, CensusedStation, Kept};
use crate::storage::error::{BadFile, Error};
use crate::storage::inspection::Schema;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;
use weather::station::Slug;
use weather::time::Timestamp;

/// So much of a table is read, bytes: some millions of rows, which take a few seconds.
const READ_MAX: f64 = (1_u64 << 30) as f64;
/// Everything that a table has, percent.
const ALL: f64 = 100.0;
/// A question over that much takes no longer where the database is well.
const LIMIT: &str = "SET LOCAL statement_timeout = '60s'";
/// All of it is done within this time, also over a network that swallows packets.
const COUNT_MAX: Duration = Duration::from_secs(300);

/// Bytes of a table with its indexes, and of its rows alone.
const BYTES: &str = "SELECT pg_total_relation_size($1::regclass), pg_relation_size($1::regclass)";
/// A table's name cannot be a parameter. These are all that are asked for. `$1`: so many percent of its pages are looked at, always
/// the same ones.
const ROWS: [(&str, &str); 5] = [
    ("observation", "SELECT count(*) FROM observation TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1)"),
    ("hourly", "SELECT count(*) FROM hourly TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1)"),
    ("daily", "SELECT count(*) FROM daily TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1)"),
    ("journal", "SELECT count(*) FROM journal TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1)"),
    ("word", "SELECT count(*) FROM word TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1)"),
];
/// The stations with their first and last rows, by the index.
const STATIONS: &str = "\
    SELECT id, slug, \
        (SELECT min((SELECT min(observed_ms) FROM observation WHERE sensor = sensor.id)) FROM sensor WHERE station = it.id), \
        (SELECT max((SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id)) FROM sensor WHERE station = it.id) \
    FROM station AS it ORDER BY slug LIMIT $1";
/// Of each station: rows, and how many are no older than `$2`.
const READINGS: &str = "\
    SELECT station, sum(rows)::bigint, sum(recent)::bigint FROM (\
        SELECT sensor, count(*) AS rows, count(*) FILTER (WHERE observed_ms >= $2) AS recent \
        FROM observation TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1) GROUP BY sensor) AS counted \
    JOIN sensor ON sensor.id = counted.sensor WHERE station IS NOT NULL GROUP BY station";
/// Of each station: all values but those of the newest hours; and those whose readings have gone.
const VALUES: &str = "\
    SELECT station, coalesce(sum(count), 0)::bigint, coalesce(sum(count) FILTER (WHERE start_ms < raw_from_ms), 0)::bigint \
    FROM hourly TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1) JOIN sensor ON sensor.id = hourly.sensor \
    WHERE station IS NOT NULL GROUP BY station";
/// Values of rows that no hour tells of yet are counted by their rows. `$2`: percent of the pages with hours.
const SHARE: &str = "\
    SELECT station, count(*) FROM observation TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1) JOIN (\
        SELECT sensor, max(start_ms) + 3600000 AS made FROM hourly TABLESAMPLE SYSTEM ($2::real) REPEATABLE (1) GROUP BY sensor) AS done \
    USING (sensor) JOIN sensor ON sensor.id = done.sensor \
    WHERE observed_ms < made AND station IS NOT NULL GROUP BY station";

/// How much of a table is looked at.
#[derive(Clone, Copy)]
struct Part(f64);

impl Part {
    /// Of a table whose rows take so many bytes.
    fn of(bytes: i64) -> Self {
        Self((ALL * READ_MAX / bytes.max(1) as f64).min(ALL))
    }

    fn is_all(self) -> bool {
        self.0 >= ALL
    }

    /// What was counted in this part, of the whole.
    fn whole(self, counted: i64) -> u64 {
        let counted = counted.unsigned_abs();
        if self.is_all() { counted } else { (counted as f64 * ALL / self.0) as u64 }
    }
}

/// Counts. `recent`: rows that are no older are the growth of now.
pub(in crate::storage) async fn count(address: &Address, recent: Timestamp) -> Result<Census, Error> {
    timeout(COUNT_MAX, count_in(address, recent)).await.map_err(Error::away)?
}

async fn count_in(address: &Address, recent: Timestamp) -> Result<Census, Error> {
    let mut conn = connect(address).await?;
    let mut db = snapshot(&mut conn, LIMIT).await?;
    match schema(&mut db).await? {
        Schema::Older => return Err(BadFile::Older.into()),
        Schema::Newer => return Err(BadFile::Newer.into()),
        Schema::Fits => {}
    }
    let used_bytes = room::used_bytes(&mut db).await?;
    let (mut kept, mut parts) = (Vec::new(), HashMap::new());
    for (table, counted) in ROWS {
        let (bytes, of_rows): (i64, i64) = sqlx::query_as(BYTES).bind(table).fetch_one(&mut *db).await?;
        let part = Part::of(of_rows);
        let rows = part.whole(sqlx::query_scalar(counted).bind(part.0).fetch_one(&mut *db).await?);
        kept.push(Kept { table, rows, is_about: !part.is_all(), bytes: bytes.unsigned_abs() });
        parts.insert(table, part);
    }
    let part = |table| parts.get(table).copied().unwrap_or(Part(ALL));
    let stations = stations(&mut db, (part("observation"), part("hourly")), recent).await?;
    drop(db);
    // What is not closed cleanly is closed by the server.
    let _ = conn.close().await;
    Ok(Census { used_bytes, free_bytes: None, shrinks: true, kept, stations })
}

async fn stations(
    db: &mut PgConnection,
    (rows, hours): (Part, Part),
    recent: Timestamp,
) -> Result<Vec<CensusedStation>, Error> {
    let listed: Vec<(i64, String, Option<i64>, Option<i64>)> =
        sqlx::query_as(STATIONS).bind(STATIONS_MAX).fetch_all(&mut *db).await?;
    let readings = sqlx::query_as(READINGS).bind(rows.0).bind(recent.0).fetch_all(&mut *db).await?;
    let readings = by_station(readings);
    let values = by_station(sqlx::query_as(VALUES).bind(hours.0).fetch_all(&mut *db).await?);
    let share: Vec<(i64, i64)> = sqlx::query_as(SHARE).bind(rows.0).bind(hours.0).fetch_all(db).await?;
    let share: HashMap<_, _> = share.into_iter().collect();
    let mut found = Vec::with_capacity(listed.len());
    for (id, slug, first, last) in listed {
        let (counted, recent) = readings.get(&id).copied().unwrap_or_default();
        let (told, gone) = values.get(&id).copied().unwrap_or_default();
        let (told, gone) = (hours.whole(told - gone), hours.whole(gone));
        let by_rows = rows.whole(share.get(&id).copied().unwrap_or(0));
        let readings = rows.whole(counted);
        found.push(CensusedStation {
            slug: Slug::new(&slug)?,
            readings,
            // The newest rows are as rich as the others.
            values: told.saturating_mul(readings).checked_div(by_rows),
            gone,
            recent: rows.whole(recent),
            first: first.map(Timestamp),
            last: last.map(Timestamp),
        });
    }
    Ok(found)
}

fn by_station(rows: Vec<(i64, i64, i64)>) -> HashMap<i64, (i64, i64)> {
    rows.into_iter().map(|(station, one, other)| (station, (one, other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_large_table_a_part_stands_for_all() {
        let small = Part::of(1 << 20);
        assert!(small.is_all() && small.whole(7) == 7 && Part::of(0).is_all());
        let large = Part::of(4 << 30);
        assert!(!large.is_all() && large.0 == 25.0 && large.whole(7) == 28);
    }
}
