//! The dock as its three steps are written down: the whole journal, no ring, no index, no shortcut.

use channel::cargo::Why;
use channel::crowd::{Limit, Party};
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::Ms;
use std::collections::BTreeMap;

/// The number by which the test knows a truck.
pub type Driver = u32;

/// The number of a word that a page says.
pub type Word = u8;

/// News that is announced: what it is about, and the word that it tells of.
pub type Fresh = (&'static str, Option<Word>);

/// Words of its own page that a truck waits with at most.
const ECHOES_MAX: usize = 32;

/// A truck at the gate.
#[derive(Debug, Clone)]
pub struct Gate {
    pub bay: usize,
    pub fleet: &'static Fleet,
    /// `None`: of another journal.
    pub seen: Option<u64>,
    pub watch: Watch,
    pub party: Party,
    pub word: Option<Word>,
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
    Ahead,
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
    /// All that is committed, here or at another server.
    pub journal: Vec<(u64, Fresh)>,
    /// So many of the entries are announced here.
    pub announced: usize,
    /// Longest-waiting first.
    pub waiting: Vec<Waiting>,
    /// The words that pages say themselves, by bay.
    pub own: BTreeMap<usize, Vec<Word>>,
    /// Trucks with words that are on their way, by bay.
    saying: BTreeMap<usize, usize>,
    pub closed: bool,
    limits: Limits,
}

impl Reference {
    pub fn new(limits: Limits) -> Self {
        Self {
            journal: Vec::new(),
            announced: 0,
            waiting: Vec::new(),
            own: BTreeMap::new(),
            saying: BTreeMap::new(),
            closed: false,
            limits,
        }
    }

    /// The newest place that is announced.
    pub fn head(&self) -> u64 {
        self.announced.checked_sub(1).map_or(0, |last| self.journal[last].0)
    }

    /// The newest place of the journal.
    pub fn end(&self) -> u64 {
        self.journal.last().map_or(0, |(seq, _)| *seq)
    }

    /// A page is about to say a word.
    pub fn says(&mut self, bay: usize, word: Word) {
        self.own.entry(bay).or_default().push(word);
        *self.saying.entry(bay).or_default() += 1;
    }

    /// Its truck has arrived.
    pub fn said(&mut self, bay: usize) {
        let saying = self.saying.entry(bay).or_default();
        *saying = saying.saturating_sub(1);
        self.tidy();
    }

    pub fn arrive(&mut self, gate: &Gate, driver: Driver, now: Ms) -> (Fate, Vec<Told>) {
        self.let_in(gate, None, driver, now)
    }

    /// A truck that was ahead arrives after a look at the journal. `looked`: the last entry that its page may read, or its
    /// `seen`; `None`: the journal ended before.
    pub fn arrive_ahead(&mut self, gate: &Gate, looked: Option<u64>, driver: Driver, now: Ms) -> (Fate, Vec<Told>) {
        self.let_in(gate, Some(looked), driver, now)
    }

    fn let_in(&mut self, gate: &Gate, looked: Option<Option<u64>>, driver: Driver, now: Ms) -> (Fate, Vec<Told>) {
        let told =
            |why, after, seen, cargo| Told { driver, why, after, seen, cargo, parked_ms: 0, limit: None, heard: false };
        let head = self.head();
        let Some(seen) = gate.seen else {
            return (Fate::Leaves(told(Why::Reload, head, head, vec![])), vec![]);
        };
        if self.closed {
            return (Fate::Leaves(told(Why::Closing, seen, seen, vec![])), vec![]);
        }
        let is_ahead = seen > head;
        match looked {
            None if is_ahead => return (Fate::Ahead, vec![]),
            Some(None) if is_ahead => {
                return (Fate::Leaves(told(Why::Reload, head, head, vec![])), vec![]);
            }
            _ => {}
        }
        for mate in self.waiting.iter_mut().filter(|mate| mate.bay == gate.bay) {
            mate.seen = mate.seen.max(seen);
            mate.taken = mate.taken.max(mate.seen);
        }
        if seen < self.floor() {
            return (Fate::Behind, vec![]);
        }
        // Public news it names, private news of nobody else.
        let own = gate.party.visitor.as_deref().map(|visitor| format!("@{visitor}"));
        let watch = gate.watch.clone().with_private(gate.party.visitor.clone());
        let mine =
            |topic: &str| if topic.starts_with('@') { own.as_deref() == Some(topic) } else { gate.watch.takes(topic) };
        let is_private = self.journal.iter().all(|(_, (topic, _))| watch.takes(topic) == mine(topic));
        assert!(is_private, "private news is private");
        let (cargo, upto) = match looked {
            // All that the look has found rides, whatever it is.
            Some(Some(end)) if is_ahead => {
                let (cargo, upto) = self.first(seen, end, &watch);
                if !cargo.is_empty() {
                    return (Fate::Leaves(told(Why::Cargo, seen, upto, cargo)), vec![]);
                }
                (cargo, seen)
            }
            _ => self.since(seen, &watch),
        };
        let says = |word| gate.word == Some(word) || self.says_itself(gate.bay, word);
        let only_echoes =
            (is_ahead || upto == head) && cargo.len() <= ECHOES_MAX && cargo.iter().all(|seq| self.is_word(*seq, says));
        let why = if cargo.is_empty() { Why::Turn } else { Why::Cargo };
        let in_a_hurry = gate.word.is_some() && !gate.fleet.words_may_wait;
        if !only_echoes || gate.fleet.hold == 0 || gate.park_ms == 0 || in_a_hurry {
            return (Fate::Leaves(told(why, seen, upto, cargo)), vec![]);
        }
        let mut waiting = self.waiting.clone();
        let mut relieved = Vec::new();
        while waiting.iter().filter(|truck| truck.bay == gate.bay).count() >= usize::from(gate.fleet.hold) {
            let longest = waiting.iter().position(|truck| truck.bay == gate.bay).expect("a truck to relieve");
            let truck = waiting.remove(longest);
            let told = match self.since(truck.taken, &truck.watch) {
                (echoes, _) if echoes.is_empty() => truck.goes(Why::Relieved, truck.seen, truck.seen, echoes, now),
                (echoes, upto) => truck.goes(Why::Relieved, truck.taken, upto, echoes, now),
            };
            relieved.push(Told { heard: gate.word.is_some(), ..told });
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
            return (Fate::Leaves(Told { limit, ..told(why, seen, upto, cargo) }), vec![]);
        }
        waiting.push(Waiting { driver, bay, watch, party, seen, taken: seen, since: now, ticket });
        self.waiting = waiting;
        self.own.entry(bay).or_default().extend(gate.word);
        (Fate::Parks, relieved)
    }

    /// All that is committed is announced.
    pub fn announce(&mut self, now: Ms) -> Vec<Told> {
        self.announced = self.journal.len();
        let mut leaving = Vec::new();
        while let Some(index) = self.waiting.iter().position(|truck| self.must_leave(truck)) {
            let truck = self.waiting.remove(index);
            let (cargo, upto) = self.since(truck.taken, &truck.watch);
            for mate in self.waiting.iter_mut().filter(|mate| mate.bay == truck.bay) {
                if truck.watch.covers(&mate.watch) {
                    mate.taken = mate.taken.max(upto);
                }
            }
            leaving.push(truck.goes(Why::Cargo, truck.taken, upto, cargo, now));
        }
        self.tidy();
        leaving
    }

    pub fn tow(&mut self, now: Ms) -> Vec<Told> {
        let (mut due, stay): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|truck| truck.ticket <= now);
        self.waiting = stay;
        due.sort_by_key(|truck| truck.ticket);
        let told = |truck: Waiting| {
            let from = if truck.seen < self.floor() { truck.taken } else { truck.seen };
            let (cargo, upto) = self.since(from, &truck.watch);
            let why = if cargo.is_empty() { Why::Ticket } else { Why::Cargo };
            truck.goes(why, from, upto, cargo, now)
        };
        let told = due.into_iter().map(told).collect();
        self.tidy();
        told
    }

    pub fn close(&mut self, now: Ms) -> Vec<Told> {
        self.closed = true;
        self.waiting.drain(..).map(|truck| truck.goes(Why::Closing, truck.seen, truck.seen, vec![], now)).collect()
    }

    pub fn leave(&mut self, driver: Driver) {
        self.waiting.retain(|truck| truck.driver != driver);
        self.tidy();
    }

    /// What a truck watches between two places, both told apart: `after < seq <= upto`.
    pub fn watched(&self, watch: &Watch, after: u64, upto: u64) -> Vec<u64> {
        let between = self.journal.iter().filter(|(seq, _)| *seq > after && *seq <= upto);
        between.filter(|(_, (topic, _))| watch.takes(topic)).map(|(seq, _)| *seq).collect()
    }

    /// Everything after this place is in a ring of the journal's tail.
    fn floor(&self) -> u64 {
        match self.announced.checked_sub(self.limits.ring_entries + 1) {
            Some(gone) => self.journal[gone].0,
            None => self.journal.first().map_or(0, |(seq, _)| seq - 1),
        }
    }

    /// What is announced after a place. A page that is further stays there.
    fn since(&self, seen: u64, watch: &Watch) -> (Vec<u64>, u64) {
        self.first(seen, self.head().max(seen), watch)
    }

    /// The first load of what a truck watches between two places, and how far it reaches.
    fn first(&self, after: u64, end: u64, watch: &Watch) -> (Vec<u64>, u64) {
        let mut cargo = self.watched(watch, after, end);
        if cargo.len() <= self.limits.load_items {
            return (cargo, end);
        }
        cargo.truncate(self.limits.load_items);
        let last = cargo[cargo.len() - 1];
        (cargo, last)
    }

    /// L3: whether it watches something that is neither taken nor a word of its own page.
    pub fn must_leave(&self, truck: &Waiting) -> bool {
        let untaken = self.watched(&truck.watch, truck.taken, self.head());
        let is_echo = |seq: &u64| self.is_word(*seq, |word| self.says_itself(truck.bay, word));
        untaken.len() > ECHOES_MAX || !untaken.iter().all(is_echo)
    }

    fn says_itself(&self, bay: usize, word: Word) -> bool {
        self.own.get(&bay).is_some_and(|own| own.contains(&word))
    }

    fn is_word(&self, seq: u64, is: impl Fn(Word) -> bool) -> bool {
        self.journal.iter().any(|(other, (_, word))| *other == seq && word.is_some_and(&is))
    }

    /// A bay is nothing without a truck.
    fn tidy(&mut self) {
        let is_saying = |bay: &usize| self.saying.get(bay).is_some_and(|saying| *saying > 0);
        self.own.retain(|bay, _| is_saying(bay) || self.waiting.iter().any(|truck| truck.bay == *bay));
    }
}

impl Waiting {
    fn goes(&self, why: Why, after: u64, seen: u64, cargo: Vec<u64>, now: Ms) -> Told {
        Told { driver: self.driver, why, after, seen, cargo, parked_ms: now - self.since, limit: None, heard: false }
    }
}
