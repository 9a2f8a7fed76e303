//! Writes what became of a sensor's rows, inside the caller's transaction, and keeps what was sent.

use super::marks::{self, Columns};
use super::numbers::number;
use super::texts::Texts;
use crate::storage::seam::{MarkChange, Place, Rewritten, SensorId};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// What was sent stays, whatever comes later.
const PUT: &str = "\
    INSERT INTO sent (sensor, observed_ms, quantity, value) \
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::double precision[]) ON CONFLICT DO NOTHING";
const FORGET: &str = "\
    DELETE FROM sent USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS gone (sensor, observed_ms, quantity) \
    WHERE sent.sensor = gone.sensor AND sent.observed_ms = gone.observed_ms AND sent.quantity = gone.quantity";

/// Keeps what was sent where a calibration made something else of it.
pub(super) async fn keep(db: &mut PgConnection, sent: &[(Place, Quantity, f64)]) -> Result<(), sqlx::Error> {
    if sent.is_empty() {
        return Ok(());
    }
    let mut columns = Columns::default();
    sent.iter().for_each(|(place, of, _)| columns.push(*place, number(*of)));
    let values: Vec<_> = sent.iter().map(|(.., value)| *value).collect();
    let query = sqlx::query(PUT).bind(columns.sensors).bind(columns.times).bind(columns.of).bind(values);
    query.execute(db).await?;
    Ok(())
}

/// A quantity's column: times, and the values there from now on.
type OfColumn = (Quantity, Vec<i64>, Vec<Option<f64>>);

/// Writes what became of rows: of each quantity by one statement. No two of the rows are at the same time.
pub(super) async fn rewrite(
    db: &mut PgConnection,
    texts: &Texts,
    sensor: SensorId,
    rows: &[Rewritten],
) -> Result<(), sqlx::Error> {
    let mut values: BTreeMap<i64, OfColumn> = BTreeMap::new();
    let (mut put, mut forget) = (Vec::new(), Columns::default());
    let mut marks: Vec<MarkChange> = Vec::new();
    for row in rows {
        for (quantity, value) in &row.values {
            let of = values.entry(number(*quantity)).or_insert_with(|| (*quantity, Vec::new(), Vec::new()));
            of.1.push(row.at.0);
            of.2.push(*value);
        }
        for (quantity, value) in &row.sent {
            match value {
                Some(value) => put.push(((sensor, row.at), *quantity, *value)),
                None => forget.push((sensor, row.at), number(*quantity)),
            }
        }
        marks.extend(&row.marks);
    }
    for (quantity, times, values) in values.into_values() {
        let query = sqlx::query(texts.of(quantity).set.clone()).bind(sensor.0).bind(times).bind(values);
        query.execute(&mut *db).await?;
    }
    keep(db, &put).await?;
    if !forget.of.is_empty() {
        let query = sqlx::query(FORGET).bind(forget.sensors).bind(forget.times).bind(forget.of);
        query.execute(&mut *db).await?;
    }
    marks::write(db, &marks).await
}

/// The rows are there.
const SET_FALLEN: &str = "\
    INSERT INTO observation (sensor, observed_ms, precipitation) \
    SELECT $1, observed_ms, mm FROM unnest($2::bigint[], $3::double precision[]) AS fallen (observed_ms, mm) \
    ON CONFLICT (sensor, observed_ms) DO UPDATE SET precipitation = excluded.precipitation";

/// Sets what has fallen by some readings.
pub(super) async fn set_fallen(
    db: &mut PgConnection,
    sensor: SensorId,
    fallen: &[(Timestamp, f64)],
) -> Result<(), sqlx::Error> {
    if fallen.is_empty() {
        return Ok(());
    }
    let (times, mm): (Vec<_>, Vec<_>) = fallen.iter().map(|(at, mm)| (at.0, *mm)).unzip();
    sqlx::query(SET_FALLEN).bind(sensor.0).bind(times).bind(mm).execute(db).await?;
    Ok(())
}
