//! What the writer's memory asks for, with at most a statement for each table.

use super::json::JsonRows;
use super::latest;
use super::marks;
use super::numbers;
use super::texts::{KEY_COLUMNS, Texts, columns};
use crate::storage::error::Error;
use crate::storage::seam::{FoundRow, FoundSensor, NEIGHBOURS_MAX, Place, Range, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weather::judge::GAP_MAX_MS;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, StationId};
use weather::time::{HOUR_MS, Timestamp};
use weather::warmth::HOURS_KEPT;

const SENSORS: &str = "\
    SELECT id, name, (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id), raw_from_ms \
    FROM sensor WHERE station = $1";
const LATEST: &str = "\
    SELECT latest.sensor, latest.observed_ms, latest.rank_ms, latest.quantities \
    FROM latest JOIN sensor ON sensor.id = latest.sensor WHERE sensor.station = $1";

/// A station's sensors with their newest values.
pub(super) fn sensors(db: &Connection, station: StationId) -> Result<Vec<FoundSensor>, Error> {
    let mut found = BTreeMap::new();
    let mut statement = db.prepare_cached(SENSORS)?;
    let mut rows = statement.query([station.0])?;
    while let Some(row) = rows.next()? {
        let (id, name) = (SensorId(row.get(0)?), SensorName::new(row.get_ref(1)?.as_str().map_err(Error::database)?)?);
        let (high_water, raw_from) =
            (row.get::<_, Option<i64>>(2)?.map(Timestamp), row.get::<_, Option<i64>>(3)?.map(Timestamp));
        let (latest, marks, warmth) = (Vec::new(), Vec::new(), Vec::new());
        found.insert(id, FoundSensor { id, name, high_water, raw_from, latest, marks, warmth });
    }
    let mut statement = db.prepare_cached(LATEST)?;
    let mut rows = statement.query([station.0])?;
    while let Some(row) = rows.next()? {
        let of_row = Rank { observed_at: Timestamp(row.get(1)?), rank: Timestamp(row.get(2)?) };
        if let Some(sensor) = found.get_mut(&SensorId(row.get(0)?)) {
            sensor.latest = latest::read(of_row, row.get_ref(3)?.as_str().map_err(Error::database)?)?;
        }
    }
    for (sensor, at, mark) in marks::newest(db, station)? {
        if let Some(sensor) = found.get_mut(&sensor) {
            sensor.marks.push((at, mark));
        }
    }
    for sensor in found.values_mut() {
        let has_barometer = sensor.latest.iter().any(|(quantity, _)| *quantity == Quantity::StationPressure);
        if let Some(newest) = sensor.high_water.filter(|_| has_barometer) {
            sensor.warmth = warmth(db, sensor.id, newest)?;
        }
    }
    Ok(found.into_values().collect())
}

const WARMTH: &str = "\
    SELECT observed_ms, temperature FROM observation \
    WHERE sensor = ?1 AND observed_ms >= ?2 AND observed_ms < ?3 AND temperature IS NOT NULL ORDER BY observed_ms LIMIT 1";

/// The first temperature of each of the last hours up to the newest row.
fn warmth(db: &Connection, SensorId(sensor): SensorId, newest: Timestamp) -> rusqlite::Result<Vec<(Timestamp, f64)>> {
    let mut statement = db.prepare_cached(WARMTH)?;
    let last = newest.0.div_euclid(HOUR_MS);
    let mut found = Vec::new();
    for hour in last - HOURS_KEPT + 1..=last {
        let of_hour = (sensor, hour * HOUR_MS, (hour + 1) * HOUR_MS);
        found.extend(statement.query_row(of_hour, |row| Ok((Timestamp(row.get(0)?), row.get(1)?))).optional()?);
    }
    Ok(found)
}

fn quantity(number: i64) -> Result<Quantity, Error> {
    Ok(numbers::quantity(number)?)
}

const ADD_SENSOR: &str = "INSERT INTO sensor (station, name) VALUES ($1, $2) RETURNING id";

/// Makes sensors, inside the caller's transaction.
pub(super) fn add_sensors(
    db: &Connection,
    new: Vec<(StationId, SensorName)>,
) -> rusqlite::Result<Vec<(StationId, SensorName, SensorId)>> {
    let mut statement = db.prepare_cached(ADD_SENSOR)?;
    let mut add = |(station, name): (StationId, SensorName)| {
        let id = statement.query_row((station.0, name.as_str()), |row| row.get(0))?;
        Ok((station, name, SensorId(id)))
    };
    new.into_iter().map(&mut add).collect()
}

const DAYS: &str = "\
    SELECT daily.sensor, daily.day, daily.quantity, daily.low, daily.low_ms, daily.high, daily.high_ms \
    FROM json_each($1) AS wanted CROSS JOIN json_each($2) AS shown CROSS JOIN daily \
    ON daily.sensor = wanted.value ->> 0 AND daily.quantity = shown.value AND daily.day = wanted.value ->> 1";

/// The extremes of those days.
pub(super) fn days(
    db: &Connection,
    texts: &Texts,
    wanted: &BTreeSet<SensorDay>,
) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
    let mut json = JsonRows::new();
    for (sensor, date) in wanted {
        json.row(format_args!(r#"{},"{date}""#, sensor.0));
    }
    let mut statement = db.prepare_cached(DAYS)?;
    let mut rows = statement.query((json.finish(), &texts.shown))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let day = row.get_ref(1)?.as_str().map_err(Error::database)?.parse::<NaiveDate>().map_err(Error::database)?;
        let range = Range {
            low: row.get(3)?,
            low_at: Timestamp(row.get(4)?),
            high: row.get(5)?,
            high_at: Timestamp(row.get(6)?),
        };
        found.push(((SensorId(row.get(0)?), day), quantity(row.get(2)?)?, range));
    }
    Ok(found)
}

/// The rows that exist at those places, with their marks; and where there is none, those around the place.
pub(super) fn rows(
    db: &Connection,
    texts: &Texts,
    wanted: &BTreeSet<Place>,
) -> rusqlite::Result<HashMap<Place, FoundRow>> {
    let mut found = rows_at(db, texts, wanted)?;
    let mut around = BTreeSet::new();
    for place in wanted.iter().filter(|place| !found.contains_key(place)) {
        around.extend(near(db, *place)?.into_iter().filter(|place| !wanted.contains(place)));
    }
    if !around.is_empty() {
        found.extend(rows_at(db, texts, &around)?);
    }
    Ok(found)
}

const BEFORE: &str = "\
    SELECT observed_ms FROM observation WHERE sensor = ?1 AND observed_ms < ?2 AND observed_ms >= ?2 - ?3 \
    ORDER BY observed_ms DESC LIMIT ?4";
const AFTER: &str = "\
    SELECT observed_ms FROM observation WHERE sensor = ?1 AND observed_ms > ?2 AND observed_ms <= ?2 + ?3 \
    ORDER BY observed_ms LIMIT ?4";

/// The places of the rows around one.
fn near(db: &Connection, (sensor, at): Place) -> rusqlite::Result<Vec<Place>> {
    let mut places = Vec::new();
    for sql in [BEFORE, AFTER] {
        let mut statement = db.prepare_cached(sql)?;
        let found = statement.query_map((sensor.0, at.0, GAP_MAX_MS, NEIGHBOURS_MAX as i64), |row| row.get(0))?;
        for near in found {
            places.push((sensor, Timestamp(near?)));
        }
    }
    Ok(places)
}

fn rows_at(db: &Connection, texts: &Texts, wanted: &BTreeSet<Place>) -> rusqlite::Result<HashMap<Place, FoundRow>> {
    let mut json = JsonRows::new();
    for (sensor, at) in wanted {
        json.row(format_args!("{},{}", sensor.0, at.0));
    }
    let wanted = json.finish();
    let mut statement = db.prepare_cached(texts.rows.as_str())?;
    let mut found: HashMap<Place, FoundRow> = statement.query_map([&wanted], row)?.collect::<Result<_, _>>()?;
    for (place, mark) in marks::at(db, &wanted)? {
        found.entry(place).or_default().marks.push(mark);
    }
    Ok(found)
}

fn row(row: &Row<'_>) -> rusqlite::Result<(Place, FoundRow)> {
    let mut values = Values::default();
    for (quantity, column) in columns().zip(KEY_COLUMNS..) {
        if let Some(value) = row.get::<_, Option<f64>>(column)? {
            values.restore(quantity, value);
        }
    }
    Ok(((SensorId(row.get(0)?), Timestamp(row.get(1)?)), FoundRow { values, marks: Vec::new() }))
}
