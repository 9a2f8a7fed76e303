//! Letters for the owner's webhooks.

use super::json::json;
use crate::storage::letters::{Letter, OutboxChange};
use sqlx::SqliteConnection;

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
