//! The database: one SQLite file, one writer task with group commit, a pool of readers.

mod error;
mod journal;
mod observations;
mod stations;

pub use error::Error;
pub use journal::{Commits, Committed, Entry};
pub use observations::{Appended, Bucket, Extreme, Latest};
pub use stations::{Directory, Key, NewStation};

use crate::weather::quantity::Quantity;
use crate::weather::report::Report;
use crate::weather::station::{SensorName, Slug, Station, StationId};
use crate::weather::time::Timestamp;
use chrono::NaiveDate;
use std::path::PathBuf;
use std::sync::Arc;

/// Knobs of storage.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database file; its folder must exist.
    pub file: PathBuf,
}

/// A handle to the database; clones share it.
#[derive(Clone)]
pub struct Storage {}

impl Storage {
    /// Opens the file (creates it if absent), migrates it, starts the writer task.
    pub async fn open(options: Options) -> Result<(Storage, Commits), Error> {
        unimplemented!("{options:?}")
    }

    /// Stores reports of one station; returns after their commit. Late ones go to their place, repeated ones change nothing.
    pub async fn append(&self, station: StationId, reports: Vec<Report>) -> Result<Appended, Error> {
        unimplemented!("{station:?} {reports:?}")
    }

    /// Stops taking reports, commits what is queued, closes the file.
    pub async fn close(&self) {
        unimplemented!()
    }

    /// The journal's name: random, made with the database. Half of every cursor.
    pub fn epoch(&self) -> &str {
        unimplemented!()
    }

    /// The newest `limit` journal entries, oldest first.
    pub async fn journal_tail(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        unimplemented!("{limit}")
    }

    /// Journal entries after `seq`, oldest first, at most `limit`; `None` if entries after `seq` have been pruned.
    pub async fn journal_since(&self, seq: u64, limit: u32) -> Result<Option<Vec<Entry>>, Error> {
        unimplemented!("{seq} {limit}")
    }

    /// All stations, from memory.
    pub fn directory(&self) -> Arc<Directory> {
        unimplemented!()
    }

    /// The station that `key` belongs to; asks the database if memory does not know it.
    pub async fn station_by_key(&self, key: &str) -> Result<Option<Arc<Station>>, Error> {
        unimplemented!("{}", key.len())
    }

    /// Adds a station and makes its first key.
    pub async fn add_station(&self, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
        unimplemented!("{new:?}")
    }

    /// Makes a new key; the old one is void.
    pub async fn renew_key(&self, slug: &Slug) -> Result<Key, Error> {
        unimplemented!("{slug:?}")
    }

    /// Removes a station with all its observations.
    pub async fn remove_station(&self, slug: &Slug) -> Result<(), Error> {
        unimplemented!("{slug:?}")
    }

    /// The newest value of every datastream of a station.
    pub async fn latest(&self, station: StationId) -> Result<Vec<Latest>, Error> {
        unimplemented!("{station:?}")
    }

    /// Lows and highs of a station's local day.
    pub async fn extremes(&self, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
        unimplemented!("{station:?} {day:?}")
    }

    /// A datastream from `from` (inclusive) to `to` (exclusive) in buckets of `bucket_ms`; empty buckets are absent.
    pub async fn series(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: Timestamp,
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<Vec<Bucket>, Error> {
        unimplemented!("{station:?} {sensor:?} {quantity:?} {from:?} {to:?} {bucket_ms}")
    }

    /// How far apart a station's newest observations lie: the median of the last 20 gaps, ms; `None` below two observations.
    pub async fn interval_ms(&self, station: StationId) -> Result<Option<i64>, Error> {
        unimplemented!("{station:?}")
    }
}
