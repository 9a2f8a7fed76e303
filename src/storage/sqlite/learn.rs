//! What the writer's memory asks for, with at most a statement for each table.

use super::error::decode;
use super::json::JsonRows;
use super::numbers::quantity;
use super::texts::{KEY_COLUMNS, Texts, columns};
use crate::storage::seam::{FoundSensor, Place, Range, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

const SENSORS: &str = "\
    SELECT id, name, (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) \
    FROM sensor WHERE station = $1";
const LATEST: &str = "\
    SELECT latest.sensor, latest.quantity, latest.observed_ms, latest.rank_ms, latest.value \
    FROM latest JOIN sensor ON sensor.id = latest.sensor WHERE sensor.station = $1";

/// A station's sensors with their newest values.
pub(super) async fn sensors(conn: &mut SqliteConnection, station: StationId) -> Result<Vec<FoundSensor>, sqlx::Error> {
    let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(SENSORS).bind(station.0).fetch_all(&mut *conn).await?;
    let mut found = BTreeMap::new();
    for (id, name, high_water) in rows {
        let (id, name) = (SensorId(id), sensor_name(&name)?);
        found.insert(id, FoundSensor { id, name, high_water: high_water.map(Timestamp), latest: Vec::new() });
    }
    let rows: Vec<(i64, i64, i64, i64, f64)> = sqlx::query_as(LATEST).bind(station.0).fetch_all(conn).await?;
    for (sensor, number, observed_ms, rank_ms, value) in rows {
        let rank = Rank { rank: Timestamp(rank_ms), observed_at: Timestamp(observed_ms) };
        if let Some(sensor) = found.get_mut(&SensorId(sensor)) {
            sensor.latest.push((quantity(number)?, rank, value));
        }
    }
    Ok(found.into_values().collect())
}

fn sensor_name(text: &str) -> Result<SensorName, sqlx::Error> {
    SensorName::new(text).map_err(decode)
}

const ADD_SENSORS: &str = "\
    INSERT INTO sensor (station, name) SELECT value ->> 0, value ->> 1 FROM json_each($1) \
    RETURNING id, station, name";

/// Makes sensors, inside the caller's transaction.
pub(super) async fn add_sensors(
    conn: &mut SqliteConnection,
    new: &[(StationId, &SensorName)],
) -> Result<Vec<(StationId, SensorName, SensorId)>, sqlx::Error> {
    let mut json = JsonRows::new();
    for (station, name) in new {
        json.row(format_args!(r#"{},"{}""#, station.0, name.as_str()));
    }
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(ADD_SENSORS).bind(json.finish()).fetch_all(conn).await?;
    let made = |(id, station, name): (i64, i64, String)| Ok((StationId(station), sensor_name(&name)?, SensorId(id)));
    rows.into_iter().map(made).collect()
}

const DAYS: &str = "\
    SELECT extreme.sensor, extreme.day, extreme.quantity, extreme.low, extreme.low_ms, extreme.high, extreme.high_ms \
    FROM json_each($1) AS wanted CROSS JOIN extreme \
    ON extreme.sensor = wanted.value ->> 0 AND extreme.day = wanted.value ->> 1";

/// The extremes of those days.
pub(super) async fn days(
    conn: &mut SqliteConnection,
    wanted: &BTreeSet<SensorDay>,
) -> Result<Vec<(SensorDay, Quantity, Range)>, sqlx::Error> {
    let mut json = JsonRows::new();
    for (sensor, date) in wanted {
        json.row(format_args!(r#"{},"{date}""#, sensor.0));
    }
    type Found = (i64, String, i64, f64, i64, f64, i64);
    let rows: Vec<Found> = sqlx::query_as(DAYS).bind(json.finish()).fetch_all(conn).await?;
    let day = |(sensor, date, number, low, low_ms, high, high_ms): Found| {
        let date = date.parse::<NaiveDate>().map_err(decode)?;
        let range = Range { low, low_at: Timestamp(low_ms), high, high_at: Timestamp(high_ms) };
        Ok(((SensorId(sensor), date), quantity(number)?, range))
    };
    rows.into_iter().map(day).collect()
}

/// The rows that exist at those places.
pub(super) async fn rows(
    conn: &mut SqliteConnection,
    texts: &Texts,
    wanted: &BTreeSet<Place>,
) -> Result<HashMap<Place, Values>, sqlx::Error> {
    let mut json = JsonRows::new();
    for (sensor, at) in wanted {
        json.row(format_args!("{},{}", sensor.0, at.0));
    }
    sqlx::query(texts.rows.clone()).bind(json.finish()).fetch_all(conn).await?.iter().map(row).collect()
}

fn row(row: &SqliteRow) -> Result<(Place, Values), sqlx::Error> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(KEY_COLUMNS..) {
        if let Some(value) = row.try_get::<Option<f64>, _>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok(((SensorId(row.try_get(0)?), Timestamp(row.try_get(1)?)), values))
}
