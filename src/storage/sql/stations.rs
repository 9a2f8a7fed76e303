//! Stations as they are read and changed.

use super::db::{Connection, Executor};
use super::{calibrations, mappings, set};
use crate::storage::devices::{DeviceKind, DeviceSecret};
use crate::storage::error::Error;
use crate::storage::keys::{self, Key, KeyHash};
use crate::storage::seam::StationChange;
use crate::storage::sql::decode;
use crate::storage::stations::{FoundStation, ListedSensor, NewStation};
use crate::storage::zones::Zones;
use std::collections::HashMap;
use weather::calibration::Calibrations;
use weather::mapping::Mappings;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::sun::Coordinates;
use weather::time::Timestamp;
use weather::upload_units::UploadUnits;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    zone: String,
    elevation_m: Option<f64>,
    key_hash: Vec<u8>,
    key_prefix: String,
    main_device: Option<String>,
    clock_offset_ms: i64,
    latitude: Option<f64>,
    longitude: Option<f64>,
    upload_units: String,
    interval_ms: Option<i64>,
}

const ALL: &str = "\
    SELECT id, slug, name, zone, elevation_m, key_hash, key_prefix, main_device, clock_offset_ms, latitude, longitude, \
    upload_units, interval_ms FROM station ORDER BY name, slug";

const DEVICES: &str = "SELECT station, kind, hash FROM device ORDER BY station, created_ms, hash";

/// All stations, sorted by name.
pub(super) async fn all(conn: &mut Connection, zones: &Zones) -> Result<Vec<FoundStation>, Error> {
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&mut *conn).await?;
    let devices: Vec<(i64, String, Vec<u8>)> = sqlx::query_as(DEVICES).fetch_all(&mut *conn).await?;
    let mut calibrations = calibrations::all(&mut *conn).await?;
    let mut mappings = mappings::all(&mut *conn).await?;
    let mut former = set::former(conn).await?;
    let mut by_station: HashMap<i64, Vec<(DeviceKind, KeyHash)>> = HashMap::new();
    for (station, kind, hash) in devices {
        let kind = DeviceKind::from_name(&kind).ok_or_else(|| decode("the kind of a device is not known"))?;
        by_station.entry(station).or_default().push((kind, key_hash(hash)?));
    }
    rows.into_iter()
        .map(|row| {
            let found = found(row, zones)?;
            let devices = by_station.remove(&found.station.id.0).unwrap_or_default();
            let calibrations = calibrations.remove(&found.station.id).unwrap_or_default();
            let mappings = mappings.remove(&found.station.id).unwrap_or_default();
            let former_slugs = former.remove(&found.station.id).unwrap_or_default();
            Ok(FoundStation { devices, calibrations, mappings, former_slugs, ..found })
        })
        .collect()
}

const BY_HASH: &str = "\
    SELECT id, slug, name, zone, elevation_m, key_hash, key_prefix, main_device, clock_offset_ms, latitude, longitude, \
    upload_units, interval_ms FROM station WHERE key_hash = $1";

/// The station whose key hashes to that.
pub(super) async fn by_hash(db: impl Executor<'_>, hash: &KeyHash, zones: &Zones) -> Result<Option<Station>, Error> {
    let row: Option<Row> = sqlx::query_as(BY_HASH).bind(&hash[..]).fetch_optional(db).await?;
    Ok(row.map(|row| found(row, zones)).transpose()?.map(|found| found.station))
}

/// A station without its devices.
fn found(row: Row, zones: &Zones) -> Result<FoundStation, Error> {
    let coordinates = row.latitude.zip(row.longitude).and_then(|(north, east)| Coordinates::new(north, east));
    let station = Station {
        id: StationId(row.id),
        slug: Slug::new(&row.slug)?,
        name: row.name,
        zone: zones.named(&row.zone).map_err(decode)?,
        elevation_m: row.elevation_m,
        clock_offset_ms: row.clock_offset_ms,
        coordinates,
        upload_units: UploadUnits::from_name(&row.upload_units).map_err(decode)?,
        interval_ms: row.interval_ms,
    };
    Ok(FoundStation {
        station,
        key_hash: key_hash(row.key_hash)?,
        key_prefix: row.key_prefix,
        devices: Vec::new(),
        main_device: row.main_device.map(|name| SensorName::new(&name)).transpose()?,
        calibrations: Calibrations::default(),
        mappings: Mappings::default(),
        former_slugs: Vec::new(),
    })
}

fn key_hash(bytes: Vec<u8>) -> Result<KeyHash, Error> {
    KeyHash::try_from(bytes).map_err(|_| decode("a key's hash has 32 bytes").into())
}

/// Changes the list, inside the caller's transaction.
pub(super) async fn change(conn: &mut Connection, change: &StationChange<'_>, now: Timestamp) -> Result<(), Error> {
    match change {
        StationChange::Add(new, key) => insert(conn, new, key, now).await,
        StationChange::Renew(slug, key) => renew(conn, slug, key).await,
        StationChange::Set(slug, settings) => set::set(conn, slug, settings, now).await,
        StationChange::Remove(slug) => delete(conn, slug).await,
        StationChange::RemoveSensor(slug, name) => delete_sensor(conn, slug, name).await,
        StationChange::Bind(slug, device) => bind(conn, slug, device, now).await,
        StationChange::Unbind(slug) => unbind(conn, slug).await,
        StationChange::ClaimMain(slug, name) => claim_main(conn, slug, name).await,
        StationChange::Calibrate(slug, start, calibration, author) => {
            calibrations::change(conn, (slug, start), *calibration, author, now).await
        }
        StationChange::Map(slug, field, mapping, author) => {
            mappings::change(conn, (slug, field), *mapping, author, now).await
        }
    }
}

const INSERT: &str = "\
    INSERT INTO station (slug, name, zone, elevation_m, key_hash, key_prefix, created_ms, latitude, longitude) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (slug) DO NOTHING";

async fn insert(conn: &mut Connection, new: &NewStation, key: &Key, now: Timestamp) -> Result<(), Error> {
    set::must_be_free(conn, &new.slug, None).await?;
    let done = sqlx::query(INSERT)
        .bind(new.slug.as_str())
        .bind(&new.name)
        .bind(new.zone.name())
        .bind(new.elevation_m)
        .bind(&keys::hash(key.reveal())[..])
        .bind(key.prefix())
        .bind(now.0)
        .bind(new.coordinates.map(Coordinates::latitude))
        .bind(new.coordinates.map(Coordinates::longitude))
        .execute(conn)
        .await?;
    if done.rows_affected() == 0 { Err(Error::SlugTaken(new.slug.to_string())) } else { Ok(()) }
}

const RENEW: &str = "UPDATE station SET key_hash = $2, key_prefix = $3 WHERE slug = $1";

async fn renew(conn: &mut Connection, slug: &Slug, key: &Key) -> Result<(), Error> {
    let query = sqlx::query(RENEW).bind(slug.as_str()).bind(&keys::hash(key.reveal())[..]).bind(key.prefix());
    must_exist(slug, query.execute(conn).await?.rows_affected())
}

const DELETE: &str = "DELETE FROM station WHERE slug = $1";

/// Its sensors stay without a station until tidying has deleted their rows.
async fn delete(conn: &mut Connection, slug: &Slug) -> Result<(), Error> {
    must_exist(slug, sqlx::query(DELETE).bind(slug.as_str()).execute(conn).await?.rows_affected())
}

const DELETE_SENSOR: &str = "\
    UPDATE sensor SET station = NULL WHERE station = (SELECT id FROM station WHERE slug = $1) AND name = $2";

/// The same for one sensor.
async fn delete_sensor(conn: &mut Connection, slug: &Slug, name: &SensorName) -> Result<(), Error> {
    let done = sqlx::query(DELETE_SENSOR).bind(slug.as_str()).bind(name.as_str()).execute(conn).await?;
    if done.rows_affected() == 0 {
        return Err(Error::NoSensor(slug.to_string(), name.as_str().to_owned()));
    }
    Ok(())
}

const BIND: &str = "\
    INSERT INTO device (hash, station, kind, created_ms) SELECT $2, id, $3, $4 FROM station WHERE slug = $1 \
    ON CONFLICT (hash) DO NOTHING";

const BOUND_TO: &str = "SELECT slug FROM station JOIN device ON device.station = station.id WHERE device.hash = $1";

/// A device that is bound to the station already stays so.
async fn bind(conn: &mut Connection, slug: &Slug, device: &DeviceSecret, now: Timestamp) -> Result<(), Error> {
    let hash = &device.hash()[..];
    let query = sqlx::query(BIND).bind(slug.as_str()).bind(hash).bind(device.kind().name()).bind(now.0);
    if query.execute(&mut *conn).await?.rows_affected() > 0 {
        return Ok(());
    }
    let bound: Option<(String,)> = sqlx::query_as(BOUND_TO).bind(hash).fetch_optional(conn).await?;
    match bound {
        None => Err(Error::NoStation(slug.to_string())),
        Some((other,)) if other == slug.as_str() => Ok(()),
        Some((other,)) => Err(Error::DeviceTaken(other)),
    }
}

const UNBIND: &str = "DELETE FROM device WHERE station = (SELECT id FROM station WHERE slug = $1)";

const FREE_MAIN: &str = "UPDATE station SET main_device = NULL WHERE slug = $1";

async fn unbind(conn: &mut Connection, slug: &Slug) -> Result<(), Error> {
    sqlx::query(UNBIND).bind(slug.as_str()).execute(&mut *conn).await?;
    must_exist(slug, sqlx::query(FREE_MAIN).bind(slug.as_str()).execute(conn).await?.rows_affected())
}

const CLAIM_MAIN: &str = "UPDATE station SET main_device = coalesce(main_device, $2) WHERE slug = $1";

async fn claim_main(conn: &mut Connection, slug: &Slug, name: &SensorName) -> Result<(), Error> {
    let query = sqlx::query(CLAIM_MAIN).bind(slug.as_str()).bind(name.as_str());
    must_exist(slug, query.execute(conn).await?.rows_affected())
}

const SENSORS: &str = "\
    SELECT name, bytes, (SELECT max(observed_ms) FROM observation WHERE observation.sensor = sensor.id), raw_from_ms \
    FROM sensor WHERE station = $1 ORDER BY name";

/// A station's sensors, sorted by name.
pub(super) async fn sensors(db: impl Executor<'_>, station: StationId) -> Result<Vec<ListedSensor>, Error> {
    let rows: Vec<(String, i64, Option<i64>, Option<i64>)> =
        sqlx::query_as(SENSORS).bind(station.0).fetch_all(db).await?;
    let listed = |(name, bytes, newest, raw_from): (String, i64, Option<i64>, Option<i64>)| {
        Ok(ListedSensor {
            name: SensorName::new(&name)?,
            newest: newest.map(Timestamp),
            raw_from: raw_from.map(Timestamp),
            about_bytes: bytes.unsigned_abs(),
        })
    };
    rows.into_iter().map(listed).collect()
}

fn must_exist(slug: &Slug, rows: u64) -> Result<(), Error> {
    if rows == 0 { Err(Error::NoStation(slug.to_string())) } else { Ok(()) }
}
