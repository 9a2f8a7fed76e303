//! Transactions of reports: few trips, for each waits for the network.

use super::numbers::stored;
use super::rows;
use super::texts::Texts;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::seam::Observed;
use crate::storage::sql::decode;
use sqlx::{AssertSqlSafe, PgConnection, Row};

/// One trip, yet each statement sees what was committed before it: the head is that of after the wait for the gate.
const BEGIN: &str = "BEGIN; SELECT one FROM gate FOR UPDATE; SELECT coalesce(max(seq), 0) FROM journal";
const COMMIT: &str = "COMMIT";

/// Begins a transaction that writes; returns the journal's head, read under the lock.
pub(super) async fn begin(db: &mut PgConnection) -> Result<u64, Error> {
    let rows = sqlx::raw_sql(BEGIN).fetch_all(db).await?;
    let head = rows.last().ok_or_else(|| decode("the journal has no head"))?;
    Ok(head.try_get::<i64, _>(0)?.unsigned_abs())
}

/// Writes what reports changed, and commits. Other processes are told the journal's head.
pub(super) async fn write_and_commit(
    db: &mut PgConnection,
    texts: &Texts,
    observed: &Observed,
    entries: &[Entry],
) -> Result<(), Error> {
    rows::write(db, texts, observed, entries).await?;
    match entries.last() {
        // A number: there is nothing to be quoted.
        Some(last) => {
            let end = format!("SELECT pg_notify('stevenson', '{}'); COMMIT", last.seq);
            sqlx::raw_sql(AssertSqlSafe(end)).execute(db).await?
        }
        None => return Ok(commit(db).await?),
    };
    Ok(())
}

/// Ends a transaction that entered nothing into the journal.
pub(super) async fn commit(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(COMMIT).execute(db).await?;
    Ok(())
}

const LEAP: &str = "\
    INSERT INTO journal_leap (after, upto) VALUES ($1, $2) \
    ON CONFLICT (after) DO UPDATE SET upto = greatest(journal_leap.upto, excluded.upto)";

/// Notes that no entries get the numbers after `after`, up to `upto`.
pub(super) async fn leap(db: &mut PgConnection, after: u64, upto: u64) -> Result<(), sqlx::Error> {
    sqlx::query(LEAP).bind(stored(after)).bind(stored(upto)).execute(db).await?;
    Ok(())
}
