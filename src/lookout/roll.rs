//! What is worth a line about a station: that it is new, that it falls silent, that it is back. Pure.

use crate::storage::{DeviceKind, Directory};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use weather::freshness::{Freshness, offline_after_ms};
use weather::station::{Station, StationId};
use weather::time::{MINUTE_MS, Timestamp};

/// How often a station reports is asked so often at most while it may be silent, ms: it is a question to the database.
const ASK_EVERY_MS: i64 = 5 * MINUTE_MS;

/// Something that happened to a station.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It is there.
    Added,
    /// It is gone.
    Removed,
    /// Its name or its slug has changed: what they were.
    Renamed { slug: String, name: String },
    /// Its zone, place, clock or units have changed.
    Changed,
    /// Its key is another.
    NewKey,
    /// Other devices are bound to it than before.
    Devices(Vec<DeviceKind>),
    /// It was heard for the first time ever.
    First,
    /// It was heard for the first time since the start.
    Again,
    /// It is silent; when it was heard last.
    Silent { last: Timestamp },
    /// It was heard after it had been silent; when it was heard before.
    Back { last: Timestamp },
}

/// What is known of a station.
struct Known {
    station: Arc<Station>,
    key: String,
    devices: Vec<DeviceKind>,
    /// It has readings.
    has_any: bool,
    /// When it was heard last, as pages judge it.
    heard_at: Option<Timestamp>,
    /// Silence is counted from here at the earliest: while the server was down, nobody could be heard.
    since: Timestamp,
    is_silent: bool,
    is_heard: bool,
    /// How often it reports, and when that was asked.
    interval: Option<(Timestamp, Option<i64>)>,
}

/// All stations.
#[derive(Default)]
pub(super) struct Roll {
    known: HashMap<StationId, Known>,
}

/// What is heard of a station.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    /// Since the start.
    pub is_heard: bool,
    /// When, as pages judge it.
    pub at: Option<Timestamp>,
}

type Happened = (Arc<Station>, Event);

impl Roll {
    /// The stations of this directory that are not known yet.
    pub(super) fn unknown(&self, directory: &Directory) -> Vec<StationId> {
        directory.iter().map(|station| station.id).filter(|id| !self.known.contains_key(id)).collect()
    }

    /// Takes in who is there now. `newest`: the newest reading of the stations that were not known.
    pub(super) fn sees(
        &mut self,
        directory: &Directory,
        newest: &HashMap<StationId, Timestamp>,
        now: Timestamp,
    ) -> Vec<Happened> {
        let mut happened = Vec::new();
        for station in directory.iter() {
            let slug = station.slug.as_str();
            let key = directory.key_prefix(slug).unwrap_or_default().to_owned();
            let devices = directory.devices(slug).to_vec();
            let Some(known) = self.known.get_mut(&station.id) else {
                let heard_at = newest.get(&station.id).copied();
                let known = Known {
                    station: station.clone(),
                    key,
                    devices,
                    has_any: heard_at.is_some(),
                    heard_at,
                    since: now,
                    is_silent: false,
                    is_heard: false,
                    interval: None,
                };
                self.known.insert(station.id, known);
                happened.push((station.clone(), Event::Added));
                continue;
            };
            let before = std::mem::replace(&mut known.station, station.clone());
            let is_renamed = (&before.slug, &before.name) != (&station.slug, &station.name);
            let renamed = Station { slug: station.slug.clone(), name: station.name.clone(), ..(*before).clone() };
            let was_changed = renamed != **station;
            let has_new_key = std::mem::replace(&mut known.key, key.clone()) != key;
            let has_others = std::mem::replace(&mut known.devices, devices.clone()) != devices;
            let renamed = Event::Renamed { slug: before.slug.as_str().to_owned(), name: before.name.clone() };
            let changes = [
                (is_renamed, renamed),
                (was_changed, Event::Changed),
                (has_new_key, Event::NewKey),
                (has_others, Event::Devices(devices)),
            ];
            happened.extend(changes.into_iter().filter(|(is, _)| *is).map(|(_, event)| (station.clone(), event)));
        }
        let there: HashSet<_> = directory.iter().map(|station| station.id).collect();
        let gone = self.known.extract_if(|id, _| !there.contains(id));
        happened.extend(gone.map(|(_, known)| (known.station, Event::Removed)));
        happened
    }

    /// The stations that were heard and have no reading so far, as far as is known.
    pub(super) fn new_ones(&self, heard: impl Fn(StationId) -> Heard) -> Vec<StationId> {
        let new = self.known.iter().filter(|(id, known)| !known.has_any && heard(**id).at.is_some());
        new.map(|(id, _)| *id).collect()
    }

    /// Takes in what is heard of all. `stored`: those of the new ones that have a reading, now that it is committed.
    pub(super) fn hears(&mut self, heard: impl Fn(StationId) -> Heard, stored: &HashSet<StationId>) -> Vec<Happened> {
        let mut happened = Vec::new();
        for (id, known) in &mut self.known {
            let Heard { is_heard, at } = heard(*id);
            let before = known.heard_at;
            let is_stored = known.has_any || stored.contains(id);
            if at.is_none() || !is_stored || at <= before && known.is_heard {
                continue;
            }
            known.heard_at = at.max(before);
            let last = before.unwrap_or(known.since);
            // What it had kept for later does not make it speak again.
            let is_back = known.is_silent && at > before;
            let event = match () {
                () if is_back => Some(Event::Back { last }),
                () if !known.has_any => Some(Event::First),
                () if !known.is_heard => Some(Event::Again),
                () => None,
            };
            known.is_silent &= !is_back;
            (known.has_any, known.is_heard) = (true, is_heard);
            happened.extend(event.map(|event| (known.station.clone(), event)));
        }
        happened
    }

    /// The stations that may be silent, whose interval has to be asked.
    pub(super) fn doubted(&self, now: Timestamp) -> Vec<StationId> {
        let is_doubted = |known: &&Known| {
            let is_old = known.last().is_some_and(|last| now.since(last) > offline_after_ms(None));
            let is_due = known.interval.is_none_or(|(asked_at, _)| now.since(asked_at) >= ASK_EVERY_MS);
            is_old && is_due && !known.is_silent
        };
        self.known.values().filter(is_doubted).map(|known| known.station.id).collect()
    }

    /// Takes in how often those report that were asked for; absent: nobody knows.
    pub(super) fn reports_every(&mut self, asked: &[StationId], intervals: &HashMap<StationId, i64>, now: Timestamp) {
        for id in asked {
            if let Some(known) = self.known.get_mut(id) {
                known.interval = Some((now, intervals.get(id).copied()));
            }
        }
    }

    /// Those that fall silent now.
    pub(super) fn falls_silent(&mut self, now: Timestamp) -> Vec<Happened> {
        let mut happened = Vec::new();
        for known in self.known.values_mut().filter(|known| !known.is_silent) {
            let (Some(since), Some((_, interval_ms))) = (known.last(), known.interval) else { continue };
            if Freshness::of(Some(since), now, interval_ms) == Freshness::Offline {
                known.is_silent = true;
                let last = known.heard_at.unwrap_or(since);
                happened.push((known.station.clone(), Event::Silent { last }));
            }
        }
        happened
    }
}

impl Known {
    /// Since when its silence is counted; `None` if it has never been heard.
    fn last(&self) -> Option<Timestamp> {
        self.heard_at.map(|heard_at| heard_at.max(self.since))
    }
}
