//! What SQLite's errors mean.

use crate::storage::error::{Cause, Error};
use std::sync::Arc;

/// SQLite's result codes that have a meaning of their own here (sqlite.org/rescode.html).
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const FULL: u32 = 13;
    /// Writing failed; where a disk has a quota this is how it says full.
    pub(super) const IOERR_WRITE: u32 = 10 | 3 << 8;
    /// The shared index of the log could not grow.
    pub(super) const IOERR_SHMSIZE: u32 = 10 | 19 << 8;
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolClosed) {
            return Error::Closed;
        }
        let extended = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
        meaning(extended, Arc::new(error))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code.cast_unsigned());
        meaning(extended, Arc::new(error))
    }
}

/// What an error means that has an extended result code.
fn meaning(extended: Option<u32>, cause: Cause) -> Error {
    match extended.map(|extended| (extended & 0xff, extended)) {
        Some((code::BUSY | code::LOCKED, _)) => Error::Locked(cause),
        Some((code::FULL, _) | (_, code::IOERR_WRITE | code::IOERR_SHMSIZE)) => Error::Full(cause),
        _ => Error::Database(cause),
    }
}

/// A stored text or number that does not mean anything here.
pub(super) fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
