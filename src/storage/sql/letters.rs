//! Letters for the owner's webhooks as they are read.

use super::db::Pool;
use crate::storage::letters::Letter;
use weather::time::Timestamp;

const OLDEST: &str = "SELECT id, webhook, made_ms, body FROM outbox WHERE webhook = $1 ORDER BY number LIMIT $2";
const COUNT: &str = "SELECT count(*) FROM outbox WHERE webhook = $1";

/// The oldest letters of a webhook, and how many it has.
pub(super) async fn oldest(db: &Pool, webhook: &str, limit: u32) -> Result<(Vec<Letter>, u64), sqlx::Error> {
    let query = sqlx::query_as(OLDEST).bind(webhook).bind(i64::from(limit));
    let rows: Vec<(String, String, i64, String)> = query.fetch_all(db).await?;
    let count: i64 = sqlx::query_scalar(COUNT).bind(webhook).fetch_one(db).await?;
    let letter = |(id, webhook, made_ms, body)| Letter { id, webhook, made_at: Timestamp(made_ms), body };
    Ok((rows.into_iter().map(letter).collect(), count.unsigned_abs()))
}
