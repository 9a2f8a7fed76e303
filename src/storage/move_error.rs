//! Why a database was not moved.

use super::error::Error;
use super::tables::Unlike;
use std::io;
use std::path::PathBuf;

/// Why nothing was moved, or not all.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The file is there already.
    #[error("{} exists already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// A file into a file.
    #[error("both are files: stevenson backup writes a copy of one, and stevenson restore puts it in a place")]
    Files,
    /// The target has something that is not of this move.
    #[error(
        "{named} has data already ({what}), and nothing was changed: a move needs a database of its own, such as one that createdb has just \
        made"
    )]
    Occupied {
        /// Which database.
        named: String,
        /// What it has.
        what: String,
    },
    /// It was moved there, and the move has ended.
    #[error(
        "all of it was moved to {0} before, and that has ended: what came there since then would be lost, so nothing was changed. To move it \
        anew, give it an empty database"
    )]
    Ended(String),
    /// A move of another database has not ended there.
    #[error(
        "a move of another database into {0} has not ended, so nothing was changed; give this one a database of its own"
    )]
    Another(String),
    /// Another process moves something there.
    #[error("another stevenson migrate is at work at {0}")]
    Busy(String),
    /// Servers have one of the two open.
    #[error("{1} connections of servers or commands are open at {0}: stop them first")]
    Servers(String, i64),
    /// The other end is written to by somebody else, and does not let go.
    #[error("something else writes to {0} at the moment: stop it first")]
    Locked(String, #[source] Error),
    /// The tables do not fit each other.
    #[error("the tables of the two databases are not the same")]
    Unlike(#[from] Unlike),
    /// After all was copied, something was not the same.
    #[error("{table}: {what}. The move has not ended, and the source is as it was: run the same command again")]
    Differs {
        /// The table.
        table: String,
        /// What.
        what: String,
    },
    /// A table could not be copied.
    #[error("the table {0} was not copied to its end; run the same command again, which goes on there")]
    Table(String, #[source] Error),
    /// The file cannot be written.
    #[error("cannot write {}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What a database says.
    #[error("{0}")]
    Database(String, #[source] Error),
}
