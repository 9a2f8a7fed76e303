//! One step at a time on the yard and on its reference; after each, what was promised holds.

use crate::reference::{Driver, Fate, Fresh, Gate, Limits, Reference, Told, Waiting, Word};
use channel::backlog::Item;
use channel::cargo::{Load, Why};
use channel::clipboard::Id;
use channel::crowd::Party;
use channel::cursor::Cursor;
use channel::yard::{self, Ahead, Arrival, Ms, Truck, TruckId, Yard};
use channel::{News, Options};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const EPOCH: &str = "E";

/// Something that happens to the dock.
#[derive(Debug, Clone)]
pub enum Step {
    Arrive(Gate),
    /// The page of a bay is about to say a word.
    Says(usize, Word),
    /// Its truck has arrived, or will not come.
    Said(usize),
    /// Another server commits news, of which this one hears later.
    Commit(Vec<Fresh>),
    /// News is committed and, with all before it, announced.
    Announce(Vec<Fresh>),
    /// The looks at the journal for trucks that were ahead come back.
    Looked,
    /// Time passes; who is due is towed.
    Pass(Ms),
    Close,
    /// The handler of one of the parked trucks is dropped.
    Leave(usize),
}

/// The yard beside its reference.
#[derive(Clone)]
pub struct Both {
    yard: Yard<Driver>,
    pub reference: Reference,
    now: Ms,
    arrived: Driver,
    ids: BTreeMap<Driver, TruckId>,
    /// Trucks that parked, as they were then.
    parked: BTreeMap<Driver, Waiting>,
    /// Trucks that parked and left, with or without a load.
    left: BTreeSet<Driver>,
    /// News that left with the trucks of each bay, and when it left.
    taken: BTreeSet<(usize, u64)>,
    /// How far the pages have said that they have seen.
    confirmed: BTreeMap<usize, u64>,
    /// Trucks that were ahead, and what was read for them.
    looking: Vec<Looking>,
}

#[derive(Clone)]
struct Looking {
    gate: Gate,
    driver: Driver,
    ahead: Ahead,
    /// The places of the entries; `None`: the journal did not go so far.
    read: Option<Vec<u64>>,
}

impl Both {
    pub fn new(limits: Limits) -> Self {
        let options = Options {
            ring_max_entries: limits.ring_entries,
            load_max_items: limits.load_items,
            parked_max_trucks: limits.parked,
            visitor_max_trucks: limits.by_visitor,
            address_max_trucks: limits.by_address,
            ..Options::default()
        };
        Self {
            yard: Yard::new(EPOCH, &[], &options),
            reference: Reference::new(limits),
            now: 0,
            arrived: 0,
            ids: BTreeMap::new(),
            parked: BTreeMap::new(),
            left: BTreeSet::new(),
            taken: BTreeSet::new(),
            confirmed: BTreeMap::new(),
            looking: Vec::new(),
        }
    }

    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Arrive(gate) => self.arrive(gate),
            Step::Says(page, word) => {
                self.yard.says(&bay(*page), &[id(*word)]);
                self.reference.says(*page, *word);
            }
            Step::Said(page) => {
                self.yard.said(&bay(*page));
                self.reference.said(*page);
            }
            Step::Commit(fresh) => self.commit(fresh),
            Step::Announce(fresh) => self.announce(fresh),
            Step::Looked => std::mem::take(&mut self.looking).into_iter().for_each(|looking| self.looked(looking)),
            Step::Pass(ms) => {
                self.now += ms;
                let told = told(self.yard.tow(self.now));
                assert_eq!(told, self.reference.tow(self.now), "tow");
                self.go(&told);
                assert!(self.yard.next_ticket().is_none_or(|due| due > self.now), "nobody outstays a ticket");
            }
            Step::Close => {
                let told = told(self.yard.close(self.now));
                assert_eq!(told, self.reference.close(self.now), "close");
                self.go(&told);
            }
            Step::Leave(index) => {
                let Some(truck) = self.reference.waiting.get(*index).cloned() else { return };
                self.reference.leave(truck.driver);
                self.yard.leave(self.ids[&truck.driver]);
                assert!(self.left.insert(truck.driver), "left twice");
            }
        }
        self.agree();
    }

    /// After this nobody may be left: every truck went home, once.
    pub fn end(&mut self) {
        self.take(&Step::Close);
        let parked: BTreeSet<_> = self.parked.keys().copied().collect();
        assert_eq!(self.left, parked, "everyone who parked has left");
        assert_eq!((self.yard.parked(), self.yard.bays(), self.yard.next_ticket()), (0, 0, None), "S6");
    }

    fn arrive(&mut self, gate: &Gate) {
        let driver = self.arrived;
        self.arrived += 1;
        let cursor = Cursor::new(if gate.seen.is_some() { EPOCH } else { "F" }.into(), gate.seen.unwrap_or(0));
        let truck = Truck {
            bay: bay(gate.bay),
            fleet: gate.fleet,
            seen: cursor,
            watch: gate.watch.clone(),
            party: gate.party.clone(),
            words: gate.word.map(id).into_iter().collect(),
            park_ms: gate.park_ms,
        };
        let arrival = self.yard.arrive(truck, driver, self.now);
        let expected = self.reference.arrive(gate, driver, self.now);
        self.arrives(gate, driver, arrival, expected);
    }

    /// The look at the journal for a truck that was ahead comes back; the ring may have got there meanwhile.
    fn looked(&mut self, Looking { gate, driver, ahead, read }: Looking) {
        let last = read.as_ref().map(|read| read.last().copied().unwrap_or(ahead.seen()));
        let items = read.map(|read| read.into_iter().map(|seq| self.item(seq)).collect());
        let arrival = self.yard.arrive_ahead(ahead, items, driver, self.now);
        let expected = self.reference.arrive_ahead(&gate, last, driver, self.now);
        assert_ne!(expected.0, Fate::Ahead, "one look is enough");
        self.arrives(&gate, driver, arrival, expected);
    }

    fn arrives(&mut self, gate: &Gate, driver: Driver, arrival: Arrival<Driver>, expected: (Fate, Vec<Told>)) {
        let fate = match arrival.fate {
            yard::Fate::Leaves(load) => Fate::Leaves(told(vec![(driver, load)]).remove(0)),
            yard::Fate::Parks(id) => {
                self.ids.insert(driver, id);
                Fate::Parks
            }
            yard::Fate::Behind(_) => Fate::Behind,
            yard::Fate::Ahead(ahead) => {
                let read = (ahead.seen() <= self.reference.end()).then(|| self.readable(gate, ahead.seen()));
                self.looking.push(Looking { gate: gate.clone(), driver, ahead, read });
                Fate::Ahead
            }
        };
        let relieved = told(arrival.relieved);
        assert_eq!((fate.clone(), relieved.clone()), expected, "{gate:?}");
        let is_bad = matches!(&fate, Fate::Leaves(told) if told.why == Why::Reload);
        if let Some(seen) = gate.seen.filter(|_| fate != Fate::Ahead && !is_bad) {
            let confirmed = self.confirmed.entry(gate.bay).or_default();
            *confirmed = seen.max(*confirmed);
        }
        self.go(&relieved);
        match fate {
            Fate::Parks => {
                let truck = self.reference.waiting.last().expect("it parked").clone();
                self.parked.insert(driver, truck);
                let in_its_bay = self.reference.waiting.iter().filter(|truck| truck.bay == gate.bay).count();
                assert!(in_its_bay <= usize::from(gate.fleet.hold), "S4: {in_its_bay} parked for {gate:?}");
            }
            Fate::Leaves(told) if told.why != Why::Reload => {
                let watch = gate.watch.clone().with_private(gate.party.visitor.clone());
                assert_eq!(told.cargo, self.reference.watched(&watch, told.after, told.seen), "S2");
                self.is_nobody_elses(&gate.party, &told);
                assert_eq!(Some(told.after), gate.seen, "it joins on where home is");
                assert!(told.seen >= told.after, "S7: {told:?}");
            }
            _ => {}
        }
    }

    /// What a page may read in the journal after a place.
    fn readable(&self, gate: &Gate, after: u64) -> Vec<u64> {
        let may =
            |topic: &str| topic.strip_prefix('@').is_none_or(|whose| gate.party.visitor.as_deref() == Some(whose));
        let journal = self.reference.journal.iter();
        journal.filter(|(seq, (topic, _))| *seq > after && may(topic)).map(|(seq, _)| *seq).collect()
    }

    fn item(&self, seq: u64) -> Arc<Item> {
        let (_, (topic, word)) = self.reference.journal.iter().find(|(other, _)| *other == seq).expect("journalled");
        let (topic, word) = ((*topic).into(), word.map(id));
        Arc::new(Item::new(EPOCH, &News { seq, topic, word, committed_ms: 5, body: r#"{"kind":"x"}"#.into() }))
    }

    fn commit(&mut self, fresh: &[Fresh]) {
        self.reference.journal.extend((self.reference.end() + 1..).zip(fresh.iter().copied()));
    }

    fn announce(&mut self, fresh: &[Fresh]) {
        let before = self.reference.head();
        self.commit(fresh);
        let news: Vec<_> = (before + 1..=self.reference.end()).map(|seq| self.item(seq)).collect();
        let told = told(self.yard.announce(news, self.now));
        assert_eq!(told, self.reference.announce(self.now), "announce {fresh:?}");
        self.go(&told);
    }

    /// Trucks that were parked go home: once, and with loads that join on.
    fn go(&mut self, told: &[Told]) {
        for told in told {
            let truck = self.parked[&told.driver].clone();
            self.is_nobody_elses(&truck.party, told);
            assert!(self.left.insert(told.driver), "left twice: {told:?}");
            assert_eq!(told.cargo, self.reference.watched(&truck.watch, told.after, told.seen), "S2: {told:?}");
            assert!(told.seen >= told.after && told.after >= truck.seen, "S7: {told:?} of {truck:?}");
            for seq in self.reference.watched(&truck.watch, truck.seen, told.after) {
                let is_seen = self.confirmed.get(&truck.bay).is_some_and(|seen| seq <= *seen);
                assert!(is_seen || self.taken.contains(&(truck.bay, seq)), "{seq} is left out of {told:?}");
            }
            self.taken.extend(told.cargo.iter().map(|seq| (truck.bay, *seq)));
        }
    }

    /// No truck has another visitor's news aboard, by the journal alone, for every watch.
    fn is_nobody_elses(&self, party: &Party, told: &Told) {
        for seq in &told.cargo {
            let (_, (topic, _)) = self.reference.journal.iter().find(|(other, _)| other == seq).expect("journalled");
            let whose = topic.strip_prefix('@');
            assert!(whose.is_none_or(|whose| party.visitor.as_deref() == Some(whose)), "{topic} in {told:?}");
        }
    }

    fn agree(&self) {
        let waiting = &self.reference.waiting;
        let bays: BTreeSet<_> = waiting.iter().map(|truck| truck.bay).collect();
        let ticket = waiting.iter().map(|truck| truck.ticket).min();
        assert_eq!((self.yard.parked(), self.yard.bays()), (waiting.len(), bays.len()));
        assert_eq!(self.yard.next_ticket(), ticket);
        assert_eq!(self.yard.head(), self.reference.head());
        for truck in waiting {
            assert!(!self.reference.must_leave(truck), "L3: {truck:?}");
        }
    }
}

fn bay(number: usize) -> Id {
    Id::new(&format!("bay-{number:016}")).expect("an id")
}

fn id(word: Word) -> Id {
    Id::new(&format!("word-{word:016}")).expect("an id")
}

fn told(leaving: Vec<(Driver, Load)>) -> Vec<Told> {
    for (_, load) in &leaving {
        let words = load.cargo.iter().filter_map(|item| item.word());
        assert!(words.into_iter().all(|word| load.heard().any(|heard| heard == word)), "what is aboard is heard");
    }
    let told = |(driver, load): (Driver, Load)| Told {
        driver,
        why: load.why,
        after: load.after,
        seen: load.seen,
        cargo: load.cargo.iter().map(|item| item.seq()).collect(),
        parked_ms: load.parked_ms,
        limit: load.limit,
        heard: !load.heard.is_empty(),
    };
    leaving.into_iter().map(told).collect()
}
