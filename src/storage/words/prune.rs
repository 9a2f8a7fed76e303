//! What is thrown away of words and alerts: always a bounded number of rows.

use super::super::journal;
use super::super::options::Options;
use sqlx::SqliteConnection;
use weather::time::Timestamp;

/// What is kept.
pub(in crate::storage) struct Limits {
    /// At most so many rows of a kind go at a time, and so many words are looked at.
    pub rows: u64,
    /// So many words are more than may be kept in all.
    pub excess: u64,
    /// Words from before go.
    pub words_before: Timestamp,
    /// Alerts of visitors who were not heard since go.
    pub alerts_before: Timestamp,
    /// A conversation keeps so many words.
    pub conversation: u32,
}

impl Limits {
    /// The limits of `options` at the time `now`, `words` being there.
    pub fn new(options: &Options, rows: u64, words: u64, now: Timestamp) -> Self {
        Self {
            rows,
            excess: words.saturating_sub(options.words_keep_total),
            words_before: now.plus(-options.words_keep_ms()),
            alerts_before: now.plus(-options.alerts_keep_ms()),
            conversation: options.words_keep_each,
        }
    }
}

/// What has gone, and how far conversations have been looked at.
#[derive(Debug, Default)]
pub(in crate::storage) struct Pruned {
    pub words: u64,
    /// The place in the journal of the last word whose conversation was looked at.
    pub looked: u64,
}

const ROWS: &str = "SELECT count(*) FROM word";

/// How many words there are. Not for every commit: it counts them.
pub(in crate::storage) async fn rows(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let rows: i64 = sqlx::query_scalar(ROWS).fetch_one(conn).await?;
    Ok(rows.unsigned_abs())
}

const OLD: &str = "\
    DELETE FROM word WHERE seq IN (SELECT seq FROM word ORDER BY seq LIMIT $1) \
    OR seq IN (SELECT seq FROM (SELECT seq, said_ms FROM word ORDER BY seq LIMIT $2) WHERE said_ms < $3)";

/// Where the look at conversations ends this time.
const LOOK_TO: &str = "SELECT max(seq) FROM (SELECT seq FROM word WHERE seq > $1 ORDER BY seq LIMIT $2)";

/// Looks at the conversations of new words only: the others have not grown. Words that were forgotten are nobody's and
/// no conversation.
const LONG: &str = "\
    DELETE FROM word WHERE seq IN (SELECT old.seq FROM \
    (SELECT DISTINCT visitor, station FROM word WHERE seq > $1 AND seq <= $2 AND visitor <> '') AS talk \
    CROSS JOIN word AS old ON old.visitor = talk.visitor AND old.station = talk.station AND old.seq <= (\
        SELECT seq FROM word WHERE visitor = talk.visitor AND station = talk.station \
        ORDER BY seq DESC LIMIT 1 OFFSET $3) \
    LIMIT $4)";

const ALERTS: &str = "\
    DELETE FROM alert WHERE (visitor, station, number) IN \
    (SELECT visitor, station, number FROM alert WHERE heard_ms < $1 ORDER BY heard_ms LIMIT $2)";

/// Deletes some of what is too old or too much. `looked`: how far conversations were looked at last time.
pub(in crate::storage) async fn prune(
    conn: &mut SqliteConnection,
    limits: &Limits,
    looked: u64,
) -> Result<Pruned, sqlx::Error> {
    let rows = journal::stored(limits.rows);
    let excess = journal::stored(limits.excess.min(limits.rows));
    let old = sqlx::query(OLD).bind(excess).bind(rows).bind(limits.words_before.0);
    let mut pruned = Pruned { words: old.execute(&mut *conn).await?.rows_affected(), looked };
    let to: Option<i64> =
        sqlx::query_scalar(LOOK_TO).bind(journal::stored(looked)).bind(rows).fetch_one(&mut *conn).await?;
    if let Some(to) = to {
        let long = sqlx::query(LONG).bind(journal::stored(looked)).bind(to).bind(limits.conversation).bind(rows);
        let gone = long.execute(&mut *conn).await?.rows_affected();
        pruned.words += gone;
        if gone < limits.rows {
            pruned.looked = to.unsigned_abs();
        }
    }
    sqlx::query(ALERTS).bind(limits.alerts_before.0).bind(rows).execute(conn).await?;
    Ok(pruned)
}
