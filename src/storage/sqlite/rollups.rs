//! Hours and days, made of rows and of hours: inside the transaction of the reports that have ended or changed them.
//!
//! An hour is made anew of its rows as a whole, once, when it has ended; and again when something of it comes late. So what has come
//! twice, was replaced, or weighs differently now needs no rule of its own, and the writer remembers nothing of hours.

use super::numbers::{number, quantity};
use super::texts::{Texts, columns};
use crate::storage::error::Error;
use crate::storage::seam::{Observed, SensorId, Stretch};
use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::{self, Rollup};
use weather::time::Timestamp;

/// What each quantity of a sensor was in some time.
pub(super) struct OfSensor {
    /// With the number of hours that have a value.
    by_quantity: [Option<(Rollup, u32)>; Quantity::COUNT],
}

impl OfSensor {
    pub(super) fn new() -> Self {
        Self { by_quantity: [None; Quantity::COUNT] }
    }

    /// Takes a row of observations in.
    pub(super) fn take(&mut self, at: Timestamp, row: &Values) {
        let weight = rollup::weight(row);
        for (quantity, value) in row.iter().filter(|(quantity, _)| quantity.is_shown()) {
            self.join(quantity, &Rollup::of(quantity.fold(), value, at, weight), 0);
        }
    }

    /// Takes in what a quantity was in `hours` hours.
    pub(super) fn join(&mut self, quantity: Quantity, rollup: &Rollup, hours: u32) {
        match &mut self.by_quantity[quantity.index()] {
            Some((all, of)) => {
                all.join(rollup);
                *of += hours;
            }
            slot => *slot = Some((*rollup, hours)),
        }
    }

    /// Takes in all of an hour.
    pub(super) fn join_hour(&mut self, hour: &Self) {
        hour.iter().for_each(|(quantity, rollup, _)| self.join(quantity, rollup, 1));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Quantity, &Rollup, u32)> {
        let quantities = Quantity::all().zip(&self.by_quantity);
        quantities.filter_map(|(quantity, of)| of.as_ref().map(|(rollup, hours)| (quantity, rollup, *hours)))
    }
}

pub(super) const HOUR: &str = "\
    INSERT OR REPLACE INTO hourly (sensor, quantity, start_ms, count, low, low_ms, high, high_ms, a, b) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
pub(super) const DAY: &str = "\
    INSERT OR REPLACE INTO daily (sensor, quantity, day, low, low_ms, high, high_ms, count, a, b, hours) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
pub(super) const HOURS: &str = "\
    SELECT quantity, start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
    WHERE sensor = ?1 AND quantity IN (SELECT value FROM json_each(?4)) AND start_ms >= ?2 AND start_ms < ?3";
/// Its hours may be of another time zone, or not be there yet: the day is made anew later.
const IS_WAITING: &str = "SELECT EXISTS (SELECT 1 FROM rezoning WHERE sensor = ?1 AND day >= ?2)";

const HAS_GONE: &str = "SELECT EXISTS (SELECT 1 FROM sensor WHERE id = ?1 AND raw_from_ms > ?2)";

/// Makes the hours and days anew that have ended or changed.
pub(super) fn write(db: &Connection, texts: &Texts, observed: &Observed) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(HOUR)?;
    for (sensor, hour) in &observed.hours {
        if has_gone(db, *sensor, hour.from)? {
            continue;
        }
        for (quantity, rollup, _) in made_of_rows(db, texts, *sensor, *hour)?.iter() {
            let Rollup { count, low, high, a, b, .. } = *rollup;
            let (low_ms, high_ms) = (rollup.low_at.since(hour.from), rollup.high_at.since(hour.from));
            let of = (sensor.0, number(quantity), hour.from.0);
            statement.execute((of.0, of.1, of.2, count, low, low_ms, high, high_ms, a, b))?;
        }
    }
    observed.days.iter().try_for_each(|(sensor, date, stretch)| day(db, texts, (*sensor, *date), *stretch))
}

fn day(db: &Connection, texts: &Texts, (sensor, date): (SensorId, NaiveDate), day: Stretch) -> rusqlite::Result<()> {
    let date = date.to_string();
    if has_gone(db, sensor, day.from)? {
        return Ok(());
    }
    if db.prepare_cached(IS_WAITING)?.query_row((sensor.0, &date), |row| row.get(0))? {
        return Ok(());
    }
    let mut made = OfSensor::new();
    let mut hours = db.prepare_cached(HOURS)?;
    let mut rows = hours.query((sensor.0, day.from.0, day.to.0, &texts.shown))?;
    while let Some(row) = rows.next()? {
        if let Some(quantity) = Quantity::from_number(row.get(0)?) {
            made.join(quantity, &hour(row, 1)?.1, 1);
        }
    }
    let mut statement = db.prepare_cached(DAY)?;
    for (quantity, rollup, hours) in made.iter() {
        let Rollup { count, low, low_at, high, high_at, a, b } = *rollup;
        let (of, range) = ((sensor.0, number(quantity), &date), (low, low_at.0, high, high_at.0));
        statement.execute((of.0, of.1, of.2, range.0, range.1, range.2, range.3, count, a, b, hours))?;
    }
    Ok(())
}

/// Whether the readings of a time have gone. Another process may have let them go since the writer looked.
fn has_gone(db: &Connection, sensor: SensorId, at: Timestamp) -> rusqlite::Result<bool> {
    db.prepare_cached(HAS_GONE)?.query_row((sensor.0, at.0), |row| row.get(0))
}

/// What a sensor's rows of a stretch are.
fn made_of_rows(db: &Connection, texts: &Texts, sensor: SensorId, stretch: Stretch) -> rusqlite::Result<OfSensor> {
    /// SQLite's word for none.
    const NO_LIMIT: i64 = -1;
    let mut made = OfSensor::new();
    let mut statement = db.prepare_cached(texts.kept.as_str())?;
    let mut rows = statement.query((sensor.0, stretch.from.0, stretch.to.0, NO_LIMIT))?;
    while let Some(row) = rows.next()? {
        let mut values = Values::default();
        for (quantity, column) in columns().zip(1..) {
            if let Some(value) = row.get::<_, Option<f64>>(column)? {
                values.restore(quantity, value);
            }
        }
        made.take(Timestamp(row.get(0)?), &values);
    }
    Ok(made)
}

/// When an hour began, and what it was. Its columns from `start_ms` on begin at `first`.
pub(super) fn hour(row: &Row<'_>, first: usize) -> rusqlite::Result<(Timestamp, Rollup)> {
    let start = Timestamp(row.get(first)?);
    let rollup = Rollup {
        count: row.get(first + 1)?,
        low: row.get(first + 2)?,
        low_at: start.plus(row.get(first + 3)?),
        high: row.get(first + 4)?,
        high_at: start.plus(row.get(first + 5)?),
        a: row.get(first + 6)?,
        b: row.get(first + 7)?,
    };
    Ok((start, rollup))
}

/// The quantity of a stored number.
pub(super) fn of_number(stored: i64) -> Result<Quantity, Error> {
    Ok(quantity(stored)?)
}
