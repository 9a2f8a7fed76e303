//! How a transaction of reports ends: few trips, for each waits for the network.

use super::texts::Texts;
use super::{entries as journal, rows};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::seam::Observed;
use sqlx::PgConnection;

/// Writes what reports changed, and commits. Other servers are told the journal's head.
pub(super) async fn write_and_commit(
    db: &mut PgConnection,
    texts: &Texts,
    observed: &Observed,
    entries: &[Entry],
) -> Result<(), Error> {
    rows::write(db, texts, observed, entries).await?;
    Ok(journal::commit(db, entries).await?)
}
