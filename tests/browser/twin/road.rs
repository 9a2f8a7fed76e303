//! The server's side in virtual time: the dock's real core, its journal and words, and a road that does its worst.

use super::chance::Dice;
use channel::backlog::Item;
use channel::cargo::{Load, Note, Why};
use channel::clipboard::Id;
use channel::crowd::{Limit, Party};
use channel::watch::Watch;
use channel::yard::{Fate, Truck, Yard};
use channel::{News, Options};
use lab::home::{Clipboard, Ms};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something on its way.
pub enum Trip {
    /// To the dock.
    Out(u32, Clipboard),
    /// A load, as it goes over the wire.
    Home(u32, Vec<u8>),
    /// Home learns that the truck is lost, and how long the dock asks to stay away.
    Lost(u32, Option<Ms>),
    /// The server is there again.
    Up,
    /// A page that has to fetch its state anew has done so.
    Fetched,
}

/// The server and the road to it.
pub struct Road {
    yard: Yard<(u32, Vec<Id>)>,
    options: Options,
    epoch: Arc<str>,
    journal: Vec<News>,
    stored: Vec<Id>,
    /// Whether nobody answers.
    down: bool,
    /// Until when the dock lets nobody park.
    full_until: Ms,
    trips: BTreeMap<(Ms, u64), Trip>,
    sent: u64,
    pub dice: Dice,
}

impl Road {
    pub fn new(dice: Dice) -> Self {
        let options = Options { ring_max_entries: 6, load_max_items: 5, park_min_ms: 1, ..Options::default() };
        let (epoch, yard) = ("J0".into(), Yard::new("J0", &[], &options));
        let (journal, stored, trips) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { yard, options, epoch, journal, stored, down: false, full_until: 0, trips, sent: 0, dice }
    }

    pub fn cursor(&self) -> String {
        format!("{}.{}", self.epoch, self.journal.len())
    }

    /// When something happens next.
    pub fn next(&self) -> Option<Ms> {
        let trip = self.trips.keys().next().map(|(at, _)| *at);
        let ticket = self.yard.next_ticket().map(|at| at as Ms);
        [trip, ticket].into_iter().flatten().min()
    }

    pub fn later(&mut self, at: Ms, trip: Trip) {
        self.sent += 1;
        self.trips.insert((at, self.sent), trip);
    }

    /// A truck leaves home.
    pub fn depart(&mut self, number: u32, clipboard: &Clipboard, now: Ms) {
        let copies = if self.dice.happens(0.08) { 2 } else { 1 };
        for _ in 0..copies {
            let delay = self.delay();
            if self.dice.happens(0.07) {
                self.fail(number, now);
            } else if self.dice.happens(0.03) {
                self.later(now + delay, Trip::Lost(number, Some(1_500)));
            } else {
                self.later(now + delay, Trip::Out(number, clipboard.clone()));
            }
        }
        if self.dice.happens(0.04) {
            // A box on the way forgets the connection; the dock does not notice.
            let at = now + self.dice.below(6_000) as Ms;
            self.later(at, Trip::Lost(number, None));
        }
    }

    /// What happens next, at most at `now`; what it means for home, if anything.
    pub fn happen(&mut self, now: Ms) -> Option<Trip> {
        let leaving = self.yard.tow(now as u64);
        self.send_home(leaving, now);
        let entry = self.trips.first_entry().filter(|entry| entry.key().0 <= now)?;
        match entry.remove() {
            Trip::Out(number, _) if self.down => self.fail(number, now),
            Trip::Out(number, clipboard) => self.arrive(number, &clipboard, now),
            Trip::Up => self.open(),
            trip => return Some(trip),
        }
        None
    }

    pub fn announce(&mut self, count: u64, now: Ms) {
        for _ in 0..count {
            let topic = if self.dice.happens(0.7) { "a" } else { "b" };
            let seq = self.journal.len() as u64 + 1;
            self.journal.push(News {
                seq,
                topic: topic.into(),
                word: None,
                committed_ms: now,
                body: r#"{"kind":"report"}"#.into(),
            });
        }
        if !self.down {
            let from = self.journal.len() - count as usize;
            let leaving = self.yard.announce(self.items(from), now as u64);
            self.send_home(leaving, now);
        }
    }

    /// The server closes, or is killed, and is there again later; perhaps with another database.
    pub fn restart(&mut self, closes: bool, now: Ms) {
        if closes {
            let leaving = self.yard.close(now as u64);
            self.send_home(leaving, now);
        } else {
            self.down = true;
            let leaving = self.yard.close(now as u64);
            leaving.into_iter().for_each(|((number, _), _)| self.later(now + 1, Trip::Lost(number, None)));
        }
        let at = now + 200 + self.dice.below(4_000) as Ms;
        self.later(at, Trip::Up);
    }

    /// Others take all places.
    pub fn fill(&mut self, now: Ms) {
        self.full_until = now + self.dice.below(30_000) as Ms;
    }

    /// The database is replaced by an empty one.
    pub fn replace(&mut self, now: Ms) {
        self.epoch = format!("{}x", self.epoch).into();
        self.journal.clear();
        self.restart(false, now);
    }

    fn open(&mut self) {
        self.down = false;
        self.yard = Yard::new(&self.epoch, &self.journal, &self.options);
    }

    fn arrive(&mut self, number: u32, clipboard: &Clipboard, now: Ms) {
        let bay = Id::new("0123456789abcdef").expect("an id");
        let heard: Vec<Id> = clipboard.say.iter().map(|word| word.id.clone()).collect();
        self.yard.says(&bay, &heard);
        self.store(&heard, now);
        let limited = self.full_until > now && clipboard.park > 0;
        let park_ms = if limited { 0 } else { self.options.park_ms(Some(clipboard.park as u64), self.dice.unit()) };
        let truck = Truck {
            bay,
            fleet: clipboard.fleet,
            seen: clipboard.seen.clone(),
            watch: Watch::of(clipboard.watch.iter().cloned()),
            words: heard.as_slice().into(),
            park_ms,
            party: Party { visitor: None, source: None },
        };
        let bay = truck.bay.clone();
        let arrival = self.yard.arrive(truck, (number, heard.clone()), now as u64);
        self.yard.said(&bay);
        self.send_home(arrival.relieved, now);
        let load = match arrival.fate {
            Fate::Leaves(load) if limited && load.why == Why::Turn => Load { limit: Some(Limit::Visitor), ..load },
            Fate::Leaves(load) => load,
            Fate::Parks(_) => return,
            Fate::Behind(behind) => {
                let missed = self.items(behind.seen as usize);
                behind.load(Some(missed))
            }
            Fate::Ahead(_) => Load::empty(Why::Reload, self.yard.head(), self.yard.head()),
        };
        self.send_home(vec![((number, heard), load)], now);
    }

    /// Stores words that are new, and announces them.
    fn store(&mut self, words: &[Id], now: Ms) {
        let from = self.journal.len();
        for word in words {
            if !self.stored.contains(word) {
                self.stored.push(word.clone());
                let (seq, word) = (self.journal.len() as u64 + 1, Some(word.clone()));
                let body = r#"{"kind":"words","from":"you"}"#.into();
                self.journal.push(News { seq, topic: "a".into(), word, committed_ms: now, body });
            }
        }
        let leaving = self.yard.announce(self.items(from), now as u64);
        self.send_home(leaving, now);
    }

    fn items(&self, from: usize) -> Vec<Arc<Item>> {
        self.journal[from..].iter().map(|news| Arc::new(Item::new(&self.epoch, news))).collect()
    }

    fn send_home(&mut self, leaving: Vec<((u32, Vec<Id>), Load)>, now: Ms) {
        for ((number, heard), load) in leaving {
            if self.dice.happens(0.07) {
                self.fail(number, now);
                continue;
            }
            let says_when = (load.why == Why::Closing || load.limit.is_some()) && self.dice.happens(0.8);
            let retry_ms = says_when.then(|| self.dice.below(6_000));
            let note = Note { now_ms: now, heard: &heard, build: None, retry_ms };
            let (at, json) = (now + self.delay(), load.encode(&self.epoch, note));
            self.later(at, Trip::Home(number, json));
        }
    }

    /// A truck is lost: sooner or later home is told, or not at all.
    fn fail(&mut self, number: u32, now: Ms) {
        if self.dice.happens(0.6) {
            let at = now + self.delay();
            self.later(at, Trip::Lost(number, None));
        }
    }

    fn delay(&mut self) -> Ms {
        1 + (self.dice.unit().powi(3) * 900.0) as Ms
    }
}
