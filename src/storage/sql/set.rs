//! What its owner changes of a station, and what it was called in URLs before. Inside the caller's transaction.

use super::db::Connection;
use super::rezoning;
use crate::storage::error::Error;
use crate::storage::stations::{FORMER_SLUGS_MAX, StationSettings};
use std::collections::HashMap;
use weather::station::{Slug, StationId};
use weather::sun::Coordinates;
use weather::time::Timestamp;
use weather::upload_units::UploadUnits;

const FORMER: &str = "SELECT station, slug FROM former_slug ORDER BY station, until_ms DESC, slug";

/// What stations were called before, by station, the newest first.
pub(super) async fn former(conn: &mut Connection) -> Result<HashMap<StationId, Vec<Slug>>, Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(FORMER).fetch_all(conn).await?;
    let mut found: HashMap<StationId, Vec<Slug>> = HashMap::new();
    for (station, slug) in rows {
        found.entry(StationId(station)).or_default().push(Slug::new(&slug)?);
    }
    Ok(found)
}

const FIND: &str = "SELECT id, zone FROM station WHERE slug = $1";
const SET: &str = "\
    UPDATE station SET clock_offset_ms = coalesce($2, clock_offset_ms), \
    elevation_m = CASE WHEN $3 THEN $4 ELSE elevation_m END, \
    latitude = CASE WHEN $5 THEN $6 ELSE latitude END, longitude = CASE WHEN $5 THEN $7 ELSE longitude END, \
    upload_units = coalesce($8, upload_units), name = coalesce($9, name), zone = coalesce($10, zone), \
    interval_ms = CASE WHEN $11 THEN $12 ELSE interval_ms END WHERE id = $1";

/// Changes a station.
pub(super) async fn set(
    conn: &mut Connection,
    slug: &Slug,
    settings: &StationSettings,
    now: Timestamp,
) -> Result<(), Error> {
    let found: Option<(i64, String)> = sqlx::query_as(FIND).bind(slug.as_str()).fetch_optional(&mut *conn).await?;
    let (id, zone) = found.ok_or_else(|| Error::NoStation(slug.to_string()))?;
    if settings.forgets_former_slugs {
        sqlx::query(FORGET_ALL).bind(id).execute(&mut *conn).await?;
    }
    if let Some(new) = settings.slug.as_ref().filter(|new| *new != slug) {
        rename(conn, (id, slug), new, now).await?;
    }
    sqlx::query(SET)
        .bind(id)
        .bind(settings.clock_offset_ms)
        .bind(settings.elevation_m.is_some())
        .bind(settings.elevation_m.flatten())
        .bind(settings.coordinates.is_some())
        .bind(settings.coordinates.flatten().map(Coordinates::latitude))
        .bind(settings.coordinates.flatten().map(Coordinates::longitude))
        .bind(settings.upload_units.map(UploadUnits::name))
        .bind(settings.name.as_deref())
        .bind(settings.zone.as_ref().map(|zone| zone.name().to_owned()))
        .bind(settings.interval_ms.is_some())
        .bind(settings.interval_ms.flatten())
        .execute(&mut *conn)
        .await?;
    if settings.zone.as_ref().is_some_and(|new| new.name() != zone) {
        rezoning::begin(conn, id).await?;
    }
    Ok(())
}

const FORGET_ALL: &str = "DELETE FROM former_slug WHERE station = $1";
const IS_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM station WHERE slug = $1)";
const WHOSE: &str = "SELECT station.id, station.slug FROM former_slug JOIN station ON station.id = former_slug.station WHERE former_slug.slug = $1";
const COMES_BACK: &str = "DELETE FROM former_slug WHERE slug = $1";
const COUNT: &str = "SELECT count(*) FROM former_slug WHERE station = $1";
const KEEP: &str = "INSERT INTO former_slug (slug, station, until_ms) VALUES ($1, $2, $3)";
const RENAME: &str = "UPDATE station SET slug = $2 WHERE id = $1";
const WORDS: &str = "UPDATE word SET station = $2 WHERE station = $1";
/// A station that was removed may have been called so, and its visitors' alerts may be there still.
const DEAD_ALERTS: &str = "\
    DELETE FROM alert WHERE station = $2 AND EXISTS (SELECT 1 FROM alert AS own \
    WHERE own.visitor = alert.visitor AND own.station = $1 AND own.number = alert.number)";
const ALERTS: &str = "UPDATE alert SET station = $2 WHERE station = $1";

/// An error if another station was called so before, and requests by that name still find it.
pub(super) async fn must_be_free(conn: &mut Connection, slug: &Slug, of: Option<i64>) -> Result<(), Error> {
    let whose: Option<(i64, String)> = sqlx::query_as(WHOSE).bind(slug.as_str()).fetch_optional(conn).await?;
    match whose {
        Some((id, now)) if Some(id) != of => Err(Error::SlugLeadsOn(slug.to_string(), now)),
        _ => Ok(()),
    }
}

/// Gives a station another name in URLs. What visitors have said there goes with it.
async fn rename(conn: &mut Connection, (id, old): (i64, &Slug), new: &Slug, now: Timestamp) -> Result<(), Error> {
    let taken: bool = sqlx::query_scalar(IS_TAKEN).bind(new.as_str()).fetch_one(&mut *conn).await?;
    if taken {
        return Err(Error::SlugTaken(new.to_string()));
    }
    must_be_free(conn, new, Some(id)).await?;
    sqlx::query(COMES_BACK).bind(new.as_str()).execute(&mut *conn).await?;
    let held: i64 = sqlx::query_scalar(COUNT).bind(id).fetch_one(&mut *conn).await?;
    if held.unsigned_abs() >= FORMER_SLUGS_MAX as u64 {
        return Err(Error::TooManySlugs(FORMER_SLUGS_MAX, old.to_string()));
    }
    sqlx::query(KEEP).bind(old.as_str()).bind(id).bind(now.0).execute(&mut *conn).await?;
    sqlx::query(RENAME).bind(id).bind(new.as_str()).execute(&mut *conn).await?;
    for sql in [WORDS, DEAD_ALERTS, ALERTS] {
        sqlx::query(sql).bind(old.as_str()).bind(new.as_str()).execute(&mut *conn).await?;
    }
    Ok(())
}
