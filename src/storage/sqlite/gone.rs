//! Throws away the journal's oldest entries, and notes which cursors are good no longer.

use super::json::json;
use super::numbers::stored;
use crate::storage::seam::{JournalLimits, PrivateRows, PrunedEntries};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// The mark of public entries, and of the private entries of everyone, among visitors.
const PUBLIC: &str = "";
/// See [`PUBLIC`].
const EVERYONE: &str = "*";
/// Stands before a visitor of whom entries of the lab have gone.
const LAB: &str = "~";
/// For so many visitors is remembered which private entries have gone. Beyond that, it counts for everyone. Of the lab's
/// entries it is forgotten then: they must not cost anybody else a cursor.
const VISITORS_MAX: i64 = 20_000;

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
    let gone: Vec<(i64, Option<String>, bool)> = sqlx::query_as(PRUNE)
        .bind(stored(*excess.min(rows)))
        .bind(stored(*private_excess.min(rows)))
        .bind(stored(*rows))
        .bind(before.0)
        .bind(stored(*lab_excess.min(rows)))
        .fetch_all(&mut *conn)
        .await?;
    let mut newest: BTreeMap<String, i64> = BTreeMap::new();
    let mut pruned = PrunedEntries::default();
    for (seq, visitor, is_lab) in gone {
        let (count, mark) = match (visitor, is_lab) {
            (None, _) => (&mut pruned.public, PUBLIC.to_owned()),
            (Some(visitor), true) => (&mut pruned.private.lab, format!("{LAB}{visitor}")),
            (Some(visitor), false) => (&mut pruned.private.words, visitor),
        };
        *count += 1;
        let newest = newest.entry(mark).or_default();
        *newest = (*newest).max(seq);
    }
    if !newest.is_empty() {
        let newest: Vec<_> = newest.into_iter().collect();
        sqlx::query(NOTE).bind(json(&newest)?).bind(PUBLIC).execute(&mut *conn).await?;
    }
    if pruned.private != PrivateRows::default() {
        let shorten = sqlx::query(SHORTEN).bind(PUBLIC).bind(EVERYONE).bind(VISITORS_MAX).bind(LAB);
        shorten.execute(&mut *conn).await?;
    }
    sqlx::query(COMMIT).execute(conn).await?;
    Ok(pruned)
}

pub(super) const LEAP: &str = "\
    INSERT INTO journal_leap (after, upto) VALUES ($1, $2) \
    ON CONFLICT (after) DO UPDATE SET upto = max(upto, excluded.upto)";

/// Notes that no entries get the numbers after `after`, up to `upto`.
pub(super) async fn leap(conn: &mut SqliteConnection, after: u64, upto: u64) -> Result<(), sqlx::Error> {
    sqlx::query(LEAP).bind(stored(after)).bind(stored(upto)).execute(conn).await?;
    Ok(())
}
