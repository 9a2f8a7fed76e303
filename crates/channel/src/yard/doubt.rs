//! Numbers that are left out: a standby has taken over that may lack the last entries, and pages may have seen those.

use super::{Ms, Yard};
use crate::backlog::Item;
use crate::cargo::{Load, Why};

impl<D> Yard<D> {
    /// All trucks leave as at their tickets, with nothing aboard, and the ring begins with this item: whether what a page has seen is still there,
    /// the journal knows when its truck comes again.
    pub(super) fn doubt(&mut self, first: &Item, now: Ms) -> Vec<(D, Load)> {
        self.backlog.forget(first.seq() - 1);
        let all: Vec<_> = self.trucks.keys().copied().collect();
        let leaving = all.into_iter().filter_map(|id| self.take(id));
        leaving
            .map(|truck| {
                let load = Load::empty(Why::Ticket, truck.seen, truck.seen);
                truck.goes(load, now)
            })
            .collect()
    }
}
