//! The seam: what core asks of a database, one step a function, whichever database it is.
//!
//! An engine is two structs with the functions below: one that writes (its only connection that does), and one that
//! reads (any number of callers at once). To add one: write a folder beside `sqlite/` with the same functions, add a
//! variant to each of the two enums, a line to `each!` and an arm to [`open`]. `core/` stays as it is.
//!
//! Words and reports have transactions of their own, never two at a time. Of words: `begin` takes the lock and returns
//! the head; `known_words` tells what a batch has to know; `write_and_commit` ends the transaction; after an error in
//! between, `rollback`. Of reports, if the writer remembers all that they touch: `record`, from the lock to the commit. Else
//! `begin_reports`; then `sensors`, `add_sensors`, `days` and `rows` tell what a batch has to know; then
//! `write_and_commit_reports`, or `rollback_reports`. No two transactions of any process may be between the lock and the
//! commit at the same time: numbers of the journal come in the order of commits, without a gap that is filled later.

use super::calibrations::MadeCalibration;
use super::corrections::{Author, Correction, Marked, Selection};
use super::devices::DeviceSecret;
use super::entry::{Entry, StationPiece};
use super::error::Error;
use super::here::Here;
use super::keys::KeyHash;
use super::lead::Lead;
use super::letters::{Letter, OutboxChange};
use super::mappings::{MadeMapping, Unmapped};
use super::observations::{Bucket, Extreme, Latest, Side};
use super::options::Options;
use super::postgres;
use super::seam::{
    AdminChange, Age, Cell, Changed, Counted, Datastream, DayPlace, Due, EnrolChange, Extent, FoundRow, FoundSensor,
    Gone, JournalLimits, KeptRow, KnownWords, Move, Named, Observed, Piece, Place, Pruned, PrunedEntries, Range,
    Renewal, Rewritten, Rezoning, Rows, SensorDay, SensorId, Spoken, StationChange, Stretch, WordLimits,
};
use super::sqlite;
use super::stations::{FoundStation, ListedSensor};
use super::unclaimed::{Claimed, Unclaimed};
use super::words::{Alert, Hearer, Visitor, Word};
use super::zones::Zones;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::station::{SensorName, Station, StationId};
use weather::time::Timestamp;

/// The one that writes.
pub(super) enum Engine {
    Sqlite(sqlite::Writer),
    Postgres(postgres::Writer),
}

/// Those that read.
pub(super) enum Readers {
    Sqlite(sqlite::Readers),
    Postgres(postgres::Readers),
}

/// What `open` finds out.
pub(super) struct Opened {
    pub engine: Engine,
    pub readers: Readers,
    /// For what no page waits for.
    pub background: Readers,
    /// The journal's name: random, made with the database.
    pub epoch: String,
    /// True if a power cut may have taken commits of an earlier run: their journal numbers must not come again.
    pub lossy: bool,
    /// The newest head of the journal that other servers have told of, if they can.
    pub bell: Option<watch::Receiver<u64>>,
    /// Where the rules of time zones come from.
    pub zones: Arc<Zones>,
    /// Whether this server leads.
    pub lead: Lead,
    /// Visitors at servers that do not.
    pub here: Here,
    /// What finds that out, if there may be others.
    pub candidate: Option<Candidate>,
}

/// What finds out whether this server leads.
pub(super) type Candidate = postgres::Candidate;

/// Opens the database that the options name, creates and migrates it if need be.
pub(super) async fn open(options: &Options) -> Result<Opened, Error> {
    options.check().map_err(Error::database)?;
    if !options.database.is_empty() {
        let postgres::Opened { writer, readers, background, epoch, lossy, zones, bell, lead, here, candidate } =
            postgres::open(options).await?;
        let (readers, background) = (Readers::Postgres(readers), Readers::Postgres(background));
        let (engine, bell, candidate) = (Engine::Postgres(writer), Some(bell), Some(candidate));
        return Ok(Opened { engine, readers, background, epoch, lossy, bell, zones, lead, here, candidate });
    }
    let sqlite::Opened { writer, readers, background, epoch, lossy, zones } = sqlite::open(options).await?;
    let (readers, background) = (Readers::Sqlite(readers), Readers::Sqlite(background));
    let (engine, lead) = (Engine::Sqlite(writer), Lead::always());
    Ok(Opened {
        engine,
        readers,
        background,
        epoch,
        lossy,
        bell: None,
        zones,
        lead,
        here: Here::new(),
        candidate: None,
    })
}

/// A transaction that is under way.
pub(super) type Recording = Pin<Box<dyn Future<Output = Result<Option<Vec<Entry>>, Error>> + Send>>;

/// The same for each engine.
macro_rules! each {
    ($enum:ident, $self:ident, $db:ident => $do:expr) => {
        match $self {
            $enum::Sqlite($db) => $do,
            $enum::Postgres($db) => $do,
        }
    };
}

/// The same of those that read. A PostgreSQL may be behind a network that swallows everything. In a box: the compiler would have to
/// look through too many futures in futures.
macro_rules! ask {
    ($self:ident, $db:ident => $do:expr) => {
        match $self {
            Readers::Sqlite($db) => $do,
            Readers::Postgres($db) => $db.within(Box::pin(async { $do })).await,
        }
    };
}

impl Engine {
    /// The newest entry's number, outside of any transaction; 0 in an empty journal.
    pub(super) async fn head(&mut self) -> Result<u64, Error> {
        each!(Engine, self, db => db.head().await)
    }

    /// Takes the write lock, which is held until the commit; returns the journal's head, read under the lock.
    pub(super) async fn begin(&mut self) -> Result<u64, Error> {
        each!(Engine, self, db => db.begin().await)
    }

    /// The same for reports.
    pub(super) async fn begin_reports(&mut self) -> Result<u64, Error> {
        each!(Engine, self, db => db.begin_reports().await)
    }

    /// The sensors of stations with their newest values, by station; one that has none is not there.
    pub(super) async fn sensors(
        &mut self,
        stations: &BTreeSet<StationId>,
    ) -> Result<HashMap<StationId, Vec<FoundSensor>>, Error> {
        each!(Engine, self, db => db.sensors(stations).await)
    }

    /// Makes sensors.
    pub(super) async fn add_sensors(
        &mut self,
        new: &[(StationId, &SensorName)],
    ) -> Result<Vec<(StationId, SensorName, SensorId)>, Error> {
        each!(Engine, self, db => db.add_sensors(new).await)
    }

    /// The extremes of days.
    pub(super) async fn days(
        &mut self,
        wanted: &BTreeSet<SensorDay>,
    ) -> Result<Vec<(SensorDay, Quantity, Range)>, Error> {
        each!(Engine, self, db => db.days(wanted).await)
    }

    /// The rows that exist at places, with their marks.
    pub(super) async fn rows(&mut self, wanted: &BTreeSet<Place>) -> Result<HashMap<Place, FoundRow>, Error> {
        each!(Engine, self, db => db.rows(wanted).await)
    }

    /// The named words and alerts that are there.
    pub(super) async fn known_words(&mut self, named: &Named<'_>) -> Result<KnownWords, Error> {
        each!(Engine, self, db => db.known_words(named).await)
    }

    /// Writes what was said, with its entries (those of the new words in their order, then those of what was told), and
    /// commits.
    pub(super) async fn write_and_commit(
        &mut self,
        spoken: &Spoken<'_>,
        entries: &[Entry],
        now: Timestamp,
    ) -> Result<(), Error> {
        each!(Engine, self, db => db.write_and_commit(spoken, entries, now).await)
    }

    /// Writes what reports changed, and commits; gives the entries back.
    pub(super) async fn write_and_commit_reports(
        &mut self,
        observed: Observed,
        entries: Vec<Entry>,
    ) -> Result<Vec<Entry>, Error> {
        each!(Engine, self, db => db.write_and_commit_reports(observed, entries).await)
    }

    /// A whole transaction of reports, from the lock to the commit, if the journal's head is still `head`: gives the
    /// entries back. `None`, and nothing written, if another process has committed. It goes on beside the caller, who
    /// asks for nothing else until it has ended.
    pub(super) fn record(&mut self, head: u64, observed: Observed, entries: Vec<Entry>) -> Recording {
        each!(Engine, self, db => Box::pin(db.record(head, observed, entries)))
    }

    /// Ends a transaction of reports that failed.
    pub(super) async fn rollback_reports(&mut self) {
        each!(Engine, self, db => db.rollback_reports().await)
    }

    /// Changes the list of stations.
    pub(super) async fn change_station(&mut self, change: &StationChange<'_>, now: Timestamp) -> Result<(), Error> {
        each!(Engine, self, db => db.change_station(change, now).await)
    }

    /// Changes the owner's password or sessions, inside a transaction; false if the change did not apply.
    pub(super) async fn change_admin(&mut self, change: &AdminChange) -> Result<bool, Error> {
        each!(Engine, self, db => db.change_admin(change).await)
    }

    /// Changes the outbox, inside a transaction; returns how many letters went.
    pub(super) async fn change_outbox(&mut self, change: &OutboxChange) -> Result<u64, Error> {
        each!(Engine, self, db => db.change_outbox(change).await)
    }

    /// Strikes values out or restores them; returns how many, by sensor and quantity.
    pub(super) async fn correct(&mut self, what: &Move<'_>) -> Result<Vec<(SensorId, Quantity, u64)>, Error> {
        each!(Engine, self, db => db.correct(what).await)
    }

    /// Makes a sensor's newest values anew.
    pub(super) async fn renew(&mut self, renewal: &Renewal) -> Result<(), Error> {
        each!(Engine, self, db => db.renew(renewal).await)
    }

    /// What a sensor's rain gauge said, in the order of time.
    pub(super) async fn counted(&mut self, sensor: SensorId, stretch: Stretch) -> Result<Vec<Counted>, Error> {
        each!(Engine, self, db => db.counted(sensor, stretch).await)
    }

    /// Sets what has fallen by readings of a sensor.
    pub(super) async fn set_fallen(&mut self, sensor: SensorId, fallen: &[(Timestamp, f64)]) -> Result<(), Error> {
        each!(Engine, self, db => db.set_fallen(sensor, fallen).await)
    }

    /// A sensor's name.
    pub(super) async fn name_of(&mut self, sensor: SensorId) -> Result<SensorName, Error> {
        each!(Engine, self, db => db.name_of(sensor).await)
    }

    /// A sensor whose rows are to be made anew of what was sent; `None`: there is none.
    pub(super) async fn due(&mut self) -> Result<Option<Due>, Error> {
        each!(Engine, self, db => db.due().await)
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(super) async fn note_due(&mut self, sensor: SensorId, next: Option<Timestamp>) -> Result<(), Error> {
        each!(Engine, self, db => db.note_due(sensor, next).await)
    }

    /// A sensor's rows within a stretch with all that is kept of them, oldest first, `limit` at most.
    pub(super) async fn kept(&mut self, sensor: SensorId, stretch: Stretch, limit: u32) -> Result<Vec<KeptRow>, Error> {
        each!(Engine, self, db => db.kept(sensor, stretch, limit).await)
    }

    /// Writes what became of a sensor's rows.
    pub(super) async fn rewrite(&mut self, sensor: SensorId, rows: &[Rewritten]) -> Result<(), Error> {
        each!(Engine, self, db => db.rewrite(sensor, rows).await)
    }

    /// A sensor whose local days are to be made anew; `None`: there is none.
    pub(super) async fn rezoning(&mut self) -> Result<Option<Rezoning>, Error> {
        each!(Engine, self, db => db.rezoning().await)
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(super) async fn note_rezoning(&mut self, sensor: SensorId, place: Option<DayPlace>) -> Result<(), Error> {
        each!(Engine, self, db => db.note_rezoning(sensor, place).await)
    }

    /// A sensor's newest row before an instant, and its newest day up to one that has extremes.
    pub(super) async fn newest_of(
        &mut self,
        sensor: SensorId,
        before: (Timestamp, NaiveDate),
    ) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
        each!(Engine, self, db => db.newest_of(sensor, before).await)
    }

    /// How many rows a sensor has within a stretch, and whether it has values of a quantity at all.
    pub(super) async fn present(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
        quantity: Quantity,
    ) -> Result<(u64, bool), Error> {
        each!(Engine, self, db => db.present(sensor, stretch, quantity).await)
    }

    /// A sensor's newest row, and the day up to which its days are still to be made; `None`: there is none.
    pub(super) async fn newest_row(
        &mut self,
        sensor: SensorId,
    ) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
        each!(Engine, self, db => db.newest_row(sensor).await)
    }

    /// Forgets a sensor's hours that begin in a stretch.
    pub(super) async fn forget_hours(&mut self, sensor: SensorId, stretch: Stretch) -> Result<(), Error> {
        each!(Engine, self, db => db.forget_hours(sensor, stretch).await)
    }

    /// Makes hours that follow each other anew of their rows; returns how many rows there are.
    pub(super) async fn renew_hours(&mut self, sensor: SensorId, hours: &[Stretch]) -> Result<u64, Error> {
        each!(Engine, self, db => db.renew_hours(sensor, hours).await)
    }

    /// Makes a day anew of its hours. `open`: the hour of the newest row, if it is of that day; it is made of its rows, and the day
    /// has only lows and highs.
    pub(super) async fn renew_day(
        &mut self,
        of: (SensorId, NaiveDate),
        day: Stretch,
        open: Option<Stretch>,
    ) -> Result<(), Error> {
        each!(Engine, self, db => db.renew_day(of, day, open).await)
    }

    /// How old the readings of the next sensors after one are, `limit` at most.
    pub(super) async fn ages(&mut self, after: SensorId, limit: u32) -> Result<Vec<Age>, Error> {
        each!(Engine, self, db => db.ages(after, limit).await)
    }

    /// Notes from when on a sensor has readings.
    pub(super) async fn note_raw_from(&mut self, sensor: SensorId, from: Timestamp) -> Result<(), Error> {
        each!(Engine, self, db => db.note_raw_from(sensor, from).await)
    }

    /// From when on a sensor has readings; `None`: none have gone.
    pub(super) async fn raw_from(&mut self, sensor: SensorId) -> Result<Option<Timestamp>, Error> {
        each!(Engine, self, db => db.raw_from(sensor).await)
    }

    /// The same of the sensors of a station of which some have gone.
    pub(super) async fn raw_from_of(&mut self, station: StationId) -> Result<Vec<(SensorId, Timestamp)>, Error> {
        each!(Engine, self, db => db.raw_from_of(station).await)
    }

    /// The latest of all of them.
    pub(super) async fn newest_raw_from(&mut self) -> Result<Option<Timestamp>, Error> {
        each!(Engine, self, db => db.newest_raw_from().await)
    }

    /// Deletes the oldest readings that are to go of the first sensor from one on that has some, with all that belongs to them, a number of
    /// rows at most, in a transaction of its own; `None`: there are none. `weigh` tells how many bytes they took.
    pub(super) async fn prune_readings(
        &mut self,
        from: (SensorId, u32),
        weigh: fn(&Gone) -> u64,
    ) -> Result<Option<Gone>, Error> {
        each!(Engine, self, db => db.prune_readings(from, weigh).await)
    }

    /// Gives some free pages of the file back to the disk, but for `keep`; false if there are none to give.
    pub(super) async fn shrink(&mut self, keep: u32) -> Result<bool, Error> {
        each!(Engine, self, db => db.shrink(keep).await)
    }

    /// The last that a rain gauge said within a stretch.
    pub(super) async fn counted_before(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<Option<Counted>, Error> {
        each!(Engine, self, db => db.counted_before(sensor, stretch).await)
    }

    /// Notes fields of a station's uploads that mean nothing yet.
    pub(super) async fn note_unmapped(&mut self, station: StationId, fields: &[Unmapped]) -> Result<(), Error> {
        each!(Engine, self, db => db.note_unmapped(station, fields).await)
    }

    /// Notes who corrected what: the author, whether it was restored, and how many values.
    pub(super) async fn note_correction(
        &mut self,
        station: StationId,
        selection: &Selection,
        made: (&Author, bool, u64),
        now: Timestamp,
    ) -> Result<(), Error> {
        each!(Engine, self, db => db.note_correction(station, selection, made, now).await)
    }

    /// Changes the devices that wait for an owner, inside a transaction; false if the change did not apply.
    pub(super) async fn change_enrolment(&mut self, change: &EnrolChange, now: Timestamp) -> Result<bool, Error> {
        each!(Engine, self, db => db.change_enrolment(change, now).await)
    }

    /// Empties a visitor's words about a station, and gives their entries the body `instead`.
    pub(super) async fn forget(&mut self, visitor: &Visitor, station: &str, instead: &str) -> Result<(), Error> {
        each!(Engine, self, db => db.forget(visitor, station, instead).await)
    }

    /// Empties the log, which may hold what was forgotten; false if somebody reads from it now.
    pub(super) async fn empty_log(&mut self) -> Result<bool, Error> {
        each!(Engine, self, db => db.empty_log().await)
    }

    /// Writes one entry and commits.
    pub(super) async fn enter_and_commit(&mut self, entry: &Entry) -> Result<(), Error> {
        each!(Engine, self, db => db.enter_and_commit(entry).await)
    }

    /// Opens or closes the reserve beyond the size limit, for the transactions that follow.
    pub(super) async fn open_reserve(&mut self, open: bool) -> Result<(), Error> {
        each!(Engine, self, db => db.open_reserve(open).await)
    }

    /// Bytes of the database that hold something.
    pub(super) async fn used_bytes(&mut self) -> Result<u64, Error> {
        each!(Engine, self, db => db.used_bytes().await)
    }

    /// About so many bytes belong to each sensor, as noted.
    pub(super) async fn sizes(&mut self) -> Result<Vec<(StationId, SensorId, u64)>, Error> {
        each!(Engine, self, db => db.sizes().await)
    }

    /// Notes that so many bytes more belong to each sensor.
    pub(super) async fn note_sizes(&mut self, more: &[(SensorId, u64)]) -> Result<(), Error> {
        each!(Engine, self, db => db.note_sizes(more).await)
    }

    /// Ends a transaction that failed.
    pub(super) async fn rollback(&mut self) {
        each!(Engine, self, db => db.rollback().await)
    }

    /// If somebody else has committed since the last look: begins to read and returns the head, which stays as it is
    /// until [`Engine::looked`]. Looks again if that is not reached.
    pub(super) async fn look(&mut self) -> Result<Option<u64>, Error> {
        each!(Engine, self, db => db.look().await)
    }

    /// Ends the look that found something.
    pub(super) async fn looked(&mut self) -> Result<(), Error> {
        each!(Engine, self, db => db.looked().await)
    }

    /// Entries after `seq`, whether or not all of them are still there.
    pub(super) async fn after(&mut self, seq: u64, limit: u32) -> Result<Vec<Entry>, Error> {
        each!(Engine, self, db => db.after(seq, limit).await)
    }

    /// All stations, sorted by name.
    pub(super) async fn stations(&mut self) -> Result<Vec<FoundStation>, Error> {
        each!(Engine, self, db => db.stations().await)
    }

    /// Counts rows: not for every commit.
    pub(super) async fn count(&mut self) -> Result<Rows, Error> {
        each!(Engine, self, db => db.count().await)
    }

    /// Notes that no entries get the numbers after `after`, up to `upto`. Inside a transaction.
    pub(super) async fn leap(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        each!(Engine, self, db => db.leap(after, upto).await)
    }

    /// The same within a transaction of reports.
    pub(super) async fn leap_reports(&mut self, after: u64, upto: u64) -> Result<(), Error> {
        each!(Engine, self, db => db.leap_reports(after, upto).await)
    }

    /// Deletes some of the journal's oldest entries, never the newest, and notes which cursors are good no longer.
    pub(super) async fn prune_journal(&mut self, limits: &JournalLimits) -> Result<PrunedEntries, Error> {
        each!(Engine, self, db => db.prune_journal(limits).await)
    }

    /// Deletes some of the words and alerts that are too old or too many.
    pub(super) async fn prune_words(&mut self, limits: &WordLimits) -> Result<Pruned, Error> {
        each!(Engine, self, db => db.prune_words(limits).await)
    }

    /// Deletes some of the rows that removed stations left; false if there are none.
    pub(super) async fn tidy(&mut self) -> Result<bool, Error> {
        each!(Engine, self, db => db.tidy().await)
    }

    /// Closes the readers, then this connection and the database.
    pub(super) async fn close(self) {
        each!(Engine, self, db => db.close().await)
    }
}

impl Readers {
    /// How many questions were asked.
    pub(super) fn asked(&self) -> u64 {
        each!(Readers, self, db => db.asked())
    }

    /// The newest `limit` journal entries, oldest first; fewer if they are more than so many bytes.
    pub(super) async fn tail(&self, limit: u32, bytes_max: usize) -> Result<Vec<Entry>, Error> {
        ask!(self, db => db.tail(limit, bytes_max).await)
    }

    /// Entries after `seq` that everybody or `reader` may read, oldest first, at most so many and so many bytes, but one in
    /// any case; `None` if `seq` is no good cursor.
    pub(super) async fn since(
        &self,
        seq: u64,
        reader: Option<&Visitor>,
        limit: u32,
        bytes_max: usize,
    ) -> Result<Option<Piece>, Error> {
        ask!(self, db => db.since(seq, reader, limit, bytes_max).await)
    }

    /// Public entries of a station after `seq`, or from the oldest on, of the next `look` entries of the journal, at most
    /// `limit` and so many bytes, but one in any case; `None` if `seq` is no good cursor.
    pub(super) async fn of_station(
        &self,
        station: StationId,
        seq: Option<u64>,
        limits: (u32, u32, usize),
    ) -> Result<Option<StationPiece>, Error> {
        ask!(self, db => db.of_station(station, seq, limits).await)
    }

    /// The newest public entry of a station among the newest `look` of the journal; if there is none, the head.
    pub(super) async fn end_of_station(&self, station: StationId, look: u32) -> Result<u64, Error> {
        ask!(self, db => db.end_of_station(station, look).await)
    }

    /// The station whose key hashes to that: another process may have made it a moment ago.
    pub(super) async fn station_by_hash(&self, hash: &KeyHash) -> Result<Option<Station>, Error> {
        ask!(self, db => db.station_by_hash(hash).await)
    }

    /// A station's sensors, sorted by name.
    pub(super) async fn sensors(&self, station: StationId) -> Result<Vec<ListedSensor>, Error> {
        ask!(self, db => db.sensors(station).await)
    }

    /// The newest value of every datastream of a station.
    pub(super) async fn latest(&self, station: StationId) -> Result<Vec<Latest>, Error> {
        ask!(self, db => db.latest(station).await)
    }

    /// Lows and highs of a station's local day.
    pub(super) async fn extremes(&self, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
        ask!(self, db => db.extremes(station, day).await)
    }

    /// The newest `limit` times of the main sensor, newest first, ms; of the sensor that reported last if there is no
    /// main one.
    pub(super) async fn newest_times(&self, station: StationId, limit: u32) -> Result<Vec<i64>, Error> {
        ask!(self, db => db.newest_times(station, limit).await)
    }

    /// How many rows a station has.
    pub(super) async fn count(&self, station: StationId) -> Result<u64, Error> {
        ask!(self, db => db.count(station).await)
    }

    /// A datastream in buckets.
    pub(super) async fn series(
        &self,
        of: Datastream<'_>,
        stretch: Stretch,
        bucket_ms: i64,
    ) -> Result<Vec<Bucket>, Error> {
        ask!(self, db => db.series(of, stretch, bucket_ms).await)
    }

    /// The quantities of which pages draw a day, in buckets.
    pub(super) async fn charted(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
        bucket_ms: i64,
    ) -> Result<Vec<(Quantity, Vec<Bucket>)>, Error> {
        ask!(self, db => db.charted(of, stretch, bucket_ms).await)
    }

    /// What there is of a datastream's sensor; `None` if it has no row.
    pub(super) async fn extent(&self, of: Datastream<'_>) -> Result<Option<Extent>, Error> {
        ask!(self, db => db.extent(of).await)
    }

    /// How many values the hours have that begin in a stretch.
    pub(super) async fn hourly_count(&self, of: (SensorId, Quantity), stretch: Stretch) -> Result<u64, Error> {
        ask!(self, db => db.hourly_count(of, stretch).await)
    }

    /// What the rows of stretches are that follow each other; those without a value are left out.
    pub(super) async fn of_rows(&self, of: (SensorId, Quantity), stretches: Vec<Stretch>) -> Result<Vec<Cell>, Error> {
        ask!(self, db => db.of_rows(of, stretches).await)
    }

    /// The hours that begin in a stretch, in the order of time.
    pub(super) async fn hourly(&self, of: (SensorId, Quantity), stretch: Stretch) -> Result<Vec<Cell>, Error> {
        ask!(self, db => db.hourly(of, stretch).await)
    }

    /// The days from `from` to `to`, both included, with the number of their hours, oldest first.
    pub(super) async fn daily(
        &self,
        of: (SensorId, Quantity),
        dates: (NaiveDate, NaiveDate),
    ) -> Result<Vec<(NaiveDate, Rollup, u32)>, Error> {
        ask!(self, db => db.daily(of, dates).await)
    }

    /// The rows of a sensor within a stretch, oldest first, `limit` at most.
    pub(super) async fn rows(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Values)>, Error> {
        ask!(self, db => db.rows(of, stretch, limit).await)
    }

    /// The quantities that a sensor has values of within a stretch; looks at every row of it.
    pub(super) async fn quantities(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
    ) -> Result<Vec<Quantity>, Error> {
        ask!(self, db => db.quantities(of, stretch).await)
    }

    /// Low and high on each day from `from` to `to`, both included, oldest first.
    pub(super) async fn days(
        &self,
        of: Datastream<'_>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Extreme)>, Error> {
        ask!(self, db => db.days(of, from, to).await)
    }

    /// The first day that a sensor has values of.
    pub(super) async fn first_day(&self, station: StationId, sensor: &SensorName) -> Result<Option<NaiveDate>, Error> {
        ask!(self, db => db.first_day(station, sensor).await)
    }

    /// The last day since `from` that has a value beyond a limit.
    pub(super) async fn last_day(
        &self,
        of: Datastream<'_>,
        beyond: (Side, f64),
        from: NaiveDate,
    ) -> Result<Option<NaiveDate>, Error> {
        ask!(self, db => db.last_day(of, beyond, from).await)
    }

    /// The newest observation within a stretch that lies beyond a limit.
    pub(super) async fn newest(
        &self,
        of: Datastream<'_>,
        beyond: (Side, f64),
        stretch: Stretch,
    ) -> Result<Option<(Timestamp, f64)>, Error> {
        ask!(self, db => db.newest(of, beyond, stretch).await)
    }

    /// Low and high within a stretch; looks at every row of it.
    pub(super) async fn extreme(&self, of: Datastream<'_>, stretch: Stretch) -> Result<Option<Extreme>, Error> {
        ask!(self, db => db.extreme(of, stretch).await)
    }

    /// The newest values of a station that do not count, within a stretch, oldest first.
    pub(super) async fn marked(
        &self,
        station: StationId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<Marked>, Error> {
        ask!(self, db => db.marked(station, from, to, limit).await)
    }

    /// The newest corrections of a station's readings, newest first.
    pub(super) async fn corrections(&self, station: StationId, limit: u32) -> Result<Vec<Correction>, Error> {
        ask!(self, db => db.corrections(station, limit).await)
    }

    /// A station's calibrations: those that hold, then those that were removed.
    pub(super) async fn calibrations(&self, station: StationId, limit: u32) -> Result<Vec<MadeCalibration>, Error> {
        ask!(self, db => db.calibrations(station, limit).await)
    }

    /// What a station's owner has said of fields.
    pub(super) async fn mappings(&self, station: StationId) -> Result<Vec<MadeMapping>, Error> {
        ask!(self, db => db.mappings(station).await)
    }

    /// Fields that a station has sent and that mean nothing yet.
    pub(super) async fn unmapped(&self, station: StationId) -> Result<Vec<Unmapped>, Error> {
        ask!(self, db => db.unmapped(station).await)
    }

    /// Whether rows of a station are still to be made anew.
    pub(super) async fn is_recalculating(&self, station: StationId) -> Result<bool, Error> {
        ask!(self, db => db.is_recalculating(station).await)
    }

    /// What a sensor sent within a stretch where a calibration made something else of it, oldest first.
    pub(super) async fn sent_between(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
    ) -> Result<Vec<(Timestamp, Quantity, f64)>, Error> {
        ask!(self, db => db.sent_between(of, stretch).await)
    }

    /// What a datastream sent within a stretch, whether it counts or not, oldest first.
    pub(super) async fn sent(
        &self,
        of: Datastream<'_>,
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<(Timestamp, f64)>, Error> {
        ask!(self, db => db.sent(of, stretch, limit).await)
    }

    /// Visitors' words without an answer after a place in the journal, oldest first.
    pub(super) async fn unanswered(&self, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        ask!(self, db => db.unanswered(after, limit).await)
    }

    /// The same of one visitor.
    pub(super) async fn unanswered_of(&self, visitor: &Visitor, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        ask!(self, db => db.unanswered_of(visitor, after, limit).await)
    }

    /// The newest `limit` words of a visitor about a station, oldest first.
    pub(super) async fn conversation(&self, visitor: &Visitor, station: &str, limit: u32) -> Result<Vec<Word>, Error> {
        ask!(self, db => db.conversation(visitor, station, limit).await)
    }

    /// Who has said something about a station since then: of the newest `searched` words the newest `limit` visitors.
    pub(super) async fn hearers(
        &self,
        station: &str,
        since: Timestamp,
        (searched, limit): (u32, u32),
    ) -> Result<Vec<Hearer>, Error> {
        ask!(self, db => db.hearers(station, since, (searched, limit)).await)
    }

    /// The stations about which visitors have said something since then, of the newest `searched` words.
    pub(super) async fn heard_at(&self, since: Timestamp, searched: u32) -> Result<Vec<String>, Error> {
        ask!(self, db => db.heard_at(since, searched).await)
    }

    /// The hash of the owner's password, if there is one.
    pub(super) async fn admin_password(&self) -> Result<Option<String>, Error> {
        ask!(self, db => db.admin_password().await)
    }

    /// Whether there is a session of the owner whose secret hashes to that, at an instant.
    pub(super) async fn has_session(&self, hash: &KeyHash, now: Timestamp) -> Result<bool, Error> {
        ask!(self, db => db.has_session(hash, now).await)
    }

    /// The devices that wait for an owner, the one that was heard last first.
    pub(super) async fn unclaimed(&self) -> Result<Vec<(Unclaimed, Option<String>)>, Error> {
        ask!(self, db => db.unclaimed().await)
    }

    /// The number of the device with this secret, if it waits.
    pub(super) async fn waiting(&self, secret: &DeviceSecret) -> Result<Option<i64>, Error> {
        ask!(self, db => db.waiting(secret).await)
    }

    /// One of them, with its reports.
    pub(super) async fn claimed(&self, id: i64) -> Result<Option<Claimed>, Error> {
        ask!(self, db => db.claimed(id).await)
    }

    /// The oldest letters of a webhook, and how many it has.
    pub(super) async fn letters(&self, webhook: &str, limit: u32) -> Result<(Vec<Letter>, u64), Error> {
        ask!(self, db => db.letters(webhook, limit).await)
    }

    /// All alerts.
    pub(super) async fn alerts(&self) -> Result<Vec<Alert>, Error> {
        ask!(self, db => db.alerts().await)
    }
}

/// Many stations at once: a page of them asks as often as a page of one.
impl Readers {
    /// The newest values of main sensors; where such a sensor has none of `wanted`, those of `others` more sensors, too:
    /// the ones that were heard last.
    pub(super) async fn latest_of(
        &self,
        stations: &[StationId],
        wanted: Quantity,
        others: u32,
        now: Timestamp,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        ask!(self, db => db.latest_of(stations, wanted, others, now).await)
    }

    /// The newest values of all sensors of stations, of `limit` sensors at most.
    pub(super) async fn latest_of_all(
        &self,
        stations: &[StationId],
        limit: u32,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        ask!(self, db => db.latest_of_all(stations, limit).await)
    }

    /// The same as [`Readers::newest_times`] of many stations.
    pub(super) async fn newest_times_of(
        &self,
        stations: &[StationId],
        limit: u32,
    ) -> Result<HashMap<StationId, Vec<i64>>, Error> {
        ask!(self, db => db.newest_times_of(stations, limit).await)
    }

    /// Low and high of a quantity of main sensors, each on a local day of its own.
    pub(super) async fn extremes_of(
        &self,
        days: &[(StationId, NaiveDate)],
        quantity: Quantity,
    ) -> Result<HashMap<StationId, Extreme>, Error> {
        ask!(self, db => db.extremes_of(days, quantity).await)
    }

    /// The temperatures of main sensors in buckets, each from its own instant (inclusive) to `to` (exclusive).
    pub(super) async fn temperatures_of(
        &self,
        from: &[(StationId, Timestamp)],
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<HashMap<StationId, Vec<Bucket>>, Error> {
        ask!(self, db => db.temperatures_of(from, to, bucket_ms).await)
    }

    /// What entries after `seq` are about; `None` if there are more than `limit`, or if `seq` is no good cursor.
    pub(super) async fn changed(&self, seq: u64, limit: u32) -> Result<Option<Changed>, Error> {
        ask!(self, db => db.changed(seq, limit).await)
    }
}
