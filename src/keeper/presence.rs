//! Remembers which visitors are here. It remembers only visitors that have alerts.

use crate::storage::words::Visitor;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError, RwLock};
use weather::time::{SECOND_MS, Timestamp};

/// A visitor is here if a request came within this time, ms. An open page sends one every 45 s at least.
pub(crate) const PRESENT_MS: i64 = 60 * SECOND_MS;

/// Most visitors that are remembered before the alerts are read. All open pages come back at once after a restart.
const EARLY_MAX: usize = 20_000;

pub(super) struct Presence {
    known: RwLock<HashMap<Visitor, Seen>>,
    /// Visitors that came before the alerts were read; `None` afterwards.
    early: Mutex<Option<BTreeMap<Visitor, Timestamp>>>,
    /// Visitors that came back and have news to hear.
    returned: Mutex<BTreeSet<Visitor>>,
}

struct Seen {
    at: AtomicI64,
    /// True if an alert rang while the visitor was away.
    due: AtomicBool,
}

impl Default for Presence {
    fn default() -> Self {
        Self { known: RwLock::default(), early: Mutex::new(Some(BTreeMap::new())), returned: Mutex::default() }
    }
}

impl Presence {
    /// From now on only these visitors are remembered. Those of them that came early are here.
    pub(crate) fn keep_only(&self, visitors: impl Iterator<Item = Visitor>) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        let came = early.take().unwrap_or_default();
        for visitor in visitors {
            self.keep(&visitor, came.get(&visitor).copied().unwrap_or(Timestamp(i64::MIN)));
        }
    }

    /// From now on nobody is remembered until alerts are read again.
    pub(crate) fn rest(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.lock_returned().clear();
        self.early.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// Notes a visit; true if the visitor has news to hear.
    pub(crate) fn visit(&self, visitor: &Visitor, now: Timestamp) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = known.get(visitor) else {
            drop(known);
            self.come_early(visitor, now);
            return false;
        };
        seen.at.fetch_max(now.0, SeqCst);
        let due = seen.due.load(SeqCst);
        if due {
            self.lock_returned().insert(visitor.clone());
        }
        due
    }

    fn come_early(&self, visitor: &Visitor, now: Timestamp) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(early) = early.as_mut().filter(|early| early.len() < EARLY_MAX) {
            early.insert(visitor.clone(), now);
        }
    }

    /// Remembers a visitor, last seen at `at`.
    pub(crate) fn keep(&self, visitor: &Visitor, at: Timestamp) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let seen = || Seen { at: AtomicI64::new(i64::MIN), due: AtomicBool::new(false) };
        known.entry(visitor.clone()).or_insert_with(seen).at.fetch_max(at.0, SeqCst);
    }

    /// Forgets a visitor.
    pub(crate) fn drop(&self, visitor: &Visitor) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(visitor);
    }

    /// True if the visitor is here.
    pub(crate) fn is_here(&self, visitor: &Visitor, now: Timestamp) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(visitor).is_some_and(|seen| now.since(Timestamp(seen.at.load(SeqCst))) <= PRESENT_MS)
    }

    /// The visitors that were here since `kept_at`, which becomes `now`.
    pub(crate) fn visitors_since(&self, kept_at: &AtomicI64, now: Timestamp) -> Vec<Visitor> {
        let since = kept_at.swap(now.0, SeqCst);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter(|(_, seen)| seen.at.load(SeqCst) > since).map(|(visitor, _)| visitor.clone()).collect()
    }

    /// Notes whether the visitor has news to hear. A visitor that is here counts as returned.
    pub(crate) fn set_due(&self, visitor: &Visitor, due: bool, now: Timestamp) {
        if let Some(seen) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(visitor) {
            seen.due.store(due, SeqCst);
        }
        if due && self.is_here(visitor, now) {
            self.lock_returned().insert(visitor.clone());
        }
    }

    /// True if the visitor has news to hear.
    pub(crate) fn is_due(&self, visitor: &Visitor) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(visitor).is_some_and(|seen| seen.due.load(SeqCst))
    }

    /// The visitors that returned since the last call.
    pub(crate) fn returned(&self) -> BTreeSet<Visitor> {
        std::mem::take(&mut *self.lock_returned())
    }

    fn lock_returned(&self) -> std::sync::MutexGuard<'_, BTreeSet<Visitor>> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
