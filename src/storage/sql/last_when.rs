//! Looking back over days: when something was last so, and how low and high it has been in between.
//!
//! Days are looked through in the table `daily`, a row a day; single observations only within one of them, or within
//! a stretch of hours. So a question about a year costs some hundred rows, however often the station reports.
//!
//! Days that are not right yet after a change of the time zone are left out.

use super::db::Pool;
use super::dialect::FIRST_DAY;
use super::numbers::number;
use super::texts::Texts;
use crate::storage::observations::{Extreme, Side};
use crate::storage::seam::{Datastream, Stretch};
use crate::storage::sql::decode;
use chrono::NaiveDate;
use sqlx::SqlStr;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// Most days in one answer: ten years and some.
const DAYS_MAX: i64 = 4_000;

const DAYS: &str = "\
    SELECT day, low, low_ms, high, high_ms FROM daily \
    WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND day >= $4 AND day <= $5 AND quantity = $3 \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ORDER BY day LIMIT $6";

/// Low and high on each day from `from` to `to`, both included, oldest first.
pub(super) async fn days(
    db: &Pool,
    of: Datastream<'_>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, Extreme)>, sqlx::Error> {
    let rows: Vec<(String, f64, i64, f64, i64)> = sqlx::query_as(DAYS)
        .bind(of.station.0)
        .bind(of.sensor.as_str())
        .bind(number(of.quantity))
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(DAYS_MAX)
        .fetch_all(db)
        .await?;
    let day = |(day, low, low_ms, high, high_ms): (String, f64, i64, f64, i64)| {
        let (sensor, quantity) = (of.sensor.clone(), of.quantity);
        let (low_at, high_at) = (Timestamp(low_ms), Timestamp(high_ms));
        Ok((date(&day)?, Extreme { sensor, quantity, low, low_at, high, high_at }))
    };
    rows.into_iter().map(day).collect()
}

/// The first day that a sensor has values of.
pub(super) async fn first_day(
    db: &Pool,
    texts: &Texts,
    station: StationId,
    sensor: &SensorName,
) -> Result<Option<NaiveDate>, sqlx::Error> {
    let query = sqlx::query_scalar(FIRST_DAY).bind(station.0).bind(sensor.as_str()).bind(&texts.shown);
    let day: Option<String> = query.fetch_one(db).await?;
    day.map(|day| date(&day)).transpose()
}

const DAY_BELOW: &str = "\
    SELECT day FROM daily WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND quantity = $3 AND day >= $4 AND low < $5 \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ORDER BY day DESC LIMIT 1";
const DAY_ABOVE: &str = "\
    SELECT day FROM daily WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
    AND quantity = $3 AND day >= $4 AND high > $5 \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = daily.sensor AND NOT only_hours AND daily.day <= rezoning.day) \
    ORDER BY day DESC LIMIT 1";

/// The last day since `from` that has a value beyond a limit.
pub(super) async fn last_day(
    db: &Pool,
    of: Datastream<'_>,
    (side, limit): (Side, f64),
    from: NaiveDate,
) -> Result<Option<NaiveDate>, sqlx::Error> {
    let sql = match side {
        Side::Below => DAY_BELOW,
        Side::Above => DAY_ABOVE,
    };
    let day: Option<String> = sqlx::query_scalar(sql)
        .bind(of.station.0)
        .bind(of.sensor.as_str())
        .bind(number(of.quantity))
        .bind(from.to_string())
        .bind(limit)
        .fetch_optional(db)
        .await?;
    day.map(|day| date(&day)).transpose()
}

/// The newest observation within a stretch that lies beyond a limit.
pub(super) async fn newest(
    db: &Pool,
    texts: &Texts,
    of: Datastream<'_>,
    (side, limit): (Side, f64),
    stretch: Stretch,
) -> Result<Option<(Timestamp, f64)>, sqlx::Error> {
    let texts = texts.of(of.quantity);
    let sql = match side {
        Side::Below => &texts.newest_below,
        Side::Above => &texts.newest_above,
    };
    one(db, sql, of, stretch, limit).await
}

/// Low and high within a stretch; looks at every row of it.
pub(super) async fn extreme(
    db: &Pool,
    texts: &Texts,
    of: Datastream<'_>,
    stretch: Stretch,
) -> Result<Option<Extreme>, sqlx::Error> {
    let texts = texts.of(of.quantity);
    let find = async |sql| one(db, sql, of, stretch, f64::MIN).await;
    let (low, high) = tokio::try_join!(find(&texts.lowest), find(&texts.highest))?;
    let (sensor, quantity) = (of.sensor.clone(), of.quantity);
    let extreme = |((low_at, low), (high_at, high))| Extreme { sensor, quantity, low, low_at, high, high_at };
    Ok(low.zip(high).map(extreme))
}

async fn one(
    db: &Pool,
    sql: &SqlStr,
    of: Datastream<'_>,
    stretch: Stretch,
    limit: f64,
) -> Result<Option<(Timestamp, f64)>, sqlx::Error> {
    let row: Option<(i64, f64)> = sqlx::query_as(sql.clone())
        .bind(of.station.0)
        .bind(of.sensor.as_str())
        .bind(stretch.from.0)
        .bind(stretch.to.0)
        .bind(limit)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(at, value)| (Timestamp(at), value)))
}

fn date(text: &str) -> Result<NaiveDate, sqlx::Error> {
    text.parse().map_err(|error: chrono::ParseError| decode(error))
}
