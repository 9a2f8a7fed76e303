//! Which cursors are good no longer: what they have not seen has gone, or their numbers were left out.

use super::db::Connection;
use super::numbers::stored;
use crate::storage::seam::PrunedEntries;
use std::collections::BTreeMap;

/// The mark of public entries, and of the private entries of everyone, among visitors.
pub(super) const PUBLIC: &str = "";
/// See [`PUBLIC`].
pub(super) const EVERYONE: &str = "*";
/// Stands before a visitor of whom entries of the lab have gone.
pub(super) const LAB: &str = "~";
/// For so many visitors is remembered which private entries have gone. Beyond that, it counts for everyone. Of the lab's
/// entries it is forgotten then: they must not cost anybody else a cursor.
pub(super) const VISITORS_MAX: i64 = 20_000;

/// An entry that has gone: its number, its visitor, and whether it was the lab's.
pub(super) type GoneEntry = (i64, Option<String>, bool);

/// The newest number that has gone for each mark, and how many entries have gone.
pub(super) fn tally(gone: Vec<GoneEntry>) -> (Vec<(String, i64)>, PrunedEntries) {
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
    (newest.into_iter().collect(), pruned)
}

pub(super) const LEAP: &str = "\
    INSERT INTO journal_leap (after, upto) VALUES ($1, $2) ON CONFLICT (after) DO UPDATE \
    SET upto = CASE WHEN excluded.upto > journal_leap.upto THEN excluded.upto ELSE journal_leap.upto END";

/// Notes that no entries get the numbers after `after`, up to `upto`.
pub(super) async fn leap(conn: &mut Connection, after: u64, upto: u64) -> Result<(), sqlx::Error> {
    sqlx::query(LEAP).bind(stored(after)).bind(stored(upto)).execute(conn).await?;
    Ok(())
}
