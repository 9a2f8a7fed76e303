//! What a home's trucks have done.

use super::join::{Joined, Load};
use channel::cargo::Why;

/// Counts trips: the `departed` are `home`, `lost`, `given_up` or among those `out`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// Trucks that are out now.
    pub out: usize,
    /// Trucks that left.
    pub departed: u32,
    /// Trucks that came home.
    pub home: u32,
    /// Those of them whose time was up.
    pub tickets: u32,
    /// Those of them that gave their place to another.
    pub relieved: u32,
    /// Trucks that did not come home.
    pub lost: u32,
    /// Trucks that were called back.
    pub given_up: u32,
    /// Ways, out or home, on which a truck carried nothing.
    pub empty_legs: u32,
    /// Pieces of news that came again.
    pub repeated: u32,
    /// Loads that were dropped because something was missing before them.
    pub gaps: u32,
}

impl Tally {
    /// A truck is home.
    pub(super) fn arrived(&mut self, load: &Load, joined: &Joined) {
        self.home += 1;
        self.repeated += joined.repeated as u32;
        self.gaps += u32::from(joined.gap);
        self.empty_legs += u32::from(load.cargo.is_empty());
        self.tickets += u32::from(load.why == Why::Ticket);
        self.relieved += u32::from(load.why == Why::Relieved);
    }
}
