//! Why a file cannot be read.

use std::io;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system cannot read it.
    #[error("cannot be read")]
    Read(#[source] io::Error),
    /// It is a database of something else.
    #[error(
        "a SQLite file, but no archive of WeeWX: it has no table \"archive\" that begins with dateTime and usUnits"
    )]
    NoArchive,
    /// SQLite says something.
    #[error("the archive cannot be read")]
    Archive(#[from] rusqlite::Error),
    /// No column is the time.
    #[error(
        "no column is the time; name it with --time-column (twice, if date and time of day have columns of their own); columns: {0}"
    )]
    NoTime(String),
    /// The flag names the wrong number of columns.
    #[error("--time-column is given once, or twice: first the column of the date, then that of the time of day")]
    TimeColumns,
    /// A record does not end.
    #[error(
        "line {line} is longer than {} KiB: no report is. Is a quote opened and not closed, or are lines separated by \
        something else?",
        max_bytes / 1_024
    )]
    LongLine {
        /// Where it begins, from 1.
        line: u64,
        /// The limit.
        max_bytes: usize,
    },
    /// No column has values.
    #[error("no column is known here; map some with --column \"NAME=QUANTITY:UNIT\"; columns: {0}")]
    NoValues(String),
    /// A flag names a column that is not there.
    #[error("there is no column {0:?}; columns: {1}")]
    NoColumn(String, String),
    /// It is an array.
    #[error("a JSON array: write one object a line, such as by jq -c '.[]'")]
    JsonArray,
    /// UTF-16.
    #[error("text in UTF-16: save it as UTF-8")]
    Utf16,
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Anything else.
    #[error("{0}")]
    Garbled(String),
}
