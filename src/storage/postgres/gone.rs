//! Throws away the journal's oldest entries, and notes which cursors are good no longer. Inside the caller's transaction.

use super::cursors::{self, EVERYONE, GoneEntry, LAB, PUBLIC, VISITORS_MAX};
use super::numbers::stored;
use crate::storage::seam::{JournalLimits, PrivateRows, PrunedEntries};
use sqlx::PgConnection;

const OLDEST: &str = "SELECT committed_ms FROM journal ORDER BY seq LIMIT 1";

/// Whether there is anything to throw away.
pub(super) async fn is_due(db: &mut PgConnection, limits: &JournalLimits) -> Result<bool, sqlx::Error> {
    let JournalLimits { excess, private_excess, lab_excess, before, .. } = limits;
    let oldest: Option<i64> = sqlx::query_scalar(OLDEST).fetch_optional(db).await?;
    let is_too_much = [excess, private_excess, lab_excess].iter().any(|excess| **excess > 0);
    Ok(is_too_much || oldest.is_some_and(|oldest| oldest < before.0))
}

const PRUNE: &str = "\
    DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal) AND seq IN (\
        (SELECT seq FROM journal WHERE visitor IS NULL ORDER BY seq LIMIT $1) UNION ALL \
        (SELECT seq FROM journal WHERE visitor IS NOT NULL AND substr(station, 1, 1) <> '_' ORDER BY seq LIMIT $2) UNION ALL \
        (SELECT seq FROM journal WHERE substr(station, 1, 1) = '_' ORDER BY seq LIMIT $5) UNION ALL \
        (SELECT seq FROM (SELECT seq, committed_ms FROM journal ORDER BY seq LIMIT $3) AS oldest WHERE committed_ms < $4)) \
    RETURNING seq, visitor, substr(station, 1, 1) = '_'";
const NOTE: &str = "\
    INSERT INTO journal_gone (visitor, seq) SELECT * FROM unnest($1::text[], $2::bigint[]) \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > journal_gone.seq";
const FORGET_LEAPS: &str = "DELETE FROM journal_leap WHERE upto < (SELECT seq FROM journal_gone WHERE visitor = $1)";
const SHORTEN: &str = "\
    INSERT INTO journal_gone (visitor, seq) \
    SELECT $2, seq FROM journal_gone WHERE visitor NOT IN ($1, $2) AND substr(visitor, 1, 1) <> $4 \
    ORDER BY seq DESC LIMIT 1 OFFSET $3 \
    ON CONFLICT (visitor) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > journal_gone.seq";
const FORGET_LAB: &str = "\
    DELETE FROM journal_gone WHERE substr(visitor, 1, 1) = $1 \
    AND seq <= (SELECT seq FROM journal_gone WHERE substr(visitor, 1, 1) = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)";
const FORGET_COVERED: &str = "\
    DELETE FROM journal_gone WHERE visitor NOT IN ($1, $2) \
    AND seq <= (SELECT max(seq) FROM journal_gone WHERE visitor IN ($1, $2))";

/// Deletes some of the oldest entries, never the newest.
pub(super) async fn prune(db: &mut PgConnection, limits: &JournalLimits) -> Result<PrunedEntries, sqlx::Error> {
    let JournalLimits { rows, excess, private_excess, lab_excess, before } = limits;
    let gone: Vec<GoneEntry> = sqlx::query_as(PRUNE)
        .bind(stored(*excess.min(rows)))
        .bind(stored(*private_excess.min(rows)))
        .bind(stored(*rows))
        .bind(before.0)
        .bind(stored(*lab_excess.min(rows)))
        .fetch_all(&mut *db)
        .await?;
    let (newest, pruned) = cursors::tally(gone);
    if !newest.is_empty() {
        let (marks, seqs): (Vec<String>, Vec<i64>) = newest.into_iter().unzip();
        sqlx::query(NOTE).bind(marks).bind(seqs).execute(&mut *db).await?;
        sqlx::query(FORGET_LEAPS).bind(PUBLIC).execute(&mut *db).await?;
    }
    if pruned.private != PrivateRows::default() {
        let shorten = sqlx::query(SHORTEN).bind(PUBLIC).bind(EVERYONE).bind(VISITORS_MAX).bind(LAB);
        shorten.execute(&mut *db).await?;
        sqlx::query(FORGET_LAB).bind(LAB).bind(VISITORS_MAX).execute(&mut *db).await?;
        sqlx::query(FORGET_COVERED).bind(PUBLIC).bind(EVERYONE).execute(db).await?;
    }
    Ok(pruned)
}
