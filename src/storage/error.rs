//! What can go wrong in storage, told for the person who reads it.

use std::sync::Arc;
use weather::station::BadName;

/// Storage's errors. The database's own are shared: one failed transaction answers everyone who was in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue before the writer is full: more arrives than can be written.
    #[error("more arrives than can be written; try again in a moment")]
    Overloaded,
    /// Another process holds the database's write lock.
    #[error("the database is locked by another process; try again in a moment")]
    Locked(#[source] Arc<sqlx::Error>),
    /// No room on the disk, or the configured size limit is reached.
    #[error("the disk or the database's size limit is full; nothing was stored")]
    Full(#[source] Arc<sqlx::Error>),
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
    Database(#[source] Arc<sqlx::Error>),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// SQLite's result codes that have a meaning of their own here (sqlite.org/rescode.html).
mod code {
    pub const BUSY: u32 = 5;
    pub const LOCKED: u32 = 6;
    pub const FULL: u32 = 13;
    /// Writing failed; where a disk has a quota this is how it says full.
    pub const IOERR_WRITE: u32 = 10 | 3 << 8;
    /// The shared index of the log could not grow.
    pub const IOERR_SHMSIZE: u32 = 10 | 19 << 8;
}

impl From<Arc<sqlx::Error>> for Error {
    fn from(error: Arc<sqlx::Error>) -> Self {
        if matches!(*error, sqlx::Error::PoolClosed) {
            return Error::Closed;
        }
        let extended = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
        match extended.map(|extended| (extended & 0xff, extended)) {
            Some((code::BUSY | code::LOCKED, _)) => Error::Locked(error),
            Some((code::FULL, _) | (_, code::IOERR_WRITE | code::IOERR_SHMSIZE)) => Error::Full(error),
            _ => Error::Database(error),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

impl Error {
    /// The same error for someone else; the database's own is shared.
    pub(super) fn share(&self) -> Self {
        match self {
            Error::Overloaded => Error::Overloaded,
            Error::Locked(e) => Error::Locked(e.clone()),
            Error::Full(e) => Error::Full(e.clone()),
            Error::Closed => Error::Closed,
            Error::NoStation(name) => Error::NoStation(name.clone()),
            Error::SlugTaken(name) => Error::SlugTaken(name.clone()),
            Error::TooManyAlerts => Error::TooManyAlerts,
            Error::BadName(e) => Error::BadName(e.clone()),
            Error::Database(e) => Error::Database(e.clone()),
            Error::Migrate(e) => Error::Database(Arc::new(sqlx::Error::Protocol(e.to_string()))),
        }
    }
}
