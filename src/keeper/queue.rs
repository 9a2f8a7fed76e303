//! Reports on their way to the alerts: bounded; what does not fit is read from the journal.

use super::stats::{Counters, count};
use crate::storage::Entry;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Most reports that wait, some megabytes: beyond, the journal is read, which takes one query for five hundred.
const WAITING_MAX: usize = 4_096;

#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Entry>,
    /// Stations that somebody watches; until they are known, all of them.
    stations: Option<HashSet<Arc<str>>>,
    /// Something did not fit.
    overflowed: bool,
    /// The newest entry that came by, watched or not.
    newest: u64,
}

/// What waited.
pub(super) struct Waited {
    pub entries: Vec<Entry>,
    /// The journal has more than that.
    pub overflowed: bool,
    /// Every watched entry up to here is in `entries`, or was in what waited before.
    pub newest: u64,
}

impl Queue {
    /// Takes what concerns somebody; true if there is anything to look at.
    pub fn push(&self, entries: &[Entry], counters: &Counters) -> bool {
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
        // Private entries may be forgotten; a public one is a place to go on from.
        let newest = entries.iter().rfind(|entry| entry.visitor.is_none());
        state.newest = newest.map_or(state.newest, |entry| entry.seq.max(state.newest));
        state.overflowed || state.waiting.len() > before
    }

    /// Takes all that waits. After an overflow that is nothing: the journal has it all.
    pub fn take(&self) -> Waited {
        let mut state = self.lock();
        let entries = std::mem::take(&mut state.waiting).into();
        Waited { entries, overflowed: std::mem::take(&mut state.overflowed), newest: state.newest }
    }

    /// From now on, this station's reports matter.
    pub fn heed(&self, station: &str) {
        self.lock().stations.get_or_insert_default().insert(station.into());
    }

    /// From now on, only these stations' reports matter.
    pub fn heed_only(&self, stations: impl Iterator<Item = Arc<str>>) {
        self.lock().stations = Some(stations.collect());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
