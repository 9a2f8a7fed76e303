//! A page's own words are aboard for it, and send none of its trucks home.

use channel::backlog::Item;
use channel::cargo::{Load, Why};
use channel::clipboard::{Id, SAY_MAX_WORDS};
use channel::crowd::Party;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::{Fate, Truck, Yard};
use channel::{News, Options};
use std::sync::Arc;

const EPOCH: &str = "E";
/// Two pages of one visitor.
const HERE: &str = "bay-of-this-page-0";
const THERE: &str = "bay-of-the-other-0";

fn word(number: u32) -> Id {
    Id::new(&format!("word-{number:016}")).expect("an id")
}

fn truck(bay: &str, fleet: &str, seen: u64, words: &[u32]) -> Truck {
    Truck {
        bay: Id::new(bay).expect("an id"),
        fleet: Fleet::named(fleet).expect("a fleet"),
        seen: Cursor::new(EPOCH.into(), seen),
        watch: Watch::all(),
        party: Party { visitor: Some("ann".into()), source: None },
        words: words.iter().copied().map(word).collect(),
        park_ms: 25_000,
    }
}

/// A yard whose trucks are known by a name, and its journal.
struct Dock {
    yard: Yard<&'static str>,
    head: u64,
}

impl Dock {
    fn new() -> Self {
        Self { yard: Yard::new(EPOCH, &[], &Options::default()), head: 0 }
    }

    /// A truck arrives: its load if it leaves, and who is relieved.
    fn arrive(&mut self, name: &'static str, truck: Truck) -> (Option<Load>, Vec<(&'static str, Load)>) {
        let arrival = self.yard.arrive(truck, name, 0);
        match arrival.fate {
            Fate::Leaves(load) => (Some(load), arrival.relieved),
            Fate::Parks(_) => (None, arrival.relieved),
            Fate::Behind(_) | Fate::Ahead(_) => panic!("the ring holds everything"),
        }
    }

    fn parks(&mut self, name: &'static str, truck: Truck) -> Vec<(&'static str, Load)> {
        let (load, relieved) = self.arrive(name, truck);
        assert_eq!(load, None, "{name} parks");
        relieved
    }

    fn announce(&mut self, word: Option<Id>) -> Vec<(&'static str, Load)> {
        self.head += 1;
        let topic = if word.is_some() { "@ann" } else { "north" };
        let news = News { seq: self.head, topic: topic.into(), word, committed_ms: 5, body: "{}".into() };
        self.yard.announce(vec![Arc::new(Item::new(EPOCH, &news))], 0)
    }

    /// As a server does: it notes the words, stores them, and then lets the truck in.
    fn says(&mut self, name: &'static str, truck: Truck) -> (Option<Load>, Vec<(&'static str, Load)>) {
        self.yard.says(&truck.bay, &truck.words);
        for word in truck.words.iter().cloned() {
            let leaving = self.announce(Some(word));
            assert!(leaving.is_empty(), "nobody leaves for the page's own word: {leaving:?}");
        }
        let bay = truck.bay.clone();
        let arrived = self.arrive(name, truck);
        self.yard.said(&bay);
        arrived
    }
}

/// What a load brings: places, and the words that home may forget.
fn brings(load: &Load) -> (Vec<u64>, Vec<Id>) {
    (load.cargo.iter().map(|item| item.seq()).collect(), load.heard().cloned().collect())
}

#[test]
fn a_truck_with_a_word_waits_and_the_one_it_relieves_brings_the_word_home() {
    let mut dock = Dock::new();
    dock.parks("first", truck(HERE, "ping-pong", 0, &[]));
    let (load, relieved) = dock.says("second", truck(HERE, "ping-pong", 0, &[1]));
    assert_eq!(load, None, "it waits");
    let [("first", load)] = &relieved[..] else { panic!("{relieved:?}") };
    assert_eq!((load.why, load.after, load.seen), (Why::Relieved, 0, 1));
    assert_eq!(brings(load), (vec![1], vec![word(1)]));
    // An answer is news, and whoever waits brings both: the first may be lost.
    let leaving = dock.announce(None);
    let [("second", load)] = &leaving[..] else { panic!("{leaving:?}") };
    assert_eq!((load.why, load.after, brings(load)), (Why::Cargo, 0, (vec![1, 2], vec![word(1)])));
}

#[test]
fn a_truck_that_waits_for_a_reply_brings_the_reply_with_the_question() {
    let mut dock = Dock::new();
    assert_eq!(dock.says("only", truck(HERE, "wait-for-reply", 0, &[1])), (None, vec![]));
    let leaving = dock.announce(None);
    assert_eq!(brings(&leaving[0].1), (vec![1, 2], vec![word(1)]));
}

#[test]
fn of_slow_and_fast_the_fast_one_brings_the_word_and_the_slow_one_stays() {
    let mut dock = Dock::new();
    dock.parks("slow", truck(HERE, "slow-and-fast", 0, &[]));
    let (load, relieved) = dock.says("fast", truck(HERE, "slow-and-fast", 0, &[1]));
    assert_eq!((load.map(|load| brings(&load)), relieved), (Some((vec![1], vec![word(1)])), vec![]));
    assert_eq!(dock.yard.parked(), 1);
    // The next one says that the page has seen it.
    dock.says("fast", truck(HERE, "slow-and-fast", 1, &[2]));
    let leaving = dock.announce(None);
    assert_eq!((leaving[0].0, leaving[0].1.after, brings(&leaving[0].1).0), ("slow", 1, vec![2, 3]));
}

#[test]
fn another_page_of_the_visitor_hears_the_word_as_news() {
    let mut dock = Dock::new();
    dock.parks("here", truck(HERE, "ping-pong", 0, &[]));
    dock.parks("there", truck(THERE, "ping-pong", 0, &[]));
    dock.yard.says(&Id::new(HERE).expect("an id"), &[word(1)]);
    let leaving = dock.announce(Some(word(1)));
    let [("there", load)] = &leaving[..] else { panic!("{leaving:?}") };
    assert_eq!((load.why, brings(load).0), (Why::Cargo, vec![1]));
}

#[test]
fn a_word_that_is_announced_before_its_page_says_it_is_news() {
    let mut dock = Dock::new();
    dock.parks("first", truck(HERE, "ping-pong", 0, &[]));
    assert_eq!(dock.announce(Some(word(1)))[0].0, "first");
    assert_eq!(dock.announce(Some(word(2))), vec![]);
    let (load, _) = dock.arrive("second", truck(HERE, "ping-pong", 0, &[2]));
    assert_eq!(load.map(|load| brings(&load).0), Some(vec![1, 2]), "the first of them is not its own");
}

#[test]
fn a_word_whose_answer_was_lost_comes_home_with_the_next_truck_or_its_ticket() {
    let mut dock = Dock::new();
    dock.parks("first", truck(HERE, "ping-pong", 0, &[]));
    dock.says("second", truck(HERE, "ping-pong", 0, &[1]));
    // The relieved one is lost, and home says the word again.
    let relieved = dock.parks("third", truck(HERE, "ping-pong", 0, &[1]));
    assert_eq!(brings(&relieved[0].1), (vec![1], vec![word(1)]));
    let towed = dock.yard.tow(25_000);
    assert_eq!((towed[0].0, towed[0].1.why, brings(&towed[0].1)), ("third", Why::Cargo, (vec![1], vec![word(1)])));
}

#[test]
fn a_truck_that_would_wait_with_too_many_words_leaves() {
    let mut dock = Dock::new();
    dock.parks("slow", truck(HERE, "slow-and-fast", 0, &[]));
    let most = SAY_MAX_WORDS as u32;
    for number in 0..most {
        dock.says("fast", truck(HERE, "slow-and-fast", 0, &[number]));
    }
    dock.yard.says(&Id::new(HERE).expect("an id"), &[word(most)]);
    let leaving = dock.announce(Some(word(most)));
    assert_eq!((leaving[0].0, leaving[0].1.cargo.len()), ("slow", SAY_MAX_WORDS + 1));
}

#[test]
fn a_truck_that_arrives_while_another_stores_its_words_waits() {
    let mut dock = Dock::new();
    let fast = truck(HERE, "slow-and-fast", 0, &[1]);
    dock.yard.says(&fast.bay, &fast.words);
    assert_eq!(dock.yard.bays(), 0, "nothing is parked");
    dock.parks("slow", truck(HERE, "slow-and-fast", 0, &[]));
    assert_eq!(dock.announce(Some(word(1))), vec![]);
    let bay = fast.bay.clone();
    assert_eq!(dock.arrive("fast", fast).0.map(|load| brings(&load).0), Some(vec![1]));
    dock.yard.said(&bay);
    assert_eq!(dock.yard.parked(), 1, "the slow one waits");
}
