//! Writes what a batch changed: one bulk statement a table, for each trip to the database's thread costs as much as a row.

use super::journal::Entry;
use super::learn::JsonRows;
use super::memory::SensorId;
use super::merge::{Changes, Place};
use crate::weather::quantity::Quantity;
use crate::weather::report::Values;
use crate::weather::time::Timestamp;
use sqlx::SqliteConnection;
use std::fmt;

/// Writes all of it and commits.
pub(super) async fn write_and_commit(
    conn: &mut SqliteConnection,
    changes: &Changes,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(WRITE)
        .bind(observations(&changes.rows))
        .bind(latest(changes))
        .bind(extremes(changes))
        .bind(journal(entries))
        .bind(now.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// A stored value stands, whatever memory believed: `coalesce` fills in only what is missing.
const WRITE: &str = "\
    INSERT INTO observation (sensor, observed_ms, temperature, humidity, dew_point, station_pressure, altimeter_setting, sea_level_pressure, wind_speed, \
    wind_gust, wind_direction, precipitation, precipitation_rate, solar_radiation, uv_index, soil_temperature, \
    soil_moisture, pm2_5, pm10, co2, battery_voltage) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value \
    ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, value \
    ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20 \
    FROM json_each($1) WHERE true ON CONFLICT (sensor, observed_ms) DO UPDATE SET \
    temperature = coalesce(observation.temperature, excluded.temperature), humidity = coalesce(observation.humidity, \
    excluded.humidity), dew_point = coalesce(observation.dew_point, excluded.dew_point), station_pressure = \
    coalesce(observation.station_pressure, excluded.station_pressure), altimeter_setting = \
    coalesce(observation.altimeter_setting, excluded.altimeter_setting), sea_level_pressure = \
    coalesce(observation.sea_level_pressure, excluded.sea_level_pressure), wind_speed = \
    coalesce(observation.wind_speed, excluded.wind_speed), wind_gust = coalesce(observation.wind_gust, \
    excluded.wind_gust), wind_direction = coalesce(observation.wind_direction, excluded.wind_direction), \
    precipitation = coalesce(observation.precipitation, excluded.precipitation), precipitation_rate = \
    coalesce(observation.precipitation_rate, excluded.precipitation_rate), solar_radiation = \
    coalesce(observation.solar_radiation, excluded.solar_radiation), uv_index = coalesce(observation.uv_index, \
    excluded.uv_index), soil_temperature = coalesce(observation.soil_temperature, excluded.soil_temperature), \
    soil_moisture = coalesce(observation.soil_moisture, excluded.soil_moisture), pm2_5 = coalesce(observation.pm2_5, \
    excluded.pm2_5), pm10 = coalesce(observation.pm10, excluded.pm10), co2 = coalesce(observation.co2, \
    excluded.co2), battery_voltage = coalesce(observation.battery_voltage, excluded.battery_voltage); \
    INSERT INTO latest (sensor, quantity, observed_ms, rank_ms, value) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 \
    FROM json_each($2) WHERE true ON CONFLICT (sensor, quantity) DO UPDATE SET \
    observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, value = excluded.value; \
    INSERT INTO extreme (sensor, day, quantity, low, low_ms, high, high_ms) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 \
    FROM json_each($3) WHERE true ON CONFLICT (sensor, day, quantity) DO UPDATE SET \
    low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms; \
    INSERT INTO journal (seq, committed_ms, station, body) \
    SELECT value ->> 0, $5, value ->> 1, value ->> 2 FROM json_each($4); \
    COMMIT";

fn observations(rows: &[(Place, Values)]) -> String {
    let mut json = JsonRows::new();
    for ((SensorId(sensor), at), values) in rows {
        json.row(format_args!("{sensor},{}{}", at.0, Columns(values)));
    }
    json.finish()
}

/// The values of a row, each with a comma before it; absent ones after the last are left out.
struct Columns<'a>(&'a Values);

impl fmt::Display for Columns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = 0;
        for (quantity, value) in self.0.iter() {
            for _ in next..quantity.index() {
                f.write_str(",null")?;
            }
            write!(f, ",{value}")?;
            next = quantity.index() + 1;
        }
        Ok(())
    }
}

fn latest(changes: &Changes) -> String {
    let mut json = JsonRows::new();
    for (SensorId(sensor), quantity, rank, value) in &changes.latest {
        let (at, rank) = (rank.observed_at.0, rank.rank.0);
        json.row(format_args!("{sensor},{},{at},{rank},{value}", quantity.index()));
    }
    json.finish()
}

fn extremes(changes: &Changes) -> String {
    let mut json = JsonRows::new();
    for (SensorId(sensor), day, quantity, range) in &changes.extremes {
        let (low_ms, high_ms) = (range.low_at.0, range.high_at.0);
        let index = quantity.index();
        json.row(format_args!(r#"{sensor},"{day}",{index},{},{low_ms},{},{high_ms}"#, range.low, range.high));
    }
    json.finish()
}

fn journal(entries: &[Entry]) -> String {
    let mut json = JsonRows::new();
    for entry in entries {
        let body = std::str::from_utf8(&entry.body).unwrap_or_default();
        json.row(format_args!(r#"{},"{}",{body}"#, entry.seq, entry.station));
    }
    json.finish()
}

const _: () = assert!(Quantity::COUNT == 19, "a new quantity needs its column in WRITE, in series.rs and a migration");
