//! The world in one instant: one page's home, the docks, the road between them, and what is durable.

use crate::bay::{Bay, Waiting};
use channel::cargo::Why;
use lab::home::Home;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// An entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    News,
    /// What the page has said.
    Word(u8),
}

/// A truck on its way to the dock. `truck` is its number at home; 0: home knows nothing of it any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    pub truck: u32,
    pub park: bool,
    pub seen: u64,
    pub say: Vec<u8>,
}

/// A truck on its way home.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    pub truck: u32,
    pub why: Why,
    pub after: u64,
    pub seen: u64,
    pub cargo: Vec<u64>,
    pub heard: Vec<u8>,
}

/// How often each thing may still happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Budget {
    pub words: u8,
    pub news: u8,
    /// A request or an answer is lost.
    pub lost: u8,
    /// A request arrives twice.
    pub doubled: u8,
    /// Home gives up a truck that is still on its way, or parked.
    pub aborted: u8,
    /// A ticket is due: no fault, but as untimely.
    pub tickets: u8,
    /// The server is killed or closed, and starts anew.
    pub restarts: u8,
    /// All the faults above together.
    pub faults: u8,
}

/// From here on nothing happens by itself any more: no news, no words, no faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Calm {
    /// Whether the parking time has passed.
    pub towed: bool,
    /// Trucks that came home since.
    pub deliveries: u8,
}

#[derive(Debug, Clone)]
pub struct State {
    pub home: Home,
    /// The page's bay in the dock of each server.
    pub bays: Vec<Bay>,
    pub requests: Vec<Request>,
    pub answers: Vec<Answer>,
    /// Durable, numbered from 1. A dock may not have heard of the last entries yet.
    pub journal: Vec<Entry>,
    /// Durable: words, in the order in which they were stored.
    pub stored: Vec<u8>,
    pub said: u8,
    pub applied: u64,
    pub heard: u8,
    pub left: Budget,
    pub calm: Option<Calm>,
    /// The first promise that was broken in a step.
    pub broken: Option<&'static str>,
}

impl State {
    /// The trucks that are parked.
    pub fn waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.bays.iter().flat_map(|bay| &bay.waiting)
    }

    /// Notes that a promise was broken.
    pub fn must(&mut self, kept: bool, promise: &'static str) {
        if !kept {
            self.broken = self.broken.or(Some(promise));
        }
    }

    /// Looks at what the docks have noted.
    pub fn judge(&mut self) {
        self.must(self.bays.iter().all(|bay| bay.takes_nobody_back), "S7");
    }

    /// The last place in the journal.
    pub fn head(&self) -> u64 {
        self.journal.len() as u64
    }

    /// Whether home lacks something that is not a word of its own aboard a truck that it believes parked.
    pub fn lacks_news(&self) -> bool {
        let waiting = self.waiting().filter(|waiting| waiting.truck != 0);
        let aboard: Vec<_> = waiting.flat_map(|waiting| &waiting.heard).collect();
        let waits = |entry: &Entry| matches!(entry, Entry::Word(word) if aboard.contains(&word));
        !self.journal[self.applied as usize..].iter().all(waits)
    }

    /// The trucks that home believes out, and that are nowhere.
    pub fn vanished(&self) -> Vec<u32> {
        let somewhere = |truck: u32| {
            self.requests.iter().any(|request| request.truck == truck)
                || self.answers.iter().any(|answer| answer.truck == truck)
                || self.waiting().any(|waiting| waiting.truck == truck)
        };
        self.home.out().filter(|truck| !somewhere(*truck)).collect()
    }

    /// Gives things that behave alike the same name.
    pub fn simplify(&mut self) {
        let old = self.home.forget_time();
        let name = |truck: &mut u32| *truck = old.iter().position(|old| old == truck).map_or(0, |at| at as u32 + 1);
        self.requests.iter_mut().for_each(|request| name(&mut request.truck));
        self.answers.iter_mut().for_each(|answer| name(&mut answer.truck));
        self.bays.iter_mut().flat_map(|bay| &mut bay.waiting).for_each(|waiting| name(&mut waiting.truck));
        self.answers.retain(|answer| answer.truck != 0);
        // The road is a bag: the order in which things lie there says nothing.
        self.requests.sort_unstable();
        self.answers.sort_unstable();
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { home, bays, requests, answers, journal, stored, said, applied, heard, left, calm, broken } = self;
        (home, bays, requests, answers).hash(state);
        (journal, stored, said, applied, heard, left, calm, broken).hash(state);
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let hash = |state: &Self| {
            let mut hasher = DefaultHasher::new();
            state.hash(&mut hasher);
            hasher.finish()
        };
        hash(self) == hash(other)
    }
}
