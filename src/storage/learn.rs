//! Reads into the writer's memory what a batch is about to touch, with at most a statement for each table.

use super::memory::{Known, Memory, Newest, Range, Rank, SensorId};
use super::merge::{Place, Upload};
use super::observations::quantity;
use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use weather::day;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// Sensors a station may have: a misread field must not become ten thousand of them.
pub(super) const SENSORS_MAX: usize = 256;

/// Makes memory know what [`super::merge::merge`] asks of it; returns the rows that exist at the uploads' places.
pub(super) async fn learn(
    conn: &mut SqliteConnection,
    memory: &mut Memory,
    uploads: &[Upload<'_>],
) -> Result<HashMap<Place, Values>, sqlx::Error> {
    memory.trim();
    for upload in uploads {
        if !memory.stations.contains_key(&upload.station.id) {
            read_station(conn, memory, upload.station.id).await?;
        }
    }
    add_sensors(conn, memory, uploads).await?;
    let (days, places) = wanted(memory, uploads);
    read_days(conn, memory, days).await?;
    read_rows(conn, places).await
}

const SENSORS: &str = "\
    SELECT id, name, (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) \
    FROM sensor WHERE station = $1";
const LATEST: &str = "\
    SELECT latest.sensor, latest.quantity, latest.observed_ms, latest.rank_ms, latest.value \
    FROM latest JOIN sensor ON sensor.id = latest.sensor WHERE sensor.station = $1";

async fn read_station(conn: &mut SqliteConnection, memory: &mut Memory, station: StationId) -> Result<(), sqlx::Error> {
    let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(SENSORS).bind(station.0).fetch_all(&mut *conn).await?;
    let sensors = memory.stations.entry(station).or_default();
    for (id, name, high_water) in rows {
        let name = SensorName::new(&name).map_err(|error| sqlx::Error::Decode(error.into()))?;
        sensors.insert(name, SensorId(id));
        let known = Known { high_water: high_water.map(Timestamp), ..Known::default() };
        memory.sensors.insert(SensorId(id), known);
    }
    let rows: Vec<(i64, i64, i64, i64, f64)> = sqlx::query_as(LATEST).bind(station.0).fetch_all(conn).await?;
    for (sensor, index, observed_ms, rank_ms, value) in rows {
        let rank = Rank { rank: Timestamp(rank_ms), observed_at: Timestamp(observed_ms) };
        let known = memory.sensors.entry(SensorId(sensor)).or_default();
        known.latest[quantity(index)?.index()] = Some(Newest { rank, value });
    }
    Ok(())
}

const ADD_SENSORS: &str = "\
    INSERT INTO sensor (station, name) SELECT value ->> 0, value ->> 1 FROM json_each($1) \
    RETURNING id, station, name";

async fn add_sensors(
    conn: &mut SqliteConnection,
    memory: &mut Memory,
    uploads: &[Upload<'_>],
) -> Result<(), sqlx::Error> {
    let mut missing: BTreeSet<(StationId, &SensorName)> = BTreeSet::new();
    for upload in uploads {
        let id = upload.station.id;
        let sensors = &memory.stations[&id];
        for name in upload.reports.iter().flat_map(|report| report.sensors().keys()) {
            if !sensors.contains_key(name) {
                missing.insert((id, name));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut room: HashMap<StationId, usize> = HashMap::new();
    let mut json = JsonRows::new();
    for (station, name) in missing {
        let left = room.entry(station).or_insert_with(|| SENSORS_MAX.saturating_sub(memory.stations[&station].len()));
        if *left > 0 {
            *left -= 1;
            json.row(format_args!(r#"{},"{}""#, station.0, name.as_str()));
        }
    }
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(ADD_SENSORS).bind(json.finish()).fetch_all(conn).await?;
    for (id, station, name) in rows {
        let name = SensorName::new(&name).map_err(|error| sqlx::Error::Decode(error.into()))?;
        memory.stations.entry(StationId(station)).or_default().insert(name, SensorId(id));
        memory.sensors.insert(SensorId(id), Known::default());
    }
    Ok(())
}

/// Days that memory does not know, and places that may have a row already.
fn wanted(memory: &Memory, uploads: &[Upload<'_>]) -> (BTreeSet<(SensorId, NaiveDate)>, BTreeSet<Place>) {
    let (mut days, mut places) = (BTreeSet::new(), BTreeSet::new());
    for upload in uploads {
        let sensors = &memory.stations[&upload.station.id];
        for report in upload.reports {
            let observed_at = report.observed_at();
            let date = day::date_at(upload.station.zone, observed_at);
            for sensor in report.sensors().keys().filter_map(|name| sensors.get(name)) {
                if !memory.days.contains_key(&(*sensor, date)) {
                    days.insert((*sensor, date));
                }
                if memory.sensors.get(sensor).is_some_and(|known| Some(observed_at) <= known.high_water) {
                    places.insert((*sensor, observed_at));
                }
            }
        }
    }
    (days, places)
}

const DAYS: &str = "\
    SELECT extreme.sensor, extreme.day, extreme.quantity, extreme.low, extreme.low_ms, extreme.high, extreme.high_ms \
    FROM json_each($1) AS wanted CROSS JOIN extreme \
    ON extreme.sensor = wanted.value ->> 0 AND extreme.day = wanted.value ->> 1";

async fn read_days(
    conn: &mut SqliteConnection,
    memory: &mut Memory,
    days: BTreeSet<(SensorId, NaiveDate)>,
) -> Result<(), sqlx::Error> {
    if days.is_empty() {
        return Ok(());
    }
    let mut json = JsonRows::new();
    for (sensor, date) in days {
        json.row(format_args!(r#"{},"{date}""#, sensor.0));
        memory.days.entry((sensor, date)).or_default();
    }
    type Found = (i64, String, i64, f64, i64, f64, i64);
    let rows: Vec<Found> = sqlx::query_as(DAYS).bind(json.finish()).fetch_all(conn).await?;
    for (sensor, date, index, low, low_ms, high, high_ms) in rows {
        let date = date.parse::<NaiveDate>().map_err(|error| sqlx::Error::Decode(error.into()))?;
        let range = Range { low, low_at: Timestamp(low_ms), high, high_at: Timestamp(high_ms) };
        memory.days.entry((SensorId(sensor), date)).or_default().ranges[quantity(index)?.index()] = Some(range);
    }
    Ok(())
}

const ROWS: &str = "\
    SELECT observation.* FROM json_each($1) AS wanted CROSS JOIN observation \
    ON observation.sensor = wanted.value ->> 0 AND observation.observed_ms = wanted.value ->> 1";

async fn read_rows(
    conn: &mut SqliteConnection,
    places: BTreeSet<Place>,
) -> Result<HashMap<Place, Values>, sqlx::Error> {
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let mut json = JsonRows::new();
    for (sensor, at) in places {
        json.row(format_args!("{},{}", sensor.0, at.0));
    }
    sqlx::query(ROWS).bind(json.finish()).fetch_all(conn).await?.iter().map(row).collect()
}

/// Columns before the first quantity: sensor, observed_ms.
pub(super) const KEY_COLUMNS: usize = 2;

fn row(row: &SqliteRow) -> Result<(Place, Values), sqlx::Error> {
    let mut values = Values::default();
    for quantity in Quantity::all() {
        if let Some(value) = row.try_get::<Option<f64>, _>(KEY_COLUMNS + quantity.index())? {
            values.restore(quantity, value);
        }
    }
    Ok(((SensorId(row.try_get(0)?), Timestamp(row.try_get(1)?)), values))
}

/// An array of arrays, to be read with `json_each`.
pub(super) struct JsonRows(String);

impl JsonRows {
    pub fn new() -> Self {
        Self(String::from("["))
    }

    /// Adds a row of JSON values with commas between them.
    pub fn row(&mut self, values: std::fmt::Arguments<'_>) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        // Writing to memory does not fail.
        let _ = write!(self.0, "{comma}[{values}]");
    }

    pub fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }
}
