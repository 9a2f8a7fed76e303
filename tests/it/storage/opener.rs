//! How the tests reach a database: a fresh one, the same one again, and the same one from outside of storage.
//!
//! The tests know nothing else of the engine, so they run over both; the variable `TEST_DATABASE` chooses. What only SQLite does is tested
//! in `sqlite.rs`, what only PostgreSQL does in `postgres.rs`.

use super::postgres::outside as postgres;
use super::rollups::oracle::Kept;
use super::sqlite::outside::{Connection, File};
use crate::kit::postgres::{Database, Psql, is_wanted};
use chrono::NaiveDate;
use stevenson::storage::{Commits, Options, Storage};
use weather::time::Timestamp;

/// A database of a test's own, gone with this value.
pub enum Opener {
    Sqlite(File),
    Postgres(Database),
}

/// A connection that does not belong to storage: as an operator's shell, or another program.
pub enum Outside {
    Sqlite(Connection),
    Postgres(Psql),
}

/// Something that the database refuses, as a broken disk or a bad row would make it.
#[derive(Clone, Copy)]
pub enum Refusal {
    /// Every observation.
    Observations,
    /// Observations of this temperature.
    Temperature(f64),
    /// Words of this text.
    Word(&'static str),
}

impl Opener {
    /// A database that does not exist yet.
    pub fn fresh() -> Self {
        if is_wanted() { Opener::Postgres(Database::fresh()) } else { Opener::Sqlite(File::fresh()) }
    }

    /// Options that name this database.
    pub fn options(&self) -> Options {
        match self {
            Opener::Sqlite(file) => file.options(),
            Opener::Postgres(database) => postgres::options(database),
        }
    }

    /// Opens it: the first time, again, or beside somebody who has it open.
    pub async fn open(&self, change: impl FnOnce(&mut Options)) -> (Storage, Commits) {
        let mut options = self.options();
        change(&mut options);
        let (storage, commits) = Storage::open(options).await.expect("opens");
        // Chores are done as by a server that is alone.
        storage.lead();
        (storage, commits)
    }

    /// A connection from outside.
    pub fn outside(&self) -> Outside {
        match self {
            Opener::Sqlite(file) => Outside::Sqlite(file.connect()),
            Opener::Postgres(database) => Outside::Postgres(database.psql()),
        }
    }

    /// What a killed process leaves of it at this moment.
    pub fn as_if_killed(&self) -> Self {
        match self {
            Opener::Sqlite(file) => Opener::Sqlite(file.as_if_killed()),
            Opener::Postgres(database) => Opener::Postgres(database.copy()),
        }
    }
}

impl Outside {
    /// Takes the lock that every writer needs, until [`Outside::unlock`].
    pub fn lock(&self) {
        match self {
            Outside::Sqlite(db) => db.lock(),
            Outside::Postgres(db) => postgres::lock(db),
        }
    }

    pub fn unlock(&self) {
        match self {
            Outside::Sqlite(db) => db.unlock(),
            Outside::Postgres(db) => postgres::unlock(db),
        }
    }

    /// From now on the database refuses something, until [`Outside::allow`].
    pub fn refuse(&self, what: Refusal) {
        match self {
            Outside::Sqlite(db) => db.refuse(what),
            Outside::Postgres(db) => postgres::refuse(db, what),
        }
    }

    pub fn allow(&self) {
        match self {
            Outside::Sqlite(db) => db.allow(),
            Outside::Postgres(db) => postgres::allow(db),
        }
    }

    /// The journal's newest number.
    pub fn head(&self) -> u64 {
        match self {
            Outside::Sqlite(db) => db.head(),
            Outside::Postgres(db) => postgres::head(db),
        }
    }

    /// How many observations there are.
    pub fn observations(&self) -> u64 {
        match self {
            Outside::Sqlite(db) => db.observations(),
            Outside::Postgres(db) => postgres::observations(db),
        }
    }

    /// Whether hours of a sensor are still to be made.
    pub fn is_waiting(&self) -> bool {
        match self {
            Outside::Sqlite(db) => db.is_waiting(),
            Outside::Postgres(db) => postgres::is_waiting(db),
        }
    }

    /// The hours that are kept of the only sensor.
    pub fn hours(&self) -> Vec<Kept<Timestamp>> {
        match self {
            Outside::Sqlite(db) => db.hours(),
            Outside::Postgres(db) => postgres::hours(db),
        }
    }

    /// Its days.
    pub fn days(&self) -> Vec<Kept<NaiveDate>> {
        match self {
            Outside::Sqlite(db) => db.days(),
            Outside::Postgres(db) => postgres::days(db),
        }
    }

    /// How many rows there are that belong to sensors, with the sensors themselves.
    pub fn rows_of_sensors(&self) -> u64 {
        match self {
            Outside::Sqlite(db) => db.rows_of_sensors(),
            Outside::Postgres(db) => postgres::rows_of_sensors(db),
        }
    }

    /// Every column of every table in which `text` stands: `journal.body`.
    pub fn places(&self, text: &str) -> Vec<String> {
        match self {
            Outside::Sqlite(db) => db.places(text),
            Outside::Postgres(db) => postgres::places(db, text),
        }
    }

    /// Puts a temperature where there is no row yet, for every sensor.
    pub fn slip_in(&self, observed_ms: i64, temperature: f64) {
        match self {
            Outside::Sqlite(db) => db.slip_in(observed_ms, temperature),
            Outside::Postgres(db) => postgres::slip_in(db, observed_ms, temperature),
        }
    }

    /// As if keepers had answered every word.
    pub fn answer_all(&self) {
        match self {
            Outside::Sqlite(db) => db.answer_all(),
            Outside::Postgres(db) => postgres::answer_all(db),
        }
    }

    /// Makes a word older.
    pub fn age_word(&self, id: &str, ms: i64) {
        match self {
            Outside::Sqlite(db) => db.age_word(id, ms),
            Outside::Postgres(db) => postgres::age_word(db, id, ms),
        }
    }

    /// Makes it longer ago that visitors with alerts were heard.
    pub fn age_alerts(&self, ms: i64) {
        match self {
            Outside::Sqlite(db) => db.age_alerts(ms),
            Outside::Postgres(db) => postgres::age_alerts(db, ms),
        }
    }

    /// Removes all stations, and leaves their rows.
    pub fn drop_stations(&self) {
        match self {
            Outside::Sqlite(db) => db.drop_stations(),
            Outside::Postgres(db) => postgres::drop_stations(db),
        }
    }
}
