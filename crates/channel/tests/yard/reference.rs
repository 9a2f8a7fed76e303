//! The dock as its three steps are written down: the whole journal, no ring, no index, no shortcut.

use channel::cargo::Why;
use channel::crowd::{Limit, Party};
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::Ms;

/// Who is waiting for a truck.
pub type Driver = u32;

/// A truck at the gate.
#[derive(Debug, Clone)]
pub struct Gate {
    pub bay: usize,
    pub fleet: &'static Fleet,
    /// `None`: of another journal.
    pub seen: Option<u64>,
    pub watch: Watch,
    pub party: Party,
    pub has_words: bool,
    pub park_ms: Ms,
}

/// A load, with numbers for cargo.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub driver: Driver,
    pub why: Why,
    pub after: u64,
    pub seen: u64,
    pub cargo: Vec<u64>,
    pub parked_ms: Ms,
    pub limit: Option<Limit>,
    /// It confirms the words of the truck that took its place.
    pub heard: bool,
}

/// What becomes of a truck at the gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    Leaves(Told),
    Parks,
    Behind,
}

/// A parked truck.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub driver: Driver,
    pub bay: usize,
    pub watch: Watch,
    pub party: Party,
    pub seen: u64,
    /// What this bay's trucks have taken since it parked.
    pub taken: u64,
    pub since: Ms,
    pub ticket: Ms,
}

/// The limits that show.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub ring_entries: usize,
    pub load_items: usize,
    pub parked: usize,
    pub by_visitor: usize,
    pub by_address: usize,
}

#[derive(Debug, Clone)]
pub struct Reference {
    pub journal: Vec<(u64, &'static str)>,
    /// Longest-waiting first.
    pub waiting: Vec<Waiting>,
    pub closed: bool,
    limits: Limits,
}

impl Reference {
    pub fn new(limits: Limits) -> Self {
        Self { journal: Vec::new(), waiting: Vec::new(), closed: false, limits }
    }

    pub fn head(&self) -> u64 {
        self.journal.last().map_or(0, |(seq, _)| *seq)
    }

    pub fn arrive(&mut self, gate: &Gate, driver: Driver, now: Ms) -> (Fate, Vec<Told>) {
        let told =
            |why, after, seen, cargo| Told { driver, why, after, seen, cargo, parked_ms: 0, limit: None, heard: false };
        let head = self.head();
        let seen = match gate.seen {
            Some(seen) if seen <= head => seen,
            _ => return (Fate::Leaves(told(Why::Reload, head, head, vec![])), vec![]),
        };
        if self.closed {
            return (Fate::Leaves(told(Why::Closing, seen, seen, vec![])), vec![]);
        }
        if seen < self.floor() {
            return (Fate::Behind, vec![]);
        }
        // Public news it names, private news of nobody else.
        let own = gate.party.visitor.as_deref().map(|visitor| format!("@{visitor}"));
        let watch = gate.watch.clone().with_private(gate.party.visitor.clone());
        let mine =
            |topic: &str| if topic.starts_with('@') { own.as_deref() == Some(topic) } else { gate.watch.takes(topic) };
        assert!(self.journal.iter().all(|(_, topic)| watch.takes(topic) == mine(topic)), "private news is private");
        let (cargo, upto) = self.since(seen, &watch);
        if !cargo.is_empty() {
            return (Fate::Leaves(told(Why::Cargo, seen, upto, cargo)), vec![]);
        }
        if gate.fleet.hold == 0 || gate.park_ms == 0 || (gate.has_words && !gate.fleet.words_may_wait) {
            return (Fate::Leaves(told(Why::Turn, seen, head, vec![])), vec![]);
        }
        let mut waiting = self.waiting.clone();
        let mut relieved = Vec::new();
        while waiting.iter().filter(|truck| truck.bay == gate.bay).count() >= usize::from(gate.fleet.hold) {
            let longest = waiting.iter().position(|truck| truck.bay == gate.bay).expect("a truck to relieve");
            let truck = waiting.remove(longest);
            let told = truck.goes(Why::Relieved, truck.seen, truck.seen, vec![], now);
            relieved.push(Told { heard: gate.has_words, ..told });
        }
        let (bay, party, ticket) = (gate.bay, gate.party.clone(), now + gate.park_ms);
        let count = |same: &dyn Fn(&Party) -> bool| waiting.iter().filter(|truck| same(&truck.party)).count();
        let limit = if party.visitor.is_some() && count(&|of| of.visitor == party.visitor) >= self.limits.by_visitor {
            Some(Limit::Visitor)
        } else if party.source.is_some() && count(&|of| of.source == party.source) >= self.limits.by_address {
            Some(Limit::Address)
        } else {
            (waiting.len() >= self.limits.parked).then_some(Limit::Dock)
        };
        if limit.is_some() {
            return (Fate::Leaves(Told { limit, ..told(Why::Turn, seen, head, vec![]) }), vec![]);
        }
        waiting.push(Waiting { driver, bay, watch, party, seen, taken: seen, since: now, ticket });
        self.waiting = waiting;
        (Fate::Parks, relieved)
    }

    pub fn announce(&mut self, news: &[(u64, &'static str)], now: Ms) -> Vec<Told> {
        self.journal.extend(news);
        let mut leaving = Vec::new();
        while let Some(index) = self.waiting.iter().position(|truck| !self.untaken(truck).0.is_empty()) {
            let truck = self.waiting.remove(index);
            let (cargo, upto) = self.untaken(&truck);
            for mate in self.waiting.iter_mut().filter(|mate| mate.bay == truck.bay) {
                if truck.watch.covers(&mate.watch) {
                    mate.taken = mate.taken.max(upto);
                }
            }
            leaving.push(truck.goes(Why::Cargo, truck.taken, upto, cargo, now));
        }
        leaving
    }

    pub fn tow(&mut self, now: Ms) -> Vec<Told> {
        let (mut due, stay): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|truck| truck.ticket <= now);
        self.waiting = stay;
        due.sort_by_key(|truck| (truck.ticket, truck.driver));
        let told = |truck: Waiting| {
            let (cargo, upto) = self.since(truck.seen, &truck.watch);
            if truck.taken > truck.seen && truck.seen < self.floor() {
                return truck.goes(Why::Ticket, truck.taken, self.head(), vec![], now);
            }
            let why = if cargo.is_empty() { Why::Ticket } else { Why::Cargo };
            truck.goes(why, truck.seen, upto, cargo, now)
        };
        due.into_iter().map(told).collect()
    }

    pub fn close(&mut self, now: Ms) -> Vec<Told> {
        self.closed = true;
        self.waiting.drain(..).map(|truck| truck.goes(Why::Closing, truck.seen, truck.seen, vec![], now)).collect()
    }

    pub fn leave(&mut self, driver: Driver) {
        self.waiting.retain(|truck| truck.driver != driver);
    }

    /// What a truck watches between two places, both told apart: `after < seq <= upto`.
    pub fn watched(&self, watch: &Watch, after: u64, upto: u64) -> Vec<u64> {
        let between = self.journal.iter().filter(|(seq, _)| *seq > after && *seq <= upto);
        between.filter(|(_, topic)| watch.takes(topic)).map(|(seq, _)| *seq).collect()
    }

    /// Everything after this place is in a ring of the journal's tail.
    fn floor(&self) -> u64 {
        match self.journal.len().checked_sub(self.limits.ring_entries + 1) {
            Some(gone) => self.journal[gone].0,
            None => self.journal.first().map_or(0, |(seq, _)| seq - 1),
        }
    }

    fn since(&self, seen: u64, watch: &Watch) -> (Vec<u64>, u64) {
        let mut cargo = self.watched(watch, seen, self.head());
        if cargo.len() <= self.limits.load_items {
            return (cargo, self.head());
        }
        cargo.truncate(self.limits.load_items);
        let last = cargo[cargo.len() - 1];
        (cargo, last)
    }

    fn untaken(&self, truck: &Waiting) -> (Vec<u64>, u64) {
        self.since(truck.taken, &truck.watch)
    }
}

impl Waiting {
    fn goes(&self, why: Why, after: u64, seen: u64, cargo: Vec<u64>, now: Ms) -> Told {
        Told { driver: self.driver, why, after, seen, cargo, parked_ms: now - self.since, limit: None, heard: false }
    }
}
