//! The connection that writes: one step of the writer's work a function.

mod days;
mod retention;

use super::head::{self, Seen};
use super::link::Link;
use super::room::{self, Room};
use super::texts::Texts;
use super::{
    admin, calibrations, corrections, cursors, enrol, entries, gone, journal, learn, mappings, outbox, prune, reports,
    rewriting, sizes, stations, talk, tidy, words,
};
use crate::storage::corrections::{Author, Selection};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::letters::OutboxChange;
use crate::storage::mappings::Unmapped;
use crate::storage::options::Options;
use crate::storage::seam::{
    AdminChange, Counted, Due, EnrolChange, FoundRow, FoundSensor, JournalLimits, KeptRow, KnownWords, Move, Named,
    Observed, Place, Pruned, PrunedEntries, Range, Renewal, Rewritten, Rows, SensorDay, SensorId, Spoken,
    StationChange, Stretch, WordLimits,
};
use crate::storage::stations::FoundStation;
use crate::storage::words::Visitor;
use crate::storage::zones::Zones;
use sqlx::{PgConnection, PgPool};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;
use weather::quantity::Quantity;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// The only connection that writes, one transaction at a time.
pub(in crate::storage) struct Writer {
    /// Also held by a transaction of reports that goes on beside.
    link: Arc<Mutex<Link>>,
    /// Up to which entry of the journal others have no news for us.
    seen: Seen,
    /// The head that the transaction found that is under way, or was last.
    found: u64,
    room: Room,
    texts: Arc<Texts>,
    zones: Arc<Zones>,
    /// They are closed first.
    readers: [PgPool; 2],
}

impl Writer {
    pub(super) fn new(link: Link, options: &Options, zones: Arc<Zones>, readers: [PgPool; 2]) -> Self {
        let (link, room, texts) = (Arc::new(Mutex::new(link)), Room::new(options), Arc::new(Texts::new()));
        Self { link, seen: Seen::default(), found: 0, room, texts, zones, readers }
    }

    /// The newest entry's number, outside of any transaction; 0 in an empty journal.
    pub(in crate::storage) async fn head(&mut self) -> Result<u64, Error> {
        self.link.lock().await.run(async |db| Ok(head::head(db).await?)).await
    }

    /// Takes the write lock, which is held until the commit; returns the journal's head, read under the lock.
    pub(in crate::storage) async fn begin(&mut self) -> Result<u64, Error> {
        self.room.check()?;
        self.begin_now().await
    }

    async fn begin_now(&mut self) -> Result<u64, Error> {
        self.found = begin(&mut *self.link.lock().await).await?;
        Ok(self.found)
    }

    /// The same for reports.
    pub(in crate::storage) async fn begin_reports(&mut self) -> Result<u64, Error> {
        self.room.check_for_reports()?;
        self.begin_now().await
    }

    /// A station's sensors with their newest values.
    pub(in crate::storage) async fn sensors(
        &mut self,
        stations: &BTreeSet<StationId>,
    ) -> Result<HashMap<StationId, Vec<FoundSensor>>, Error> {
        self.link.lock().await.run(async |db| learn::sensors(db, stations).await).await
    }

    /// Makes sensors.
    pub(in crate::storage) async fn add_sensors(
        &mut self,
        new: &[(StationId, &SensorName)],
    ) -> Result<Vec<(StationId, SensorName, SensorId)>, Error> {
        self.link.lock().await.run(async |db| learn::add_sensors(db, new).await).await
    }

    /// The extremes of days.
    pub(in crate::storage) async fn days(
        &mut self,
        wanted: &BTreeSet<SensorDay>,
    ) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
        self.link.lock().await.run(async |db| learn::days(db, &self.texts, wanted).await).await
    }

    /// The rows that exist at places, with their marks.
    pub(in crate::storage) async fn rows(
        &mut self,
        wanted: &BTreeSet<Place>,
    ) -> Result<HashMap<Place, FoundRow>, Error> {
        self.link.lock().await.run(async |db| Ok(learn::rows(db, &self.texts, wanted).await?)).await
    }

    /// Writes what reports changed, and commits; gives the entries back.
    pub(in crate::storage) async fn write_and_commit_reports(
        &mut self,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> Result<Vec<Entry>, Error> {
        let mut link = self.link.lock().await;
        link.commit(async |db| reports::write_and_commit(db, &self.texts, &observed, &entries).await).await?;
        self.seen.committed(self.found, &entries);
        Ok(entries)
    }

    /// The whole transaction at once, if the journal's head is still `head`; else nothing, and `None`.
    pub(in crate::storage) fn record(
        &mut self,
        head: u64,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<Option<Vec<Entry>>, Error>> + Send + use<> {
        let (link, texts, seen) = (self.link.clone(), self.texts.clone(), self.seen.clone());
        let room = self.room.check_for_reports();
        async move {
            room?;
            let mut link = link.lock().await;
            let done = record(&mut link, &texts, head, &observed, &entries).await;
            match done {
                Ok(true) => seen.committed(head, &entries),
                // The lock is kept: who asked learns what others have written, and goes on.
                Ok(false) => {}
                _ => link.rollback().await,
            }
            Ok(done?.then_some(entries))
        }
    }

    /// Ends a transaction of reports that failed.
    pub(in crate::storage) async fn rollback_reports(&mut self) {
        self.link.lock().await.rollback().await;
    }

    /// The named words and alerts that are there.
    pub(in crate::storage) async fn known_words(&mut self, named: &Named<'_>) -> Result<KnownWords, Error> {
        self.link.lock().await.run(async |db| Ok(words::known(db, named).await?)).await
    }

    /// Writes what was said, with its entries, and commits.
    pub(in crate::storage) async fn write_and_commit(
        &mut self,
        spoken: &Spoken<'_>,
        entries: &[Entry],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut link = self.link.lock().await;
        if !spoken.is_empty() || !entries.is_empty() {
            link.run(async |db| Ok(words::write(db, spoken, entries, now).await?)).await?;
        }
        if !spoken.letters.is_empty() {
            link.run(async |db| Ok(outbox::write(db, &spoken.letters).await?)).await?;
        }
        link.commit(async |db| Ok(entries::commit(db, entries).await?)).await?;
        self.seen.committed(self.found, entries);
        Ok(())
    }

    /// Changes the list of stations.
    pub(in crate::storage) async fn change_station(
        &mut self,
        change: &StationChange<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| stations::change(db, change, now).await).await
    }

    /// Changes the owner's password or sessions; false if the change did not apply.
    pub(in crate::storage) async fn change_admin(&mut self, change: &AdminChange) -> Result<bool, Error> {
        self.link.lock().await.run(async |db| Ok(admin::change(db, change).await?)).await
    }

    /// Changes the outbox; returns how many letters went.
    pub(in crate::storage) async fn change_outbox(&mut self, change: &OutboxChange) -> Result<u64, Error> {
        self.link.lock().await.run(async |db| Ok(outbox::change(db, change).await?)).await
    }

    /// Strikes values out or restores them; returns how many, by sensor and quantity.
    pub(in crate::storage) async fn correct(
        &mut self,
        what: &Move<'_>,
    ) -> Result<Vec<(SensorId, Quantity, u64)>, Error> {
        // Each has the time of a step: there may be many.
        let mut link = self.link.lock().await;
        let mut moved = Vec::new();
        for sensor in link.run(async |db| corrections::sensors(db, what).await).await? {
            for &quantity in what.quantities {
                let values = link
                    .run(async |db| Ok(corrections::correct(db, &self.texts, what, (sensor, quantity)).await?))
                    .await?;
                if values > 0 {
                    moved.push((sensor.0, quantity, values));
                }
            }
        }
        Ok(moved)
    }

    /// Makes a sensor's newest values anew.
    pub(in crate::storage) async fn renew(&mut self, renewal: &Renewal) -> Result<(), Error> {
        self.link.lock().await.run(async |db| corrections::renew(db, &self.texts, renewal).await).await
    }

    /// What a sensor's rain gauge said, in the order of time.
    pub(in crate::storage) async fn counted(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<Vec<Counted>, Error> {
        self.link.lock().await.run(async |db| Ok(corrections::counted(db, sensor, stretch).await?)).await
    }

    /// Sets what has fallen by readings of a sensor.
    pub(in crate::storage) async fn set_fallen(
        &mut self,
        sensor: SensorId,
        fallen: &[(Timestamp, f64)],
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(rewriting::set_fallen(db, sensor, fallen).await?)).await
    }

    /// A sensor's name.
    pub(in crate::storage) async fn name_of(&mut self, sensor: SensorId) -> Result<SensorName, Error> {
        self.link.lock().await.run(async |db| calibrations::name_of(db, sensor).await).await
    }

    /// A sensor whose rows are to be made anew of what was sent.
    pub(in crate::storage) async fn due(&mut self) -> Result<Option<Due>, Error> {
        self.link.lock().await.run(async |db| calibrations::due(db).await).await
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(in crate::storage) async fn note_due(
        &mut self,
        sensor: SensorId,
        next: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(calibrations::note_due(db, sensor, next).await?)).await
    }

    /// A sensor's rows within a stretch with all that is kept of them, oldest first.
    pub(in crate::storage) async fn kept(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<KeptRow>, Error> {
        self.link.lock().await.run(async |db| calibrations::kept(db, &self.texts, sensor, stretch, limit).await).await
    }

    /// Writes what became of a sensor's rows.
    pub(in crate::storage) async fn rewrite(&mut self, sensor: SensorId, rows: &[Rewritten]) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(rewriting::rewrite(db, &self.texts, sensor, rows).await?)).await
    }

    /// Notes fields of a station's uploads that mean nothing yet.
    pub(in crate::storage) async fn note_unmapped(
        &mut self,
        station: StationId,
        fields: &[Unmapped],
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(mappings::note(db, station, fields).await?)).await
    }

    /// Notes who corrected what.
    pub(in crate::storage) async fn note_correction(
        &mut self,
        station: StationId,
        selection: &Selection,
        made: (&Author, bool, u64),
        now: Timestamp,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(corrections::note(db, station, selection, made, now).await?)).await
    }

    /// Changes the devices that wait for an owner; false if the change did not apply.
    pub(in crate::storage) async fn change_enrolment(
        &mut self,
        change: &EnrolChange,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.link.lock().await.run(async |db| Ok(enrol::change(db, change, now).await?)).await
    }

    /// Empties a visitor's words about a station, and gives their entries the body `instead`.
    pub(in crate::storage) async fn forget(
        &mut self,
        visitor: &Visitor,
        station: &str,
        instead: &str,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(talk::forget(db, visitor, station, instead).await?)).await
    }

    /// There is nothing to empty: PostgreSQL keeps no log that could be. What was forgotten is in no table that anybody can ask. Its bytes stay in
    /// the tables' files until VACUUM has come by and the room is used again, and in the write-ahead log, its archive, its standbys and in
    /// backups for as long as their keeper has set.
    pub(in crate::storage) async fn empty_log(&mut self) -> Result<bool, Error> {
        Ok(true)
    }

    /// Writes one entry and commits.
    pub(in crate::storage) async fn enter_and_commit(&mut self, entry: &Entry) -> Result<(), Error> {
        let entries = std::slice::from_ref(entry);
        let mut link = self.link.lock().await;
        link.run(async |db| Ok(entries::append(db, entries).await?)).await?;
        link.commit(async |db| Ok(entries::commit(db, entries).await?)).await?;
        self.seen.committed(self.found, entries);
        Ok(())
    }

    /// Opens or closes the reserve beyond the size limit, for the transactions that follow.
    pub(in crate::storage) async fn open_reserve(&mut self, open: bool) -> Result<(), Error> {
        self.room.open_reserve(open);
        Ok(())
    }

    /// Bytes of the file that hold something.
    pub(in crate::storage) async fn used_bytes(&mut self) -> Result<u64, Error> {
        let used = self.link.lock().await.run(async |db| Ok(room::used_bytes(db).await?)).await?;
        self.room.measured(used);
        Ok(used)
    }

    /// About so many bytes belong to each sensor, as noted.
    pub(in crate::storage) async fn sizes(&mut self) -> Result<Vec<(StationId, SensorId, u64)>, Error> {
        self.link.lock().await.run(async |db| Ok(sizes::sizes(db).await?)).await
    }

    /// Notes that so many bytes more belong to each sensor.
    pub(in crate::storage) async fn note_sizes(&mut self, more: &[(SensorId, u64)]) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(room::note(db, more).await?)).await
    }

    /// Ends a transaction that failed.
    pub(in crate::storage) async fn rollback(&mut self) {
        self.link.lock().await.rollback().await;
    }

    /// If somebody else has committed since the last look: begins to read and returns the head, which stays as it is
    /// until [`Writer::looked`]. Looks again if that is not reached.
    pub(in crate::storage) async fn look(&mut self) -> Result<Option<u64>, Error> {
        let mut link = self.link.lock().await;
        let head = link.run(async |db| Ok(head::head(db).await?)).await?;
        if head <= self.seen.upto() {
            return Ok(None);
        }
        self.found = link.begin(async |db| look(db).await).await?;
        Ok(Some(self.found))
    }

    /// Ends the look that found something.
    pub(in crate::storage) async fn looked(&mut self) -> Result<(), Error> {
        self.link.lock().await.commit(async |db| Ok(entries::commit(db, &[]).await?)).await?;
        self.seen.committed(self.found, &[]);
        Ok(())
    }

    /// Entries after `seq`, whether or not all of them are still there.
    pub(in crate::storage) async fn after(&mut self, seq: u64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.link.lock().await.run(async |db| Ok(journal::after(db, seq, limit).await?)).await
    }

    /// All stations, sorted by name.
    pub(in crate::storage) async fn stations(&mut self) -> Result<Vec<FoundStation>, Error> {
        self.link.lock().await.run(async |db| stations::all(db, &self.zones).await).await
    }

    /// Counts rows: not for every commit.
    pub(in crate::storage) async fn count(&mut self) -> Result<Rows, Error> {
        self.link
            .lock()
            .await
            .run(async |db| {
                let (journal, private) = journal::rows(db).await?;
                Ok(Rows { journal, private, words: talk::rows(db).await? })
            })
            .await
    }

    /// Notes that no entries get the numbers after `after`, up to `upto`. Inside a transaction.
    pub(in crate::storage) async fn leap(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(cursors::leap(db, after, upto).await?)).await
    }

    /// The same within a transaction of reports.
    pub(in crate::storage) async fn leap_reports(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        self.leap(after, upto).await
    }

    /// Deletes some of the journal's oldest entries, never the newest, and notes which cursors are good no longer.
    pub(in crate::storage) async fn prune_journal(&mut self, limits: &JournalLimits) -> Result<PrunedEntries, Error> {
        let mut link = self.link.lock().await;
        let pruned = prune_journal(&mut link, limits).await;
        if pruned.is_err() {
            link.rollback().await;
        }
        pruned
    }

    /// Deletes some of the words and alerts that are too old or too many.
    pub(in crate::storage) async fn prune_words(&mut self, limits: &WordLimits) -> Result<Pruned, Error> {
        self.link.lock().await.run(async |db| Ok(prune::prune(db, limits).await?)).await
    }

    /// Deletes some of the rows that removed stations left; false if there are none.
    pub(in crate::storage) async fn tidy(&mut self) -> Result<bool, Error> {
        let mut link = self.link.lock().await;
        let Some(sensor) = link.run(async |db| Ok(tidy::orphan(db).await?)).await? else { return Ok(false) };
        if link.run(async |db| Ok(tidy::purge_some(db, sensor).await?)).await? {
            return Ok(true);
        }
        let done = purge_rest(&mut link, sensor).await;
        if done.is_err() {
            link.rollback().await;
        }
        done.map(|()| true)
    }

    /// Closes the readers, then the connection.
    pub(in crate::storage) async fn close(self) {
        for pool in &self.readers {
            pool.close().await;
        }
        self.link.lock().await.close().await;
    }
}

/// A whole transaction of reports, if the journal's head is still `head`; else nothing is written, and false, and the transaction waits for the
/// next [`begin`]. The caller ends what failed.
async fn record(
    link: &mut Link,
    texts: &Texts,
    head: u64,
    observed: &Observed,
    entries: &[Entry],
) -> Result<bool, Error> {
    let found = begin(link).await?;
    if found != head {
        link.waits(found);
        return Ok(false);
    }
    link.commit(async |db| reports::write_and_commit(db, texts, observed, entries).await).await?;
    Ok(true)
}

/// Deletes a sensor that has no station and no rows any more. The caller ends what failed.
async fn purge_rest(link: &mut Link, sensor: i64) -> Result<(), Error> {
    begin(link).await?;
    link.commit(async |db| {
        tidy::purge_rest(db, sensor).await?;
        Ok(entries::commit(db, &[]).await?)
    })
    .await
}

/// Reads one state until the commit, and waits for nobody.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Begins a transaction that writes; returns the head. The first one over a new connection looks whether numbers still go on where they ended.
/// One that was begun already, and waits, is that transaction.
async fn begin(link: &mut Link) -> Result<u64, Error> {
    if let Some(head) = link.waiting() {
        return Ok(head);
    }
    let beginning = link.beginning();
    let (head, started) = link.begin(async |db| head::lock(db, beginning).await).await?;
    if link.is_compared(started) {
        return Ok(head);
    }
    let (head, noted) = link.run(async |db| head::compare(db, head).await).await?;
    link.compared(noted, started);
    Ok(head)
}

async fn look(db: &mut PgConnection) -> Result<u64, Error> {
    sqlx::query(READ).execute(&mut *db).await?;
    Ok(head::head(db).await?)
}

async fn prune_journal(link: &mut Link, limits: &JournalLimits) -> Result<PrunedEntries, Error> {
    if !link.run(async |db| Ok(gone::is_due(db, limits).await?)).await? {
        return Ok(PrunedEntries::default());
    }
    begin(link).await?;
    let pruned = link.run(async |db| Ok(gone::prune(db, limits).await?)).await?;
    link.commit(async |db| Ok(entries::commit(db, &[]).await?)).await?;
    Ok(pruned)
}
