//! The values that the deciding wing and an engine hand to each other.

use super::calibrations::CalibrationStart;
use super::corrections::Selection;
use super::devices::DeviceSecret;
use super::entry::Entry;
use super::keys::{Key, KeyHash};
use super::letters::Letter;
use super::stations::{NewStation, StationSettings};
use super::unclaimed::Stranger;
use super::words::{Alert, AlertChange, Author, Visitor};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weather::calibration::Calibration;
use weather::mapping::{FieldName, Mapping};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::station::{SensorName, Slug, StationId};
use weather::time::Timestamp;

/// The number storage knows a sensor by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SensorId(pub i64);

/// Where a row of values stands.
pub(super) type Place = (SensorId, Timestamp);

/// So many rows before a place, and as many after it, tell what a value that comes late is.
pub(super) const NEIGHBOURS_MAX: usize = 8;

/// Values that are to be moved between the observations and the marks.
pub(super) struct Move<'a> {
    pub selection: &'a Selection,
    pub station: StationId,
    pub quantities: &'a [Quantity],
    /// True if marked values are to count, false if values are to be struck out.
    pub restore: bool,
}

/// Rows of a sensor that are to be made anew of what was sent.
pub(super) struct Due {
    pub sensor: SensorId,
    pub station: StationId,
    pub name: SensorName,
    pub stretch: Stretch,
    /// Their rain, too.
    pub rains: bool,
}

/// A sensor whose local hours and days are to be made anew, because its station has got another time zone, or because its rows are older
/// than the table of hours.
pub(super) struct Rezoning {
    pub sensor: SensorId,
    pub station: StationId,
    pub name: SensorName,
    /// Where it goes on.
    pub place: DayPlace,
    /// Lows and highs of its days are right already.
    pub only_hours: bool,
}

/// How old a sensor's readings are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    pub sensor: SensorId,
    pub station: StationId,
    /// The oldest row, and the newest.
    pub rows: Option<(Timestamp, Timestamp)>,
    /// From then on there are readings; `None`: none have gone.
    pub raw_from: Option<Timestamp>,
    /// Its rows or its hours are still to be made anew.
    pub waits: bool,
}

/// Readings of a sensor that have gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gone {
    pub sensor: SensorId,
    pub station: StationId,
    pub rows: u64,
    pub values: u64,
    /// Values that did not count.
    pub marks: u64,
    /// What was sent, where a calibration made something else of it.
    pub sent: u64,
}

/// How far the local days are made anew: this day and those before it are not right yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayPlace {
    pub day: NaiveDate,
    /// So many of the day's hours are.
    pub hours: u8,
}

/// A row with all that is kept of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeptRow {
    pub at: Timestamp,
    pub values: Values,
    pub marks: Vec<Mark>,
    /// What was sent, where a calibration made something else of it.
    pub sent: Vec<(Quantity, f64)>,
}

/// What becomes of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Rewritten {
    pub at: Timestamp,
    /// Values that are others now; `None`: it does not count any more.
    pub values: Vec<(Quantity, Option<f64>)>,
    pub marks: Vec<MarkChange>,
    /// What was sent, where something else is kept now; `None`: the same is kept.
    pub sent: Vec<(Quantity, Option<f64>)>,
}

impl Rewritten {
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.marks.is_empty() && self.sent.is_empty()
    }

    /// The quantities of which values changed.
    pub(super) fn quantities(&self) -> impl Iterator<Item = Quantity> {
        self.values.iter().map(|(quantity, _)| *quantity)
    }
}

/// A sensor's newest values that are to be made anew of its observations.
pub(super) struct Renewal {
    pub sensor: SensorId,
    pub quantities: Vec<Quantity>,
    pub now: Timestamp,
}

/// What a rain gauge said at an instant, and what had fallen by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Counted {
    pub at: Timestamp,
    pub daily: Option<f64>,
    pub total: Option<f64>,
    pub fallen: Option<f64>,
}

/// A sensor on one local day.
pub(super) type SensorDay = (SensorId, NaiveDate);

/// What makes one value newer than another: the earlier of observed and received, so that a clock that ran ahead
/// does not hide what comes after it; among equals the time observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub rank: Timestamp,
    pub observed_at: Timestamp,
}

impl Rank {
    pub(super) fn new(observed_at: Timestamp, received_at: Timestamp) -> Self {
        Self { rank: observed_at.min(received_at), observed_at }
    }
}

/// A value that is kept and does not count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    pub quantity: Quantity,
    pub value: f64,
    pub received_at: Timestamp,
    pub reason: Reason,
}

/// A change to the marks of a place: one is put there or replaced, or it is lifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MarkChange {
    Put(Place, Mark),
    Lift(Place, Quantity),
}

/// What exists at a place: the values that count, and those that do not.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FoundRow {
    pub values: Values,
    pub marks: Vec<Mark>,
}

/// A newest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Newest {
    pub rank: Rank,
    pub value: f64,
}

/// The newest values of a sensor, by the index of the quantity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NewestOf {
    pub sensor: SensorId,
    pub newest: [Option<Newest>; Quantity::COUNT],
}

/// Low and high with the first occurrence of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub low_at: Timestamp,
    pub high: f64,
    pub high_at: Timestamp,
}

/// A sensor of a station as the database has it.
pub(super) struct FoundSensor {
    pub id: SensorId,
    pub name: SensorName,
    /// The newest instant there is a row for.
    pub high_water: Option<Timestamp>,
    /// Readings from before are gone.
    pub raw_from: Option<Timestamp>,
    /// Its newest values.
    pub latest: Vec<(Quantity, Newest)>,
    /// Its newest marks, in the order of time: no older than what the next value may be judged by.
    pub marks: Vec<(Timestamp, Mark)>,
    /// The first temperature of each of its last hours, if it has a barometer.
    pub warmth: Vec<(Timestamp, f64)>,
}

/// Observations that are to be written.
#[derive(Debug, Default)]
pub(super) struct Observed {
    /// Rows that are new or got new values, whole, in the order of their places.
    pub rows: Vec<(Place, Values)>,
    /// All newest values of the sensors of which some changed.
    pub latest: Vec<NewestOf>,
    /// Extremes that changed.
    pub extremes: Vec<(SensorId, NaiveDate, Quantity, Range)>,
    /// Local hours that have ended, and such of before in which something has changed: to be made anew of their rows.
    pub hours: Vec<(SensorId, Stretch)>,
    /// The sensors of those hours that have ended, once for each.
    pub ended: Vec<SensorId>,
    /// Local days, likewise: to be made anew of their hours.
    pub days: Vec<(SensorId, NaiveDate, Stretch)>,
    /// Marks that changed, in order.
    pub marks: Vec<MarkChange>,
    /// What was sent, where a calibration made something else of it.
    pub sent: Vec<(Place, Quantity, f64)>,
}

/// Visitor, station and number.
pub(super) type AlertKey = (Visitor, String, u32);

/// Which alert a change is about.
pub(super) fn alert_key(change: &AlertChange) -> AlertKey {
    match change {
        AlertChange::Put(alert) | AlertChange::Move { alert, .. } => {
            (alert.visitor.clone(), alert.station.clone(), alert.number)
        }
        AlertChange::Forget { visitor, station, number } => (visitor.clone(), station.clone(), *number),
    }
}

/// The words and alerts that a batch names.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    /// Words by their ids.
    pub words: BTreeSet<&'a str>,
    pub alerts: BTreeSet<AlertKey>,
}

/// What the database has of the words and alerts that a batch names.
#[derive(Debug, Default)]
pub(super) struct KnownWords {
    /// Words that are there already; true if answered.
    pub words: HashMap<String, bool>,
    /// Alerts that are there.
    pub alerts: HashMap<AlertKey, KnownAlert>,
    /// How many alerts there are in all; known only if the batch names alerts.
    pub alerts_total: u64,
}

/// What is known of an alert.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownAlert {
    pub made_at: Timestamp,
    /// Its newest journal entry and its state.
    pub at: (u64, String),
}

/// A new word.
pub(super) struct Said<'a> {
    pub id: &'a str,
    pub visitor: &'a Visitor,
    pub station: &'a str,
    pub author: Author,
    pub text: &'a str,
    pub units: &'a str,
    /// Which word it answers.
    pub answers: Option<&'a str>,
    /// The party whose budget it counts against.
    pub talker: &'a str,
}

/// Words and alerts that are to be written.
#[derive(Default)]
pub(super) struct Spoken<'a> {
    /// New words, in order.
    pub said: Vec<Said<'a>>,
    /// Words that are answered now.
    pub answered: Vec<&'a str>,
    /// Alerts as they are in the end; `None`: gone.
    pub alerts: BTreeMap<AlertKey, Option<&'a Alert>>,
    /// Letters to the owner's webhooks.
    pub letters: Vec<&'a Letter>,
    /// Visitors who spoke.
    pub heard: BTreeSet<&'a str>,
}

impl Spoken<'_> {
    pub(super) fn is_empty(&self) -> bool {
        let is_silent = self.said.is_empty() && self.answered.is_empty() && self.heard.is_empty();
        is_silent && self.alerts.is_empty() && self.letters.is_empty()
    }
}

/// A change to the list of stations.
pub(super) enum StationChange<'a> {
    Add(&'a NewStation, &'a Key),
    Renew(&'a Slug, &'a Key),
    Set(&'a Slug, &'a StationSettings),
    Remove(&'a Slug),
    RemoveSensor(&'a Slug, &'a SensorName),
    Bind(&'a Slug, &'a DeviceSecret),
    Unbind(&'a Slug),
    /// Unless the station has one.
    ClaimMain(&'a Slug, &'a SensorName),
    /// With its author; `None`: it means nothing any more.
    Map(&'a Slug, &'a FieldName, Option<&'a Mapping>, &'a str),
    /// With its author; `None`: the one that begins there ends.
    Calibrate(&'a Slug, &'a CalibrationStart, Option<&'a Calibration>, &'a str),
}

impl StationChange<'_> {
    pub(super) fn slug(&self) -> &Slug {
        match self {
            StationChange::Add(new, _) => &new.slug,
            StationChange::Renew(slug, _)
            | StationChange::Set(slug, _)
            | StationChange::Remove(slug)
            | StationChange::RemoveSensor(slug, _)
            | StationChange::Bind(slug, _)
            | StationChange::Unbind(slug)
            | StationChange::ClaimMain(slug, _)
            | StationChange::Map(slug, ..)
            | StationChange::Calibrate(slug, ..) => slug,
        }
    }

    /// What the station is called in URLs from now on, if that changes.
    pub(super) fn new_slug(&self) -> Option<&str> {
        match self {
            StationChange::Set(slug, settings) => {
                settings.slug.as_ref().filter(|new| new != slug).map(|new| new.as_str())
            }
            _ => None,
        }
    }
}

/// A change of the owner's password and sessions.
pub(super) enum AdminChange {
    /// Another password, as its hash: all sessions end.
    Password(String),
    /// A session for somebody who knew the password with this hash.
    Open { hash: KeyHash, password: String, now: Timestamp, until: Timestamp },
    /// A session ends.
    End(KeyHash),
}

/// A change of the devices that wait for an owner.
pub(super) enum EnrolChange {
    /// A device has sent; some of its reports are to be kept, each as a text.
    Keep { stranger: Stranger, reports: Vec<String> },
    /// A device is forgotten.
    Forget(i64),
}

/// Some entries of the journal.
pub(super) struct Piece {
    pub entries: Vec<Entry>,
    /// False if a limit has cut off what follows.
    pub is_all: bool,
}

/// The limits that journal entries are pruned by.
pub(super) struct JournalLimits {
    /// At most so many rows go for each reason.
    pub rows: u64,
    /// So many public entries are more than may be kept.
    pub excess: u64,
    /// So many private ones, but for the lab's.
    pub private_excess: u64,
    /// So many of the lab's.
    pub lab_excess: u64,
    /// Entries from before go.
    pub before: Timestamp,
}

/// The limits that words and alerts are pruned by.
pub(super) struct WordLimits {
    /// At most so many rows of a kind go at a time, and so many words are looked at.
    pub rows: u64,
    /// So many words are more than may be kept in all.
    pub excess: u64,
    /// So many words with an answer are kept.
    pub total: u64,
    /// Words from before go.
    pub words_before: Timestamp,
    /// Alerts of visitors who were not here since go.
    pub alerts_before: Timestamp,
    /// Alerts of visitors who never came back go if they were made before.
    pub unseen_before: Timestamp,
    /// A conversation keeps so many words.
    pub conversation: u32,
    /// Conversations have been looked at up to the word at this place in the journal.
    pub looked: u64,
}

/// How many words have gone, and how far conversations have been looked at.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    pub words: u64,
    /// The place in the journal of the last word whose conversation was looked at.
    pub looked: u64,
}

/// How many entries of the journal have gone.
#[derive(Debug, Default)]
pub(super) struct PrunedEntries {
    pub public: u64,
    pub private: PrivateRows,
}

/// Private entries of the journal, which only one visitor may read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct PrivateRows {
    /// Words, and what is told of them.
    pub words: u64,
    /// The lab's news.
    pub lab: u64,
}

/// How many rows there are. An engine counts them: not for every commit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rows {
    /// Public entries of the journal.
    pub journal: u64,
    /// Private ones.
    pub private: PrivateRows,
    pub words: u64,
}

impl Rows {
    /// As many rows as these entries and words take.
    pub(super) fn of(entries: &[Entry], words: usize) -> Self {
        let count = |is: fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count() as u64;
        let (journal, lab) = (count(|entry| entry.visitor.is_none()), count(Entry::is_lab));
        let private = PrivateRows { words: entries.len() as u64 - journal - lab, lab };
        Self { journal, private, words: words as u64 }
    }
}

/// One datastream.
#[derive(Clone, Copy)]
pub(super) struct Datastream<'a> {
    pub station: StationId,
    pub sensor: &'a SensorName,
    pub quantity: Quantity,
}

/// What there is of a sensor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub sensor: SensorId,
    /// Its oldest row.
    pub oldest: Timestamp,
    /// Its newest row.
    pub newest: Timestamp,
    /// The hours and days up to this day are still to be made.
    pub waiting: Option<NaiveDate>,
    /// Rows from before are gone.
    pub raw_from: Option<Timestamp>,
}

/// What a datastream was from an instant on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub from: Timestamp,
    pub rollup: Rollup,
}

/// From (inclusive) to (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What some entries of the journal are about.
#[derive(Debug, Default)]
pub struct Changed {
    /// The newest entry's number.
    pub head: u64,
    /// The stations, by slug, and the first instant of which something has changed; the start of time if it may be any.
    pub since: HashMap<String, Timestamp>,
}
