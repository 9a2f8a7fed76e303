//! Files of other programs, and our own exports, read report by report. `stevenson import` is the shell around this room.
//!
//! A file is never held in memory. A line that is wrong is named and left out; the rest goes on.

mod asked;
mod batch;
mod bounded;
mod column;
mod comma;
mod cumulus;
mod error;
mod lines;
mod opened;
mod rain;
mod table;
mod target;
mod times;
mod units;
mod weewx;

pub use asked::{Asked, Format};
pub use batch::{Batch, Refused};
pub use column::Mapping;
pub use error::Error;
pub use opened::{Opened, first_time};
pub use rain::Rains;
pub use units::Units;

/// What was understood of a file before its lines were read.
#[derive(Debug, Default)]
pub struct Understood {
    /// In words.
    pub notes: Vec<String>,
    /// Its columns, where it has some.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// What it means, or why nothing is read from it.
    pub means: Result<String, String>,
}
