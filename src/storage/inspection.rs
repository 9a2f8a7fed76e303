//! What a look at a database tells, without opening it for writing.

use std::time::Duration;
use weather::clock::Heard;
use weather::station::Slug;
use weather::time::Timestamp;

/// What was seen.
#[derive(Debug)]
pub struct Inspection {
    /// Whether this program understands the tables as they are.
    pub schema: Schema,
    /// Bytes that hold something.
    pub used_bytes: u64,
    /// When the first station was added.
    pub began: Option<Timestamp>,
    /// When the newest entry of the journal was written.
    pub committed: Option<Timestamp>,
    /// Whether the owner has a password.
    pub has_password: bool,
    /// Devices that wait to be claimed.
    pub unclaimed: u64,
    /// The stations, sorted by slug; at most as many as are looked at.
    pub stations: Vec<InspectedStation>,
    /// Whether the file is whole.
    pub soundness: Soundness,
    /// The PostgreSQL that was asked; `None`: it is a file.
    pub postgres: Option<InspectedPostgres>,
}

/// What was seen of a PostgreSQL itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedPostgres {
    /// Its version as it writes it: `15.14`.
    pub version: String,
    /// The first number of it.
    pub major: u32,
    /// How long it takes until a short question is answered.
    pub round_trip: Duration,
    /// So many connections this user may have to the database, beside those kept for administrators.
    pub connections: u64,
    /// Whether it follows another one, and does not write.
    pub is_standby: bool,
    /// Whether its commits may be lost in a power cut, whatever is asked for (`fsync = off`).
    pub is_careless: bool,
}

/// What was seen of a station.
#[derive(Debug)]
pub struct InspectedStation {
    /// Its slug.
    pub slug: Slug,
    /// When its newest reading is of.
    pub newest: Option<Timestamp>,
    /// Times of its newest readings, newest first, ms.
    pub(super) times: Vec<i64>,
    /// How far apart they lie, ms, if that can be said.
    pub interval_ms: Option<i64>,
    /// When its newest reports were stored, and what they said of the time.
    pub heard: Heard,
    /// What is added to the times that it sends, ms.
    pub clock_offset_ms: i64,
    /// About so much of the database is its.
    pub used_bytes: u64,
}

impl InspectedStation {
    /// One of which nothing more is known than its newest reading.
    pub fn new(slug: Slug, newest: Option<Timestamp>) -> Self {
        let (times, heard) = (Vec::new(), Heard::default());
        Self { slug, newest, times, interval_ms: None, heard, clock_offset_ms: 0, used_bytes: 0 }
    }
}

/// Whether this program understands the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// They are as this program makes them.
    Fits,
    /// An older version made them; the next server that starts changes them.
    Older,
    /// A newer version made them.
    Newer,
}

/// Whether the file is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Soundness {
    /// It is.
    Sound,
    /// As far as was looked at in the time that there was.
    Unfinished,
    /// It is not: SQLite's own words.
    Broken(String),
    /// Nobody looked: a PostgreSQL has tools of its own for that.
    NotAsked,
}
