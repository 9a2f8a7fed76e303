//! Writes what a batch of reports changed, row by row, inside the caller's transaction.

use super::calibrations;
use super::journal::body;
use super::marks;
use super::newest;
use super::numbers::{number, stored};
use super::rollups;
use super::texts::{KEY_COLUMNS, Texts, columns};
use crate::storage::entry::Entry;
use crate::storage::seam::{Observed, SensorId};
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
    calibrations::keep(db, &observed.sent)?;
    newest::write(db, &observed.latest)?;
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
