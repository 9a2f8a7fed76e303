//! Entries of the journal as they are written, and the end of their transaction.

use super::journal::body;
use super::numbers::stored;
use super::together::Together;
use crate::storage::entry::Entry;
use crate::storage::words::Visitor;
use sqlx::{AssertSqlSafe, PgConnection};

const APPEND: &str = "\
    INSERT INTO journal (seq, committed_ms, station, visitor, body) \
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])";

/// Writes entries, inside the caller's transaction.
pub(super) async fn append(db: &mut PgConnection, entries: &[Entry]) -> Result<(), sqlx::Error> {
    let mut together = Together::default();
    add(&mut together, entries)?;
    together.execute(db).await
}

/// Adds the writing of entries to other statements.
pub(super) fn add(together: &mut Together, entries: &[Entry]) -> Result<(), sqlx::Error> {
    if entries.is_empty() {
        return Ok(());
    }
    together
        .add(APPEND)
        .bind(entries.iter().map(|entry| stored(entry.seq)).collect::<Vec<_>>())?
        .bind(entries.iter().map(|entry| entry.committed_at.0).collect::<Vec<_>>())?
        .bind(entries.iter().map(|entry| &*entry.station).collect::<Vec<_>>())?
        .bind(entries.iter().map(|entry| entry.visitor.as_ref().map(Visitor::as_str)).collect::<Vec<_>>())?
        .bind(entries.iter().map(body).collect::<Vec<_>>())?;
    Ok(())
}

const COMMIT: &str = "COMMIT";

/// Commits. If there are entries, other servers hear the bell: the number of the newest, never news. Both are one trip; nothing but a number
/// goes into the text.
pub(super) async fn commit(db: &mut PgConnection, entries: &[Entry]) -> Result<(), sqlx::Error> {
    match entries.last() {
        None => sqlx::raw_sql(COMMIT).execute(db).await?,
        Some(Entry { seq, .. }) => {
            let text = format!("SELECT pg_notify('stevenson', '{seq}'); {COMMIT}");
            sqlx::raw_sql(AssertSqlSafe(text)).execute(db).await?
        }
    };
    Ok(())
}
