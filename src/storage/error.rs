//! What can go wrong in storage, told for the person who reads it.

use crate::weather::station::BadName;

/// Storage's errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue before the writer is full: more reports arrive than can be written.
    #[error("more readings arrive than can be written; try again in a moment")]
    Overloaded,
    /// Another process holds the database's write lock.
    #[error("the database is locked by another process; try again in a moment")]
    Locked(#[source] sqlx::Error),
    /// No room on the disk, or the configured size limit is reached.
    #[error("the disk or the database's size limit is full; nothing was stored")]
    Full(#[source] sqlx::Error),
    /// The storage is closing.
    #[error("the server is stopping; try again in a moment")]
    Closed,
    /// No station has that slug.
    #[error("there is no station {0:?}")]
    NoStation(String),
    /// A station with that slug exists.
    #[error("a station {0:?} exists already")]
    SlugTaken(String),
    /// A stored name is not one.
    #[error("the database holds a bad name")]
    BadName(#[from] BadName),
    /// Anything else the database says.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}
