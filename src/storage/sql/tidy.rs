//! Deletes what removed stations left behind.

use super::db::Connection;

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
const PURGE_REST: [&str; 3] =
    ["DELETE FROM latest WHERE sensor = $1", "DELETE FROM daily WHERE sensor = $1", "DELETE FROM sensor WHERE id = $1"];

/// A sensor without a station.
pub(super) async fn orphan(conn: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(ORPHAN).fetch_optional(conn).await
}

/// Deletes some rows of such a sensor; false if there are no more.
pub(super) async fn purge_some(conn: &mut Connection, sensor: i64) -> Result<bool, sqlx::Error> {
    for sql in [PURGE, PURGE_MARKS, PURGE_SENT, PURGE_HOURS] {
        let purge = sqlx::query(sql).bind(sensor).bind(PURGE_ROWS);
        if purge.execute(&mut *conn).await?.rows_affected() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes the sensor, which has no more of them, inside the caller's transaction.
pub(super) async fn purge_rest(conn: &mut Connection, sensor: i64) -> Result<(), sqlx::Error> {
    for sql in PURGE_REST {
        sqlx::query(sql).bind(sensor).execute(&mut *conn).await?;
    }
    Ok(())
}
