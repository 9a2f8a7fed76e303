//! What the writer's memory asks for, with at most a statement for each table.

use super::latest;
use super::marks;
use super::numbers::quantity;
use super::stored_rows::values;
use super::texts::{KEY_COLUMNS, Texts};
use crate::storage::error::Error;
use crate::storage::seam::{FoundRow, FoundSensor, NEIGHBOURS_MAX, Place, Range, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weather::judge::GAP_MAX_MS;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::{HOUR_MS, Timestamp};
use weather::warmth::HOURS_KEPT;

/// A sensor has a row for each of its newest marks, in the order of time, and one if it has none.
const SENSORS: &str = "\
    SELECT station, id, name, newest.at, raw_from_ms, latest.observed_ms, latest.rank_ms, latest.quantities, its.* \
    FROM sensor LEFT JOIN latest ON latest.sensor = sensor.id \
    CROSS JOIN LATERAL (SELECT max(observed_ms) AS at FROM observation WHERE observation.sensor = sensor.id) AS newest \
    LEFT JOIN LATERAL (SELECT sensor, observed_ms, quantity, value, received_ms, reason FROM marked \
        WHERE marked.sensor = sensor.id AND observed_ms >= newest.at - $2 OFFSET 0) AS its ON true \
    WHERE station = ANY($1) ORDER BY id, its.observed_ms";
/// Columns of [`SENSORS`] before those of a mark.
const OF_SENSOR: usize = 8;

/// The sensors of stations with their newest values, in the order of their numbers.
pub(super) async fn sensors(
    db: &mut PgConnection,
    stations: &BTreeSet<StationId>,
) -> Result<HashMap<StationId, Vec<FoundSensor>>, Error> {
    let stations: Vec<_> = stations.iter().map(|station| station.0).collect();
    let mut found: BTreeMap<SensorId, (StationId, FoundSensor)> = BTreeMap::new();
    for row in sqlx::query(SENSORS).bind(&stations).bind(GAP_MAX_MS).fetch_all(&mut *db).await? {
        let id = SensorId(row.try_get(1)?);
        let (_, sensor) = match found.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert((StationId(row.try_get(0)?), sensor(&row)?)),
        };
        if row.try_get::<Option<i64>, _>(OF_SENSOR)?.is_some() {
            let ((_, at), mark) = marks::read(&row, OF_SENSOR)?;
            sensor.marks.push((at, mark));
        }
    }
    let has_barometer =
        |sensor: &FoundSensor| sensor.latest.iter().any(|(quantity, _)| *quantity == Quantity::StationPressure);
    let barometers: Vec<_> = found
        .values()
        .filter(|(_, sensor)| has_barometer(sensor))
        .filter_map(|(_, sensor)| Some((sensor.id, sensor.high_water?)))
        .collect();
    for (sensor, at, value) in warmth(db, &barometers).await? {
        if let Some((_, sensor)) = found.get_mut(&sensor) {
            sensor.warmth.push((at, value));
        }
    }
    let mut of_stations: HashMap<_, Vec<_>> = HashMap::new();
    for (station, sensor) in found.into_values() {
        of_stations.entry(station).or_default().push(sensor);
    }
    Ok(of_stations)
}

/// A sensor without its marks.
fn sensor(row: &PgRow) -> Result<FoundSensor, Error> {
    let (id, name) = (SensorId(row.try_get(1)?), SensorName::new(row.try_get(2)?)?);
    let instant = |column: usize| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp));
    let (high_water, raw_from) = (instant(3)?, instant(4)?);
    let latest = match (instant(5)?, instant(6)?) {
        (Some(observed_at), Some(rank)) => latest::read(Rank { observed_at, rank }, row.try_get(7)?)?,
        _ => Vec::new(),
    };
    Ok(FoundSensor { id, name, high_water, raw_from, latest, marks: Vec::new(), warmth: Vec::new() })
}

const WARMTH: &str = "\
    SELECT wanted.sensor, first.observed_ms, first.temperature \
    FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor, last_ms) \
    CROSS JOIN generate_series(1 - $3, 0) AS hours (back) \
    CROSS JOIN LATERAL (SELECT observed_ms, temperature FROM observation \
        WHERE sensor = wanted.sensor AND observed_ms >= wanted.last_ms + back * $4 \
        AND observed_ms < wanted.last_ms + (back + 1) * $4 AND temperature IS NOT NULL ORDER BY observed_ms LIMIT 1) AS first \
    ORDER BY wanted.sensor, first.observed_ms";

/// The first temperature of each of the last hours up to the newest rows of sensors.
async fn warmth(
    db: &mut PgConnection,
    newest: &[(SensorId, Timestamp)],
) -> Result<Vec<(SensorId, Timestamp, f64)>, sqlx::Error> {
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let sensors: Vec<_> = newest.iter().map(|(sensor, _)| sensor.0).collect();
    let hours: Vec<_> = newest.iter().map(|(_, newest)| newest.0.div_euclid(HOUR_MS) * HOUR_MS).collect();
    let query = sqlx::query_as(WARMTH).bind(sensors).bind(hours).bind(HOURS_KEPT).bind(HOUR_MS);
    let rows: Vec<(i64, i64, f64)> = query.fetch_all(db).await?;
    Ok(rows.into_iter().map(|(sensor, at, value)| (SensorId(sensor), Timestamp(at), value)).collect())
}

const ADD_SENSORS: &str = "\
    INSERT INTO sensor (station, name) SELECT * FROM unnest($1::bigint[], $2::text[]) RETURNING id, station, name";

/// Makes sensors, inside the caller's transaction.
pub(super) async fn add_sensors(
    db: &mut PgConnection,
    new: &[(StationId, &SensorName)],
) -> Result<Vec<(StationId, SensorName, SensorId)>, Error> {
    let stations: Vec<_> = new.iter().map(|(station, _)| station.0).collect();
    let names: Vec<_> = new.iter().map(|(_, name)| name.as_str()).collect();
    let query = sqlx::query_as(ADD_SENSORS).bind(stations).bind(names);
    let made: Vec<(i64, i64, String)> = query.fetch_all(db).await?;
    made.into_iter()
        .map(|(id, station, name)| Ok((StationId(station), SensorName::new(&name)?, SensorId(id))))
        .collect()
}

const DAYS: &str = "\
    SELECT wanted.sensor, its.* FROM unnest($1::bigint[], $2::text[]) AS wanted (sensor, day) \
    CROSS JOIN LATERAL (SELECT day, quantity, low, low_ms, high, high_ms FROM daily \
        WHERE sensor = wanted.sensor AND quantity = ANY($3) AND day = wanted.day OFFSET 0) AS its";

/// The extremes of those days.
pub(super) async fn days(
    db: &mut PgConnection,
    texts: &Texts,
    wanted: &BTreeSet<SensorDay>,
) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
    let sensors: Vec<_> = wanted.iter().map(|(sensor, _)| sensor.0).collect();
    let dates: Vec<_> = wanted.iter().map(|(_, date)| date.to_string()).collect();
    let rows = sqlx::query(DAYS).bind(sensors).bind(dates).bind(&texts.shown).fetch_all(db).await?;
    let day = |row: &PgRow| {
        let date: NaiveDate = row.try_get::<&str, _>(1)?.parse().map_err(Error::database)?;
        let range = Range {
            low: row.try_get(3)?,
            low_at: Timestamp(row.try_get(4)?),
            high: row.try_get(5)?,
            high_at: Timestamp(row.try_get(6)?),
        };
        Ok(((SensorId(row.try_get(0)?), date), quantity(row.try_get(2)?)?, range))
    };
    rows.iter().map(day).collect()
}

/// The rows that exist at those places, with their marks; and where there is none, those around the place.
pub(super) async fn rows(
    db: &mut PgConnection,
    texts: &Texts,
    wanted: &BTreeSet<Place>,
) -> Result<HashMap<Place, FoundRow>, sqlx::Error> {
    let mut found = rows_at(db, texts, wanted).await?;
    let missing: BTreeSet<_> = wanted.iter().filter(|place| !found.contains_key(place)).copied().collect();
    if !missing.is_empty() {
        let mut around = near(db, &missing).await?;
        around.retain(|place| !wanted.contains(place));
        if !around.is_empty() {
            found.extend(rows_at(db, texts, &around).await?);
        }
    }
    Ok(found)
}

const NEAR: &str = "\
    SELECT wanted.sensor, near.observed_ms FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor, at) \
    CROSS JOIN LATERAL (\
        (SELECT observed_ms FROM observation WHERE sensor = wanted.sensor \
            AND observed_ms < wanted.at AND observed_ms >= wanted.at - $3 ORDER BY observed_ms DESC LIMIT $4) \
        UNION ALL \
        (SELECT observed_ms FROM observation WHERE sensor = wanted.sensor \
            AND observed_ms > wanted.at AND observed_ms <= wanted.at + $3 ORDER BY observed_ms LIMIT $4)) AS near";

/// The places of the rows around others.
async fn near(db: &mut PgConnection, wanted: &BTreeSet<Place>) -> Result<BTreeSet<Place>, sqlx::Error> {
    let (sensors, times) = arrays(wanted);
    let query = sqlx::query_as(NEAR).bind(sensors).bind(times).bind(GAP_MAX_MS).bind(NEIGHBOURS_MAX as i64);
    let found: Vec<(i64, i64)> = query.fetch_all(db).await?;
    Ok(found.into_iter().map(|(sensor, at)| (SensorId(sensor), Timestamp(at))).collect())
}

/// Places as two arrays.
fn arrays(places: &BTreeSet<Place>) -> (Vec<i64>, Vec<i64>) {
    places.iter().map(|(sensor, at)| (sensor.0, at.0)).unzip()
}

async fn rows_at(
    db: &mut PgConnection,
    texts: &Texts,
    wanted: &BTreeSet<Place>,
) -> Result<HashMap<Place, FoundRow>, sqlx::Error> {
    let (sensors, times) = arrays(wanted);
    let query = sqlx::query(texts.rows.clone()).bind(&sensors).bind(&times);
    let mut found: HashMap<Place, FoundRow> = HashMap::new();
    for row in query.fetch_all(&mut *db).await? {
        let place = (SensorId(row.try_get(0)?), Timestamp(row.try_get(1)?));
        found.insert(place, FoundRow { values: values(&row, KEY_COLUMNS)?, marks: Vec::new() });
    }
    for (place, mark) in marks::at(db, (&sensors, &times)).await? {
        found.entry(place).or_default().marks.push(mark);
    }
    Ok(found)
}
