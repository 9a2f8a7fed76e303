//! Writes what a batch changed, many rows a statement: each trip to the database's thread costs as much as some rows.

use super::json::JsonRows;
use super::numbers::{number, stored};
use super::texts::{Block, Texts, columns};
use crate::storage::entry::Entry;
use crate::storage::seam::{Observed, Place, Range, Rank, SensorId};
use chrono::NaiveDate;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, SqliteConnection};
use std::fmt;
use weather::quantity::Quantity;
use weather::report::Values;

/// Writes all of it and commits.
pub(super) async fn write_and_commit(
    conn: &mut SqliteConnection,
    texts: &Texts,
    observed: &Observed,
    entries: &[Entry],
) -> Result<(), sqlx::Error> {
    let observations = blocks(conn, &texts.observations, &observed.rows).await?;
    let latest = blocks(conn, &texts.latest, &observed.latest).await?;
    let extremes = blocks(conn, &texts.extremes, &observed.extremes).await?;
    let journal = blocks(conn, &texts.journal, entries).await?;
    sqlx::query(texts.rest_and_commit.clone())
        .bind(json(observations))
        .bind(json(latest))
        .bind(json(extremes))
        .bind(json(journal))
        .execute(conn)
        .await?;
    Ok(())
}

/// What goes into one row of a table, as parameters and as JSON values.
trait Written {
    fn bind(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError>;
    fn json(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Writes full blocks; returns the rows that are left.
async fn blocks<'a, R: Written>(
    conn: &mut SqliteConnection,
    blocks: &[Block],
    mut rows: &'a [R],
) -> Result<&'a [R], sqlx::Error> {
    for block in blocks {
        while let Some((full, rest)) = rows.split_at_checked(block.rows) {
            let mut arguments = SqliteArguments::default();
            full.iter().try_for_each(|row| row.bind(&mut arguments)).map_err(sqlx::Error::Encode)?;
            sqlx::query_with(block.sql.clone(), arguments).execute(&mut *conn).await?;
            rows = rest;
        }
    }
    Ok(rows)
}

fn json<R: Written>(rows: &[R]) -> String {
    struct Json<'a, R>(&'a R);
    impl<R: Written> fmt::Display for Json<'_, R> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.json(f)
        }
    }
    let mut json = JsonRows::new();
    rows.iter().for_each(|row| json.row(format_args!("{}", Json(row))));
    json.finish()
}

impl Written for (Place, Values) {
    fn bind(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        let ((SensorId(sensor), at), values) = self;
        arguments.add(sensor)?;
        arguments.add(at.0)?;
        columns().try_for_each(|quantity| arguments.add(values.get(quantity)))
    }

    /// Absent values after the last present one are left out.
    fn json(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((SensorId(sensor), at), values) = self;
        write!(f, "{sensor},{}", at.0)?;
        let mut absent = 0;
        for value in columns().map(|quantity| values.get(quantity)) {
            let Some(value) = value else {
                absent += 1;
                continue;
            };
            for _ in 0..std::mem::take(&mut absent) {
                f.write_str(",null")?;
            }
            write!(f, ",{value}")?;
        }
        Ok(())
    }
}

impl Written for (SensorId, Quantity, Rank, f64) {
    fn bind(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        let (SensorId(sensor), quantity, rank, value) = self;
        arguments.add(sensor)?;
        arguments.add(number(*quantity))?;
        arguments.add(rank.observed_at.0)?;
        arguments.add(rank.rank.0)?;
        arguments.add(value)
    }

    fn json(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (SensorId(sensor), quantity, rank, value) = self;
        write!(f, "{sensor},{},{},{},{value}", number(*quantity), rank.observed_at.0, rank.rank.0)
    }
}

impl Written for (SensorId, NaiveDate, Quantity, Range) {
    fn bind(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        let (SensorId(sensor), day, quantity, range) = self;
        arguments.add(sensor)?;
        arguments.add(day.to_string())?;
        arguments.add(number(*quantity))?;
        arguments.add(range.low)?;
        arguments.add(range.low_at.0)?;
        arguments.add(range.high)?;
        arguments.add(range.high_at.0)
    }

    fn json(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (SensorId(sensor), day, quantity, Range { low, low_at, high, high_at }) = self;
        write!(f, r#"{sensor},"{day}",{},{low},{},{high},{}"#, number(*quantity), low_at.0, high_at.0)
    }
}

impl Written for Entry {
    fn bind(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        arguments.add(stored(self.seq))?;
        arguments.add(self.committed_at.0)?;
        arguments.add(&*self.station)?;
        arguments.add(body(self))
    }

    /// The body goes in as it is and comes out as it is: `->>` gives an object's text back.
    fn json(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{},{},"{}",{}"#, self.seq, self.committed_at.0, self.station, body(self))
    }
}

/// Bodies are made of text.
pub(super) fn body(entry: &Entry) -> &str {
    std::str::from_utf8(&entry.body).unwrap_or_default()
}
