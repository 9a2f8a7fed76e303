//! What the writer throws away between commits: old journal entries, and what removed stations left behind.
//! Always a bounded number of rows, so that nobody waits long.

use crate::weather::time::Timestamp;
use sqlx::SqliteConnection;

const JOURNAL_ROWS: &str = "SELECT count(*) FROM journal";

/// How many entries the journal has. Not for every commit: it counts them.
pub(super) async fn journal_rows(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let rows: i64 = sqlx::query_scalar(JOURNAL_ROWS).fetch_one(conn).await?;
    Ok(rows.unsigned_abs())
}

const PRUNE: &str = "\
    DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal) AND seq IN (\
        SELECT seq FROM (SELECT seq, committed_ms, row_number() OVER (ORDER BY seq) AS place \
        FROM journal ORDER BY seq LIMIT $1) WHERE place <= $2 OR committed_ms < $3)";

/// Deletes the `excess` oldest entries and those from before `before`, at most `limit`, never the newest; returns how many.
pub(super) async fn prune(
    conn: &mut SqliteConnection,
    limit: i64,
    excess: i64,
    before: Timestamp,
) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query(PRUNE).bind(limit).bind(excess).bind(before.0).execute(conn).await?.rows_affected())
}

/// Rows that are deleted in one go: some milliseconds' work.
const PURGE_ROWS: i64 = 2_000;

const ORPHAN: &str = "SELECT id FROM sensor WHERE station IS NULL LIMIT 1";
const PURGE: &str = "\
    DELETE FROM observation WHERE sensor = $1 AND observed_ms IN \
    (SELECT observed_ms FROM observation WHERE sensor = $1 ORDER BY observed_ms LIMIT $2)";
const PURGE_REST: &str = "\
    BEGIN IMMEDIATE; DELETE FROM latest WHERE sensor = $1; DELETE FROM extreme WHERE sensor = $1; \
    DELETE FROM sensor WHERE id = $1; COMMIT";

/// Deletes some rows of a sensor without a station, or the sensor if it has no more; false if there is none.
pub(super) async fn purge(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let orphan: Option<i64> = sqlx::query_scalar(ORPHAN).fetch_optional(&mut *conn).await?;
    let Some(sensor) = orphan else { return Ok(false) };
    let rows = sqlx::query(PURGE).bind(sensor).bind(PURGE_ROWS).execute(&mut *conn).await?.rows_affected();
    if rows == 0 {
        sqlx::query(PURGE_REST).bind(sensor).execute(conn).await?;
    }
    Ok(true)
}
