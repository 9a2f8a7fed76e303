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
    /// No room on the disk, or the configured size limit is reached.
    #[error("the disk or the database's size limit is full; nothing was stored")]
    Full(#[source] Cause),
    /// The storage is closing.
    #[error("the server is stopping; try again in a moment")]
    Closed,
    /// No station has that slug.
    #[error("there is no station {0:?}")]
    NoStation(String),
    /// A station with that slug exists.
    #[error("a station {0:?} exists already")]
    SlugTaken(String),
    /// No more alerts may be made.
    #[error("as many alerts are kept as there may be; forget one first, or try again another day")]
    TooManyAlerts,
    /// A stored name is not one.
    #[error("the database holds a bad name")]
    BadName(#[from] BadName),
    /// Anything else the database says.
    #[error("the database failed")]
    Database(#[source] Cause),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[source] Cause),
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
            Error::Closed => Error::Closed,
            Error::NoStation(name) => Error::NoStation(name.clone()),
            Error::SlugTaken(name) => Error::SlugTaken(name.clone()),
            Error::TooManyAlerts => Error::TooManyAlerts,
            Error::BadName(bad) => Error::BadName(bad.clone()),
            Error::Database(cause) => Error::Database(cause.clone()),
            Error::Migrate(cause) => Error::Migrate(cause.clone()),
        }
    }
}
