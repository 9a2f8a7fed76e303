//! The head of the journal: the last number that is given out, and that none may ever mean two things.

use super::cursors;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::options::{Durability, Options};
use crate::storage::sql::decode;
use sqlx::{AssertSqlSafe, PgConnection, Row, SqlSafeStr, SqlStr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that were left out count, so that the next entry comes after them.
const HEAD: &str = "\
    SELECT greatest(coalesce((SELECT seq FROM journal ORDER BY seq DESC LIMIT 1), 0), coalesce((SELECT max(upto) FROM journal_leap), 0))";

/// The head; 0 in an empty journal.
pub(super) async fn head(db: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let head: i64 = sqlx::query_scalar(HEAD).fetch_one(db).await?;
    Ok(head.unsigned_abs())
}

/// Takes the gate, which who writes holds until the commit: numbers of the journal come in the order of commits.
const GATE: &str = "SELECT one FROM gate FOR UPDATE";

/// When the database was started, µs: a pooler may lead a connection to another one.
const STARTED: &str = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint";

/// How a transaction that writes begins. One trip, yet each statement sees what was committed before it; in one statement with the lock, the head
/// would be that of before the wait.
///
/// A server that hangs must not hold up the others, so the database ends a transaction that does nothing for some time. All that is set
/// is set for this transaction: a pooler may give the next one to another session.
pub(super) fn beginning(options: &Options) -> SqlStr {
    let synchronous = match options.durability {
        Durability::Full => "on",
        Durability::Normal => "off",
    };
    // Zero would be for ever.
    let (lock_ms, idle_ms) = (options.lock_wait_ms.max(1), options.idle_lock_ms);
    // Nothing but numbers and a word of ours goes into it.
    AssertSqlSafe(format!(
        "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{idle_ms}ms'; SET LOCAL lock_timeout = '{lock_ms}ms'; \
        SET LOCAL statement_timeout = '4s'; SET LOCAL synchronous_commit = {synchronous}; {GATE}; SELECT ({HEAD}), {STARTED}"
    ))
    .into_sql_str()
}

/// Begins a transaction that writes, by the text of [`beginning`]; returns the head, read under the lock, and when the database was started.
pub(super) async fn lock(db: &mut PgConnection, beginning: SqlStr) -> Result<(u64, i64), Error> {
    let rows = sqlx::raw_sql(beginning).fetch_all(db).await?;
    let head = rows.last().ok_or_else(|| decode("the journal has no head"))?;
    Ok((head.try_get::<i64, _>(0)?.unsigned_abs(), head.try_get(1)?))
}

/// The newest entry that this server has committed itself, or has looked at.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<AtomicU64>);

impl Seen {
    pub(super) fn upto(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A transaction was committed that found this head, all of which is known by now, and has written these entries.
    pub(super) fn committed(&self, found: u64, entries: &[Entry]) {
        let newest = entries.last().map_or(found, |entry| entry.seq.max(found));
        self.0.fetch_max(newest, Ordering::Relaxed);
    }
}

/// A standby that has taken over may lack the last commits of the one before, whose numbers pages may have seen: at most what is written in
/// some minutes. Numbers go on this far behind the last one that is there. 2⁵³ allows nine billion such changes.
pub(super) const LEAP: u64 = 1_000_000;

/// Which database this is, and how often a standby or a backup has taken over from another; where commits do not wait for the disk, also
/// since when it runs, because its crash may take the last of them. And the number of a table, which another one has that was restored
/// from a dump into the same cluster.
const FOUND: &str = "\
    SELECT system_identifier::text || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) \
    || CASE WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'lossy') THEN ' ' || pg_postmaster_start_time()::text ELSE '' END, \
    'gate'::regclass::oid::bigint::text FROM pg_control_system()";
const NOTED: &str = "SELECT value FROM meta WHERE key = 'timeline'";
const NOTE: &str = "\
    INSERT INTO meta (key, value) VALUES ('timeline', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// Compares the database with the one that was written to before, and leaps ahead if it is another. Inside a transaction that holds the gate and
/// has found that head. Returns the head from now on, and whether anything was written.
pub(super) async fn compare(db: &mut PgConnection, head: u64) -> Result<(u64, bool), Error> {
    let (cluster, table): (String, String) = sqlx::query_as(FOUND).fetch_one(&mut *db).await?;
    let noted: Option<String> = sqlx::query_scalar(NOTED).fetch_optional(&mut *db).await?;
    let found = format!("{table} {cluster}");
    if noted.as_ref() == Some(&found) {
        return Ok((head, false));
    }
    sqlx::query(NOTE).bind(found).execute(&mut *db).await?;
    // One of before tables were noted is the same, as far as anybody knows.
    if noted.is_none_or(|noted| noted == cluster) {
        return Ok((head, true));
    }
    tracing::warn!(
        "another database has taken over, or this one was restored: what was written last may be lost, and numbers of the journal go on behind it"
    );
    let upto = head + LEAP;
    cursors::leap(db, head, upto).await?;
    Ok((upto, true))
}
