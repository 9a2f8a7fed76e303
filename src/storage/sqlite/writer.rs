//! The connections that write: one step of the writer's work a function.

mod days;
mod retention;

use super::past::Past;
use super::reports::Reports;
use super::room::{self, Limits};
use super::texts::Texts;
use super::{
    admin, calibrations, corrections, cursors, enrol, entries, gone, journal, mappings, outbox, prune, rewriting,
    sizes, stations, talk, tidy, words,
};
use crate::storage::corrections::{Author, Selection};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::letters::OutboxChange;
use crate::storage::mappings::Unmapped;
use crate::storage::seam::{
    AdminChange, Counted, Due, EnrolChange, FoundRow, FoundSensor, JournalLimits, KeptRow, KnownWords, Move, Named,
    Observed, Place, Pruned, PrunedEntries, Range, Renewal, Rewritten, Rows, SensorDay, SensorId, Spoken,
    StationChange, Stretch, WordLimits,
};
use crate::storage::stations::FoundStation;
use crate::storage::words::Visitor;
use crate::storage::zones::Zones;
use sqlx::{Connection, SqliteConnection, SqlitePool};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// The only connections that write, one at a time.
pub(in crate::storage) struct Writer {
    /// Everything but reports.
    conn: SqliteConnection,
    reports: Reports,
    texts: Arc<Texts>,
    limits: Limits,
    zones: Arc<Zones>,
    /// They are closed before the file is.
    readers: [(SqlitePool, Past); 2],
    /// What `PRAGMA data_version` said last: it changes when another connection commits.
    data_version: i64,
    /// What it said when the look that is going on began.
    looking: i64,
}

const BEGIN: &str = "BEGIN IMMEDIATE; SELECT coalesce(max(seq), 0) FROM journal";
const READ: &str = "BEGIN";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const DATA_VERSION: &str = "PRAGMA data_version";
/// The writer waits so long only for those who read, when it empties the log: reports wait behind it.
const HASTE: &str = "PRAGMA busy_timeout = 100";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Writer {
    pub(super) async fn new(
        mut conn: SqliteConnection,
        (reports, texts): (Reports, Arc<Texts>),
        limits: Limits,
        zones: Arc<Zones>,
        readers: [(SqlitePool, Past); 2],
    ) -> Result<Self, sqlx::Error> {
        // Before anything else is read: whatever is committed after this is noticed later.
        let data_version = data_version(&mut conn).await?;
        Ok(Self { conn, reports, texts, limits, zones, readers, data_version, looking: data_version })
    }

    /// The newest entry's number, outside of any transaction; 0 in an empty journal.
    pub(in crate::storage) async fn head(&mut self) -> Result<u64, Error> {
        Ok(journal::head(&mut self.conn).await?)
    }

    /// Takes the write lock, which is held until the commit; returns the journal's head, read under the lock.
    pub(in crate::storage) async fn begin(&mut self) -> Result<u64, Error> {
        let head: i64 = sqlx::query_scalar(BEGIN).fetch_one(&mut self.conn).await?;
        Ok(head.unsigned_abs())
    }

    /// The same for reports.
    pub(in crate::storage) async fn begin_reports(&mut self) -> Result<u64, Error> {
        self.reports.begin().await
    }

    /// A station's sensors with their newest values.
    pub(in crate::storage) async fn sensors(
        &mut self,
        stations: &BTreeSet<StationId>,
    ) -> Result<HashMap<StationId, Vec<FoundSensor>>, Error> {
        self.reports.sensors(stations).await
    }

    /// Makes sensors.
    pub(in crate::storage) async fn add_sensors(
        &mut self,
        new: &[(StationId, &SensorName)],
    ) -> Result<Vec<(StationId, SensorName, SensorId)>, Error> {
        self.reports.add_sensors(new).await
    }

    /// The extremes of days.
    pub(in crate::storage) async fn days(
        &mut self,
        wanted: &BTreeSet<SensorDay>,
    ) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
        self.reports.days(wanted).await
    }

    /// The rows that exist at places, with their marks.
    pub(in crate::storage) async fn rows(
        &mut self,
        wanted: &BTreeSet<Place>,
    ) -> Result<HashMap<Place, FoundRow>, Error> {
        self.reports.rows(wanted).await
    }

    /// Writes what reports changed, and commits; gives the entries back.
    pub(in crate::storage) async fn write_and_commit_reports(
        &mut self,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> Result<Vec<Entry>, Error> {
        self.reports.write_and_commit(observed, entries).await
    }

    /// The whole transaction at once, if the journal's head is still `head`; else nothing, and `None`.
    pub(in crate::storage) fn record(
        &mut self,
        head: u64,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<Option<Vec<Entry>>, Error>> + Send + use<> {
        self.reports.record(head, observed, entries)
    }

    /// Ends a transaction of reports that failed.
    pub(in crate::storage) async fn rollback_reports(&mut self) {
        self.reports.rollback().await;
    }

    /// The named words and alerts that are there.
    pub(in crate::storage) async fn known_words(&mut self, named: &Named<'_>) -> Result<KnownWords, Error> {
        Ok(words::known(&mut self.conn, named).await?)
    }

    /// Writes what was said, with its entries, and commits.
    pub(in crate::storage) async fn write_and_commit(
        &mut self,
        spoken: &Spoken<'_>,
        entries: &[Entry],
        now: Timestamp,
    ) -> Result<(), Error> {
        if !spoken.is_empty() || !entries.is_empty() {
            words::write(&mut self.conn, spoken, entries, now).await?;
        }
        if !spoken.letters.is_empty() {
            outbox::write(&mut self.conn, &spoken.letters).await?;
        }
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Changes the list of stations.
    pub(in crate::storage) async fn change_station(
        &mut self,
        change: &StationChange<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        stations::change(&mut self.conn, change, now).await
    }

    /// Changes the owner's password or sessions; false if the change did not apply.
    pub(in crate::storage) async fn change_admin(&mut self, change: &AdminChange) -> Result<bool, Error> {
        Ok(admin::change(&mut self.conn, change).await?)
    }

    /// Changes the outbox; returns how many letters went.
    pub(in crate::storage) async fn change_outbox(&mut self, change: &OutboxChange) -> Result<u64, Error> {
        Ok(outbox::change(&mut self.conn, change).await?)
    }

    /// Strikes values out or restores them; returns how many, by sensor and quantity.
    pub(in crate::storage) async fn correct(
        &mut self,
        what: &Move<'_>,
    ) -> Result<Vec<(SensorId, Quantity, u64)>, Error> {
        let mut moved = Vec::new();
        for sensor in corrections::sensors(&mut self.conn, what).await? {
            for &quantity in what.quantities {
                let values = corrections::correct(&mut self.conn, &self.texts, what, (sensor, quantity)).await?;
                if values > 0 {
                    moved.push((sensor.0, quantity, values));
                }
            }
        }
        Ok(moved)
    }

    /// Makes a sensor's newest values anew.
    pub(in crate::storage) async fn renew(&mut self, renewal: &Renewal) -> Result<(), Error> {
        corrections::renew(&mut self.conn, &self.texts, renewal).await
    }

    /// What a sensor's rain gauge said, in the order of time.
    pub(in crate::storage) async fn counted(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<Vec<Counted>, Error> {
        Ok(corrections::counted(&mut self.conn, sensor, stretch).await?)
    }

    /// Sets what has fallen by readings of a sensor.
    pub(in crate::storage) async fn set_fallen(
        &mut self,
        sensor: SensorId,
        fallen: &[(Timestamp, f64)],
    ) -> Result<(), Error> {
        Ok(rewriting::set_fallen(&mut self.conn, sensor, fallen).await?)
    }

    /// A sensor's name.
    pub(in crate::storage) async fn name_of(&mut self, sensor: SensorId) -> Result<SensorName, Error> {
        calibrations::name_of(&mut self.conn, sensor).await
    }

    /// A sensor whose rows are to be made anew of what was sent.
    pub(in crate::storage) async fn due(&mut self) -> Result<Option<Due>, Error> {
        calibrations::due(&mut self.conn).await
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(in crate::storage) async fn note_due(
        &mut self,
        sensor: SensorId,
        next: Option<Timestamp>,
    ) -> Result<(), Error> {
        Ok(calibrations::note_due(&mut self.conn, sensor, next).await?)
    }

    /// A sensor's rows within a stretch with all that is kept of them, oldest first.
    pub(in crate::storage) async fn kept(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<KeptRow>, Error> {
        calibrations::kept(&mut self.conn, &self.texts, sensor, stretch, limit).await
    }

    /// Writes what became of a sensor's rows.
    pub(in crate::storage) async fn rewrite(&mut self, sensor: SensorId, rows: &[Rewritten]) -> Result<(), Error> {
        Ok(rewriting::rewrite(&mut self.conn, &self.texts, sensor, rows).await?)
    }

    /// Notes fields of a station's uploads that mean nothing yet.
    pub(in crate::storage) async fn note_unmapped(
        &mut self,
        station: StationId,
        fields: &[Unmapped],
    ) -> Result<(), Error> {
        Ok(mappings::note(&mut self.conn, station, fields).await?)
    }

    /// Notes who corrected what.
    pub(in crate::storage) async fn note_correction(
        &mut self,
        station: StationId,
        selection: &Selection,
        made: (&Author, bool, u64),
        now: Timestamp,
    ) -> Result<(), Error> {
        Ok(corrections::note(&mut self.conn, station, selection, made, now).await?)
    }

    /// Changes the devices that wait for an owner; false if the change did not apply.
    pub(in crate::storage) async fn change_enrolment(
        &mut self,
        change: &EnrolChange,
        now: Timestamp,
    ) -> Result<bool, Error> {
        Ok(enrol::change(&mut self.conn, change, now).await?)
    }

    /// Empties a visitor's words about a station, and gives their entries the body `instead`.
    pub(in crate::storage) async fn forget(
        &mut self,
        visitor: &Visitor,
        station: &str,
        instead: &str,
    ) -> Result<(), Error> {
        Ok(words::forget(&mut self.conn, visitor, station, instead).await?)
    }

    /// Empties the log, which may hold what was forgotten; false if somebody reads from it now.
    pub(in crate::storage) async fn empty_log(&mut self) -> Result<bool, Error> {
        sqlx::query(HASTE).execute(&mut self.conn).await?;
        let emptied: Result<(i64, i64, i64), _> = sqlx::query_as(CHECKPOINT).fetch_one(&mut self.conn).await;
        sqlx::query(self.limits.patience()).execute(&mut self.conn).await?;
        Ok(emptied?.0 == 0)
    }

    /// Writes one entry and commits.
    pub(in crate::storage) async fn enter_and_commit(&mut self, entry: &Entry) -> Result<(), Error> {
        entries::append(&mut self.conn, entry).await?;
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Opens or closes the reserve beyond the size limit, for the transactions that follow.
    pub(in crate::storage) async fn open_reserve(&mut self, open: bool) -> Result<(), Error> {
        Ok(self.limits.open_reserve(&mut self.conn, open).await?)
    }

    /// Bytes of the file that hold something.
    pub(in crate::storage) async fn used_bytes(&mut self) -> Result<u64, Error> {
        Ok(room::used_bytes(&mut self.conn).await?)
    }

    /// About so many bytes belong to each sensor, as noted.
    pub(in crate::storage) async fn sizes(&mut self) -> Result<Vec<(StationId, SensorId, u64)>, Error> {
        Ok(sizes::sizes(&mut self.conn).await?)
    }

    /// Notes that so many bytes more belong to each sensor.
    pub(in crate::storage) async fn note_sizes(&mut self, more: &[(SensorId, u64)]) -> Result<(), Error> {
        Ok(room::note(&mut self.conn, more).await?)
    }

    /// Ends a transaction that failed.
    pub(in crate::storage) async fn rollback(&mut self) {
        // It fails where there is no transaction any more; then nothing is left to do.
        let _ = sqlx::query(ROLLBACK).execute(&mut self.conn).await;
    }

    /// If somebody else has committed since the last look: begins to read and returns the head, which stays as it is
    /// until [`Writer::looked`]. Looks again if that is not reached.
    pub(in crate::storage) async fn look(&mut self) -> Result<Option<u64>, Error> {
        self.looking = data_version(&mut self.conn).await?;
        if self.looking == self.data_version {
            return Ok(None);
        }
        sqlx::query(READ).execute(&mut self.conn).await?;
        Ok(Some(journal::head(&mut self.conn).await?))
    }

    /// Ends the look that found something.
    pub(in crate::storage) async fn looked(&mut self) -> Result<(), Error> {
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        self.data_version = self.looking;
        Ok(())
    }

    /// Entries after `seq`, whether or not all of them are still there.
    pub(in crate::storage) async fn after(&mut self, seq: u64, limit: u32) -> Result<Vec<Entry>, Error> {
        Ok(journal::after(&mut self.conn, seq, limit).await?)
    }

    /// All stations, sorted by name.
    pub(in crate::storage) async fn stations(&mut self) -> Result<Vec<FoundStation>, Error> {
        stations::all(&mut self.conn, &self.zones).await
    }

    /// Counts rows: not for every commit.
    pub(in crate::storage) async fn count(&mut self) -> Result<Rows, Error> {
        let (journal, private) = journal::rows(&mut self.conn).await?;
        Ok(Rows { journal, private, words: talk::rows(&mut self.conn).await? })
    }

    /// Notes that no entries get the numbers after `after`, up to `upto`. Inside a transaction.
    pub(in crate::storage) async fn leap(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        Ok(cursors::leap(&mut self.conn, after, upto).await?)
    }

    /// The same within a transaction of reports.
    pub(in crate::storage) async fn leap_reports(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        self.reports.leap(after, upto).await
    }

    /// Deletes some of the journal's oldest entries, never the newest, and notes which cursors are good no longer.
    pub(in crate::storage) async fn prune_journal(&mut self, limits: &JournalLimits) -> Result<PrunedEntries, Error> {
        let pruned = gone::prune(&mut self.conn, limits).await;
        if pruned.is_err() {
            self.rollback().await;
        }
        Ok(pruned?)
    }

    /// Deletes some of the words and alerts that are too old or too many.
    pub(in crate::storage) async fn prune_words(&mut self, limits: &WordLimits) -> Result<Pruned, Error> {
        Ok(prune::prune(&mut self.conn, limits).await?)
    }

    /// Deletes some of the rows that removed stations left; false if there are none.
    pub(in crate::storage) async fn tidy(&mut self) -> Result<bool, Error> {
        let Some(sensor) = tidy::orphan(&mut self.conn).await? else { return Ok(false) };
        if tidy::purge_some(&mut self.conn, sensor).await? {
            return Ok(true);
        }
        self.begin().await?;
        let mut done = tidy::purge_rest(&mut self.conn, sensor).await;
        if done.is_ok() {
            done = sqlx::query(COMMIT).execute(&mut self.conn).await.map(drop);
        }
        if done.is_err() {
            self.rollback().await;
        }
        done?;
        Ok(true)
    }

    /// Closes the readers, writes the log back into the file and closes it.
    pub(in crate::storage) async fn close(mut self) {
        for (pool, past) in &self.readers {
            pool.close().await;
            past.close().await;
        }
        self.reports.close().await;
        if let Err(error) = sqlx::query(CHECKPOINT).execute(&mut self.conn).await {
            tracing::warn!(%error, "the log was not written back; the next start reads it");
        }
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

async fn data_version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(DATA_VERSION).fetch_one(conn).await
}
