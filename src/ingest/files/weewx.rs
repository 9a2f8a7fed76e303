//! WeeWX's archive: its SQLite file, which WeeWX may write meanwhile. It is only read, some records at a time, so that nobody
//! waits for the lock.
//!
//! Columns: WeeWX's schema `wview_extended`. Each record says its system of units, 1 (US), 16 (METRIC) or 17
//! (METRICWX), and its rain is what fell in its interval.

use super::batch::{Reducing, reduce, reduces};
use super::rain::{Fallen, Rain};
use super::table::take;
use super::target::Target;
use super::{Asked, Batch, Column, Error, Refused, Understood};
use crate::ingest::json::names;
use crate::ingest::json::reading::meaning;
use crate::ingest::json::units::Told;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::path::Path;
use std::time::Duration;
use weather::quality;
use weather::quantity::Quantity;
use weather::report::{Draft, Warning};
use weather::station::SensorName;
use weather::time::{SECOND_MS, Timestamp};
use weather::zone::Zone;

/// An archive.
pub(super) struct Archive {
    db: Connection,
    /// The columns after `dateTime` and `usUnits` that are read.
    columns: Vec<Archived>,
    zone: Zone,
    reduces: Option<Reducing>,
    received_at: Timestamp,
    /// The last record that was read, Unix seconds.
    last: i64,
    /// When the last one was written.
    end: i64,
    first: i64,
}

/// A column.
struct Archived {
    place: usize,
    name: String,
    /// Its target in each system of units, in the order of [`SYSTEMS`].
    targets: [Target; SYSTEMS.len()],
    fallen: Fallen,
}

/// WeeWX's numbers of its systems of units.
const SYSTEMS: [&str; 3] = ["1", "16", "17"];
/// Records that are read at once: some milliseconds.
const RECORDS_AT_ONCE: i64 = 1_000;
/// The wait for WeeWX, which writes a record every some minutes.
const PATIENCE: Duration = Duration::from_secs(10);

const RECORDS: &str = "SELECT * FROM archive WHERE dateTime > ? ORDER BY dateTime LIMIT ?";
const ENDS: &str = "SELECT coalesce(min(dateTime), 0), coalesce(max(dateTime), 0), count(*) FROM archive";
const HAS_ARCHIVE: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'archive'";

impl Archive {
    /// Opens an archive.
    pub(super) fn open(path: &Path, asked: &Asked) -> Result<(Self, Understood), Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(PATIENCE)?;
        if db.query_row(HAS_ARCHIVE, [], |row| row.get::<_, i64>(0))? == 0 {
            return Err(Error::NoArchive);
        }
        let (first, end, count): (i64, i64, i64) =
            db.query_row(ENDS, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut shown = Vec::new();
        let mut columns = Vec::new();
        let names: Vec<String> = db.prepare(RECORDS)?.column_names().into_iter().map(str::to_owned).collect();
        if names.iter().take(2).map(|name| name.to_lowercase()).ne(["datetime", "usunits"]) {
            return Err(Error::NoArchive);
        }
        for (place, name) in names.iter().enumerate().skip(2) {
            let mut found = [1, 16, 17].map(|_| None);
            for (slot, system) in found.iter_mut().zip(SYSTEMS) {
                *slot = target(name, system);
            }
            let means = match found {
                [Some(us), Some(metric), Some(metric_wx)] => {
                    let unitless = us.to_string().split(',').next().unwrap_or_default().to_owned();
                    let means =
                        if us == metric { us.to_string() } else { format!("{unitless}, in the record's units") };
                    let targets = [us, metric, metric_wx];
                    columns.push(Archived { place, name: name.clone(), targets, fallen: Fallen::default() });
                    Ok(means)
                }
                _ if names::is_silent(&name.to_lowercase()) => continue,
                _ => Err(names::not_stored(&name.to_lowercase()).unwrap_or("not known here").to_owned()),
            };
            shown.push(Column { name: name.clone(), means });
        }
        let notes = vec![
            format!("{count} records in the archive"),
            "rain of an interval is added up from local midnight".to_owned(),
            format!("midnights are those of {}", asked.zone),
        ];
        let (zone, received_at) = (asked.zone.clone(), asked.received_at);
        let reduces = reduces(columns.iter().map(|column: &Archived| &column.targets[0]), asked);
        let archive = Self { db, columns, zone, reduces, received_at, last: i64::MIN, end, first };
        Ok((archive, Understood { notes, columns: shown }))
    }

    /// The rain that has added up, by sensor.
    pub(super) fn rains(&mut self) -> impl Iterator<Item = (&Target, &mut Fallen)> {
        self.columns.iter_mut().map(|column| (&column.targets[0], &mut column.fallen))
    }

    /// Reads some records; false at the end.
    pub(super) fn read(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let Self { db, columns, zone, reduces, received_at, last, .. } = self;
        let mut statement = db.prepare_cached(RECORDS)?;
        let mut rows = statement.query((*last, RECORDS_AT_ONCE))?;
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            *last = row.get(0)?;
            batch.lines += 1;
            let at = Timestamp(last.saturating_mul(SECOND_MS));
            let line = last.unsigned_abs();
            let system = row.get_ref(1)?.as_i64().unwrap_or(0).to_string();
            let Some(system) = SYSTEMS.iter().position(|known| *known == system) else {
                let warning = Warning::new("usUnits", &system, "no system of units of WeeWX: 1, 16 or 17");
                batch.refuse(Refused { line, warning });
                continue;
            };
            let mut draft = Draft::of_history(*received_at);
            let mut before = None;
            for Archived { place, name, targets, fallen } in columns.iter_mut() {
                let number = match row.get_ref(*place)? {
                    ValueRef::Real(number) => number,
                    ValueRef::Integer(number) => number as f64,
                    _ => continue,
                };
                let sent = quality::read_number(number);
                let text = number.to_string();
                let taken = take(&mut draft, &targets[system], fallen, name, (&text, sent), (zone, at));
                before = before.or(taken);
            }
            reduce(&mut draft, reduces.as_ref(), at);
            batch.add_after(before, line, draft, at, *received_at);
        }
        Ok(any)
    }

    /// The part of it that is read, from 0 to 1.
    pub(super) fn share(&self) -> f64 {
        let whole = (self.end - self.first).max(1) as f64;
        (self.last.saturating_sub(self.first)).max(0) as f64 / whole
    }

    /// The time of the first record.
    pub(super) fn first(&self) -> Timestamp {
        Timestamp(self.first.saturating_mul(SECOND_MS))
    }
}

/// What a column means in a system of units.
fn target(name: &str, system: &str) -> Option<Target> {
    let lower = name.to_lowercase();
    let mut told = Told::default();
    told.hear("us", "usUnits", system).ok()?;
    if lower == "rain" {
        let (unit, factor) = told.of(Quantity::Precipitation, names::Measure::Unsaid).ok()?;
        let target = Target::new(SensorName::main(), Quantity::Precipitation, unit);
        return Some(Target { factor, ..target }.of_rain(Rain::Amounts));
    }
    let found = meaning(&lower, true)?;
    if found.quantity == Quantity::Precipitation {
        // The day's rain so far, which follows from the intervals.
        return None;
    }
    let (unit, factor) = told.of(found.quantity, found.unit).ok()?;
    Some(Target { factor, ..Target::new(SensorName::new(&found.sensor).ok()?, found.quantity, unit) })
}
