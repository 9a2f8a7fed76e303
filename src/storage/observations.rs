//! Observations as they are read: the latest values, the days' extremes, and how often a station reports.

use super::error::Error;
use chrono::NaiveDate;
use sqlx::SqlitePool;
use weather::quantity::Quantity;
use weather::report::Warning;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// What became of reports that were appended; counts are reports.
#[derive(Debug, Default, PartialEq)]
pub struct Appended {
    /// Reports that added at least one value.
    pub stored: usize,
    /// Reports that were known already, to the last value.
    pub duplicate: usize,
    /// Values that contradict what is stored for the same sensor and instant; the stored value stands.
    pub warnings: Vec<Warning>,
}

/// The newest value of a datastream.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Canonical unit.
    pub value: f64,
}

/// Low and high of a datastream on one local day, with the time of the first occurrence of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Extreme {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// The lowest value, canonical unit.
    pub low: f64,
    /// When it was first observed.
    pub low_at: Timestamp,
    /// The highest value, canonical unit.
    pub high: f64,
    /// When it was first observed.
    pub high_at: Timestamp,
}

/// The quantity of a stored number.
pub(super) fn quantity(index: i64) -> Result<Quantity, sqlx::Error> {
    usize::try_from(index)
        .ok()
        .and_then(Quantity::from_index)
        .ok_or_else(|| sqlx::Error::Decode(format!("there is no quantity {index}").into()))
}

const LATEST: &str = "\
    SELECT sensor.name, latest.quantity, latest.observed_ms, latest.value \
    FROM sensor JOIN latest ON latest.sensor = sensor.id \
    WHERE sensor.station = $1 ORDER BY sensor.name, latest.quantity";

pub(super) async fn latest(db: &SqlitePool, station: StationId) -> Result<Vec<Latest>, Error> {
    let rows: Vec<(String, i64, i64, f64)> = sqlx::query_as(LATEST).bind(station.0).fetch_all(db).await?;
    rows.into_iter()
        .map(|(name, index, observed_ms, value)| {
            let observed_at = Timestamp(observed_ms);
            Ok(Latest { sensor: SensorName::new(&name)?, quantity: quantity(index)?, observed_at, value })
        })
        .collect()
}

const EXTREMES: &str = "\
    SELECT sensor.name, extreme.quantity, extreme.low, extreme.low_ms, extreme.high, extreme.high_ms \
    FROM sensor JOIN extreme ON extreme.sensor = sensor.id \
    WHERE sensor.station = $1 AND extreme.day = $2 ORDER BY sensor.name, extreme.quantity";

pub(super) async fn extremes(db: &SqlitePool, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
    type Row = (String, i64, f64, i64, f64, i64);
    let rows: Vec<Row> = sqlx::query_as(EXTREMES).bind(station.0).bind(day.to_string()).fetch_all(db).await?;
    rows.into_iter()
        .map(|(name, index, low, low_ms, high, high_ms)| {
            let (sensor, quantity) = (SensorName::new(&name)?, quantity(index)?);
            Ok(Extreme { sensor, quantity, low, low_at: Timestamp(low_ms), high, high_at: Timestamp(high_ms) })
        })
        .collect()
}

/// The main sensor's times, or those of the sensor that reported last if the station has no main one.
const NEWEST: &str = "\
    SELECT observed_ms FROM observation WHERE sensor = (\
        SELECT id FROM sensor WHERE station = $1 \
        ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC LIMIT 1) \
    ORDER BY observed_ms DESC LIMIT $2";
/// So many gaps show how often a station reports; more would remember what it did before its interval was changed.
const GAPS: i64 = 20;

pub(super) async fn interval_ms(db: &SqlitePool, station: StationId) -> Result<Option<i64>, Error> {
    let times: Vec<i64> = sqlx::query_scalar(NEWEST).bind(station.0).bind(GAPS + 1).fetch_all(db).await?;
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[0] - pair[1]).collect();
    gaps.sort_unstable();
    Ok(gaps.get(gaps.len() / 2).copied())
}

const COUNT: &str = "SELECT count(*) FROM observation WHERE sensor IN (SELECT id FROM sensor WHERE station = $1)";

pub(super) async fn count(db: &SqlitePool, station: StationId) -> Result<u64, Error> {
    let count: i64 = sqlx::query_scalar(COUNT).bind(station.0).fetch_one(db).await?;
    Ok(count.unsigned_abs())
}
