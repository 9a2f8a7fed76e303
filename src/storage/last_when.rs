//! Looking back over days: when something was last so, and how low and high it has been in between.
//!
//! Days are looked through in the `extreme` table, a row a day; single observations only within one of them, or within
//! a stretch of hours. So a question about a year costs some hundred rows, however often the station reports.

use super::error::Error;
use super::observations::Extreme;
use super::{Shared, Storage};
use chrono::NaiveDate;
use weather::day;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station, StationId};
use weather::time::{HOUR_MS, Timestamp};

/// Beyond which side of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below it.
    Below,
    /// Above it.
    Above,
}

/// The longest stretch that [`Storage::extreme_within`] looks through, ms; of a longer one, the end. At a report every
/// three seconds these are 58,000 rows, some hundredths of a second.
const STRETCH_MAX_MS: i64 = 48 * HOUR_MS;
/// Most days in one answer: ten years and some.
const DAYS_MAX: i64 = 4_000;

const DAYS: &str = "\
    SELECT day, low, low_ms, high, high_ms FROM extreme \
    WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND day >= $4 AND day <= $5 AND quantity = $3 ORDER BY day LIMIT $6";

const FIRST_DAY: &str = "\
    SELECT min(day) FROM extreme WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2)";

const DAY_BELOW: &str = "\
    SELECT day FROM extreme WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND quantity = $3 AND day >= $4 AND low < $5 ORDER BY day DESC LIMIT 1";
const DAY_ABOVE: &str = "\
    SELECT day FROM extreme WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND quantity = $3 AND day >= $4 AND high > $5 ORDER BY day DESC LIMIT 1";

/// A quantity is a column, and a column cannot be a parameter: one constant for each.
macro_rules! by_column {
    ($quantity:expr, $sql:ident) => {{
        use Quantity::*;
        match $quantity {
            Temperature => $sql!(temperature),
            Humidity => $sql!(humidity),
            DewPoint => $sql!(dew_point),
            StationPressure => $sql!(station_pressure),
            AltimeterSetting => $sql!(altimeter_setting),
            SeaLevelPressure => $sql!(sea_level_pressure),
            WindSpeed => $sql!(wind_speed),
            WindGust => $sql!(wind_gust),
            WindDirection => $sql!(wind_direction),
            Precipitation => $sql!(precipitation),
            PrecipitationRate => $sql!(precipitation_rate),
            SolarRadiation => $sql!(solar_radiation),
            UvIndex => $sql!(uv_index),
            SoilTemperature => $sql!(soil_temperature),
            SoilMoisture => $sql!(soil_moisture),
            Pm2_5 => $sql!(pm2_5),
            Pm10 => $sql!(pm10),
            Co2 => $sql!(co2),
            BatteryVoltage => $sql!(battery_voltage),
        }
    }};
}

/// The newest of a sensor's rows within a stretch of time that fits.
macro_rules! find {
    ($column:ident, $fits:expr, $order:expr) => {
        concat!(
            "SELECT observed_ms, ",
            stringify!($column),
            " FROM observation WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
            AND observed_ms >= $3 AND observed_ms < $4 AND ",
            stringify!($column),
            $fits,
            $order
        )
    };
}

macro_rules! newest_below {
    ($column:ident) => {
        find!($column, " < $5", " ORDER BY observed_ms DESC LIMIT 1")
    };
}

macro_rules! newest_above {
    ($column:ident) => {
        find!($column, " > $5", " ORDER BY observed_ms DESC LIMIT 1")
    };
}

macro_rules! lowest {
    ($column:ident) => {
        find!($column, " > $5", concat!(" ORDER BY ", stringify!($column), ", observed_ms LIMIT 1"))
    };
}

macro_rules! highest {
    ($column:ident) => {
        find!($column, " > $5", concat!(" ORDER BY ", stringify!($column), " DESC, observed_ms LIMIT 1"))
    };
}

const fn newest_below(quantity: Quantity) -> &'static str {
    by_column!(quantity, newest_below)
}

const fn newest_above(quantity: Quantity) -> &'static str {
    by_column!(quantity, newest_above)
}

const fn lowest(quantity: Quantity) -> &'static str {
    by_column!(quantity, lowest)
}

const fn highest(quantity: Quantity) -> &'static str {
    by_column!(quantity, highest)
}

impl Storage {
    /// Low and high of a datastream on each local day from `from` to `to`, both included, oldest first; days without
    /// a value are absent. At most 4,000 days.
    pub async fn extremes_between(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Extreme)>, Error> {
        let rows: Vec<(String, f64, i64, f64, i64)> = sqlx::query_as(DAYS)
            .bind(station.0)
            .bind(sensor.as_str())
            .bind(quantity.index() as i64)
            .bind(from.to_string())
            .bind(to.to_string())
            .bind(DAYS_MAX)
            .fetch_all(&self.shared.readers)
            .await?;
        rows.into_iter()
            .map(|(day, low, low_ms, high, high_ms)| {
                let (low_at, high_at) = (Timestamp(low_ms), Timestamp(high_ms));
                Ok((date(&day)?, Extreme { sensor: sensor.clone(), quantity, low, low_at, high, high_at }))
            })
            .collect()
    }

    /// Low and high of a datastream from `from` (inclusive) to `to` (exclusive), 48 hours at most; of a longer stretch,
    /// the end.
    pub async fn extreme_within(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Extreme>, Error> {
        let from = from.max(to.plus(-STRETCH_MAX_MS));
        let find = async |sql| one(&self.shared, sql, station, sensor, (from, to), f64::MIN).await;
        let (low, high) = tokio::try_join!(find(lowest(quantity)), find(highest(quantity)))?;
        Ok(low.zip(high).map(|((low_at, low), (high_at, high))| Extreme {
            sensor: sensor.clone(),
            quantity,
            low,
            low_at,
            high,
            high_at,
        }))
    }

    /// The newest observation of a datastream that lies beyond `limit`, no older than the local day `from`.
    pub async fn last_beyond(
        &self,
        station: &Station,
        sensor: &SensorName,
        quantity: Quantity,
        (side, limit): (Side, f64),
        from: NaiveDate,
    ) -> Result<Option<(Timestamp, f64)>, Error> {
        let (day, newest) = match side {
            Side::Below => (DAY_BELOW, newest_below(quantity)),
            Side::Above => (DAY_ABOVE, newest_above(quantity)),
        };
        let day: Option<String> = sqlx::query_scalar(day)
            .bind(station.id.0)
            .bind(sensor.as_str())
            .bind(quantity.index() as i64)
            .bind(from.to_string())
            .bind(limit)
            .fetch_optional(&self.shared.readers)
            .await?;
        let Some(day) = day else { return Ok(None) };
        let bounds = day::bounds(station.zone, date(&day)?);
        one(&self.shared, newest, station.id, sensor, bounds, limit).await
    }

    /// The first local day that a sensor has values of.
    pub async fn first_day(&self, station: StationId, sensor: &SensorName) -> Result<Option<NaiveDate>, Error> {
        let query = sqlx::query_scalar(FIRST_DAY).bind(station.0).bind(sensor.as_str());
        let day: Option<String> = query.fetch_one(&self.shared.readers).await?;
        day.map(|day| date(&day)).transpose()
    }
}

async fn one(
    shared: &Shared,
    sql: &'static str,
    station: StationId,
    sensor: &SensorName,
    (from, to): (Timestamp, Timestamp),
    limit: f64,
) -> Result<Option<(Timestamp, f64)>, Error> {
    let row: Option<(i64, f64)> = sqlx::query_as(sql)
        .bind(station.0)
        .bind(sensor.as_str())
        .bind(from.0)
        .bind(to.0)
        .bind(limit)
        .fetch_optional(&shared.readers)
        .await?;
    Ok(row.map(|(at, value)| (Timestamp(at), value)))
}

fn date(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|error: chrono::ParseError| sqlx::Error::Decode(error.into()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_is_looked_for_in_its_own_column() {
        for quantity in Quantity::all() {
            for sql in [newest_below(quantity), newest_above(quantity), lowest(quantity), highest(quantity)] {
                assert!(sql.contains(&format!("observed_ms, {} FROM", quantity.name())), "{sql}");
                assert!(!sql.contains("  "), "{sql}");
            }
        }
    }
}
