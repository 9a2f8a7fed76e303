//! Letters for the owner's webhooks.

use super::json::json;
use crate::storage::letters::{Letter, OutboxChange};
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use weather::time::Timestamp;

impl FromRow<'_, SqliteRow> for Letter {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            webhook: row.try_get("webhook")?,
            made_at: Timestamp(row.try_get("made_ms")?),
            body: row.try_get("body")?,
        })
    }
}

/// A letter that is there already is the same: its transaction was repeated.
const WRITE: &str = "\
    INSERT INTO outbox (id, webhook, made_ms, body) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true ON CONFLICT (id) DO NOTHING";

/// Writes letters, inside the caller's transaction.
pub(super) async fn write(conn: &mut SqliteConnection, letters: &[&Letter]) -> Result<(), sqlx::Error> {
    let rows = letters.iter().map(|letter| (&letter.id, &letter.webhook, letter.made_at.0, &letter.body));
    sqlx::query(WRITE).bind(json(&rows.collect::<Vec<_>>())?).execute(conn).await?;
    Ok(())
}

const OLDEST: &str = "SELECT id, webhook, made_ms, body FROM outbox WHERE webhook = $1 ORDER BY number LIMIT $2";
const COUNT: &str = "SELECT count(*) FROM outbox WHERE webhook = $1";

/// The oldest letters of a webhook, and how many it has.
pub(super) async fn oldest(db: &SqlitePool, webhook: &str, limit: u32) -> Result<(Vec<Letter>, u64), sqlx::Error> {
    let letters = sqlx::query_as(OLDEST).bind(webhook).bind(limit).fetch_all(db).await?;
    let count: i64 = sqlx::query_scalar(COUNT).bind(webhook).fetch_one(db).await?;
    Ok((letters, count.unsigned_abs()))
}

const REMOVE: &str = "DELETE FROM outbox WHERE id IN (SELECT value FROM json_each($1))";
const KEEP_ONLY: &str = "DELETE FROM outbox WHERE webhook NOT IN (SELECT value FROM json_each($1))";

/// Makes a change inside the caller's transaction; returns how many letters went.
pub(super) async fn change(conn: &mut SqliteConnection, change: &OutboxChange) -> Result<u64, sqlx::Error> {
    let gone = match change {
        OutboxChange::Remove(ids) => sqlx::query(REMOVE).bind(json(ids)?).execute(conn).await?,
        OutboxChange::KeepOnly(webhooks) => sqlx::query(KEEP_ONLY).bind(json(webhooks)?).execute(conn).await?,
    };
    Ok(gone.rows_affected())
}
