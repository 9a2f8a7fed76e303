//! The dock's real core with its durable tables: what `live.rs` and storage are for it, in small. And two docks that are wrong.

use crate::actions::{id, number_of};
use crate::state::{Answer, Request};
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

/// Whether the dock keeps its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    Kept,
    /// Who comes to a full bay leaves, and who waits there stays.
    NewestLeavesFirst,
    /// What has left on a truck is forgotten.
    DroppedOnLoad,
}

/// A parked truck.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    driver: u32,
    pub truck: u32,
    pub seen: u64,
    heard: Vec<u8>,
}

/// The one page's bay.
#[derive(Debug, Clone)]
pub struct Bay {
    pub yard: Yard<u32>,
    /// In the order in which they came.
    pub waiting: Vec<Waiting>,
    /// The newest news that has left on a truck, for docks that forget it.
    dropped: u64,
    arrived: u32,
    rules: Rules,
}

impl Hash for Bay {
    /// The yard is what has been announced and who is parked: in a bay that watches all there is, nothing lies between
    /// what the bay's trucks have taken and the head (see `Parked::base`), and its ring follows from the journal.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.yard.head().hash(state);
        self.dropped.hash(state);
        for Waiting { truck, seen, heard, .. } in &self.waiting {
            (truck, seen, heard).hash(state);
        }
    }
}

fn news(seq: u64) -> News {
    News { seq, topic: "town-hall".into(), committed_ms: 0, body: r#"{"kind":"x"}"#.into() }
}

fn items(seqs: impl Iterator<Item = u64>) -> Vec<Arc<Item>> {
    seqs.map(|seq| Arc::new(Item::new(EPOCH, &news(seq)))).collect()
}

impl Bay {
    /// A dock that starts over a journal of so many news. Its ring holds one of them: the rest is read from the journal.
    pub fn open(journal: u64, rules: Rules) -> Self {
        let options = Options { ring_max_entries: 1, ..Options::default() };
        let tail: Vec<_> = (journal..=journal).filter(|seq| *seq > 0).map(news).collect();
        Self { yard: Yard::new(EPOCH, &tail, &options), waiting: Vec::new(), dropped: 0, arrived: 0, rules }
    }

    /// A truck arrives; its words are stored before anything else happens. What has left the ring is read from the
    /// journal, which may be further than the dock has heard.
    pub fn arrive(
        &mut self,
        fleet: &'static Fleet,
        request: Request,
        stored: &mut Vec<u8>,
        journal: u64,
    ) -> Vec<Answer> {
        for word in &request.say {
            if !stored.contains(word) {
                stored.push(*word);
            }
        }
        let Request { truck, park, seen, say: heard } = request;
        let driver = self.arrived;
        self.arrived += 1;
        let knows = if self.rules == Rules::DroppedOnLoad { seen.max(self.dropped) } else { seen };
        let gate = Truck {
            bay: Id::new("0123456789abcdef").expect("an id"),
            fleet,
            seen: Cursor::new(EPOCH.into(), knows),
            watch: Watch::all(),
            party: Party { visitor: None, source: None },
            words: heard.iter().copied().map(id).collect(),
            park_ms: if park { PARK_MS } else { 0 },
        };
        let before = (self.rules == Rules::NewestLeavesFirst).then(|| self.yard.clone());
        let arrival = self.yard.arrive(gate, driver, driver.into());
        if let Some(before) = before
            && !arrival.relieved.is_empty()
        {
            self.yard = before;
            return vec![self.answer(truck, Load::empty(Why::Relieved, seen, seen), heard)];
        }
        let load = match arrival.fate {
            Fate::Leaves(load) => load,
            Fate::Behind(behind) => {
                let missed = items(behind.seen + 1..=journal);
                behind.load(Some(missed))
            }
            Fate::Parks(_) => {
                self.waiting.push(Waiting { driver, truck, seen, heard });
                return self.send_home(arrival.relieved);
            }
        };
        vec![self.answer(truck, Load { after: seen, ..load }, heard)]
    }

    /// The dock hears of all news up to this.
    pub fn announce(&mut self, journal: u64) -> Vec<Answer> {
        let news = items(self.yard.head() + 1..=journal);
        let leaving = self.yard.announce(news, self.arrived.into());
        self.send_home(leaving)
    }

    /// The ticket of the truck that waited longest is due.
    pub fn ticket(&mut self) -> Vec<Answer> {
        let due = self.yard.next_ticket().unwrap_or_default();
        let leaving = self.yard.tow(due);
        self.send_home(leaving)
    }

    /// All tickets are due.
    pub fn tow_all(&mut self) -> Vec<Answer> {
        let leaving = self.yard.tow(Ms::MAX);
        self.send_home(leaving)
    }

    /// Everyone leaves: the server stops.
    pub fn close(&mut self) -> Vec<Answer> {
        let leaving = self.yard.close(self.arrived.into());
        self.send_home(leaving)
    }

    fn send_home(&mut self, leaving: Vec<(u32, Load)>) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (driver, load) in leaving {
            let at = self.waiting.iter().position(|waiting| waiting.driver == driver).expect("it was parked");
            let Waiting { truck, heard, .. } = self.waiting.remove(at);
            answers.push(self.answer(truck, load, heard));
        }
        answers
    }

    fn answer(&mut self, truck: u32, load: Load, mut heard: Vec<u8>) -> Answer {
        heard.extend(load.heard.iter().map(number_of));
        heard.sort_unstable();
        heard.dedup();
        let cargo: Vec<_> = load.cargo.iter().map(|item| item.seq()).collect();
        if self.rules == Rules::DroppedOnLoad {
            self.dropped = cargo.iter().copied().fold(self.dropped, u64::max);
        }
        Answer { truck, why: load.why, after: load.after, seen: load.seen, cargo, heard }
    }
}
