//! Why there is no copy of a database.

use super::error::Error;
use std::io;
use std::path::PathBuf;

/// Why there is no copy, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file is there already.
    #[error("{} exists already; nothing was written", .0.display())]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("cannot write {}", .file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What is to be read is no file, or cannot be read.
    #[error("cannot read {}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process has the database open.
    #[error("another command has the database {} open; nothing was changed", .0.display())]
    InUse(PathBuf),
    /// The disk has too little room.
    #[error(
        "the copy takes about {} MiB, and the disk with {} has {} MiB", mib(*.needed), .folder.display(), mib(*.free)
    )]
    NoRoom {
        /// Where it was to go.
        folder: PathBuf,
        /// So large it may become, with what stays free beside it, bytes.
        needed: u64,
        /// So much is free, bytes.
        free: u64,
    },
    /// What was read back is damaged: SQLite's own words.
    #[error("{} is damaged: {why}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The first complaint.
        why: String,
    },
    /// The database cannot be read, or is none.
    #[error(transparent)]
    Storage(#[from] Error),
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
