//! Throws away words and alerts that are too old or too many: always a bounded number of rows.

use super::numbers::stored;
use crate::storage::seam::{Pruned, WordLimits};
use sqlx::SqliteConnection;

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

/// Deletes some of what is too old or too much.
pub(super) async fn prune(conn: &mut SqliteConnection, limits: &WordLimits) -> Result<Pruned, sqlx::Error> {
    let (rows, looked) = (stored(limits.rows), stored(limits.looked));
    let excess = stored(limits.excess.min(limits.rows));
    let old = sqlx::query(OLD).bind(excess).bind(rows).bind(limits.words_before.0);
    let mut pruned = Pruned { words: old.execute(&mut *conn).await?.rows_affected(), looked: limits.looked };
    let to: Option<i64> = sqlx::query_scalar(LOOK_TO).bind(looked).bind(rows).fetch_one(&mut *conn).await?;
    if let Some(to) = to {
        let long = sqlx::query(LONG).bind(looked).bind(to).bind(limits.conversation).bind(rows);
        let gone = long.execute(&mut *conn).await?.rows_affected();
        pruned.words += gone;
        if gone < limits.rows {
            pruned.looked = to.unsigned_abs();
        }
    }
    sqlx::query(ALERTS).bind(limits.alerts_before.0).bind(rows).execute(conn).await?;
    Ok(pruned)
}
