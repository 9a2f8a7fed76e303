//! A truck whose page has seen more than the ring: another server over the same journal was faster, and the page spoke to that
//! one before.

use super::{Arrival, Fate, Ms, Truck, Yard};
use crate::backlog::{Found, Item};
use crate::cargo::{Load, Why};
use crate::cursor::Cursor;
use std::sync::Arc;

/// A truck whose page has seen more than was announced here. The journal has to be looked at: it knows whether that can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// In a box: few trucks are ahead.
    truck: Box<Truck>,
}

impl Ahead {
    pub(super) fn new(truck: &Truck) -> Self {
        Self { truck: Box::new(truck.clone()) }
    }

    /// How far its page has seen.
    pub fn seen(&self) -> u64 {
        self.truck.seen.seq()
    }

    /// The truck that waits for the look.
    pub fn truck(&self) -> &Truck {
        &self.truck
    }
}

impl<D> Yard<D> {
    /// Whether a page has seen more of this journal than was announced here.
    pub(super) fn is_ahead(&self, seen: &Cursor) -> bool {
        self.is_ours(seen) && seen.seq() > self.head()
    }

    /// A truck that was ahead arrives after the look. `items`: what its page may read in the journal after its `seen`, in order,
    /// from the first on; `None`: the journal does not go so far.
    ///
    /// What the look has found rides at once. Else the truck parks, and its page is not told again what it has seen: neither
    /// when the ring gets there, nor at its ticket.
    pub fn arrive_ahead(&mut self, ahead: Ahead, items: Option<Vec<Arc<Item>>>, driver: D, now: Ms) -> Arrival<D> {
        let truck = *ahead.truck;
        if self.closed || !self.is_ahead(&truck.seen) {
            // The ring has got there meanwhile, and knows all that the look can have found.
            return self.arrive(truck, driver, now);
        }
        let Some(items) = items else {
            return Arrival { fate: Fate::Leaves(self.reload()), relieved: Vec::new() };
        };
        // Only now: before the look it could have been a cursor that never was.
        self.confirm(&truck.bay, truck.seen.seq());
        match self.gate_ahead(&truck, &items) {
            None => self.park(truck, Vec::new(), driver, now),
            Some(load) => Arrival { fate: Fate::Leaves(load), relieved: Vec::new() },
        }
    }

    /// The load with which a truck that is ahead goes home, if it does not park.
    fn gate_ahead(&self, truck: &Truck, items: &[Arc<Item>]) -> Option<Load> {
        let seen = truck.seen.seq();
        let upto = items.last().map_or(seen, |last| last.seq());
        let found = Found::among(items.iter(), &truck.watch, upto, self.backlog.load_max());
        if !found.items.is_empty() {
            return Some(Load::of(found, seen, Why::Turn));
        }
        let turn = Load::empty(Why::Turn, seen, seen);
        if truck.may_not_park() {
            return Some(turn);
        }
        self.limit(truck).map(|limit| Load { limit: Some(limit), ..turn })
    }
}
