//! A look at the file over a connection that only reads. It works beside a server, and migrates nothing.

use super::file::{MARKS, SCHEMA};
use super::open::newest_migration;
use crate::storage::error::{BadFile, Error};
use crate::storage::inspection::{InspectedStation, Inspection, Schema, Soundness};
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, OptionalExtension, Row};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use weather::clock::Heard;
use weather::station::Slug;
use weather::time::Timestamp;

/// Stations that are looked at: more than a server is made for.
pub(super) const STATIONS_MAX: u32 = 10_000;
/// Entries of the journal that are looked through for what stations said of the time: some of each of a hundred stations.
const ENTRIES_MAX: u32 = 5_000;
/// Times of a station from which its interval follows.
const TIMES: u32 = 21;
/// A server that writes holds the lock for some milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// Ends a question that nobody waits for any more: a stop of the program waits for its threads.
pub(in crate::storage) struct Interrupts(pub(in crate::storage) InterruptHandle);

impl Drop for Interrupts {
    fn drop(&mut self) {
        // Where the question has ended, nothing happens.
        self.0.interrupt();
    }
}

/// Looks. `tell` gets what interrupts the last question, whether the file is whole.
pub(in crate::storage) fn look(file: &Path, tell: impl FnOnce(InterruptHandle)) -> Result<Inspection, Error> {
    let db = open_to_read(file)?;
    let schema = schema(&db)?;
    let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
    let mut inspection = Inspection {
        schema,
        used_bytes: one(USED_BYTES)?.unwrap_or(0).unsigned_abs(),
        began: one(BEGAN)?.map(Timestamp),
        committed: one(COMMITTED)?.map(Timestamp),
        has_password: false,
        unclaimed: 0,
        stations: Vec::new(),
        soundness: Soundness::Sound,
        postgres: None,
    };
    // Older tables may lack what is asked for.
    if schema == Schema::Fits {
        inspection.has_password = one(HAS_PASSWORD)? == Some(1);
        inspection.unclaimed = one(UNCLAIMED)?.unwrap_or(0).unsigned_abs();
        inspection.stations = stations(&db)?;
    }
    // The last question, and the only one that may be interrupted.
    tell(db.get_interrupt_handle());
    inspection.soundness = soundness(&db)?;
    Ok(inspection)
}

/// A connection to a database of ours that only reads.
pub(super) fn open_to_read(file: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.busy_timeout(LOCK_WAIT)?;
    let is_ours: bool = db.query_row(OURS, [], |row| row.get(0)).map_err(no_database)?;
    if is_ours { Ok(db) } else { Err(not_ours(&db)?.into()) }
}

const OURS: &str = "SELECT count(*) = 4 FROM sqlite_schema WHERE name IN ('station', 'observation', 'journal', 'meta')";
const MIGRATED: &str = "SELECT max(version) FROM _sqlx_migrations";
const USED_BYTES: &str = "\
    SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
const BEGAN: &str = "SELECT min(created_ms) FROM station";
const COMMITTED: &str = "SELECT max(committed_ms) FROM (SELECT committed_ms FROM journal ORDER BY seq DESC LIMIT 1)";
const HAS_PASSWORD: &str = "SELECT EXISTS (SELECT 1 FROM admin)";
const UNCLAIMED: &str = "SELECT count(*) FROM unclaimed";
const STATIONS: &str = "SELECT id, slug, clock_offset_ms, (SELECT sum(bytes) FROM sensor WHERE sensor.station = station.id) FROM station ORDER BY slug LIMIT $1";
const NEWEST: &str =
    "SELECT max(latest.observed_ms) FROM latest JOIN sensor ON latest.sensor = sensor.id WHERE sensor.station = $1";
const NEWEST_TIMES: &str = "\
    SELECT observed_ms FROM observation WHERE sensor = (\
        SELECT id FROM sensor WHERE station = $1 \
        ORDER BY name <> '', (SELECT max(observed_ms) FROM observation WHERE sensor = sensor.id) DESC LIMIT 1) \
    ORDER BY observed_ms DESC LIMIT $2";
/// What reports said of the time: each that was new, and the newest of each upload of old ones. Other work writes that old values
/// changed, too, without saying what a clock said. After a change of the station, what its clock said before counts no more.
const SAID: &str = "\
    SELECT station, committed_ms, body ->> 'kind' = 'station', body ->> 'skew_ms' AS skew_ms \
    FROM (SELECT * FROM journal WHERE visitor IS NULL ORDER BY seq DESC LIMIT $1) \
    WHERE body ->> 'kind' IN ('report', 'station') OR body ->> 'kind' = 'backfill' AND skew_ms IS NOT NULL ORDER BY seq";
/// One complaint is enough.
const IS_SOUND: &str = "PRAGMA quick_check(1)";

pub(super) fn schema(db: &Connection) -> Result<Schema, Error> {
    let found: Option<Option<i64>> = db.query_row(MIGRATED, [], |row| row.get(0)).optional()?;
    Ok(match found.flatten().unwrap_or(0).cmp(&newest_migration()) {
        std::cmp::Ordering::Less => Schema::Older,
        std::cmp::Ordering::Equal => Schema::Fits,
        std::cmp::Ordering::Greater => Schema::Newer,
    })
}

fn stations(db: &Connection) -> Result<Vec<InspectedStation>, Error> {
    let mut heard: HashMap<String, Heard> = HashMap::new();
    let mut said = db.prepare(SAID)?;
    let mut rows = said.query([ENTRIES_MAX])?;
    while let Some(row) = rows.next()? {
        let (station, committed_ms, is_change): (String, i64, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let skew_ms: Option<i64> = row.get(3)?;
        match is_change {
            true => drop(heard.remove(&station)),
            false => heard.entry(station).or_default().note(Timestamp(committed_ms), Some(skew_ms.unwrap_or(0))),
        }
    }
    let (mut all, mut newest, mut times) = (db.prepare(STATIONS)?, db.prepare(NEWEST)?, db.prepare(NEWEST_TIMES)?);
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Option<i64>>(3)?));
    let listed: Vec<(i64, String, i64, _)> = all.query_map([STATIONS_MAX], row)?.collect::<Result<_, _>>()?;
    let mut found = Vec::with_capacity(listed.len());
    for (id, slug, clock_offset_ms, bytes) in listed {
        let heard = heard.remove(&slug).unwrap_or_default();
        let Ok(slug) = Slug::new(&slug) else { continue };
        let newest: Option<i64> = newest.query_row([id], |row| row.get(0))?;
        let times = times.query_map((id, TIMES), |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        let used_bytes = bytes.unwrap_or(0).unsigned_abs();
        let station = InspectedStation::new(slug, newest.map(Timestamp));
        found.push(InspectedStation { times, heard, clock_offset_ms, used_bytes, ..station });
    }
    Ok(found)
}

fn soundness(db: &Connection) -> Result<Soundness, Error> {
    match db.query_row(IS_SOUND, [], |row| row.get::<_, String>(0)) {
        Ok(text) if text == "ok" => Ok(Soundness::Sound),
        Ok(text) => Ok(Soundness::Broken(text)),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Ok(Soundness::Unfinished),
            Some(ErrorCode::DatabaseCorrupt) => Ok(Soundness::Broken(error.to_string())),
            _ => Err(error.into()),
        },
    }
}

/// What a database without our tables is.
fn not_ours(db: &Connection) -> Result<BadFile, Error> {
    let all: i64 = db.query_row(SCHEMA, [], |row| row.get(0))?;
    let marks: (i64, i64) = db.query_row(MARKS, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(if (all, marks) == (0, (0, 0)) { BadFile::Empty } else { BadFile::Foreign })
}

/// What SQLite says of a file that is none of its own.
fn no_database(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => BadFile::NoDatabase.into(),
        _ => error.into(),
    }
}
