//! Counts what the file holds, over a connection that only reads. It works beside a server.

use super::inspect::{STATIONS_MAX, open_to_read, schema};
use crate::storage::census::{Census, CensusedStation, Kept};
use crate::storage::error::{BadFile, Error};
use crate::storage::inspection::Schema;
use rusqlite::Connection;
use std::path::Path;
use weather::station::Slug;
use weather::time::Timestamp;

/// Bytes of a table with its indexes. SQLite looks at each of its pages.
const BYTES: &str = "\
    SELECT coalesce(sum(dbstat.pgsize), 0) FROM dbstat JOIN sqlite_schema ON sqlite_schema.name = dbstat.name \
    WHERE dbstat.aggregate = TRUE AND sqlite_schema.tbl_name = ?1";
const ALL_BYTES: &str = "\
    SELECT (page_count - freelist_count) * page_size, freelist_count * page_size \
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
const SHRINKS: &str = "SELECT auto_vacuum = 2 FROM pragma_auto_vacuum";
/// A table's name cannot be a parameter. These are all that are asked for.
const ROWS: [(&str, &str); 5] = [
    ("observation", "SELECT count(*) FROM observation"),
    ("hourly", "SELECT count(*) FROM hourly"),
    ("daily", "SELECT count(*) FROM daily"),
    ("journal", "SELECT count(*) FROM journal"),
    ("word", "SELECT count(*) FROM word"),
];
const STATIONS: &str = "SELECT id, slug FROM station ORDER BY slug LIMIT ?1";
/// Rows, the first and the last, and how many are no older than `?2`.
const OF_STATION: &str = "\
    SELECT count(*), min(observed_ms), max(observed_ms), count(*) FILTER (WHERE observed_ms >= ?2) FROM observation \
    WHERE sensor IN (SELECT id FROM sensor WHERE station = ?1)";
/// All values but those of the newest hours; and those whose readings have gone.
const VALUES: &str = "\
    SELECT coalesce(sum(count), 0), coalesce(sum(count) FILTER (WHERE start_ms < raw_from_ms), 0) \
    FROM hourly JOIN sensor ON sensor.id = hourly.sensor WHERE sensor.station = ?1";
/// Values of rows that no hour tells of yet are counted by their rows.
const SHARE: &str = "\
    SELECT count(*) FROM observation JOIN (SELECT sensor, max(start_ms) + 3600000 AS made FROM hourly GROUP BY sensor) AS done \
    USING (sensor) WHERE observed_ms < made AND sensor IN (SELECT id FROM sensor WHERE station = ?1)";

/// Counts. `recent`: rows that are no older are the growth of now.
pub(in crate::storage) fn count(file: &Path, recent: Timestamp) -> Result<Census, Error> {
    let db = open_to_read(file)?;
    match schema(&db)? {
        Schema::Older => return Err(BadFile::Older.into()),
        Schema::Newer => return Err(BadFile::Newer.into()),
        Schema::Fits => {}
    }
    let (used_bytes, free_bytes) =
        db.query_row(ALL_BYTES, (), |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))))?;
    let mut kept = Vec::new();
    for (table, rows) in ROWS {
        let rows = unsigned(db.query_row(rows, (), |row| row.get(0))?);
        let bytes = unsigned(db.query_row(BYTES, [table], |row| row.get(0))?);
        kept.push(Kept { table, rows, is_about: false, bytes });
    }
    let shrinks = db.query_row(SHRINKS, (), |row| row.get(0))?;
    Ok(Census { used_bytes, free_bytes: Some(free_bytes), shrinks, kept, stations: stations(&db, recent)? })
}

fn stations(db: &Connection, recent: Timestamp) -> Result<Vec<CensusedStation>, Error> {
    let mut all = db.prepare(STATIONS)?;
    let listed = all.query_map([STATIONS_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let listed: Vec<(i64, String)> = listed.collect::<Result<_, _>>()?;
    let (mut rows, mut values, mut share) = (db.prepare(OF_STATION)?, db.prepare(VALUES)?, db.prepare(SHARE)?);
    let mut found = Vec::with_capacity(listed.len());
    for (id, slug) in listed {
        let (readings, first, last, recent): (i64, Option<i64>, Option<i64>, i64) =
            rows.query_row((id, recent.0), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let (told, gone): (i64, i64) = values.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (told, gone) = (unsigned(told - gone), unsigned(gone));
        let by_rows = unsigned(share.query_row([id], |row| row.get(0))?);
        let readings = unsigned(readings);
        // The newest rows are as rich as the others.
        let values = (told * readings).checked_div(by_rows);
        found.push(CensusedStation {
            slug: Slug::new(&slug)?,
            readings,
            values,
            gone,
            recent: unsigned(recent),
            first: first.map(Timestamp),
            last: last.map(Timestamp),
        });
    }
    Ok(found)
}

fn unsigned(count: i64) -> u64 {
    count.unsigned_abs()
}
