//! A look over a connection that only reads. It works beside servers, and neither migrates nor makes anything.

use super::open::{CONNECT_MAX, NoAddress, named, newest_migration};
use super::room;
use crate::storage::address::Address;
use crate::storage::error::{BadFile, Error};
use crate::storage::inspection::{InspectedPostgres, InspectedStation, Inspection, Schema, Soundness};
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, Transaction};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use weather::clock::Heard;
use weather::station::Slug;
use weather::time::Timestamp;

/// Stations that are looked at: more than a server is made for.
pub(super) const STATIONS_MAX: i64 = 10_000;
/// Entries of the journal that are looked through for what stations said of the time: some of each of a hundred stations.
const ENTRIES_MAX: i64 = 5_000;
/// Times of a station from which its interval follows.
const TIMES: i64 = 21;
/// Short questions whose answers are timed; the fastest counts.
const TRIPS: u32 = 3;
/// No question of a look takes longer where the database is well.
const LIMIT: &str = "SET LOCAL statement_timeout = '10s'";
/// All of a look is done within this time, also over a network that swallows packets.
const LOOK_MAX: Duration = Duration::from_secs(60);

/// Looks.
pub(in crate::storage) async fn look(address: &Address) -> Result<Inspection, Error> {
    timeout(LOOK_MAX, look_at(address)).await.map_err(Error::away)?
}

async fn look_at(address: &Address) -> Result<Inspection, Error> {
    let mut conn = connect(address).await?;
    let round_trip = round_trip(&mut conn).await?;
    let mut db = snapshot(&mut conn, LIMIT).await?;
    let postgres = itself(&mut db, round_trip).await?;
    let schema = schema(&mut db).await?;
    let (began, committed): (Option<i64>, Option<i64>) = sqlx::query_as(TIMES_OF_ALL).fetch_one(&mut *db).await?;
    let mut inspection = Inspection {
        schema,
        used_bytes: room::used_bytes(&mut db).await?,
        began: began.map(Timestamp),
        committed: committed.map(Timestamp),
        has_password: false,
        unclaimed: 0,
        stations: Vec::new(),
        soundness: Soundness::NotAsked,
        postgres: Some(postgres),
    };
    // Older tables may lack what is asked for.
    if schema == Schema::Fits {
        let (has_password, unclaimed): (bool, i64) = sqlx::query_as(OWNER).fetch_one(&mut *db).await?;
        (inspection.has_password, inspection.unclaimed) = (has_password, unclaimed.unsigned_abs());
        inspection.stations = stations(&mut db).await?;
    }
    drop(db);
    // What is not closed cleanly is closed by the server.
    let _ = conn.close().await;
    Ok(inspection)
}

/// A connection to a database, within a time.
pub(super) async fn connect(address: &Address) -> Result<PgConnection, Error> {
    let options = named(address.options().ok_or_else(|| Error::database(NoAddress))?);
    let connected = timeout(CONNECT_MAX, options.connect()).await.map_err(Error::away)?;
    Ok(connected?)
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A transaction that only reads, and whose questions all see the same state. `limit`: the longest time of each.
pub(super) async fn snapshot<'a>(
    conn: &'a mut PgConnection,
    limit: &'static str,
) -> Result<Transaction<'a, Postgres>, sqlx::Error> {
    let mut db = conn.begin_with(BEGIN).await?;
    sqlx::query(limit).execute(&mut *db).await?;
    Ok(db)
}

const OURS: &str = "\
    SELECT count(*) = 5 FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
    AND relname IN ('station', 'observation', 'journal', 'meta', '_sqlx_migrations')";
const MIGRATED: &str = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
const TIMES_OF_ALL: &str = "\
    SELECT (SELECT min(created_ms) FROM station), (SELECT committed_ms FROM journal ORDER BY seq DESC LIMIT 1)";
const OWNER: &str = "SELECT EXISTS (SELECT 1 FROM admin), (SELECT count(*) FROM unclaimed)";
const STATIONS: &str = "\
    SELECT slug, clock_offset_ms, \
        (SELECT max(latest.observed_ms) FROM latest JOIN sensor ON latest.sensor = sensor.id WHERE sensor.station = it.id), \
        (SELECT coalesce(sum(bytes), 0)::bigint FROM sensor WHERE sensor.station = it.id), \
        ARRAY(SELECT observed_ms FROM observation WHERE sensor = (\
            SELECT one.id FROM sensor AS one WHERE one.station = it.id \
            ORDER BY one.name <> '', (SELECT max(own.observed_ms) FROM observation AS own WHERE own.sensor = one.id) DESC NULLS LAST \
            LIMIT 1) \
        ORDER BY observed_ms DESC LIMIT $2) \
    FROM station AS it ORDER BY slug LIMIT $1";
/// What reports said of the time: each that was new, and the newest of each upload of old ones. Other work writes that old values
/// changed, too, without saying what a clock said. After a change of the station, what its clock said before counts no more.
const SAID: &str = "\
    SELECT station, committed_ms, kind = 'station', skew_ms FROM (\
        SELECT seq, station, committed_ms, body ->> 'kind' AS kind, (body ->> 'skew_ms')::bigint AS skew_ms FROM (\
            SELECT seq, station, committed_ms, body::jsonb AS body FROM journal WHERE visitor IS NULL \
            ORDER BY seq DESC LIMIT $1) AS newest) AS said \
    WHERE kind IN ('report', 'station') OR kind = 'backfill' AND skew_ms IS NOT NULL ORDER BY seq";
const ITSELF: &str = "\
    SELECT current_setting('server_version'), current_setting('server_version_num')::bigint, \
        least(current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint, \
            (SELECT nullif(rolconnlimit, -1)::bigint FROM pg_roles WHERE rolname = current_user), \
            (SELECT nullif(datconnlimit, -1)::bigint FROM pg_database WHERE datname = current_database())), \
        pg_is_in_recovery(), current_setting('fsync') = 'off'";
const SHORT: &str = "SELECT 1";

/// Whether the tables are as this program makes them; an error if they are not ours.
pub(super) async fn schema(db: &mut PgConnection) -> Result<Schema, Error> {
    let is_ours: bool = sqlx::query_scalar(OURS).fetch_one(&mut *db).await?;
    if !is_ours {
        return Err(BadFile::NoTables.into());
    }
    let found: i64 = sqlx::query_scalar(MIGRATED).fetch_one(db).await?;
    Ok(match found.cmp(&newest_migration()) {
        Ordering::Less => Schema::Older,
        Ordering::Equal => Schema::Fits,
        Ordering::Greater => Schema::Newer,
    })
}

/// How long the fastest of some short questions takes. The first one is not timed: it makes what the others use again.
async fn round_trip(db: &mut PgConnection) -> Result<Duration, Error> {
    let mut fastest = Duration::MAX;
    sqlx::query(SHORT).execute(&mut *db).await?;
    for _ in 0..TRIPS {
        let asked = now();
        sqlx::query(SHORT).execute(&mut *db).await?;
        fastest = fastest.min(asked.elapsed());
    }
    Ok(fastest)
}

#[expect(clippy::disallowed_methods, reason = "it measures how long an answer takes")]
fn now() -> Instant {
    Instant::now()
}

/// The major version is so many of the number that PostgreSQL counts its versions by.
const MAJOR: i64 = 10_000;

async fn itself(db: &mut PgConnection, round_trip: Duration) -> Result<InspectedPostgres, Error> {
    let (version, number, connections, is_standby, is_careless): (String, i64, i64, bool, bool) =
        sqlx::query_as(ITSELF).fetch_one(db).await?;
    // `15.14 (Debian 15.14-0+deb12u1)`
    let version = version.split_whitespace().next().unwrap_or_default().to_owned();
    let major = u32::try_from(number / MAJOR).unwrap_or(0);
    let connections = connections.max(0).unsigned_abs();
    Ok(InspectedPostgres { version, major, round_trip, connections, is_standby, is_careless })
}

/// A station's slug, the offset of its clock, its newest reading, its bytes, and times of its newest readings.
type Listed = (String, i64, Option<i64>, i64, Vec<i64>);

async fn stations(db: &mut PgConnection) -> Result<Vec<InspectedStation>, Error> {
    let mut heard: HashMap<String, Heard> = HashMap::new();
    let said: Vec<(String, i64, bool, Option<i64>)> =
        sqlx::query_as(SAID).bind(ENTRIES_MAX).fetch_all(&mut *db).await?;
    for (station, committed_ms, is_change, skew_ms) in said {
        match is_change {
            true => drop(heard.remove(&station)),
            false => heard.entry(station).or_default().note(Timestamp(committed_ms), Some(skew_ms.unwrap_or(0))),
        }
    }
    let listed: Vec<Listed> = sqlx::query_as(STATIONS).bind(STATIONS_MAX).bind(TIMES).fetch_all(db).await?;
    let mut found = Vec::with_capacity(listed.len());
    for (slug, clock_offset_ms, newest, bytes, times) in listed {
        let heard = heard.remove(&slug).unwrap_or_default();
        let Ok(slug) = Slug::new(&slug) else { continue };
        let (station, used_bytes) = (InspectedStation::new(slug, newest.map(Timestamp)), bytes.unsigned_abs());
        found.push(InspectedStation { times, heard, clock_offset_ms, used_bytes, ..station });
    }
    Ok(found)
}
