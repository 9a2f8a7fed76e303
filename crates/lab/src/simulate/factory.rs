//! The factory: the real dock core in virtual time. All that the lab knows of the dock's yard is in this file.

use crate::traffic::Us;
use channel::backlog::Item;
use channel::cargo::{Load, Note};
use channel::clipboard::Id;
use channel::crowd::Party;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::{Fate, Truck, TruckId, Yard};
use channel::{News, Options};
use std::sync::Arc;

/// The journal's name, as long as a real one.
const EPOCH: &str = "7Qx3kVtB2mZr9hLc";
/// The station that all talk is about.
pub(super) const STATION: &str = "town-hall";
/// A report of a common station, as the journal keeps it.
const REPORT: &str = concat!(
    r#"{"kind":"report","station":"town-hall","observed_at":1795377600000,"values":{"temperature":21.4,"humidity":56.0,"#,
    r#""pressure":1013.2,"wind":3.4,"wind_direction":220.0,"rain":0.2,"indoor/temperature":20.1}}"#
);
/// The page's place in the dock.
const BAY: &str = "b7c1d03f5a9e48d2b6f01c7788aa93e4";

/// Who waits for a parked truck: the number by which home knows it.
pub(super) type Number = u32;

/// A truck or a stream at the gate.
pub(super) struct AtGate {
    pub number: Number,
    pub seen: Cursor,
    pub words: Arc<[Id]>,
    /// Milliseconds.
    pub park: u64,
}

/// What an arrival brings about.
pub(super) struct Arrived {
    /// Who leaves, with what.
    pub leaving: Vec<(Number, Load)>,
    /// The truck that arrived is parked.
    pub parked: Option<TruckId>,
}

/// The factory.
pub(super) struct Factory {
    yard: Yard<Number>,
    options: Options,
    epoch: Arc<str>,
    bay: Id,
    watch: Watch,
    fleet: &'static Fleet,
    head: u64,
    topic: Arc<str>,
}

impl Factory {
    /// An empty one over a journal with one entry. `None` if the names above are none.
    pub(crate) fn new(fleet: &'static Fleet) -> Option<Self> {
        let (options, topic) = (Options::default(), Arc::<str>::from(STATION));
        let first = News { seq: 1, topic: topic.clone(), word: None, committed_ms: 0, body: REPORT.into() };
        Some(Self {
            yard: Yard::new(EPOCH, &[first], &options),
            options,
            epoch: EPOCH.into(),
            bay: Id::new(BAY).ok()?,
            watch: Watch::of([STATION]),
            fleet,
            head: 1,
            topic,
        })
    }

    /// Where the journal ends.
    pub(crate) fn cursor(&self) -> Cursor {
        self.at(self.head)
    }

    /// A place in the journal.
    pub(crate) fn at(&self, seq: u64) -> Cursor {
        Cursor::new(self.epoch.clone(), seq)
    }

    /// The journal's name.
    pub(crate) fn epoch(&self) -> &Arc<str> {
        &self.epoch
    }

    /// How many trucks are parked.
    pub(crate) fn parked(&self) -> usize {
        self.yard.parked()
    }

    /// A truck arrives; it may be told to park for less than it asked, by chance.
    pub(crate) fn arrive(&mut self, truck: AtGate, now: Us, chance: f64) -> Arrived {
        let AtGate { number, seen, words, park } = truck;
        let (bay, fleet, watch) = (self.bay.clone(), self.fleet, self.watch.clone());
        let park_ms = self.options.park_ms(Some(park), chance);
        let party = Party { visitor: None, source: None };
        let at_gate = Truck { bay, fleet, seen, watch, party, words, park_ms };
        let arrival = self.yard.arrive(at_gate, number, now / 1_000);
        let mut leaving = arrival.relieved;
        let parked = match arrival.fate {
            Fate::Leaves(load) => {
                leaving.push((number, load));
                None
            }
            Fate::Parks(id) => Some(id),
            // The lab keeps no journal beyond the ring: who missed thousands of reports loads the page anew.
            Fate::Behind(behind) => {
                leaving.push((number, behind.load(None)));
                None
            }
            // There is no other server that could have told more: such a cursor never was.
            Fate::Ahead(ahead) => {
                let arrival = self.yard.arrive_ahead(ahead, None, number, now / 1_000);
                leaving.extend(arrival.relieved);
                if let Fate::Leaves(load) = arrival.fate {
                    leaving.push((number, load));
                }
                None
            }
        };
        Arrived { leaving, parked }
    }

    /// A piece of news; returns its place, and who leaves with it.
    pub(crate) fn announce(&mut self, now: Us) -> (u64, Vec<(Number, Load)>) {
        self.head += 1;
        let committed_ms = (now / 1_000).cast_signed();
        let news = News { seq: self.head, topic: self.topic.clone(), word: None, committed_ms, body: REPORT.into() };
        let item = Arc::new(Item::new(&self.epoch, &news));
        (self.head, self.yard.announce(vec![item], now / 1_000))
    }

    /// When the next ticket is due.
    pub(crate) fn next_ticket(&self) -> Option<Us> {
        self.yard.next_ticket().map(|ms| ms * 1_000)
    }

    /// Sends everyone home whose ticket is due.
    pub(crate) fn tow(&mut self, now: Us) -> Vec<(Number, Load)> {
        self.yard.tow(now / 1_000)
    }

    /// A parked truck is gone.
    pub(crate) fn leave(&mut self, id: TruckId) {
        self.yard.leave(id);
    }

    /// What a load weighs on the wire, bytes.
    pub(crate) fn weight(&self, load: &Load, heard: &[Id]) -> u64 {
        load.encode(&self.epoch, Note { heard, ..Note::default() }).len() as u64
    }
}
