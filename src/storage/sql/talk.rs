//! What is counted of words and alerts, and what forgetting leaves of them.

use super::db::Connection;
use crate::storage::words::Visitor;
use weather::time::DAY_MS;

/// An alert keeps the day its visitor was heard last; that is exact enough for a year, and writes it once a day.
pub(super) const HEARD_EVERY_MS: i64 = DAY_MS;

/// Those of the owner take nobody's place; their visitors are called as no visitor is, with a space.
const ALERTS: &str = "SELECT count(*) FROM alert WHERE visitor NOT LIKE '% %'";

/// How many alerts visitors have.
pub(super) async fn alerts(conn: &mut Connection) -> Result<u64, sqlx::Error> {
    let alerts: i64 = sqlx::query_scalar(ALERTS).fetch_one(conn).await?;
    Ok(alerts.unsigned_abs())
}

const ROWS: &str = "SELECT count(*) FROM word";

/// How many words there are.
pub(super) async fn rows(conn: &mut Connection) -> Result<u64, sqlx::Error> {
    let rows: i64 = sqlx::query_scalar(ROWS).fetch_one(conn).await?;
    Ok(rows.unsigned_abs())
}

/// Nothing is left of a word but its id, which is random, or the hash of what it was about, and nobody's now: a word that is sent again does not come
/// back. Ids go when their time comes, as words do.
const EMPTY_WORDS: &str = "\
    UPDATE word SET visitor = '', talker = '', station = '', text = '', units = '', answered = true \
    WHERE visitor = $1 AND station = $2";

/// The entries stay, because cursors point at them.
const BLANK_JOURNAL: &str = "UPDATE journal SET body = $3 WHERE visitor = $1 AND station = $2 AND body <> $3";

/// Empties a visitor's words about a station, and gives their entries the body `instead`; inside the caller's transaction.
pub(super) async fn forget(
    conn: &mut Connection,
    visitor: &Visitor,
    station: &str,
    instead: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(EMPTY_WORDS).bind(visitor.as_str()).bind(station).execute(&mut *conn).await?;
    sqlx::query(BLANK_JOURNAL).bind(visitor.as_str()).bind(station).bind(instead).execute(conn).await?;
    Ok(())
}
