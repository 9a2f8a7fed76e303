//! What errors of the databases mean.

use crate::storage::error::{Cause, Error};
use sqlx::postgres::PgDatabaseError;
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

/// PostgreSQL's (Appendix A of its manual): somebody holds a lock for too long, or two wait for each other.
const LOCKS: [&str; 3] = ["55P03", "40001", "40P01"];
/// The disk is full.
const DISK_FULL: &str = "53100";
/// It stops, starts, has too many connections, or has ended a statement or a connection that took too long.
const AWAY: [&str; 7] = ["57P01", "57P02", "57P03", "57P05", "53300", "57014", "25P03"];
/// The class of what happens to connections.
const CONNECTION: &str = "08";
/// A node that was the first one is a standby now: it does not write.
const READ_ONLY: &str = "25006";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolClosed) {
            return Error::Closed;
        }
        if let sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed = error
        {
            return Error::Away(Arc::new(error));
        }
        let database = error.as_database_error();
        if let Some(postgres) = database.and_then(|error| error.try_downcast_ref::<PgDatabaseError>()) {
            let code = postgres.code().to_owned();
            return of_postgres(&code, Arc::new(error));
        }
        let extended = database.and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
        meaning(extended, Arc::new(error))
    }
}

/// What an error of PostgreSQL means.
fn of_postgres(code: &str, cause: Cause) -> Error {
    match code {
        code if LOCKS.contains(&code) => Error::Locked(cause),
        DISK_FULL => Error::Full(cause),
        code if AWAY.contains(&code) || code == READ_ONLY || code.starts_with(CONNECTION) => Error::Away(cause),
        _ => Error::Database(cause),
    }
}

/// What an error of SQLite means that has an extended result code.
pub(in crate::storage) fn meaning(extended: Option<u32>, cause: Cause) -> Error {
    match extended.map(|extended| (extended & 0xff, extended)) {
        Some((code::BUSY | code::LOCKED, _)) => Error::Locked(cause),
        Some((code::FULL, _) | (_, code::IOERR_WRITE | code::IOERR_SHMSIZE)) => Error::Full(cause),
        _ => Error::Database(cause),
    }
}

/// A stored text or number that does not mean anything here.
pub(in crate::storage) fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
