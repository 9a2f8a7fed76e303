//! Entries of the journal as they are written.

use super::journal::body;
use super::numbers::stored;
use crate::storage::entry::Entry;
use crate::storage::words::Visitor;
use sqlx::SqliteConnection;

const APPEND: &str = "INSERT INTO journal (seq, committed_ms, station, visitor, body) VALUES ($1, $2, $3, $4, $5)";

/// Writes one entry, inside the caller's transaction.
pub(super) async fn append(conn: &mut SqliteConnection, entry: &Entry) -> Result<(), sqlx::Error> {
    sqlx::query(APPEND)
        .bind(stored(entry.seq))
        .bind(entry.committed_at.0)
        .bind(&*entry.station)
        .bind(entry.visitor.as_ref().map(Visitor::as_str))
        .bind(body(entry))
        .execute(conn)
        .await?;
    Ok(())
}
