//! The database: one writer task with group commit, and connections that read.
//!
//! Two wings: `core/` decides, `sqlite/` does. Between them lies `engine.rs`, and `seam.rs` has the values that cross.

mod address;
mod admin;
mod announcing;
mod calibrations;
mod census;
mod copy_error;
mod copying;
mod core;
mod corrections;
mod devices;
mod engine;
mod enrol;
mod entry;
mod error;
mod here;
mod inspection;
mod keys;
mod lead;
mod letters;
mod looking;
mod many;
mod mappings;
mod move_error;
mod moving;
mod observations;
mod options;
mod outbox;
pub mod owner;
mod postgres;
mod reads;
mod retained;
mod room;
mod rows;
mod seam;
mod series;
mod sql;
mod sqlite;
mod stations;
mod tables;
mod talk;
mod talkers;
mod unclaimed;
pub mod words;
mod years;
pub mod zones;

pub use self::address::{Address, BadAddress};
pub use self::admin::SessionSecret;
pub use self::core::{Commits, Committed, Rehearsal, Stats};
pub use calibrations::{CalibrationStart, MadeCalibration};
pub use census::{Census, CensusedStation, Kept, RECENT_DAYS};
pub use copy_error::CopyError;
pub use copying::{BACKUPS, copy, restore, sound};
pub use corrections::{Author, CORRECTION_MAX_MS, Correction, Marked, REASON_MAX_CHARS, Selection, reason};
pub use devices::{BadDevice, DeviceKind, DeviceSecret};
pub use entry::{Entry, StationPiece};
pub use error::{BadFile, Cause, Error, Limit};
pub use inspection::{InspectedPostgres, InspectedStation, Inspection, Schema, Soundness};
pub use keys::{Key, MARK as KEY_MARK};
pub use lead::Lead;
pub use letters::{About, Content, Letter};
pub use looking::{census, inspect};
pub use mappings::{MadeMapping, UNMAPPED_MAX, Unmapped};
pub use move_error::MoveError;
pub use moving::{Moved, Place, Progress, migrate};
pub use observations::{Appended, Bucket, CHARTED, Extreme, Latest, SetAside, Side};
pub use options::{Durability, Misfit, Options};
pub use room::{Fill, Room};
pub use rows::{Misfits, Tally};
pub use seam::Changed;
pub use series::{Calm, Day, MadeOf, POINTS_MAX, Series, Span};
pub use stations::{Directory, FORMER_SLUGS_MAX, ListedSensor, NewStation, StationSettings};
pub use tables::Unlike;
pub use unclaimed::{Stranger, Unclaimed};
pub use years::YEARS_MAX_DAYS;

use self::core::{Answer, Job, Queue, Reports, Scribe, Shared, Writer};
use engine::{Candidate, Readers};
use here::Here;
use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};
use talkers::Talkers;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, broadcast, mpsc, oneshot, watch};
use weather::calibration::Calibration;
use weather::clock::Heard;
use weather::mapping::{FieldName, Mapping};
use weather::mark::Reason;
use weather::report::Report;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::Timestamp;

/// A handle to the database; clones share it.
#[derive(Clone)]
pub struct Storage {
    jobs: mpsc::Sender<Job>,
    reports: Arc<Queue>,
    closing: Arc<watch::Sender<bool>>,
    readers: Arc<Readers>,
    /// For what no page waits for.
    background: Arc<Readers>,
    epoch: Arc<str>,
    zones: Arc<zones::Zones>,
    /// A permit for each word that may wait. Reports have a queue of their own: readings and talk do not take each
    /// other's places.
    word_room: Arc<Semaphore>,
    /// How much visitors may say.
    talkers: Arc<Talkers>,
    /// One look for other processes' commits at a time that a reader asked for.
    looking: Arc<Semaphore>,
    shared: Arc<Shared>,
    leading: Arc<Leading>,
}

/// Whether this server leads, and what those that do not tell the one that does.
struct Leading {
    lead: Lead,
    here: Here,
    /// What finds out whether it leads; `None`: it was asked to, or there is nothing to find out.
    candidate: Mutex<Option<Candidate>>,
}

/// Jobs other than reports that may wait: someone adds or removes stations by hand.
const CONTROL_JOBS: usize = 16;

impl Storage {
    /// Opens the file (creates it if absent), migrates it, starts the writer task.
    pub async fn open(options: Options) -> Result<(Storage, Commits), Error> {
        let opened = engine::open(&options).await?;
        let (jobs, waiting) = mpsc::channel(options.queue_words + CONTROL_JOBS);
        let (closing, closes) = watch::channel(false);
        let (teller, commits) = self::core::commits(closes);
        let queue = Arc::new(Queue::new(options.queue_rows, options.queue_mib << 20));
        let word_room = Semaphore::new(options.queue_words);
        let (batch_rows, batch_words) = (options.batch_rows, options.batch_words);
        let talkers = Talkers::new(&options);
        let shared = Arc::new(Shared::new(options));
        let scribe = Scribe::new(opened.engine, shared.clone(), teller, (opened.lossy, opened.lead.clone())).await?;
        let reports = Reports::new(queue.clone(), batch_rows);
        let bell = opened.bell;
        tokio::spawn(Writer { scribe, reports, jobs: waiting, batch_words, bell }.run());
        let (lead, here, candidate) = (opened.lead, opened.here, Mutex::new(opened.candidate));
        let leading = Leading { lead, here, candidate };
        let storage = Storage {
            jobs,
            reports: queue,
            closing: Arc::new(closing),
            readers: Arc::new(opened.readers),
            background: Arc::new(opened.background),
            epoch: opened.epoch.into(),
            zones: opened.zones,
            word_room: Arc::new(word_room),
            talkers: Arc::new(talkers),
            looking: Arc::new(Semaphore::new(1)),
            shared,
            leading: Arc::new(leading),
        };
        Ok((storage, commits))
    }

    /// The same, for a worker whom no page waits for: it reads over connections of its own, a few at a time.
    pub fn in_background(&self) -> Self {
        Self { readers: self.background.clone(), ..self.clone() }
    }

    /// Tells whether this server leads. Who asks wants to lead: from the first time on it tries to. A command that does its work and ends
    /// never asks, and so takes nobody's place.
    pub fn lead(&self) -> Lead {
        if let Some(candidate) = self.leading.candidate.lock().unwrap_or_else(PoisonError::into_inner).take() {
            tokio::spawn(candidate.run(self.closing.subscribe()));
        }
        self.leading.lead.clone()
    }

    /// Tells the server that leads that a visitor is at this one.
    pub fn comes_here(&self, visitor: &words::Visitor) {
        self.leading.here.comes(visitor);
    }

    /// Hears which visitors come to other servers from now on.
    pub fn hear_who_comes(&self) -> broadcast::Receiver<Vec<words::Visitor>> {
        self.leading.here.hear()
    }

    /// Which database it is, for people.
    pub fn named(&self) -> String {
        self.shared.options.database_named()
    }

    /// The rules of time zones.
    pub fn zones(&self) -> &Arc<zones::Zones> {
        &self.zones
    }

    /// Stores reports of one station; returns after their commit. Late ones go to their place, repeated ones change nothing.
    pub async fn append(&self, station: StationId, reports: Vec<Report>) -> Result<Appended, Error> {
        if reports.is_empty() {
            return Ok(Appended::default());
        }
        self.shared.shares.admit(station, self.directory().count(), &self.shared.options)?;
        let (answer, answered) = oneshot::channel();
        self.shared.hears(station, &reports);
        // A file tells of the past.
        let heard_at = reports.iter().filter(|report| !report.is_history()).map(Report::received_at).max();
        self.reports.offer(station, reports, answer)?;
        let appended = answered.await.unwrap_or(Err(Error::Closed))?;
        if let Some(now) = heard_at.filter(|_| appended.set_aside.has(Reason::Frozen)) {
            self.shared.is_frozen(station, now);
        }
        Ok(appended)
    }

    /// Whether the database is read, and whether the writer answers: it looks whether another process has committed. Costs two short
    /// questions.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn answers(&self) -> Result<(), Error> {
        self.readers.tail(1, 1).await?;
        self.ask(Job::Look).await
    }

    /// When a station was heard since the start, whatever time its reports said, and what its clock seems to be.
    pub fn heard(&self, station: StationId) -> Heard {
        self.shared.heard(station)
    }

    /// Puts a job into the queue, if there is a place now.
    fn send(&self, job: Job) -> Result<(), Error> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Overloaded(Limit::Jobs),
            TrySendError::Closed(_) => Error::Closed,
        })
    }

    /// Stops taking reports and words, commits what is queued, closes the file.
    pub async fn close(&self) {
        self.reports.close();
        self.word_room.close();
        self.closing.send_replace(true);
        let (answer, answered) = oneshot::channel();
        // An error means that it is closed already.
        if self.jobs.send(Job::Close(answer)).await.is_ok() {
            let _ = answered.await;
        }
    }

    /// The place in the journal of the newest entry that this process has committed; 0: none yet. What it has answered
    /// stands there or before.
    pub fn head(&self) -> u64 {
        self.shared.head()
    }

    /// The journal's name: random, made with the database. Half of every cursor.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// All stations, from memory.
    pub fn directory(&self) -> Arc<Directory> {
        self.shared.directory()
    }

    /// Adds a station and makes its first key.
    pub async fn add_station(&self, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
        self.ask(|answer| Job::Add(new, answer)).await
    }

    /// Makes a new key; the old one is void.
    pub async fn renew_key(&self, slug: &Slug) -> Result<Key, Error> {
        self.ask(|answer| Job::Renew(slug.clone(), answer)).await
    }

    /// Changes what its owner may change of a station. After a change of its time zone its local days follow, some at a time.
    ///
    /// # Errors
    /// If there is no such station, if the new slug is taken, or if the database says no.
    pub async fn set_station(&self, slug: &Slug, settings: StationSettings) -> Result<(), Error> {
        self.ask(|answer| Job::Set(slug.clone(), settings, answer)).await
    }

    /// Removes a station with all its observations. It is gone at once; its rows follow, some at a time.
    pub async fn remove_station(&self, slug: &Slug) -> Result<(), Error> {
        self.ask(|answer| Job::Remove(slug.clone(), answer)).await
    }

    /// Removes a sensor with all its observations, likewise. If the station goes on to send it, it is made anew.
    pub async fn remove_sensor(&self, slug: &Slug, name: &SensorName) -> Result<(), Error> {
        self.ask(|answer| Job::RemoveSensor(slug.clone(), name.clone(), answer)).await
    }

    /// Ends all bindings of a station.
    pub async fn unbind_devices(&self, slug: &Slug) -> Result<(), Error> {
        self.ask(|answer| Job::Unbind(slug.clone(), answer)).await
    }

    /// Makes this sensor of a hub the station's main one, if there is none yet; the one that is.
    pub async fn claim_main_device(&self, slug: &Slug, name: &SensorName) -> Result<Option<SensorName>, Error> {
        self.ask(|answer| Job::ClaimMain(slug.clone(), name.clone(), answer)).await
    }

    /// Strikes readings out: they are kept, and count for nothing from now on. Newest values, lows and highs, and the rain of
    /// the days are right again when this returns. Returns how many values it struck out; those that did not count
    /// already, because they failed a check, are none of them.
    ///
    /// # Errors
    /// If the stretch is empty or longer than [`CORRECTION_MAX_MS`], if there is no such station or sensor, or if the database
    /// says no.
    pub async fn strike(&self, selection: Selection, author: Author) -> Result<u64, Error> {
        self.ask(|answer| Job::Correct(selection, author, false, answer)).await
    }

    /// Restores readings: those that were struck out, and those that quality control has set aside, count from now on. Returns
    /// how many.
    ///
    /// # Errors
    /// The same as [`Storage::strike`].
    pub async fn restore(&self, selection: Selection, author: Author) -> Result<u64, Error> {
        self.ask(|answer| Job::Correct(selection, author, true, answer)).await
    }

    /// Calibrates a datastream from a time on, until the next calibration of it holds. One that begins at the same time is
    /// replaced. What comes is calibrated at once; what is stored follows, some rows at a time.
    ///
    /// # Errors
    /// If there is no such station, if it has [`weather::calibration::CALIBRATIONS_MAX`] already, or if the database says no.
    pub async fn calibrate(
        &self,
        slug: &Slug,
        start: CalibrationStart,
        calibration: Calibration,
        author: &str,
    ) -> Result<(), Error> {
        let (of, author) = ((slug.clone(), start), author.to_owned());
        self.ask(|answer| Job::Calibrate(of, Some(calibration), author, answer)).await
    }

    /// Removes a calibration: the one before it holds from there on, if there is one. What is stored follows, likewise.
    ///
    /// # Errors
    /// If there is no such station or no such calibration, or if the database says no.
    pub async fn uncalibrate(&self, slug: &Slug, start: CalibrationStart, author: &str) -> Result<(), Error> {
        let (of, author) = ((slug.clone(), start), author.to_owned());
        self.ask(|answer| Job::Calibrate(of, None, author, answer)).await
    }

    /// Makes some rows anew that a calibration has changed, or some local days that a time zone has; false if there are none. The writer does so by itself when it has
    /// time; this is for those who wait for it.
    ///
    /// # Errors
    /// If the database says no.
    pub async fn recalculate_some(&self) -> Result<bool, Error> {
        self.ask(Job::Recalculate).await
    }

    /// Lets some readings go that are older than `raw_days`; false if there are none left. The writer does so by itself when it has time; this
    /// is for those who wait for it.
    ///
    /// # Errors
    /// If the database says no.
    pub async fn prune_some(&self) -> Result<bool, Error> {
        self.ask(Job::Prune).await
    }

    /// Says what a field of a station's uploads is: from now on it is read so, unless it means something by itself.
    ///
    /// # Errors
    /// If there is no such station, if it has [`weather::mapping::MAPPINGS_MAX`] already, or if the database says no.
    pub async fn map_field(&self, slug: &Slug, field: FieldName, mapping: Mapping, author: &str) -> Result<(), Error> {
        let (of, author) = ((slug.clone(), field), author.to_owned());
        self.ask(|answer| Job::Map(of, Some(mapping), author, answer)).await
    }

    /// A field means nothing any more.
    ///
    /// # Errors
    /// If there is no such station, or if nobody has said what the field is, or if the database says no.
    pub async fn unmap_field(&self, slug: &Slug, field: FieldName, author: &str) -> Result<(), Error> {
        let (of, author) = ((slug.clone(), field), author.to_owned());
        self.ask(|answer| Job::Map(of, None, author, answer)).await
    }

    /// Notes that an upload of a station had fields that mean nothing: names in lower case, and values. They are gathered in
    /// memory, and written when one is new, or once a minute.
    pub fn note_unmapped(&self, station: StationId, fields: &[(String, String)], now: Timestamp) {
        let seen = self.shared.gathering.note(station, fields, now);
        if !seen.is_empty() {
            // If the queue is full, they are lost: the next uploads have them again.
            let _ = self.send(Job::NoteUnmapped(station, seen));
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| Error::Closed)?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// How full the database is; measured once a minute, and more often while much is written.
    pub fn room(&self) -> Room {
        self.shared.shares.room(&self.shared.options)
    }

    /// How full each station's share of the database is, the fullest first; none if there is one station only, which may fill
    /// the whole.
    pub fn station_rooms(&self) -> Vec<(Arc<Station>, Room)> {
        let mut rooms = self.shared.shares.rooms(&self.directory(), &self.shared.options);
        rooms.sort_by_key(|(_, room)| Reverse(room.used_bytes));
        rooms
    }

    /// What storage has done since it was opened.
    pub fn stats(&self) -> Stats {
        let options = &self.shared.options;
        let fullest = self.station_rooms().first().map_or(0, |(_, room)| room.used_bytes);
        Stats {
            fullest_station_bytes: fullest,
            station_limit_bytes: options.station_share_bytes(),
            reads: self.readers.asked(),
            background_reads: self.background.asked(),
            queued_reports: self.reports.reports() as u64,
            queued_words: options.queue_words.saturating_sub(self.word_room.available_permits()) as u64,
            used_bytes: self.room().used_bytes,
            limit_bytes: self.room().limit_bytes,
            leads: u64::from(self.leading.lead.is_leading()),
            ..self.shared.stats()
        }
    }
}

/// Places in the queue, of which there are `limit`. What is larger than the queue is let in when nothing else waits.
fn take_room(room: &Arc<Semaphore>, places: usize, limit: usize) -> Result<OwnedSemaphorePermit, Error> {
    let places = u32::try_from(places.min(limit)).unwrap_or(u32::MAX);
    room.clone().try_acquire_many_owned(places).map_err(|error| match error {
        TryAcquireError::NoPermits => Error::Overloaded(Limit::Words),
        TryAcquireError::Closed => Error::Closed,
    })
}
