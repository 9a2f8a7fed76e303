//! Writes what a batch of reports changed, row by row, inside the caller's transaction.

use super::journal::body;
use super::latest;
use super::marks;
use super::numbers::{number, stored};
use super::rewriting;
use super::rollups;
use super::texts::{KEY_COLUMNS, Texts, columns};
use crate::storage::entry::Entry;
use crate::storage::seam::{NewestOf, Observed, SensorId};
use chrono::NaiveDate;
use rusqlite::{CachedStatement, Connection};

const EXTREME: &str = "\
    INSERT INTO daily (sensor, quantity, day, low, low_ms, high, high_ms) VALUES (?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT (sensor, quantity, day) DO UPDATE SET \
    low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms";
const JOURNAL: &str = "INSERT INTO journal (seq, committed_ms, station, body) VALUES (?, ?, ?, ?)";

/// Writes all of it.
pub(super) fn write(db: &Connection, texts: &Texts, observed: &Observed, entries: &[Entry]) -> rusqlite::Result<()> {
    let mut observation = db.prepare_cached(texts.observation.as_str())?;
    for ((SensorId(sensor), at), values) in &observed.rows {
        observation.raw_bind_parameter(1, sensor)?;
        observation.raw_bind_parameter(2, at.0)?;
        for (quantity, column) in columns().zip(KEY_COLUMNS + 1..) {
            observation.raw_bind_parameter(column, values.get(quantity))?;
        }
        observation.raw_execute()?;
    }
    marks::write(db, &observed.marks)?;
    rewriting::keep(db, &observed.sent)?;
    write_latest(db, &observed.latest)?;
    let mut extreme = db.prepare_cached(EXTREME)?;
    let mut written = Written::default();
    for (SensorId(sensor), day, quantity, range) in &observed.extremes {
        let of = (sensor, number(*quantity), written.day(*day));
        let (low_at, high_at) = (range.low_at.0, range.high_at.0);
        extreme.execute((of.0, of.1, of.2, range.low, low_at, range.high, high_at))?;
    }
    rollups::write(db, texts, observed)?;
    let mut journal = db.prepare_cached(JOURNAL)?;
    entries.iter().try_for_each(|entry| write_entry(&mut journal, entry))
}

fn write_entry(journal: &mut CachedStatement<'_>, entry: &Entry) -> rusqlite::Result<()> {
    journal.execute((stored(entry.seq), entry.committed_at.0, &*entry.station, body(entry)))?;
    Ok(())
}

/// Writes the newest values of sensors.
fn write_latest(db: &Connection, sensors: &[NewestOf]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(latest::WRITE)?;
    let mut text = Vec::new();
    for NewestOf { sensor, newest } in sensors {
        let Some(of_row) = newest.iter().flatten().map(|newest| newest.rank).max() else { continue };
        latest::encode(&mut text, of_row, newest);
        // It is made of digits and brackets.
        let text = std::str::from_utf8(&text).unwrap_or_default();
        statement.execute((sensor.0, of_row.observed_at.0, of_row.rank.0, text))?;
    }
    Ok(())
}

/// A day as it is stored. Most rows of a batch are of one day, and writing it out costs half as much as the row.
#[derive(Default)]
struct Written(Option<(NaiveDate, String)>);

impl Written {
    fn day(&mut self, day: NaiveDate) -> &str {
        if self.0.as_ref().is_none_or(|(of, _)| *of != day) {
            self.0 = None;
        }
        &self.0.get_or_insert_with(|| (day, day.to_string())).1
    }
}

#[cfg(test)]
mod tests {
    use super::super::numbers::quantity;
    use super::*;
    use crate::storage::seam::{Newest, Rank};
    use weather::time::Timestamp;

    #[test]
    fn what_stood_in_a_row_for_each_quantity_is_kept_to_the_last_digit() {
        let db = Connection::open_in_memory().expect("memory");
        db.execute_batch(include_str!("../../../migrations/sqlite/0001_first_light.sql")).expect("tables");
        let values = [0.1 + 0.2, -40.0, 1_013.207_489_067_6, f64::MIN_POSITIVE, 1e20];
        for (place, value) in values.into_iter().enumerate() {
            let row = (7, place as i64 + 1, place as i64, value);
            db.execute("INSERT INTO latest VALUES (?1, ?2, 100 + ?3, 90 + ?3, ?4)", row).expect("a row");
        }
        db.execute_batch(include_str!("../../../migrations/sqlite/0005_latest.sql")).expect("a migration");
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (sensor, observed_ms, rank_ms, quantities): (i64, i64, i64, String) =
            db.query_row("SELECT * FROM latest", (), row).expect("one row");
        assert_eq!((sensor, observed_ms, rank_ms), (7, 104, 94));
        let of_row = Rank { observed_at: Timestamp(observed_ms), rank: Timestamp(rank_ms) };
        let found = latest::read(of_row, &quantities).expect("newest values");
        let rank = |ms| Rank { observed_at: Timestamp(100 + ms), rank: Timestamp(90 + ms) };
        let newest =
            (0_i64..).zip(values).map(|(ms, value)| (quantity(ms + 1).expect("one"), Newest { rank: rank(ms), value }));
        assert_eq!(found, newest.collect::<Vec<_>>());
    }
}
