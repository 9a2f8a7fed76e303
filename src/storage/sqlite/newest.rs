//! The newest values of sensors, as reports write them: over the connection that is none of sqlx.

use super::latest::{WRITE, encode};
use crate::storage::seam::NewestOf;
use rusqlite::Connection;

/// Writes the newest values of sensors.
pub(super) fn write(db: &Connection, sensors: &[NewestOf]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(WRITE)?;
    let mut text = Vec::new();
    for NewestOf { sensor, newest } in sensors {
        let Some(of_row) = newest.iter().flatten().map(|newest| newest.rank).max() else { continue };
        encode(&mut text, of_row, newest);
        // It is made of digits and brackets.
        let text = std::str::from_utf8(&text).unwrap_or_default();
        statement.execute((sensor.0, of_row.observed_at.0, of_row.rank.0, text))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::latest::read;
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
        let found = read(of_row, &quantities).expect("newest values");
        let rank = |ms| Rank { observed_at: Timestamp(100 + ms), rank: Timestamp(90 + ms) };
        let newest =
            (0_i64..).zip(values).map(|(ms, value)| (quantity(ms + 1).expect("one"), Newest { rank: rank(ms), value }));
        assert_eq!(found, newest.collect::<Vec<_>>());
    }
}
