//! A datastream in buckets, for charts.

use super::error::Error;
use sqlx::SqlitePool;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// A stretch of a datastream.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Its first instant, a multiple of the bucket's length since the epoch.
    pub start: Timestamp,
    /// Mean of its values, canonical unit.
    pub mean: f64,
    /// Lowest.
    pub min: f64,
    /// Highest.
    pub max: f64,
    /// How many values.
    pub count: u32,
}

/// What is asked for: from (inclusive) to (exclusive) in buckets of `bucket_ms`.
pub(super) struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
    pub bucket_ms: i64,
}

/// Most buckets in one answer, from the start of the stretch: more than any screen has columns.
const BUCKETS_MAX: i64 = 20_000;

/// A quantity is a column, and a column cannot be a parameter: one constant for each.
const fn sql(quantity: Quantity) -> &'static str {
    macro_rules! sql {
        ($column:ident) => {
            concat!(
                "SELECT observed_ms / $5 * $5 AS start, avg(",
                stringify!($column),
                "), min(",
                stringify!($column),
                "), max(",
                stringify!($column),
                "), count(*) FROM observation ",
                "WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) ",
                "AND observed_ms >= $3 AND observed_ms < $4 AND ",
                stringify!($column),
                " IS NOT NULL ",
                "GROUP BY start ORDER BY start LIMIT $6",
            )
        };
    }
    use Quantity::*;
    match quantity {
        Temperature => sql!(temperature),
        Humidity => sql!(humidity),
        DewPoint => sql!(dew_point),
        StationPressure => sql!(station_pressure),
        AltimeterSetting => sql!(altimeter_setting),
        SeaLevelPressure => sql!(sea_level_pressure),
        WindSpeed => sql!(wind_speed),
        WindGust => sql!(wind_gust),
        WindDirection => sql!(wind_direction),
        Precipitation => sql!(precipitation),
        PrecipitationRate => sql!(precipitation_rate),
        SolarRadiation => sql!(solar_radiation),
        UvIndex => sql!(uv_index),
        SoilTemperature => sql!(soil_temperature),
        SoilMoisture => sql!(soil_moisture),
        Pm2_5 => sql!(pm2_5),
        Pm10 => sql!(pm10),
        Co2 => sql!(co2),
        BatteryVoltage => sql!(battery_voltage),
    }
}

pub(super) async fn series(
    db: &SqlitePool,
    station: StationId,
    sensor: &SensorName,
    quantity: Quantity,
    stretch: Stretch,
) -> Result<Vec<Bucket>, Error> {
    let rows: Vec<(i64, f64, f64, f64, i64)> = sqlx::query_as(sql(quantity))
        .bind(station.0)
        .bind(sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .bind(stretch.bucket_ms.max(1))
        .bind(BUCKETS_MAX)
        .fetch_all(db)
        .await?;
    let bucket = |(start, mean, min, max, count): (i64, f64, f64, f64, i64)| Bucket {
        start: Timestamp(start),
        mean,
        min,
        max,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    };
    Ok(rows.into_iter().map(bucket).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_reads_its_own_column() {
        for quantity in Quantity::all() {
            let column = format!("avg({})", quantity.name());
            assert!(sql(quantity).contains(&column), "{}", sql(quantity));
        }
    }
}
