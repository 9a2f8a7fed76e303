//! Throws away words and alerts that are too old or too many: always a bounded number of rows.

use super::db::Connection;
use super::loudest::{ANSWERED, CUT, LOUDEST};
use super::numbers::stored;
use crate::storage::seam::{Pruned, WordLimits};
use weather::time::DAY_MS;

/// What is not answered yet stays, here and below.
const OLD: &str = "\
    DELETE FROM word WHERE answered \
    AND seq IN (SELECT seq FROM (SELECT seq, said_ms FROM word ORDER BY seq LIMIT $1) AS oldest WHERE said_ms < $2)";

/// So many of them are cut down at a time.
const LOUDEST_MAX: i64 = 100;

/// How many words of each of those who said the most go, so that `excess` go in all and nobody keeps less than those
/// who lose nothing.
fn cuts(loudest: &[i64], excess: i64) -> Vec<i64> {
    let (mut left, mut level) = (excess, loudest.first().copied().unwrap_or(0));
    for (place, &words) in loudest.iter().enumerate() {
        let above = place as i64;
        let all_down = above * (level - words);
        if all_down > left {
            break;
        }
        (left, level) = (left - all_down, words);
    }
    let cut_down = loudest.iter().filter(|&&words| words >= level).count().max(1) as i64;
    let (each, rest) = (left / cut_down, left % cut_down);
    let cut = |(place, &words): (usize, &i64)| {
        if words < level { 0 } else { (words - level + each + i64::from((place as i64) < rest)).min(words) }
    };
    loudest.iter().enumerate().map(cut).collect()
}

/// Takes `excess` words from those who said the most, their oldest first; returns how many went.
async fn cut_down(conn: &mut Connection, excess: i64) -> Result<u64, sqlx::Error> {
    let loudest: Vec<(String, i64)> = sqlx::query_as(LOUDEST).bind(LOUDEST_MAX).fetch_all(&mut *conn).await?;
    let counts: Vec<i64> = loudest.iter().map(|(_, words)| *words).collect();
    let mut gone = 0;
    for ((talker, _), words) in loudest.iter().zip(cuts(&counts, excess)).filter(|(_, words)| *words > 0) {
        gone += sqlx::query(CUT).bind(talker).bind(words).execute(&mut *conn).await?.rows_affected();
    }
    Ok(gone)
}

/// Where the look at conversations ends this time.
const LOOK_TO: &str = "SELECT max(seq) FROM (SELECT seq FROM word WHERE seq > $1 ORDER BY seq LIMIT $2) AS next";

/// Looks at the conversations of new words only: the others have not grown. Words that were forgotten are nobody's and
/// no conversation.
const LONG: &str = "\
    DELETE FROM word WHERE seq IN (SELECT old.seq FROM \
    (SELECT DISTINCT visitor, station FROM word WHERE seq > $1 AND seq <= $2 AND visitor <> '') AS talk \
    CROSS JOIN word AS old WHERE old.visitor = talk.visitor AND old.station = talk.station AND old.answered \
    AND old.seq <= (\
        SELECT seq FROM word WHERE visitor = talk.visitor AND station = talk.station \
        ORDER BY seq DESC LIMIT 1 OFFSET $3) \
    LIMIT $4)";

/// A visitor has come back who was here a day after the first of the alerts was made. Those of the owner stay: their visitors are
/// called as no visitor is, with a space.
const ALERTS: &str = "\
    DELETE FROM alert WHERE (visitor, station, number) IN (\
        SELECT visitor, station, number FROM alert WHERE visitor NOT LIKE '% %' AND heard_ms < $3 AND (heard_ms < $1 OR NOT EXISTS (\
            SELECT 1 FROM alert AS first WHERE first.visitor = alert.visitor AND first.created_ms <= alert.heard_ms - $4)) \
        ORDER BY heard_ms LIMIT $2)";

/// Deletes some of what is too old or too much.
pub(super) async fn prune(conn: &mut Connection, limits: &WordLimits) -> Result<Pruned, sqlx::Error> {
    let (rows, looked) = (stored(limits.rows), stored(limits.looked));
    let excess = stored(limits.excess.min(limits.rows));
    let old = sqlx::query(OLD).bind(rows).bind(limits.words_before.0);
    let mut pruned = Pruned { words: old.execute(&mut *conn).await?.rows_affected(), looked: limits.looked };
    if excess > 0 {
        // Words that wait for an answer are many only for moments; others must not go for them.
        let answered: i64 = sqlx::query_scalar(ANSWERED).fetch_one(&mut *conn).await?;
        let excess = excess.min(answered - stored(limits.total));
        pruned.words += if excess > 0 { cut_down(conn, excess).await? } else { 0 };
    }
    let to: Option<i64> = sqlx::query_scalar(LOOK_TO).bind(looked).bind(rows).fetch_one(&mut *conn).await?;
    if let Some(to) = to {
        let long = sqlx::query(LONG).bind(looked).bind(to).bind(i64::from(limits.conversation)).bind(rows);
        let gone = long.execute(&mut *conn).await?.rows_affected();
        pruned.words += gone;
        if gone < limits.rows {
            pruned.looked = to.unsigned_abs();
        }
    }
    let (before, unseen) = (limits.alerts_before, limits.unseen_before);
    let alerts = sqlx::query(ALERTS).bind(before.0).bind(rows).bind(before.max(unseen).0).bind(DAY_MS);
    alerts.execute(conn).await?;
    Ok(pruned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_are_cut_down_to_one_level_and_the_quiet_lose_nothing() {
        assert_eq!(cuts(&[1_000, 10, 9], 900), [900, 0, 0]);
        assert_eq!(cuts(&[10, 8, 3], 2), [2, 0, 0]);
        assert_eq!(cuts(&[10, 8, 3], 5), [4, 1, 0], "down to 6 and 7");
        assert_eq!(cuts(&[5, 5, 5], 4), [2, 1, 1]);
        assert_eq!(cuts(&[2, 1], 100), [2, 1], "no more than there is");
        assert_eq!(cuts(&[], 5), [0; 0]);
    }
}
