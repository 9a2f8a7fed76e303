//! What can go wrong in storage, told for the person who reads it.

use std::sync::Arc;
use weather::station::BadName;

/// The reason that an engine or the system gives. It is shared: one failed transaction answers everyone who was in it.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Storage's errors. Each engine translates its own errors into these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue before the writer is full: more arrives than can be written.
    #[error("more arrives than can be written ({0}); try again in a moment")]
    Overloaded(Limit),
    /// Another process holds the database's write lock.
    #[error("the database is locked by another process; try again in a moment")]
    Locked(#[source] Cause),
    /// The configured size limit is reached.
    #[error(
        "the database is full, nothing was stored: the owner of this server must raise max_database_mib in [storage] of the \
        configuration, or remove a station or a sensor (stevenson station remove)"
    )]
    Full(#[source] Cause),
    /// There is no room on the disk.
    #[error(
        "the disk is full, nothing was stored: the owner of this server must make room on the disk with the database"
    )]
    DiskFull(#[source] Cause),
    /// The same at the start; the folder of the database.
    #[error("the disk is full: make room in {0}")]
    NoRoom(String),
    /// The station has filled its share of the database, percent.
    #[error(
        "the station has filled its share of the database, {0} % of max_database_mib, nothing was stored: the owner of this \
        server must raise station_share_percent or max_database_mib in [storage] of the configuration, or remove sensors"
    )]
    StationFull(u32),
    /// The storage is closing.
    #[error("the server is stopping; try again in a moment")]
    Closed,
    /// No station has that slug.
    #[error("there is no station {0:?}")]
    NoStation(String),
    /// The station has no sensor of that name.
    #[error("the station {0:?} has no sensor {1:?}")]
    NoSensor(String, String),
    /// A stretch of readings is empty or too long; days that it may have.
    #[error("readings are corrected over a stretch of {0} days at most, and its end must be after its start")]
    Stretch(i64),
    /// No calibration of that datastream begins then.
    #[error(
        "{0} has no calibration of that quantity and sensor that begins then; stevenson station calibrate list shows them"
    )]
    NoCalibration(String),
    /// A station has as many calibrations as it may have.
    #[error("a station may have {0} calibrations; remove some first")]
    TooManyCalibrations(usize),
    /// Nobody has said what the field is.
    #[error("nobody has said what the field {0:?} is")]
    NoMapping(String),
    /// A station has as many mapped fields as it may have.
    #[error("the meaning of {0} fields of a station may be said; take one back first")]
    TooManyMappings(usize),
    /// A station with that slug exists.
    #[error("a station {0:?} exists already")]
    SlugTaken(String),
    /// That was another station's slug before, and leads on to it.
    #[error(
        "{0:?} was the name of the station {1:?} in URLs before, and leads on to it; if that is no longer wanted: \
        stevenson station set {1} --forget-former-slugs"
    )]
    SlugLeadsOn(String, String),
    /// The station has another slug now.
    #[error("the station {0:?} is called {1:?} in URLs now")]
    SlugChanged(String, String),
    /// A station has as many former slugs as it may have.
    #[error(
        "{0} former names of a station in URLs are kept; stevenson station set {1} --forget-former-slugs forgets them"
    )]
    TooManySlugs(usize, String),
    /// A device is bound to a station, this one.
    #[error("that device is bound to the station {0:?} already")]
    DeviceTaken(String),
    /// No device waits under that number.
    #[error("no device {0} waits to be claimed; stevenson station unclaimed lists those that do")]
    NoDevice(i64),
    /// A visitor, or an address, says too much. Seconds until more is taken.
    #[error("that is more than the keepers listen to from one visitor or one address; try again in {0} s")]
    TooManyWords(u32),
    /// All together say too much. Seconds until more may be taken.
    #[error("more is said at the moment than the keepers can answer; try again in {0} s")]
    Crowded(u32),
    /// No more alerts may be made.
    #[error("as many alerts are kept as there may be; forget one first, or try again another day")]
    TooManyAlerts,
    /// A stored name is not one.
    #[error("the database holds a bad name")]
    BadName(#[from] BadName),
    /// The database's file cannot be used.
    #[error(transparent)]
    File(#[from] BadFile),
    /// The database does not answer or is not trusted, or no connection to it was free in time.
    #[error("the database cannot be reached; try again in a moment")]
    Away(#[source] Cause),
    /// Anything else the database says.
    #[error("the database failed")]
    Database(#[source] Cause),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[source] Cause),
}

/// A file that is no database of ours, or that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// Its mode, its folder or its disk does not let it be written.
    #[error("the file is read-only: let the user that runs stevenson write it (chmod u+w, or another --data)")]
    ReadOnly,
    /// Nothing on its file system can be written.
    #[error("the file system is read-only: mount it for writing, or use another --data")]
    ReadOnlySystem,
    /// It is there, and has nothing in it, or a database that has nothing in it.
    #[error(
        "the file is empty, or a database with nothing in it: if a server has just begun it, try again in a moment; else a database was lost here, or the path is wrong: then remove the file to begin a new database"
    )]
    Empty,
    /// It is something else.
    #[error("the file is no SQLite database; is the path right?")]
    NoDatabase,
    /// It is some other program's.
    #[error("the file is a SQLite database of another program; is the path right?")]
    Foreign,
    /// It is a PostgreSQL without our tables.
    #[error(
        "there are no tables of stevenson in it; is the address right? The first server that starts over it makes them (stevenson serve)"
    )]
    NoTables,
    /// It lacks tables that this version has.
    #[error(
        "an older version made it: start the server once, which brings it up to date (stevenson serve), and ask again"
    )]
    Older,
    /// A move into it has begun, and has not ended.
    #[error(
        "a move into the database has not ended, so a part is missing: give the same stevenson migrate command again, which goes on there"
    )]
    Unfinished,
    /// There is none of our tables.
    #[error("there are no tables of stevenson there; is the address right?")]
    Nothing,
    /// It has tables that this version does not know.
    #[error("a newer version made it, which this one cannot read: use the newer stevenson")]
    Newer,
}

/// Which limit of a queue before the writer is reached. Its text names the knob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Rows of reports, of all stations.
    #[error("queue_rows is reached")]
    Rows,
    /// Memory for reports, of all stations.
    #[error("queue_mib is reached")]
    Bytes,
    /// Rows of reports, of one station.
    #[error("this station's quarter of queue_rows is reached")]
    StationRows,
    /// Memory for reports, of one station.
    #[error("this station's quarter of queue_mib is reached")]
    StationBytes,
    /// Words.
    #[error("queue_words is reached")]
    Words,
    /// Other jobs.
    #[error("too many jobs wait")]
    Jobs,
}

impl Error {
    /// The database did not answer within a time.
    pub(super) fn away(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Error::Away(Arc::new(cause))
    }

    /// Anything that is neither a lock nor a lack of room.
    pub(super) fn database(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Error::Database(Arc::new(cause))
    }

    /// The same error for someone else.
    pub(super) fn share(&self) -> Self {
        match self {
            Error::Overloaded(limit) => Error::Overloaded(*limit),
            Error::Locked(cause) => Error::Locked(cause.clone()),
            Error::Full(cause) => Error::Full(cause.clone()),
            Error::DiskFull(cause) => Error::DiskFull(cause.clone()),
            Error::NoRoom(folder) => Error::NoRoom(folder.clone()),
            Error::StationFull(percent) => Error::StationFull(*percent),
            Error::Closed => Error::Closed,
            Error::NoStation(name) => Error::NoStation(name.clone()),
            Error::NoSensor(station, name) => Error::NoSensor(station.clone(), name.clone()),
            Error::Stretch(days) => Error::Stretch(*days),
            Error::NoCalibration(station) => Error::NoCalibration(station.clone()),
            Error::TooManyCalibrations(most) => Error::TooManyCalibrations(*most),
            Error::NoMapping(field) => Error::NoMapping(field.clone()),
            Error::TooManyMappings(most) => Error::TooManyMappings(*most),
            Error::SlugTaken(name) => Error::SlugTaken(name.clone()),
            Error::SlugLeadsOn(name, now) => Error::SlugLeadsOn(name.clone(), now.clone()),
            Error::SlugChanged(name, now) => Error::SlugChanged(name.clone(), now.clone()),
            Error::TooManySlugs(most, name) => Error::TooManySlugs(*most, name.clone()),
            Error::DeviceTaken(name) => Error::DeviceTaken(name.clone()),
            Error::NoDevice(id) => Error::NoDevice(*id),
            Error::TooManyWords(seconds) => Error::TooManyWords(*seconds),
            Error::Crowded(seconds) => Error::Crowded(*seconds),
            Error::TooManyAlerts => Error::TooManyAlerts,
            Error::BadName(bad) => Error::BadName(bad.clone()),
            Error::File(bad) => Error::File(*bad),
            Error::Away(cause) => Error::Away(cause.clone()),
            Error::Database(cause) => Error::Database(cause.clone()),
            Error::Migrate(cause) => Error::Migrate(cause.clone()),
        }
    }
}
