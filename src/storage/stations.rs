//! Stations and who may speak for them.

use super::error::Error;
use super::keys::{self, Key, KeyHash};
use chrono_tz::Tz;
use sqlx::{SqliteConnection, SqliteExecutor};
use std::collections::HashMap;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use weather::station::{Slug, Station, StationId};
use weather::time::Timestamp;

/// A station to be added.
#[derive(Debug, Clone)]
pub struct NewStation {
    /// Its name in URLs.
    pub slug: Slug,
    /// What people call it, checked by [`weather::station::station_name`].
    pub name: String,
    /// The zone its days are counted in.
    pub zone: Tz,
    /// Height of the ground, metres.
    pub elevation_m: Option<f64>,
}

/// All stations, sorted by name.
#[derive(Debug, Default)]
pub struct Directory {
    listed: Vec<Listed>,
    by_slug: HashMap<Arc<str>, usize>,
    by_id: HashMap<StationId, usize>,
    by_hash: HashMap<KeyHash, usize>,
}

#[derive(Debug)]
struct Listed {
    station: Arc<Station>,
    slug: Arc<str>,
    key_hash: KeyHash,
    key_prefix: String,
}

impl Directory {
    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Station>> {
        self.listed.iter().map(|listed| &listed.station)
    }

    /// The station of that slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Station>> {
        self.listed_as(slug).map(|listed| &listed.station)
    }

    /// The station of that slug if `key` is its key; compares in constant time.
    pub fn authenticate(&self, slug: &str, key: &str) -> Option<&Arc<Station>> {
        let listed = self.listed_as(slug)?;
        bool::from(listed.key_hash.ct_eq(&keys::hash(key))).then_some(&listed.station)
    }

    /// The first characters of a station's key, to tell it from others.
    pub fn key_prefix(&self, slug: &str) -> Option<&str> {
        self.listed_as(slug).map(|listed| listed.key_prefix.as_str())
    }

    /// The station whose key hashes to that. What a thief could learn from the time it takes is about hashes.
    pub(super) fn by_hash(&self, hash: &KeyHash) -> Option<&Arc<Station>> {
        self.by_hash.get(hash).map(|&place| &self.listed[place].station)
    }

    pub(super) fn by_id(&self, id: StationId) -> Option<(&Arc<Station>, &Arc<str>)> {
        self.by_id.get(&id).map(|&place| (&self.listed[place].station, &self.listed[place].slug))
    }

    fn listed_as(&self, slug: &str) -> Option<&Listed> {
        self.by_slug.get(slug).map(|&place| &self.listed[place])
    }
}

type Row = (i64, String, String, String, Option<f64>, Vec<u8>, String);

const ALL: &str = "SELECT id, slug, name, zone, elevation_m, key_hash, key_prefix FROM station ORDER BY name, slug";

/// Reads all stations.
pub(super) async fn load(db: impl SqliteExecutor<'_>) -> Result<Directory, Error> {
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(db).await?;
    let mut directory = Directory::default();
    for (place, row) in rows.into_iter().enumerate() {
        let listed = listed(row)?;
        directory.by_slug.insert(listed.slug.clone(), place);
        directory.by_id.insert(listed.station.id, place);
        directory.by_hash.insert(listed.key_hash, place);
        directory.listed.push(listed);
    }
    Ok(directory)
}

const BY_HASH: &str = "SELECT id, slug, name, zone, elevation_m, key_hash, key_prefix FROM station WHERE key_hash = $1";

/// Asks the database whose key hashes to that: another process may have made it a moment ago.
pub(super) async fn by_hash(db: impl SqliteExecutor<'_>, hash: &KeyHash) -> Result<Option<Arc<Station>>, Error> {
    let row: Option<Row> = sqlx::query_as(BY_HASH).bind(&hash[..]).fetch_optional(db).await?;
    Ok(row.map(listed).transpose()?.map(|listed| listed.station))
}

fn listed((id, slug, name, zone, elevation_m, key_hash, key_prefix): Row) -> Result<Listed, Error> {
    let decode = |error: Box<dyn std::error::Error + Send + Sync>| Error::from(sqlx::Error::Decode(error));
    let zone = zone.parse::<Tz>().map_err(|error| decode(error.into()))?;
    let key_hash = KeyHash::try_from(key_hash).map_err(|_| decode("a key's hash has 32 bytes".into()))?;
    let station = Arc::new(Station { id: StationId(id), slug: Slug::new(&slug)?, name, zone, elevation_m });
    Ok(Listed { station, slug: slug.into(), key_hash, key_prefix })
}

const INSERT: &str = "\
    INSERT INTO station (slug, name, zone, elevation_m, key_hash, key_prefix, created_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slug) DO NOTHING";

/// Adds a station, inside the caller's transaction.
pub(super) async fn insert(
    conn: &mut SqliteConnection,
    new: &NewStation,
    key: &Key,
    now: Timestamp,
) -> Result<(), Error> {
    let done = sqlx::query(INSERT)
        .bind(new.slug.as_str())
        .bind(&new.name)
        .bind(new.zone.name())
        .bind(new.elevation_m)
        .bind(&keys::hash(key.reveal())[..])
        .bind(key.prefix())
        .bind(now.0)
        .execute(conn)
        .await?;
    if done.rows_affected() == 0 { Err(Error::SlugTaken(new.slug.to_string())) } else { Ok(()) }
}

const RENEW: &str = "UPDATE station SET key_hash = $2, key_prefix = $3 WHERE slug = $1";

/// Gives a station another key, inside the caller's transaction.
pub(super) async fn renew(conn: &mut SqliteConnection, slug: &Slug, key: &Key) -> Result<(), Error> {
    let query = sqlx::query(RENEW).bind(slug.as_str()).bind(&keys::hash(key.reveal())[..]).bind(key.prefix());
    found(slug, query.execute(conn).await?.rows_affected())
}

const DELETE: &str = "DELETE FROM station WHERE slug = $1";

/// Removes a station and its key, inside the caller's transaction. Its sensors stay without a station until
/// [`super::tidy`] has deleted their rows.
pub(super) async fn delete(conn: &mut SqliteConnection, slug: &Slug) -> Result<(), Error> {
    found(slug, sqlx::query(DELETE).bind(slug.as_str()).execute(conn).await?.rows_affected())
}

fn found(slug: &Slug, rows: u64) -> Result<(), Error> {
    if rows == 0 { Err(Error::NoStation(slug.to_string())) } else { Ok(()) }
}
