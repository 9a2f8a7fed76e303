//! Rows of observations and of hours as they are read.

use super::db::DbRow;
use super::numbers::quantity;
use super::texts::columns;
use crate::storage::sql::decode;
use sqlx::Row;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::time::Timestamp;

/// A row that is its time and all columns of observations.
pub(super) fn row(row: &DbRow) -> Result<(Timestamp, Values), sqlx::Error> {
    Ok((Timestamp(row.try_get(0)?), values(row, 1)?))
}

/// The values of a row. Its columns of observations begin at `first`.
pub(super) fn values(row: &DbRow, first: usize) -> Result<Values, sqlx::Error> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(first..) {
        if let Some(value) = row.try_get::<Option<f64>, _>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok(values)
}

/// A quantity, and what an hour of it was. Its columns begin at `first`.
pub(super) fn hour(row: &DbRow, first: usize) -> Result<(Quantity, Rollup), sqlx::Error> {
    let start = Timestamp(row.try_get(first + 1)?);
    let rollup = Rollup {
        count: u32::try_from(row.try_get::<i64, _>(first + 2)?).map_err(decode)?,
        low: row.try_get(first + 3)?,
        low_at: start.plus(row.try_get(first + 4)?),
        high: row.try_get(first + 5)?,
        high_at: start.plus(row.try_get(first + 6)?),
        a: row.try_get(first + 7)?,
        b: row.try_get(first + 8)?,
    };
    Ok((quantity(row.try_get(first)?)?, rollup))
}
