//! The dock's real core, the bay of the page, and the bay of another page of the same visitor. And docks that are
//! wrong.

use crate::actions::{id, number_of};
use crate::state::{Answer, Entry, Request};
use channel::backlog::Item;
use channel::cargo::{Load, Why};
use channel::clipboard::Id;
use channel::crowd::Party;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::{Fate, Ms, Truck, Yard};
use channel::{News, Options};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub const EPOCH: &str = "E";
/// A ticket is due that long after its truck parked: who came first leaves first.
const PARK_MS: Ms = 1_000_000;

/// The page's bay, and that of the other page.
const HERE: &str = "bay-of-this-page-0";
const THERE: &str = "bay-of-the-other-0";

/// A truck without words.
fn gate(bay: &str, seen: u64) -> Truck {
    Truck {
        bay: Id::new(bay).expect("an id"),
        fleet: Fleet::named("ping-pong").expect("a fleet"),
        seen: Cursor::new(EPOCH.into(), seen),
        watch: Watch::all(),
        party: Party { visitor: None, source: None },
        words: Arc::default(),
        park_ms: PARK_MS,
    }
}

/// Whether the dock keeps its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    Kept,
    /// A truck that comes to a full bay leaves, and the one that waits there stays.
    NewestLeavesFirst,
    /// News that has left on a truck is forgotten.
    DroppedOnLoad,
    /// A page's own words are news to it like any other.
    Echoes,
    /// Who has seen more than the dock goes home with a cursor as far as the dock is.
    TakesBack,
    /// Who has seen more than the dock turns round at once.
    TurnsAhead,
}

/// The driver of the other page's truck.
const OTHER: u32 = u32::MAX;

/// A parked truck.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    driver: u32,
    pub truck: u32,
    pub seen: u64,
    pub heard: Vec<u8>,
}

/// The page's bay.
#[derive(Debug, Clone)]
pub struct Bay {
    pub yard: Yard<u32>,
    /// In the order in which they came.
    pub waiting: Vec<Waiting>,
    /// The newest news that has left on a truck, for docks that forget it.
    dropped: u64,
    arrived: u32,
    rules: Rules,
    /// How far the other page has seen. Its road takes no time, so its truck is always parked.
    other: u64,
    /// The other page has had everything once and in order.
    pub other_is_well: bool,
    /// No load reached less far than its truck's page had seen.
    pub takes_nobody_back: bool,
}

impl Hash for Bay {
    /// The ring follows from the journal, and the other page from the yard's head.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.yard.hash_without_time(state);
        (self.dropped, self.other_is_well, self.takes_nobody_back).hash(state);
        for Waiting { truck, seen, heard, .. } in &self.waiting {
            (truck, seen, heard).hash(state);
        }
    }
}

/// The fate of a truck at the gate.
pub struct Gone {
    /// Trucks that leave.
    pub leaving: Vec<Answer>,
    /// The truck is parked.
    pub parks: bool,
    /// Its load was read from the journal.
    pub was_behind: bool,
}

impl Bay {
    /// A dock that starts over a journal. Its ring holds one entry: the rest is read from the journal. The other page
    /// has seen the journal up to `other`.
    pub fn open(journal: &[Entry], rules: Rules, other: u64) -> Self {
        let options = Options { ring_max_entries: 1, ..Options::default() };
        let mut bay = Self {
            yard: Yard::new(EPOCH, &[], &options),
            waiting: Vec::new(),
            dropped: 0,
            arrived: 0,
            rules,
            other,
            other_is_well: true,
            takes_nobody_back: true,
        };
        let tail: Vec<_> = bay.news(journal, journal.len().saturating_sub(1) as u64);
        bay.yard = Yard::new(EPOCH, &tail, &options);
        bay.park_other(journal);
        bay
    }

    /// How far the other page has seen.
    pub fn other(&self) -> u64 {
        self.other
    }

    /// The journal after a place, as the dock takes it.
    fn news(&self, journal: &[Entry], after: u64) -> Vec<News> {
        let news = |(seq, entry): (u64, &Entry)| {
            let word = match entry {
                Entry::Word(word) if self.rules != Rules::Echoes => Some(id(*word)),
                _ => None,
            };
            News { seq, topic: "town-hall".into(), word, committed_ms: 0, body: r#"{"kind":"x"}"#.into() }
        };
        (1..).zip(journal).skip(after as usize).map(news).collect()
    }

    fn items(&self, journal: &[Entry], after: u64) -> Vec<Arc<Item>> {
        self.news(journal, after).iter().map(|news| Arc::new(Item::new(EPOCH, news))).collect()
    }

    /// The page is about to say words.
    pub fn says(&mut self, words: &[u8]) {
        let words: Vec<_> = words.iter().copied().map(id).collect();
        self.yard.says(&Id::new(HERE).expect("an id"), &words);
    }

    /// The truck that brought words has arrived.
    pub fn said(&mut self) {
        self.yard.said(&Id::new(HERE).expect("an id"));
    }

    /// A truck arrives. News that has left the ring is read from the journal, which may be further than the dock has
    /// heard. So is news for a page that has seen more than the dock.
    pub fn arrive(&mut self, fleet: &'static Fleet, request: Request, journal: &[Entry]) -> Gone {
        let Request { truck, park, seen, say: heard } = request;
        let driver = self.arrived;
        self.arrived += 1;
        let knows = if self.rules == Rules::DroppedOnLoad { seen.max(self.dropped) } else { seen };
        let words = heard.iter().copied().map(id).collect();
        let gate = Truck { fleet, words, park_ms: if park { PARK_MS } else { 0 }, ..gate(HERE, knows) };
        let before = (self.rules == Rules::NewestLeavesFirst).then(|| self.yard.clone());
        let mut arrival = self.yard.arrive(gate, driver, driver.into());
        let mut is_ahead = false;
        if let Fate::Ahead(ahead) = arrival.fate {
            is_ahead = true;
            let found = self.items(journal, ahead.seen());
            let turns = matches!(self.rules, Rules::TurnsAhead | Rules::TakesBack) && found.is_empty();
            if turns {
                let leaving = vec![self.answer(truck, seen, Load::empty(Why::Turn, seen, seen), heard)];
                return Gone { leaving, parks: false, was_behind: true };
            }
            arrival = self.yard.arrive_ahead(ahead, Some(found), driver, driver.into());
        }
        if let Some(before) = before
            && !arrival.relieved.is_empty()
        {
            self.yard = before;
            let leaving = vec![self.answer(truck, seen, Load::empty(Why::Relieved, seen, seen), heard)];
            return Gone { leaving, parks: true, was_behind: false };
        }
        let (load, was_behind) = match arrival.fate {
            Fate::Leaves(load) => (load, is_ahead),
            Fate::Ahead(_) => unreachable!("one look is enough"),
            Fate::Behind(behind) => {
                let missed = self.items(journal, behind.seen);
                (behind.load(Some(missed)), true)
            }
            Fate::Parks(_) => {
                self.waiting.push(Waiting { driver, truck, seen, heard });
                let leaving = self.send_home(arrival.relieved, journal);
                return Gone { leaving, parks: true, was_behind: false };
            }
        };
        let leaving = vec![self.answer(truck, seen, Load { after: seen, ..load }, heard)];
        Gone { leaving, parks: false, was_behind }
    }

    /// The dock hears of the whole journal.
    pub fn announce(&mut self, journal: &[Entry]) -> Vec<Answer> {
        let news = self.items(journal, self.yard.head());
        let leaving = self.yard.announce(news, self.arrived.into());
        self.send_home(leaving, journal)
    }

    /// The ticket of the truck that waited longest is due.
    pub fn ticket(&mut self, journal: &[Entry]) -> Vec<Answer> {
        let due = self.yard.next_ticket().unwrap_or_default();
        let leaving = self.yard.tow(due);
        self.send_home(leaving, journal)
    }

    /// All tickets are due.
    pub fn tow_all(&mut self, journal: &[Entry]) -> Vec<Answer> {
        let leaving = self.yard.tow(Ms::MAX);
        self.send_home(leaving, journal)
    }

    /// Everyone leaves: the server stops.
    pub fn close(&mut self, journal: &[Entry]) -> Vec<Answer> {
        let mut leaving = self.yard.close(self.arrived.into());
        leaving.retain(|(driver, _)| *driver != OTHER);
        self.send_home(leaving, journal)
    }

    fn send_home(&mut self, leaving: Vec<(u32, Load)>, journal: &[Entry]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (driver, load) in leaving {
            if driver == OTHER {
                self.other_takes(&load);
                self.park_other(journal);
                continue;
            }
            let at = self.waiting.iter().position(|waiting| waiting.driver == driver).expect("it was parked");
            let Waiting { truck, seen, heard, .. } = self.waiting.remove(at);
            answers.push(self.answer(truck, seen, load, heard));
        }
        answers
    }

    /// The other page's truck is at the gate until it parks.
    fn park_other(&mut self, journal: &[Entry]) {
        let fleet = Fleet::named("ping-pong").expect("a fleet");
        loop {
            let gate = Truck { fleet, park_ms: Ms::MAX, ..gate(THERE, self.other) };
            let load = match self.yard.arrive(gate, OTHER, self.arrived.into()).fate {
                Fate::Parks(_) => return,
                Fate::Ahead(_) => unreachable!("it never goes elsewhere"),
                Fate::Leaves(load) => load,
                Fate::Behind(behind) => {
                    let missed = self.items(journal, behind.seen);
                    behind.load(Some(missed))
                }
            };
            self.other_takes(&load);
        }
    }

    fn other_takes(&mut self, load: &Load) {
        let cargo = load.cargo.iter().map(|item| item.seq());
        self.other_is_well &= load.after == self.other && cargo.eq(self.other + 1..=load.seen);
        self.other = load.seen;
    }

    fn answer(&mut self, truck: u32, has_seen: u64, mut load: Load, mut heard: Vec<u8>) -> Answer {
        if self.rules == Rules::TakesBack {
            load.seen = load.seen.min(self.yard.head());
        }
        self.takes_nobody_back &= load.seen >= has_seen && load.seen >= load.after;
        heard.extend(load.heard().map(number_of));
        heard.sort_unstable();
        heard.dedup();
        let cargo: Vec<_> = load.cargo.iter().map(|item| item.seq()).collect();
        if self.rules == Rules::DroppedOnLoad {
            self.dropped = cargo.iter().copied().fold(self.dropped, u64::max);
        }
        Answer { truck, why: load.why, after: load.after, seen: load.seen, cargo, heard }
    }
}
