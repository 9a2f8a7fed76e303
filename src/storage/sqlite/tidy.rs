//! Deletes what removed stations left behind.

use sqlx::SqliteConnection;

/// Rows that are deleted in one go: some milliseconds' work.
const PURGE_ROWS: i64 = 2_000;

const ORPHAN: &str = "SELECT id FROM sensor WHERE station IS NULL LIMIT 1";
const PURGE: &str = "\
    DELETE FROM observation WHERE sensor = $1 AND observed_ms IN \
    (SELECT observed_ms FROM observation WHERE sensor = $1 ORDER BY observed_ms LIMIT $2)";
const PURGE_MARKS: &str = "\
    DELETE FROM marked WHERE sensor = $1 AND observed_ms IN \
    (SELECT observed_ms FROM marked WHERE sensor = $1 ORDER BY observed_ms LIMIT $2)";
const PURGE_SENT: &str = "\
    DELETE FROM sent WHERE sensor = $1 AND observed_ms IN \
    (SELECT observed_ms FROM sent WHERE sensor = $1 ORDER BY observed_ms LIMIT $2)";
const PURGE_REST: &str = "\
    BEGIN IMMEDIATE; DELETE FROM latest WHERE sensor = $1; DELETE FROM extreme WHERE sensor = $1; \
    DELETE FROM sensor WHERE id = $1; COMMIT";

/// Deletes some rows of a sensor without a station, or the sensor if it has no more; false if there is none.
pub(super) async fn purge(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let orphan: Option<i64> = sqlx::query_scalar(ORPHAN).fetch_optional(&mut *conn).await?;
    let Some(sensor) = orphan else { return Ok(false) };
    let rows = sqlx::query(PURGE).bind(sensor).bind(PURGE_ROWS).execute(&mut *conn).await?.rows_affected();
    if rows > 0 {
        return Ok(true);
    }
    let marks = sqlx::query(PURGE_MARKS).bind(sensor).bind(PURGE_ROWS).execute(&mut *conn).await?.rows_affected();
    if marks > 0 {
        return Ok(true);
    }
    let sent = sqlx::query(PURGE_SENT).bind(sensor).bind(PURGE_ROWS).execute(&mut *conn).await?.rows_affected();
    if sent == 0 {
        sqlx::query(PURGE_REST).bind(sensor).execute(conn).await?;
    }
    Ok(true)
}
