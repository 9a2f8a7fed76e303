//! Throws away the journal's oldest entries, and notes which cursors are good no longer.

use super::json::json;
use super::numbers::stored;
use crate::storage::seam::{JournalLimits, PrunedEntries};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// The mark of public entries, and of the private entries of everyone, among visitors.
const PUBLIC: &str = "";
/// See [`PUBLIC`].
const EVERYONE: &str = "*";
/// For so many visitors is remembered which private entries have gone. Beyond that, it counts for everyone.
const VISITORS_MAX: i64 = 20_000;

const OLDEST: &str = "SELECT committed_ms FROM journal ORDER BY seq LIMIT 1";
const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const PRUNE: &str = "\
    DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal) AND (\
        seq IN (SELECT seq FROM journal WHERE visitor IS NULL ORDER BY seq LIMIT $1) \
        OR seq IN (SELECT seq FROM journal WHERE visitor IS NOT NULL ORDER BY seq LIMIT $2) \
        OR seq IN (SELECT seq FROM (SELECT seq, committed_ms FROM journal ORDER BY seq LIMIT $3) WHERE committed_ms < $4)) \
    RETURNING seq, visitor";
const NOTE: &str = "\
    INSERT INTO journal_gone (visitor, seq) SELECT value ->> 0, value ->> 1 FROM json_each($1) WHERE true \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq;\
    DELETE FROM journal_leap WHERE upto < (SELECT seq FROM journal_gone WHERE visitor = $2)";
const SHORTEN: &str = "\
    INSERT INTO journal_gone (visitor, seq) \
    SELECT $2, seq FROM journal_gone WHERE visitor NOT IN ($1, $2) ORDER BY seq DESC LIMIT 1 OFFSET $3 \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq;\
    DELETE FROM journal_gone WHERE visitor NOT IN ($1, $2) \
    AND seq <= (SELECT max(seq) FROM journal_gone WHERE visitor IN ($1, $2))";

/// Deletes some of the oldest entries, never the newest.
pub(super) async fn prune(conn: &mut SqliteConnection, limits: &JournalLimits) -> Result<PrunedEntries, sqlx::Error> {
    let JournalLimits { rows, excess, private_excess, before } = limits;
    let oldest: Option<i64> = sqlx::query_scalar(OLDEST).fetch_optional(&mut *conn).await?;
    if *excess == 0 && *private_excess == 0 && oldest.is_none_or(|oldest| oldest >= before.0) {
        return Ok(PrunedEntries::default());
    }
    sqlx::query(BEGIN).execute(&mut *conn).await?;
    let gone: Vec<(i64, Option<String>)> = sqlx::query_as(PRUNE)
        .bind(stored(*excess.min(rows)))
        .bind(stored(*private_excess.min(rows)))
        .bind(stored(*rows))
        .bind(before.0)
        .fetch_all(&mut *conn)
        .await?;
    let mut newest: BTreeMap<&str, i64> = BTreeMap::new();
    for (seq, visitor) in &gone {
        let newest = newest.entry(visitor.as_deref().unwrap_or(PUBLIC)).or_default();
        *newest = (*newest).max(*seq);
    }
    let public = gone.iter().filter(|(_, visitor)| visitor.is_none()).count() as u64;
    let private = gone.len() as u64 - public;
    if !gone.is_empty() {
        let newest: Vec<_> = newest.into_iter().collect();
        sqlx::query(NOTE).bind(json(&newest)?).bind(PUBLIC).execute(&mut *conn).await?;
    }
    if private > 0 {
        sqlx::query(SHORTEN).bind(PUBLIC).bind(EVERYONE).bind(VISITORS_MAX).execute(&mut *conn).await?;
    }
    sqlx::query(COMMIT).execute(conn).await?;
    Ok(PrunedEntries { public, private })
}

pub(super) const LEAP: &str = "\
    INSERT INTO journal_leap (after, upto) VALUES ($1, $2) \
    ON CONFLICT (after) DO UPDATE SET upto = max(upto, excluded.upto)";

/// Notes that no entries get the numbers after `after`, up to `upto`.
pub(super) async fn leap(conn: &mut SqliteConnection, after: u64, upto: u64) -> Result<(), sqlx::Error> {
    sqlx::query(LEAP).bind(stored(after)).bind(stored(upto)).execute(conn).await?;
    Ok(())
}
