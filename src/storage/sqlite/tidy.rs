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
const PURGE_HOURS: &str = "\
    DELETE FROM hourly WHERE sensor = $1 AND (quantity, start_ms) IN \
    (SELECT quantity, start_ms FROM hourly WHERE sensor = $1 ORDER BY quantity, start_ms LIMIT $2)";
const PURGE_REST: &str = "\
    BEGIN IMMEDIATE; DELETE FROM latest WHERE sensor = $1; DELETE FROM daily WHERE sensor = $1; \
    DELETE FROM sensor WHERE id = $1; COMMIT";

/// Deletes some rows of a sensor without a station, or the sensor if it has no more; false if there is none.
pub(super) async fn purge(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let orphan: Option<i64> = sqlx::query_scalar(ORPHAN).fetch_optional(&mut *conn).await?;
    let Some(sensor) = orphan else { return Ok(false) };
    for sql in [PURGE, PURGE_MARKS, PURGE_SENT, PURGE_HOURS] {
        let purge = sqlx::query(sql).bind(sensor).bind(PURGE_ROWS);
        if purge.execute(&mut *conn).await?.rows_affected() > 0 {
            return Ok(true);
        }
    }
    sqlx::query(PURGE_REST).bind(sensor).execute(conn).await?;
    Ok(true)
}
