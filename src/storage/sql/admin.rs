//! The owner's password and sessions.

use super::db::{Connection, Executor};
use crate::storage::keys::KeyHash;
use crate::storage::seam::AdminChange;
use weather::time::Timestamp;

/// The newest sessions that are kept: browsers that forget their cookies must not fill the table.
const SESSIONS_MAX: i64 = 32;

const PASSWORD: &str = "SELECT password FROM admin";

/// The hash of the password, if there is one.
pub(super) async fn password(db: impl Executor<'_>) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(PASSWORD).fetch_optional(db).await
}

const HAS_SESSION: &str = "SELECT EXISTS (SELECT 1 FROM admin_session WHERE hash = $1 AND until_ms > $2)";

/// Whether there is a session at an instant.
pub(super) async fn has_session(db: impl Executor<'_>, hash: &KeyHash, now: Timestamp) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(HAS_SESSION).bind(&hash[..]).bind(now.0).fetch_one(db).await
}

const SET: &str = "INSERT INTO admin (one, password) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET password = $1";
const END_ALL: &str = "DELETE FROM admin_session";
const OPEN: &str = "\
    INSERT INTO admin_session (hash, opened_ms, until_ms) SELECT $1, $2, $3 FROM admin WHERE password = $4";
const TIDY: &str = "\
    DELETE FROM admin_session WHERE until_ms <= $1 \
    OR hash NOT IN (SELECT hash FROM admin_session ORDER BY opened_ms DESC LIMIT $2)";
const END: &str = "DELETE FROM admin_session WHERE hash = $1";

/// Makes a change inside the caller's transaction; false if it did not apply.
pub(super) async fn change(conn: &mut Connection, change: &AdminChange) -> Result<bool, sqlx::Error> {
    let rows = match change {
        AdminChange::Password(hash) => {
            sqlx::query(END_ALL).execute(&mut *conn).await?;
            sqlx::query(SET).bind(hash).execute(conn).await?.rows_affected()
        }
        AdminChange::Open { hash, password, now, until } => {
            let query = sqlx::query(OPEN).bind(&hash[..]).bind(now.0).bind(until.0).bind(password);
            let opened = query.execute(&mut *conn).await?.rows_affected();
            sqlx::query(TIDY).bind(now.0).bind(SESSIONS_MAX).execute(conn).await?;
            opened
        }
        AdminChange::End(hash) => sqlx::query(END).bind(&hash[..]).execute(conn).await?.rows_affected(),
    };
    Ok(rows > 0)
}
