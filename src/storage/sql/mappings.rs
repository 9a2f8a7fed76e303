//! What fields of uploads are, and those of which nobody has said it.

use super::db::{Connection, Pool};
use super::numbers::{number, quantity, stored};
use crate::storage::error::Error;
use crate::storage::mappings::{MadeMapping, UNMAPPED_FOR_MS, UNMAPPED_MAX, Unmapped};
use crate::storage::sql::decode;
use std::collections::{BTreeMap, HashMap};
use weather::mapping::{FieldName, MAPPINGS_MAX, Mapping, Mappings};
use weather::station::{SensorName, Slug, StationId};
use weather::time::Timestamp;

const ALL: &str = "SELECT station, field, sensor, quantity, unit FROM mapping";

/// All mappings, by station.
pub(super) async fn all(conn: &mut Connection) -> Result<HashMap<StationId, Mappings>, Error> {
    let rows: Vec<(i64, String, String, i64, String)> = sqlx::query_as(ALL).fetch_all(conn).await?;
    let mut found: HashMap<StationId, BTreeMap<String, Mapping>> = HashMap::new();
    for (station, field, sensor, of, unit) in rows {
        found.entry(StationId(station)).or_default().insert(field, read(&sensor, of, &unit)?);
    }
    Ok(found.into_iter().map(|(station, all)| (station, Mappings::new(all))).collect())
}

fn read(sensor: &str, of: i64, unit: &str) -> Result<Mapping, Error> {
    Ok(Mapping::new(SensorName::new(sensor)?, quantity(of)?, unit).map_err(decode)?)
}

const STATION: &str = "SELECT id FROM station WHERE slug = $1";
const COUNT: &str = "SELECT count(*) FROM mapping WHERE station = $1 AND field <> $2";
const PUT: &str = "\
    INSERT INTO mapping (station, field, sensor, quantity, unit, author, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (station, field) DO UPDATE SET sensor = excluded.sensor, quantity = excluded.quantity, \
    unit = excluded.unit, author = excluded.author, made_ms = excluded.made_ms";
const IS_KNOWN: &str = "DELETE FROM unmapped WHERE station = $1 AND field = $2";
const REMOVE: &str = "DELETE FROM mapping WHERE station = $1 AND field = $2";

/// Says what a field is, or that nobody knows any more. Inside the caller's transaction.
pub(super) async fn change(
    conn: &mut Connection,
    (slug, field): (&Slug, &FieldName),
    mapping: Option<&Mapping>,
    author: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let station: Option<i64> = sqlx::query_scalar(STATION).bind(slug.as_str()).fetch_optional(&mut *conn).await?;
    let station = station.ok_or_else(|| Error::NoStation(slug.to_string()))?;
    let name = field.as_str();
    let Some(mapping) = mapping else {
        let done = sqlx::query(REMOVE).bind(station).bind(name).execute(conn).await?;
        return if done.rows_affected() == 0 { Err(Error::NoMapping(name.to_owned())) } else { Ok(()) };
    };
    let others: i64 = sqlx::query_scalar(COUNT).bind(station).bind(name).fetch_one(&mut *conn).await?;
    if others.unsigned_abs() >= MAPPINGS_MAX as u64 {
        return Err(Error::TooManyMappings(MAPPINGS_MAX));
    }
    let query = sqlx::query(PUT).bind(station).bind(name).bind(mapping.sensor().as_str());
    let query = query.bind(number(mapping.quantity())).bind(mapping.unit().symbol()).bind(author).bind(now.0);
    query.execute(&mut *conn).await?;
    sqlx::query(IS_KNOWN).bind(station).bind(name).execute(conn).await?;
    Ok(())
}

const FORGET: &str = "DELETE FROM unmapped WHERE station = $1 AND last_ms < $2";
const NOTE: &str = "\
    INSERT INTO unmapped (station, field, value, first_ms, last_ms, uploads) SELECT $1, $2, $3, $4, $5, $6 \
    WHERE EXISTS (SELECT 1 FROM station WHERE id = $1) \
    AND NOT EXISTS (SELECT 1 FROM mapping WHERE station = $1 AND field = $2) \
    AND (EXISTS (SELECT 1 FROM unmapped WHERE station = $1 AND field = $2) \
        OR (SELECT count(*) FROM unmapped WHERE station = $1) < $7) \
    ON CONFLICT (station, field) DO UPDATE SET value = excluded.value, \
    last_ms = CASE WHEN unmapped.last_ms > excluded.last_ms THEN unmapped.last_ms ELSE excluded.last_ms END, \
    uploads = unmapped.uploads + excluded.uploads";

/// Notes fields of which nobody has said what they are. Inside the caller's transaction.
pub(super) async fn note(conn: &mut Connection, station: StationId, fields: &[Unmapped]) -> Result<(), sqlx::Error> {
    let newest = fields.iter().map(|field| field.last.0).max().unwrap_or_default();
    sqlx::query(FORGET).bind(station.0).bind(newest - UNMAPPED_FOR_MS).execute(&mut *conn).await?;
    for Unmapped { field, value, first, last, uploads } in fields {
        let query = sqlx::query(NOTE).bind(station.0).bind(field).bind(value).bind(first.0).bind(last.0);
        query.bind(stored(*uploads)).bind(UNMAPPED_MAX as i64).execute(&mut *conn).await?;
    }
    Ok(())
}

const MADE: &str = "\
    SELECT field, sensor, quantity, unit, author, made_ms FROM mapping WHERE station = $1 ORDER BY field";

/// A station's mappings, by field.
pub(super) async fn made(db: &Pool, station: StationId) -> Result<Vec<MadeMapping>, Error> {
    type Row = (String, String, i64, String, String, i64);
    let rows: Vec<Row> = sqlx::query_as(MADE).bind(station.0).fetch_all(db).await?;
    let made = |(field, sensor, of, unit, author, at): Row| {
        let mapping = read(&sensor, of, &unit)?;
        Ok(MadeMapping { field, mapping, author, made_at: Timestamp(at) })
    };
    rows.into_iter().map(made).collect()
}

const UNMAPPED: &str = "\
    SELECT field, value, first_ms, last_ms, uploads FROM unmapped WHERE station = $1 ORDER BY field";

/// The fields of a station of which nobody has said what they are, by name.
pub(super) async fn unmapped(db: &Pool, station: StationId) -> Result<Vec<Unmapped>, sqlx::Error> {
    let rows: Vec<(String, String, i64, i64, i64)> = sqlx::query_as(UNMAPPED).bind(station.0).fetch_all(db).await?;
    let field = |(field, value, first, last, uploads): (String, String, i64, i64, i64)| Unmapped {
        field,
        value,
        first: Timestamp(first),
        last: Timestamp(last),
        uploads: uploads.unsigned_abs(),
    };
    Ok(rows.into_iter().map(field).collect())
}
