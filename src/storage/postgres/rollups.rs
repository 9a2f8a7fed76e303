//! Hours and days, made of rows and of hours: inside the transaction of the reports that have ended or changed them.
//!
//! An hour is made anew of its rows as a whole, once, when it has ended; and again when something of it comes late. Many hours are made by
//! one question and one statement.

use super::numbers::number;
use super::stored_rows::{hour, values};
use super::texts::Texts;
use crate::storage::seam::{Observed, SensorId, Stretch};
use crate::storage::sql::{OfSensor, decode};
use chrono::NaiveDate;
use futures_util::TryStreamExt;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use weather::quantity::Quantity;
use weather::rollup::Rollup;
use weather::time::Timestamp;

const HOUR: &str = "\
    INSERT INTO hourly (sensor, quantity, start_ms, count, low, low_ms, high, high_ms, a, b) SELECT * FROM unnest(\
        $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::double precision[], $6::bigint[], \
        $7::double precision[], $8::bigint[], $9::double precision[], $10::double precision[]) \
    ON CONFLICT (sensor, quantity, start_ms) DO UPDATE SET count = excluded.count, low = excluded.low, \
    low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms, a = excluded.a, b = excluded.b";
const DAY: &str = "\
    INSERT INTO daily (sensor, quantity, day, count, low, low_ms, high, high_ms, a, b, hours) SELECT * FROM unnest(\
        $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::double precision[], $6::bigint[], \
        $7::double precision[], $8::bigint[], $9::double precision[], $10::double precision[], $11::bigint[]) \
    ON CONFLICT (sensor, quantity, day) DO UPDATE SET count = excluded.count, low = excluded.low, \
    low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms, a = excluded.a, b = excluded.b, \
    hours = excluded.hours";
/// Sums are made in this order: another has other last digits.
pub(super) const HOURS: &str = "\
    SELECT quantity, start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
    WHERE sensor = $1 AND quantity = ANY($4) AND start_ms >= $2 AND start_ms < $3 ORDER BY quantity, start_ms";
pub(super) const FORGET_HOURS: &str =
    "DELETE FROM hourly WHERE sensor = $1 AND quantity = ANY($4) AND start_ms >= $2 AND start_ms < $3";
pub(super) const FORGET_DAY: &str = "DELETE FROM daily WHERE sensor = $1 AND quantity = ANY($3) AND day = $2";
/// The newest day up to one that has extremes.
pub(super) const NEWEST_DAY: &str = "\
    SELECT max(newest.day) FROM unnest($3::bigint[]) AS shown (quantity) CROSS JOIN LATERAL \
    (SELECT max(day) AS day FROM daily WHERE sensor = $1 AND quantity = shown.quantity AND day <= $2) AS newest";

/// What many rollups are, an array for each column.
#[derive(Default)]
struct Arrays {
    sensors: Vec<i64>,
    quantities: Vec<i64>,
    counts: Vec<i64>,
    lows: Vec<f64>,
    lows_ms: Vec<i64>,
    highs: Vec<f64>,
    highs_ms: Vec<i64>,
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Arrays {
    /// Adds one whose times count from an instant on.
    fn push(&mut self, sensor: SensorId, of: Quantity, rollup: &Rollup, from: Timestamp) {
        self.sensors.push(sensor.0);
        self.quantities.push(number(of));
        self.counts.push(rollup.count.into());
        self.lows.push(rollup.low);
        self.lows_ms.push(rollup.low_at.since(from));
        self.highs.push(rollup.high);
        self.highs_ms.push(rollup.high_at.since(from));
        self.a.push(rollup.a);
        self.b.push(rollup.b);
    }
}

/// Writes what quantities were in hours. No two are the same quantity of the same hour.
pub(super) async fn put_hours(
    db: &mut PgConnection,
    hours: &[(SensorId, Timestamp, Quantity, Rollup)],
) -> Result<(), sqlx::Error> {
    if hours.is_empty() {
        return Ok(());
    }
    let mut all = Arrays::default();
    hours.iter().for_each(|(sensor, from, of, rollup)| all.push(*sensor, *of, rollup, *from));
    let starts: Vec<_> = hours.iter().map(|(_, from, ..)| from.0).collect();
    let query = sqlx::query(HOUR).bind(all.sensors).bind(all.quantities).bind(starts).bind(all.counts);
    let query = query.bind(all.lows).bind(all.lows_ms).bind(all.highs).bind(all.highs_ms);
    query.bind(all.a).bind(all.b).execute(db).await?;
    Ok(())
}

/// Times of days count from here.
const EPOCH: Timestamp = Timestamp(0);

/// Writes what quantities were on days, with the number of their hours. No two are the same quantity on the same day.
pub(super) async fn put_days(
    db: &mut PgConnection,
    days: &[(SensorId, NaiveDate, Quantity, (Rollup, u32))],
) -> Result<(), sqlx::Error> {
    if days.is_empty() {
        return Ok(());
    }
    let mut all = Arrays::default();
    days.iter().for_each(|(sensor, _, of, (rollup, _))| all.push(*sensor, *of, rollup, EPOCH));
    let dates: Vec<_> = days.iter().map(|(_, date, ..)| date.to_string()).collect();
    let hours: Vec<_> = days.iter().map(|(.., (_, hours))| i64::from(*hours)).collect();
    let query = sqlx::query(DAY).bind(all.sensors).bind(all.quantities).bind(dates).bind(all.counts);
    let query = query.bind(all.lows).bind(all.lows_ms).bind(all.highs).bind(all.highs_ms);
    query.bind(all.a).bind(all.b).bind(hours).execute(db).await?;
    Ok(())
}

/// Makes the hours and days anew that have ended or changed.
pub(super) async fn write(db: &mut PgConnection, texts: &Texts, observed: &Observed) -> Result<(), sqlx::Error> {
    for hours in observed.hours.chunks(MADE_MAX) {
        let made = made_hours(db, texts, hours).await?;
        put_hours(db, &made).await?;
    }
    for days in observed.days.chunks(MADE_MAX) {
        let made = made_days(db, texts, days).await?;
        put_days(db, &made).await?;
    }
    Ok(())
}

/// Hours or days that are made at once: what comes of them is in memory together.
const MADE_MAX: usize = 1_000;

async fn made_hours(
    db: &mut PgConnection,
    texts: &Texts,
    hours: &[(SensorId, Stretch)],
) -> Result<Vec<(SensorId, Timestamp, Quantity, Rollup)>, sqlx::Error> {
    let sensors: Vec<_> = hours.iter().map(|(sensor, _)| sensor.0).collect();
    let (from, to): (Vec<_>, Vec<_>) = hours.iter().map(|(_, hour)| (hour.from.0, hour.to.0)).unzip();
    let mut rows = sqlx::query(texts.hours.clone()).bind(sensors).bind(from).bind(to).fetch(db);
    let mut made = Vec::new();
    let mut current: Option<(usize, OfSensor)> = None;
    let mut end = |ended: Option<(usize, OfSensor)>| {
        let Some((place, all)) = ended else { return };
        let Some((sensor, hour)) = hours.get(place) else { return };
        made.extend(all.iter().map(|(quantity, rollup, _)| (*sensor, hour.from, quantity, *rollup)));
    };
    while let Some(row) = rows.try_next().await? {
        let place = place(row.try_get(0)?)?;
        if current.as_ref().is_none_or(|(of, _)| *of != place) {
            end(current.replace((place, OfSensor::new())));
        }
        if let Some((_, all)) = &mut current {
            all.take(Timestamp(row.try_get(1)?), &values(&row, 2)?);
        }
    }
    end(current);
    Ok(made)
}

/// The place in an array of what stands there by its number, which counts from 1 on.
fn place(number: i64) -> Result<usize, sqlx::Error> {
    usize::try_from(number - 1).map_err(decode)
}

/// The hours of wanted days, but of those whose readings have gone, and of those that wait: their hours may be of another time zone, or not
/// be there yet, and the day is made anew later.
const OF_DAYS: &str = "\
    SELECT wanted.number, its.* \
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) \
        WITH ORDINALITY AS wanted (sensor, day, from_ms, to_ms, number) \
    CROSS JOIN LATERAL (SELECT quantity, start_ms, count, low, low_ms, high, high_ms, a, b FROM hourly \
        WHERE sensor = wanted.sensor AND quantity = ANY($5) AND start_ms >= wanted.from_ms AND start_ms < wanted.to_ms \
        ORDER BY quantity, start_ms OFFSET 0) AS its \
    WHERE NOT EXISTS (SELECT 1 FROM sensor WHERE id = wanted.sensor AND raw_from_ms > wanted.from_ms) \
    AND NOT EXISTS (SELECT 1 FROM rezoning WHERE rezoning.sensor = wanted.sensor AND rezoning.day >= wanted.day) \
    ORDER BY wanted.number, its.quantity, its.start_ms";

async fn made_days(
    db: &mut PgConnection,
    texts: &Texts,
    days: &[(SensorId, NaiveDate, Stretch)],
) -> Result<Vec<(SensorId, NaiveDate, Quantity, (Rollup, u32))>, sqlx::Error> {
    let sensors: Vec<_> = days.iter().map(|(sensor, ..)| sensor.0).collect();
    let dates: Vec<_> = days.iter().map(|(_, date, _)| date.to_string()).collect();
    let (from, to): (Vec<_>, Vec<_>) = days.iter().map(|(.., day)| (day.from.0, day.to.0)).unzip();
    let query = sqlx::query(OF_DAYS).bind(sensors).bind(dates).bind(from).bind(to).bind(&texts.shown);
    let mut made: BTreeMap<usize, OfSensor> = BTreeMap::new();
    for row in query.fetch_all(db).await? {
        let (quantity, hour) = hour(&row, 1)?;
        made.entry(place(row.try_get(0)?)?).or_insert_with(OfSensor::new).join(quantity, &hour, 1);
    }
    let made = made.iter().filter_map(|(place, all)| Some((days.get(*place)?, all)));
    let of_day = |((sensor, date, _), all): (&(SensorId, NaiveDate, Stretch), &OfSensor)| {
        all.iter().map(|(quantity, rollup, hours)| (*sensor, *date, quantity, (*rollup, hours))).collect::<Vec<_>>()
    };
    Ok(made.flat_map(of_day).collect())
}
