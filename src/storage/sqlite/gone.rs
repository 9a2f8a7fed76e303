//! Throws away the journal's oldest entries, and notes which cursors are good no longer.

use super::cursors::{self, EVERYONE, GoneEntry, LAB, PUBLIC, VISITORS_MAX};
use super::json::json;
use super::numbers::stored;
use crate::storage::seam::{JournalLimits, PrivateRows, PrunedEntries};
use sqlx::SqliteConnection;

const OLDEST: &str = "SELECT committed_ms FROM journal ORDER BY seq LIMIT 1";
const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const PRUNE: &str = "\
    DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal) AND (\
        seq IN (SELECT seq FROM journal WHERE visitor IS NULL ORDER BY seq LIMIT $1) \
        OR seq IN (SELECT seq FROM journal WHERE visitor IS NOT NULL AND substr(station, 1, 1) <> '_' ORDER BY seq LIMIT $2) \
        OR seq IN (SELECT seq FROM journal INDEXED BY journal_lab WHERE substr(station, 1, 1) = '_' ORDER BY seq LIMIT $5) \
        OR seq IN (SELECT seq FROM (SELECT seq, committed_ms FROM journal ORDER BY seq LIMIT $3) WHERE committed_ms < $4)) \
    RETURNING seq, visitor, substr(station, 1, 1) = '_'";
const NOTE: &str = "\
    INSERT INTO journal_gone (visitor, seq) SELECT value ->> 0, value ->> 1 FROM json_each($1) WHERE true \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq;\
    DELETE FROM journal_leap WHERE upto < (SELECT seq FROM journal_gone WHERE visitor = $2)";
const SHORTEN: &str = "\
    INSERT INTO journal_gone (visitor, seq) \
    SELECT $2, seq FROM journal_gone WHERE visitor NOT IN ($1, $2) AND substr(visitor, 1, 1) <> $4 \
    ORDER BY seq DESC LIMIT 1 OFFSET $3 \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq;\
    DELETE FROM journal_gone WHERE substr(visitor, 1, 1) = $4 \
    AND seq <= (SELECT seq FROM journal_gone WHERE substr(visitor, 1, 1) = $4 ORDER BY seq DESC LIMIT 1 OFFSET $3);\
    DELETE FROM journal_gone WHERE visitor NOT IN ($1, $2) \
    AND seq <= (SELECT max(seq) FROM journal_gone WHERE visitor IN ($1, $2))";

/// Deletes some of the oldest entries, never the newest.
pub(super) async fn prune(conn: &mut SqliteConnection, limits: &JournalLimits) -> Result<PrunedEntries, sqlx::Error> {
    let JournalLimits { rows, excess, private_excess, lab_excess, before } = limits;
    let oldest: Option<i64> = sqlx::query_scalar(OLDEST).fetch_optional(&mut *conn).await?;
    let is_too_much = [excess, private_excess, lab_excess].iter().any(|excess| **excess > 0);
    if !is_too_much && oldest.is_none_or(|oldest| oldest >= before.0) {
        return Ok(PrunedEntries::default());
    }
    sqlx::query(BEGIN).execute(&mut *conn).await?;
    let gone: Vec<GoneEntry> = sqlx::query_as(PRUNE)
        .bind(stored(*excess.min(rows)))
        .bind(stored(*private_excess.min(rows)))
        .bind(stored(*rows))
        .bind(before.0)
        .bind(stored(*lab_excess.min(rows)))
        .fetch_all(&mut *conn)
        .await?;
    let (newest, pruned) = cursors::tally(gone);
    if !newest.is_empty() {
        sqlx::query(NOTE).bind(json(&newest)?).bind(PUBLIC).execute(&mut *conn).await?;
    }
    if pruned.private != PrivateRows::default() {
        let shorten = sqlx::query(SHORTEN).bind(PUBLIC).bind(EVERYONE).bind(VISITORS_MAX).bind(LAB);
        shorten.execute(&mut *conn).await?;
    }
    sqlx::query(COMMIT).execute(conn).await?;
    Ok(pruned)
}
