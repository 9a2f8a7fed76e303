//! The yard: who is parked where, and who leaves when. Pure: no lock, no clock, no waiting.

use super::backlog::{Backlog, Found, Item};
use super::cargo::{Behind, Load, Why};
use super::clipboard::Id;
use super::crowd::{Crowd, Limit, Party};
use super::cursor::Cursor;
use super::fleet::Fleet;
use super::watch::Watch;
use super::{News, Options};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Milliseconds since the dock was built.
pub type Ms = u64;

/// A truck at the gate.
#[derive(Debug, Clone)]
pub struct Truck {
    /// The page's place in the dock.
    pub bay: Id,
    /// The row of the table its page follows.
    pub fleet: &'static Fleet,
    /// How far its page has seen.
    pub seen: Cursor,
    /// What it takes aboard.
    pub watch: Watch,
    /// Whose it is: the visitor's private news comes aboard whatever it watches.
    pub party: Party,
    /// The words that it brought and that are stored now: a truck that it relieves tells home at once.
    pub words: Arc<[Id]>,
    /// How long it may park, see [`Options::park_ms`]; 0 = not at all.
    pub park_ms: u64,
}

/// The number of a parked truck; who came later has a greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TruckId(u64);

/// What becomes of a truck at the gate.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes home at once.
    Leaves(Load),
    /// It parks until its ticket.
    Parks(TruckId),
    /// Its load has to be read from the journal.
    Behind(Behind),
}

/// What an arrival brings about. `D` is whoever has to be told that a parked truck leaves.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrival<D> {
    /// The truck that arrived.
    pub fate: Fate,
    /// Trucks that it frees.
    pub relieved: Vec<(D, Load)>,
}

#[derive(Debug, Clone)]
struct Parked<D> {
    driver: D,
    bay: Id,
    watch: Watch,
    party: Party,
    /// How far its page has seen.
    seen: u64,
    /// The same, or as far as this bay's trucks have taken all that it watches since it parked.
    ///
    /// Nothing that it watches lies between here and the head: else it would have left.
    base: u64,
    since: Ms,
    ticket: Ms,
}

/// The yard. Its memory is the parked trucks and the ring, nothing else.
#[derive(Debug, Clone)]
pub struct Yard<D> {
    epoch: Arc<str>,
    backlog: Backlog,
    /// In the order in which they came.
    trucks: BTreeMap<TruckId, Parked<D>>,
    /// The parked trucks of each page, longest-waiting first; never empty.
    bays: HashMap<Id, Vec<TruckId>>,
    tickets: BTreeSet<(Ms, TruckId)>,
    next: u64,
    crowd: Crowd,
    closed: bool,
}

impl<D> Yard<D> {
    /// An empty yard over the journal `epoch`, whose newest entries are `tail`.
    pub fn new(epoch: &str, tail: &[News], options: &Options) -> Self {
        let mut backlog = Backlog::new(options);
        for news in tail {
            backlog.push(Arc::new(Item::new(epoch, news)));
        }
        Self {
            epoch: epoch.into(),
            backlog,
            trucks: BTreeMap::new(),
            bays: HashMap::new(),
            tickets: BTreeSet::new(),
            next: 0,
            crowd: Crowd::new(options),
            closed: false,
        }
    }

    /// The newest place that was announced.
    pub fn head(&self) -> u64 {
        self.backlog.head()
    }

    /// How many trucks are parked.
    pub fn parked(&self) -> usize {
        self.trucks.len()
    }

    /// How many pages have a truck parked.
    pub fn bays(&self) -> usize {
        self.bays.len()
    }

    /// Everyone who waits for a parked truck.
    pub fn drivers(&self) -> impl Iterator<Item = &D> {
        self.trucks.values().map(|truck| &truck.driver)
    }

    /// When the next ticket is due.
    pub fn next_ticket(&self) -> Option<Ms> {
        self.tickets.first().map(|(due, _)| *due)
    }

    /// A truck arrives. If it parks, `driver` will be told when it leaves.
    pub fn arrive(&mut self, truck: Truck, driver: D, now: Ms) -> Arrival<D> {
        let watch = truck.watch.with_private(truck.party.visitor.clone());
        let truck = Truck { watch, ..truck };
        match self.gate(&truck) {
            Some(fate) => Arrival { fate, relieved: Vec::new() },
            None => self.park(truck, driver, now),
        }
    }

    /// What lets a truck not park.
    fn gate(&self, truck: &Truck) -> Option<Fate> {
        let (seen, head) = (truck.seen.seq(), self.head());
        if truck.seen.epoch() != &*self.epoch || seen > head {
            return Some(Fate::Leaves(Load::empty(Why::Reload, head, head)));
        }
        if self.closed {
            return Some(Fate::Leaves(Load::empty(Why::Closing, seen, seen)));
        }
        let Ok(found) = self.backlog.since(seen, &truck.watch) else {
            let (watch, load_max_items) = (truck.watch.clone(), self.backlog.load_max());
            return Some(Fate::Behind(Behind { fleet: truck.fleet, seen, head, watch, load_max_items }));
        };
        let in_a_hurry = !truck.words.is_empty() && !truck.fleet.words_may_wait;
        if !found.items.is_empty() || truck.fleet.hold == 0 || truck.park_ms == 0 || in_a_hurry {
            return Some(Fate::Leaves(Load::of(found, seen, Why::Turn)));
        }
        let limit = self.limit(truck)?;
        Some(Fate::Leaves(Load { limit: Some(limit), ..Load::of(found, seen, Why::Turn) }))
    }

    /// The limit that stands against a truck, given that it relieves those of its bay that are too many.
    fn limit(&self, truck: &Truck) -> Option<Limit> {
        let bay = self.bays.get(&truck.bay).map_or(&[][..], Vec::as_slice);
        let relieves = (bay.len() + 1).saturating_sub(truck.fleet.hold.into());
        let freed = bay.iter().take(relieves).filter_map(|id| self.trucks.get(id)).map(|parked| &parked.party);
        self.crowd.limit(&truck.party, freed)
    }

    fn park(&mut self, truck: Truck, driver: D, now: Ms) -> Arrival<D> {
        let mut relieved = Vec::new();
        while let Some(bay) = self.bays.get(&truck.bay)
            && bay.len() >= usize::from(truck.fleet.hold)
            && let Some(longest) = bay.first()
            && let Some(leaving) = self.take(*longest)
        {
            let heard = truck.words.clone();
            let load = Load { heard, ..Load::empty(Why::Relieved, leaving.seen, leaving.seen) };
            relieved.push(leaving.goes(load, now));
        }
        let id = TruckId(self.next);
        self.next += 1;
        let (seen, ticket) = (truck.seen.seq(), now.saturating_add(truck.park_ms));
        self.tickets.insert((ticket, id));
        self.bays.entry(truck.bay.clone()).or_default().push(id);
        self.crowd.enter(&truck.party);
        let Truck { bay, watch, party, .. } = truck;
        let parked = Parked { driver, bay, watch, party, seen, base: seen, since: now, ticket };
        self.trucks.insert(id, parked);
        Arrival { fate: Fate::Parks(id), relieved }
    }

    /// News has come, in order: in every bay that watches it the longest-waiting truck leaves.
    pub fn announce(&mut self, items: Vec<Arc<Item>>, now: Ms) -> Vec<(D, Load)> {
        let news: Vec<_> = items.into_iter().filter(|item| self.backlog.push(item.clone())).collect();
        let concerns = |truck: &Parked<D>| news.iter().any(|item| truck.watch.takes(item.topic()));
        let concerned: Vec<_> = self.trucks.iter().filter(|(_, truck)| concerns(truck)).map(|(id, _)| *id).collect();
        concerned.into_iter().filter_map(|id| self.load_news(id, &news, now)).collect()
    }

    /// Sends a truck home with news, unless trucks of its bay that waited longer have just taken all of it.
    fn load_news(&mut self, id: TruckId, news: &[Arc<Item>], now: Ms) -> Option<(D, Load)> {
        let truck = self.trucks.get(&id)?;
        let untaken = news.iter().filter(|item| item.seq() > truck.base);
        let found = Found::among(untaken, &truck.watch, self.head(), self.backlog.load_max());
        if found.items.is_empty() {
            return None;
        }
        let leaving = self.take(id)?;
        for mate in self.bays.get(&leaving.bay).into_iter().flatten() {
            if let Some(mate) = self.trucks.get_mut(mate)
                && leaving.watch.covers(&mate.watch)
            {
                mate.base = mate.base.max(found.seen);
            }
        }
        let load = Load::of(found, leaving.base, Why::Cargo);
        Some(leaving.goes(load, now))
    }

    /// Every truck whose ticket is due leaves. It reads again from its own `seen`: what another truck of its bay
    /// took since may be lost on the way.
    pub fn tow(&mut self, now: Ms) -> Vec<(D, Load)> {
        let mut leaving = Vec::new();
        while let Some((due, id)) = self.tickets.first().copied()
            && due <= now
            && let Some(truck) = self.take(id)
        {
            let taken = truck.base > truck.seen;
            let load = match self.backlog.since(truck.seen, &truck.watch) {
                Ok(found) if taken => Load::of(found, truck.seen, Why::Ticket),
                // Nothing was taken, or it has left the ring: then a home that missed it sees the gap and asks again.
                _ => Load::empty(Why::Ticket, truck.base, self.head()),
            };
            leaving.push(truck.goes(load, now));
        }
        leaving
    }

    /// Everyone leaves, and everyone who still arrives.
    pub fn close(&mut self, now: Ms) -> Vec<(D, Load)> {
        self.closed = true;
        self.bays.clear();
        self.tickets.clear();
        let trucks = std::mem::take(&mut self.trucks);
        trucks.values().for_each(|truck| self.crowd.leave(&truck.party));
        let goes = |truck: Parked<D>| {
            let load = Load::empty(Why::Closing, truck.seen, truck.seen);
            truck.goes(load, now)
        };
        trucks.into_values().map(goes).collect()
    }

    /// A parked truck is gone without a load: nobody waits for it any more.
    pub fn leave(&mut self, id: TruckId) {
        self.take(id);
    }

    /// Takes a truck out of its bay; a bay vanishes with its last truck.
    fn take(&mut self, id: TruckId) -> Option<Parked<D>> {
        let truck = self.trucks.remove(&id)?;
        self.tickets.remove(&(truck.ticket, id));
        self.crowd.leave(&truck.party);
        if let Some(bay) = self.bays.get_mut(&truck.bay) {
            bay.retain(|parked| *parked != id);
            if bay.is_empty() {
                self.bays.remove(&truck.bay);
            }
        }
        Some(truck)
    }
}

impl<D> Parked<D> {
    fn goes(self, load: Load, now: Ms) -> (D, Load) {
        (self.driver, load.parked(now.saturating_sub(self.since)))
    }
}
