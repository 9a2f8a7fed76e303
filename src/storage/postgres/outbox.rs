//! Letters for the owner's webhooks as they are written.

use crate::storage::letters::{Letter, OutboxChange};
use sqlx::PgConnection;

/// A letter that is there already is the same: its transaction was repeated. They keep their order by their numbers.
const WRITE: &str = "\
    INSERT INTO outbox (id, webhook, made_ms, body) \
    SELECT id, webhook, made_ms, body FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) \
    WITH ORDINALITY AS new (id, webhook, made_ms, body, place) ORDER BY place ON CONFLICT (id) DO NOTHING";

/// Writes letters, inside the caller's transaction.
pub(super) async fn write(db: &mut PgConnection, letters: &[&Letter]) -> Result<(), sqlx::Error> {
    sqlx::query(WRITE)
        .bind(letters.iter().map(|letter| &*letter.id).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| &*letter.webhook).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.made_at.0).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| &*letter.body).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

const REMOVE: &str = "DELETE FROM outbox WHERE id = ANY($1)";
const KEEP_ONLY: &str = "DELETE FROM outbox WHERE NOT webhook = ANY($1)";

/// Makes a change inside the caller's transaction; returns how many letters went.
pub(super) async fn change(db: &mut PgConnection, change: &OutboxChange) -> Result<u64, sqlx::Error> {
    let query = match change {
        OutboxChange::Remove(ids) => sqlx::query(REMOVE).bind(ids),
        OutboxChange::KeepOnly(webhooks) => sqlx::query(KEEP_ONLY).bind(webhooks),
    };
    Ok(query.execute(db).await?.rows_affected())
}
