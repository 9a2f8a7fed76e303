//! The trucks that are out: which of them can still be counted on.

use super::Ms;
use super::words::Word;
use channel::clipboard::Id;

/// How long beyond its parking time a truck may take before it is lost, ms.
pub(super) const GRACE_MS: Ms = 5_000;
/// A truck younger than this is still believed after the page woke, ms.
const FRESH_MS: Ms = 5_000;

/// A truck that is out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Out {
    /// Counts departures.
    pub number: u32,
    /// When.
    pub left: Ms,
    /// How long it is willing to park, ms.
    pub park: Ms,
    /// Whether it left to find out if the road is open.
    pub probe: bool,
    /// The words aboard.
    pub ids: Vec<Id>,
}

impl Out {
    /// How long it has been out, ms; below 0 after the clock was set back.
    pub(crate) fn age(&self, now: Ms) -> Ms {
        now - self.left
    }

    /// A clock that was set back says nothing about a truck.
    fn is_stale(&self, now: Ms) -> bool {
        self.age(now) > FRESH_MS || self.age(now) < 0
    }
}

/// The trucks of one home that are out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Road {
    /// In order of departure.
    out: Vec<Out>,
    /// Trucks up to this number left before the last failure: they may come home yet, but nobody counts on them.
    doubted: u32,
    departed: u32,
}

impl Road {
    /// How many are out.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// How many have left.
    pub(crate) fn departed(&self) -> u32 {
        self.departed
    }

    /// The numbers of those that are out, in order of departure.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.out.iter().map(|truck| truck.number)
    }

    /// Whether a truck is out that may park, and that left after the last failure.
    pub(crate) fn one_parks(&self) -> bool {
        self.out.iter().any(|truck| truck.park > 0 && truck.number > self.doubted)
    }

    /// Whether a truck is out to find out if the road is open.
    pub(crate) fn one_probes(&self) -> bool {
        self.out.iter().any(|truck| truck.probe)
    }

    /// Whether a word rides on a truck that is out.
    pub(crate) fn carries(&self, id: &Id) -> bool {
        self.out.iter().any(|truck| truck.ids.contains(id))
    }

    /// A truck leaves; returns its number.
    pub(crate) fn depart(&mut self, park: Ms, probe: bool, say: &[Word], now: Ms) -> u32 {
        self.departed += 1;
        let ids = say.iter().map(|word| word.id.clone()).collect();
        self.out.push(Out { number: self.departed, left: now, park, probe, ids });
        self.departed
    }

    /// A truck is out no more; `None` if it was not.
    pub(crate) fn remove(&mut self, number: u32) -> Option<Out> {
        let at = self.out.iter().position(|truck| truck.number == number)?;
        Some(self.out.remove(at))
    }

    /// From here on, nobody counts on the trucks that are out.
    pub(crate) fn doubt(&mut self) {
        self.doubted = self.departed;
    }

    /// The oldest truck that nobody counts on: it is given up where its place is needed.
    pub(crate) fn doubted(&self, now: Ms) -> Option<u32> {
        let doubted = |truck: &&Out| truck.number <= self.doubted && truck.is_stale(now);
        self.out.iter().find(doubted).map(|truck| truck.number)
    }

    /// The trucks that have been out for long.
    pub(crate) fn stale(&self, now: Ms) -> Vec<u32> {
        self.out.iter().filter(|truck| truck.is_stale(now)).map(|truck| truck.number).collect()
    }

    /// Forgets all that only time tells apart, and numbers the trucks anew, from 1; returns their old numbers.
    pub(crate) fn forget_time(&mut self) -> Vec<u32> {
        let old: Vec<_> = self.numbers().collect();
        self.doubted = old.iter().filter(|number| **number <= self.doubted).count() as u32;
        self.departed = old.len() as u32;
        for (truck, number) in self.out.iter_mut().zip(1..) {
            truck.number = number;
            truck.left = 0;
        }
        old
    }
}
