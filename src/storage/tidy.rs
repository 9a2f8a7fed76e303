//! What the writer throws away between commits: old journal entries, old words and alerts, and what removed stations left behind.
//! Always a bounded number of rows, so that nobody waits long.

use super::commit::{Scribe, now};
use super::{journal, words};
use sqlx::SqliteConnection;
use weather::time::{MINUTE_MS, Timestamp};

/// The journal is pruned after so many entries, or every minute.
const PRUNE_EVERY: u64 = 500;

impl Scribe {
    pub(super) async fn prune_if_due(&mut self) {
        let (now, options) = (now(), &self.shared.options);
        if self.unpruned < PRUNE_EVERY && now.since(self.pruned_at) < MINUTE_MS {
            return;
        }
        let limit = 2 * self.unpruned.max(PRUNE_EVERY);
        let excess = self.journal_rows.saturating_sub(options.journal_keep_entries.into());
        let before = now.plus(-options.journal_keep_ms());
        match prune(&mut self.conn, limit, excess, before).await {
            Ok(rows) => self.journal_rows = self.journal_rows.saturating_sub(rows),
            Err(error) => tracing::warn!(%error, "the journal was not pruned"),
        }
        let limits = words::Limits::new(options, limit, self.word_rows, now);
        match words::prune(&mut self.conn, &limits, self.words_looked).await {
            Ok(pruned) => {
                self.word_rows = self.word_rows.saturating_sub(pruned.words);
                self.words_looked = pruned.looked;
            }
            Err(error) => tracing::warn!(%error, "words were not pruned"),
        }
        (self.unpruned, self.pruned_at) = (0, now);
        // Whoever failed to purge tries again.
        self.orphans = true;
    }

    /// True while removed stations may have rows left.
    pub fn has_orphans(&self) -> bool {
        self.orphans
    }

    /// Deletes some of the rows that removed stations left.
    pub async fn purge_some(&mut self) {
        if self.orphans {
            // After an error the next pruning sends us here again.
            self.orphans = purge(&mut self.conn).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the rows of a removed station are still there");
                false
            });
        }
    }
}

const JOURNAL_ROWS: &str = "SELECT count(*) FROM journal";

/// How many entries the journal has. Not for every commit: it counts them.
pub(super) async fn journal_rows(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let rows: i64 = sqlx::query_scalar(JOURNAL_ROWS).fetch_one(conn).await?;
    Ok(rows.unsigned_abs())
}

const PRUNE: &str = "\
    DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal) AND (\
        seq IN (SELECT seq FROM journal ORDER BY seq LIMIT $1) \
        OR seq IN (SELECT seq FROM (SELECT seq, committed_ms FROM journal ORDER BY seq LIMIT $2) WHERE committed_ms < $3))";

/// Deletes the `excess` oldest entries and those from before `before`, at most `limit` of each, never the newest;
/// returns how many.
async fn prune(conn: &mut SqliteConnection, limit: u64, excess: u64, before: Timestamp) -> Result<u64, sqlx::Error> {
    let (excess, limit) = (journal::stored(excess.min(limit)), journal::stored(limit));
    Ok(sqlx::query(PRUNE).bind(excess).bind(limit).bind(before.0).execute(conn).await?.rows_affected())
}

/// Rows that are deleted in one go: some milliseconds' work.
const PURGE_ROWS: i64 = 2_000;

const ORPHAN: &str = "SELECT id FROM sensor WHERE station IS NULL LIMIT 1";
const PURGE: &str = "\
    DELETE FROM observation WHERE sensor = $1 AND observed_ms IN \
    (SELECT observed_ms FROM observation WHERE sensor = $1 ORDER BY observed_ms LIMIT $2)";
const PURGE_REST: &str = "\
    BEGIN IMMEDIATE; DELETE FROM latest WHERE sensor = $1; DELETE FROM extreme WHERE sensor = $1; \
    DELETE FROM sensor WHERE id = $1; COMMIT";

/// Deletes some rows of a sensor without a station, or the sensor if it has no more; false if there is none.
async fn purge(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let orphan: Option<i64> = sqlx::query_scalar(ORPHAN).fetch_optional(&mut *conn).await?;
    let Some(sensor) = orphan else { return Ok(false) };
    let rows = sqlx::query(PURGE).bind(sensor).bind(PURGE_ROWS).execute(&mut *conn).await?.rows_affected();
    if rows == 0 {
        sqlx::query(PURGE_REST).bind(sensor).execute(conn).await?;
    }
    Ok(true)
}
