//! A bounded queue of reports on their way to the alerts. Reports that do not fit are read from the journal.

use super::stats::{Counters, count};
use crate::storage::Entry;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Most reports that wait, some megabytes. Beyond that the journal is read, five hundred entries a query.
const WAITING_MAX: usize = 4_096;

#[derive(Default)]
pub(super) struct Queue(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Entry>,
    /// Stations with alerts; `None` while they are not known: then all reports are taken.
    stations: Option<HashSet<Arc<str>>>,
    /// True if a report did not fit.
    overflowed: bool,
    /// The newest public entry, taken or not.
    newest: u64,
}

/// The reports that waited.
pub(super) struct Waited {
    pub entries: Vec<Entry>,
    /// True if the journal has more.
    pub overflowed: bool,
    /// Every wanted entry up to here is in `entries`, or was in an earlier call's.
    pub newest: u64,
}

impl Queue {
    /// Takes the reports of stations with alerts; true if there are any.
    pub(crate) fn push(&self, entries: &[Entry], counters: &Counters) -> bool {
        let mut state = self.lock();
        let before = state.waiting.len();
        for entry in entries.iter().filter(|entry| entry.visitor.is_none()) {
            if state.stations.as_ref().is_some_and(|stations| !stations.contains(&entry.station)) {
                continue;
            }
            if state.overflowed || state.waiting.len() >= WAITING_MAX {
                state.overflowed = true;
                count(&counters.overflowed, 1);
                continue;
            }
            state.waiting.push_back(entry.clone());
        }
        // A private entry may be forgotten later; a public one stays, so reading can go on from it.
        let newest = entries.iter().rfind(|entry| entry.visitor.is_none());
        state.newest = newest.map_or(state.newest, |entry| entry.seq.max(state.newest));
        state.overflowed || state.waiting.len() > before
    }

    /// Takes all reports that wait. After an overflow there are none: the journal has them.
    pub(crate) fn take(&self) -> Waited {
        let mut state = self.lock();
        let entries = std::mem::take(&mut state.waiting).into();
        Waited { entries, overflowed: std::mem::take(&mut state.overflowed), newest: state.newest }
    }

    /// From now on, this station's reports matter. While all do, nothing changes.
    pub(crate) fn heed(&self, station: &str) {
        if let Some(stations) = &mut self.lock().stations {
            stations.insert(station.into());
        }
    }

    /// Stations have got other slugs: those of whom reports matter are heeded by both.
    pub(crate) fn follow(&self, now: impl Fn(&str) -> Option<Arc<str>>) {
        if let Some(stations) = &mut self.lock().stations {
            let renamed: Vec<_> = stations.iter().filter_map(|station| now(station)).collect();
            stations.extend(renamed);
        }
    }

    /// Whatever waits is dropped. From now on all stations' reports matter.
    pub(crate) fn rest(&self) {
        *self.lock() = Inner::default();
    }

    /// From now on, only these stations' reports matter.
    pub(crate) fn heed_only(&self, stations: impl Iterator<Item = Arc<str>>) {
        self.lock().stations = Some(stations.collect());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
