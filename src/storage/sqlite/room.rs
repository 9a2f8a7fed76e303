//! How much of the file is used, and by whom.

use super::json::json;
use super::numbers::stored;
use crate::storage::options::Options;
use crate::storage::seam::SensorId;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr, SqliteConnection};

/// SQLite's usual page, said aloud because the size limit is counted in pages.
pub(super) const PAGE_BYTES: u32 = 4_096;

/// The texts that set the file's largest size, and the wait for a lock. A pragma takes no parameters, so the number, which comes from the
/// options, stands in the text.
pub(super) struct Limits {
    ordinary: SqlStr,
    reserve: SqlStr,
    patience: SqlStr,
    /// True while the reserve may be used.
    is_open: bool,
}

impl Limits {
    /// The connection must have been opened with [`pages`] of the reserve.
    pub(super) fn new(options: &Options) -> Self {
        let text = |bytes: u64| AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages(bytes))).into_sql_str();
        let (ordinary, reserve) = (text(options.limit_bytes()), text(options.limit_bytes() + options.reserve_bytes()));
        let patience = format!("PRAGMA busy_timeout = {}", options.lock_wait_ms);
        let patience = AssertSqlSafe(patience).into_sql_str();
        Self { ordinary, reserve, patience, is_open: true }
    }

    /// The text that sets the usual wait for a lock.
    pub(super) fn patience(&self) -> SqlStr {
        self.patience.clone()
    }

    /// Opens or closes the reserve for what is written next.
    pub(super) async fn open_reserve(&mut self, conn: &mut SqliteConnection, open: bool) -> Result<(), sqlx::Error> {
        if self.is_open != open {
            let text = if open { &self.reserve } else { &self.ordinary };
            sqlx::query(text.clone()).execute(conn).await?;
            self.is_open = open;
        }
        Ok(())
    }
}

/// Pages in so many bytes.
pub(super) fn pages(bytes: u64) -> u64 {
    bytes / u64::from(PAGE_BYTES)
}

const USED: &str =
    "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)";

/// Bytes of the file that hold something.
pub(super) async fn used_bytes(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let pages: i64 = sqlx::query_scalar(USED).fetch_one(conn).await?;
    Ok(pages.unsigned_abs() * u64::from(PAGE_BYTES))
}

const NOTE: &str = "\
    UPDATE sensor SET bytes = sensor.bytes + (more.value ->> 1) FROM json_each($1) AS more \
    WHERE sensor.id = more.value ->> 0";

/// Notes that so many bytes more belong to each sensor.
pub(super) async fn note(conn: &mut SqliteConnection, more: &[(SensorId, u64)]) -> Result<(), sqlx::Error> {
    if more.is_empty() {
        return Ok(());
    }
    let more: Vec<_> = more.iter().map(|(sensor, bytes)| (sensor.0, stored(*bytes))).collect();
    sqlx::query(NOTE).bind(json(&more)?).execute(conn).await?;
    Ok(())
}
