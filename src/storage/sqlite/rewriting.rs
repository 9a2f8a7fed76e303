//! Writes what became of a sensor's rows, inside the caller's transaction, and keeps what was sent.

use super::json::JsonRows;
use super::marks;
use super::numbers::number;
use super::texts::Texts;
use crate::storage::seam::{MarkChange, Place, Rewritten, SensorId};
use rusqlite::Connection;
use sqlx::SqliteConnection;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// What was sent stays, whatever comes later.
const PUT: &str =
    "INSERT INTO sent (sensor, observed_ms, quantity, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// Keeps what was sent where a calibration made something else of it.
pub(super) fn keep(db: &Connection, sent: &[(Place, Quantity, f64)]) -> rusqlite::Result<()> {
    if sent.is_empty() {
        return Ok(());
    }
    let mut put = db.prepare_cached(PUT)?;
    for ((SensorId(sensor), at), of, value) in sent {
        put.execute((sensor, at.0, number(*of), value))?;
    }
    Ok(())
}

const FORGET: &str = "DELETE FROM sent WHERE sensor = $1 AND observed_ms = $2 AND quantity = $3";

/// Writes what became of rows.
pub(super) async fn rewrite(
    conn: &mut SqliteConnection,
    texts: &Texts,
    sensor: SensorId,
    rows: &[Rewritten],
) -> Result<(), sqlx::Error> {
    for Rewritten { at, values, marks, sent } in rows {
        for (quantity, value) in values {
            let query = sqlx::query(texts.of(*quantity).set.clone()).bind(sensor.0).bind(at.0).bind(*value);
            query.execute(&mut *conn).await?;
        }
        for (quantity, value) in sent {
            let sql = if value.is_some() { PUT } else { FORGET };
            let query = sqlx::query(sql).bind(sensor.0).bind(at.0).bind(number(*quantity));
            match value {
                Some(value) => query.bind(*value).execute(&mut *conn).await?,
                None => query.execute(&mut *conn).await?,
            };
        }
        for change in marks {
            write_mark(conn, change).await?;
        }
    }
    Ok(())
}

async fn write_mark(conn: &mut SqliteConnection, change: &MarkChange) -> Result<(), sqlx::Error> {
    match change {
        MarkChange::Put((sensor, at), mark) => {
            let query = sqlx::query(marks::PUT).bind(sensor.0).bind(at.0).bind(number(mark.quantity)).bind(mark.value);
            let flag = i64::from(mark.reason.flag().number());
            query.bind(mark.received_at.0).bind(flag).bind(mark.reason.name()).execute(conn).await?;
        }
        MarkChange::Lift((sensor, at), of) => {
            sqlx::query(marks::LIFT).bind(sensor.0).bind(at.0).bind(number(*of)).execute(conn).await?;
        }
    }
    Ok(())
}

/// The rows are there. An update would look through all rows of the sensor for each of them.
const SET_FALLEN: &str = "\
    INSERT INTO observation (sensor, observed_ms, precipitation) SELECT $1, value ->> 0, value ->> 1 FROM json_each($2) \
    WHERE true ON CONFLICT (sensor, observed_ms) DO UPDATE SET precipitation = excluded.precipitation";

/// Sets what has fallen by some readings.
pub(super) async fn set_fallen(
    conn: &mut SqliteConnection,
    sensor: SensorId,
    fallen: &[(Timestamp, f64)],
) -> Result<(), sqlx::Error> {
    let mut rows = JsonRows::new();
    fallen.iter().for_each(|(at, mm)| rows.row(format_args!("{},{mm:?}", at.0)));
    sqlx::query(SET_FALLEN).bind(sensor.0).bind(rows.finish()).execute(conn).await?;
    Ok(())
}
