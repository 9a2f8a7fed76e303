//! Gives pages of the file back to the disk.

use sqlx::SqliteConnection;

/// A database that was made before files could shrink has another number here.
const SHRINKS: &str = "SELECT auto_vacuum = 2 FROM pragma_auto_vacuum";
const FREE_PAGES: &str = "SELECT freelist_count FROM pragma_freelist_count";
/// As many pages as `shrink` takes at a time.
const SHRINK: &str = "PRAGMA incremental_vacuum(64)";

/// Gives some free pages of the file back to the disk, but for `keep` of them; false if there is nothing to give, or if the file cannot
/// shrink.
pub(super) async fn shrink(conn: &mut SqliteConnection, keep: u32) -> Result<bool, sqlx::Error> {
    let shrinks: bool = sqlx::query_scalar(SHRINKS).fetch_one(&mut *conn).await?;
    let free: i64 = sqlx::query_scalar(FREE_PAGES).fetch_one(&mut *conn).await?;
    if !shrinks || free <= i64::from(keep) {
        return Ok(false);
    }
    sqlx::query(SHRINK).fetch_all(conn).await?;
    Ok(true)
}
