//! The road: how long a way takes, what is lost on it, and what is on it now.

use crate::scenario::Scenario;
use crate::traffic::{Dice, Us};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What is on the road, in the order in which it arrives.
pub(super) struct Road<W> {
    under_way: BinaryHeap<Reverse<Due<W>>>,
    count: u64,
    dice: Dice,
    half_us: f64,
    jitter_us: f64,
    loss: f64,
}

struct Due<W> {
    at: Us,
    /// Of two that arrive together the one that left first is first.
    order: u64,
    what: W,
}

impl<W> Road<W> {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            under_way: BinaryHeap::new(),
            count: 0,
            dice: Dice::new(scenario.seed, 3),
            half_us: scenario.round_trip_s * 0.5e6,
            jitter_us: scenario.jitter_s * 1e6,
            loss: scenario.loss,
        }
    }

    /// How long one way takes this time.
    pub(crate) fn way(&mut self) -> Us {
        (self.half_us + self.jitter_us * (self.dice.unit() - 0.5)).round() as Us
    }

    /// Whether this way does not arrive.
    pub(crate) fn loses(&mut self) -> bool {
        self.loss > 0.0 && self.dice.unit() < self.loss
    }

    /// A random number in `0.0..1.0`, for whoever needs one on the way.
    pub(crate) fn chance(&mut self) -> f64 {
        self.dice.unit()
    }

    /// Something will arrive.
    pub(crate) fn send(&mut self, at: Us, what: W) {
        self.count += 1;
        self.under_way.push(Reverse(Due { at, order: self.count, what }));
    }

    /// When the next arrives.
    pub(crate) fn next_at(&self) -> Option<Us> {
        self.under_way.peek().map(|Reverse(due)| due.at)
    }

    /// What arrives next.
    pub(crate) fn take(&mut self) -> Option<W> {
        self.under_way.pop().map(|Reverse(due)| due.what)
    }
}

impl<W> Ord for Due<W> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

impl<W> PartialOrd for Due<W> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<W> PartialEq for Due<W> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<W> Eq for Due<W> {}
