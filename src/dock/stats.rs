//! What the dock counts.

use super::cargo::{Load, Why};

/// What the dock has done since it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Trucks parked right now.
    pub parked: usize,
    /// Pages that have a truck parked right now.
    pub bays: usize,
    /// Loads that went home, by their reason.
    pub loads: [(Why, u64); Why::ALL.len()],
    /// News that went home, each as often as it was loaded.
    pub cargo_items: u64,
    /// How long the trucks that left had been parked, all together, milliseconds.
    pub parked_ms: u64,
}

impl Stats {
    /// Loads that went home for a reason.
    pub fn loads(&self, why: Why) -> u64 {
        self.loads[why as usize].1
    }
}

/// The running count.
#[derive(Debug, Default)]
pub(super) struct Tally {
    loads: [u64; Why::ALL.len()],
    cargo_items: u64,
    parked_ms: u64,
}

impl Tally {
    /// Counts a load.
    pub fn count(&mut self, load: &Load) {
        self.loads[load.why as usize] += 1;
        self.cargo_items += load.cargo.len() as u64;
        self.parked_ms += load.parked_ms;
    }

    /// The count so far, with what is parked now.
    pub fn stats(&self, parked: usize, bays: usize) -> Stats {
        let loads = Why::ALL.map(|why| (why, self.loads[why as usize]));
        Stats { parked, bays, loads, cargo_items: self.cargo_items, parked_ms: self.parked_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_counted_by_their_reason() {
        let mut tally = Tally::default();
        for why in [Why::Ticket, Why::Reload, Why::Ticket] {
            tally.count(&Load::empty(why, 1, 1).parked(20));
        }
        let stats = tally.stats(3, 2);
        assert_eq!((stats.loads(Why::Ticket), stats.loads(Why::Reload), stats.loads(Why::Cargo)), (2, 1, 0));
        assert_eq!((stats.parked, stats.bays, stats.parked_ms), (3, 2, 60));
        assert!(stats.loads.iter().enumerate().all(|(index, (why, _))| *why as usize == index));
    }
}
