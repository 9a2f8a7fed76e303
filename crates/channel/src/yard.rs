//! The yard decides which truck parks and which one leaves. Pure: no lock, no clock, no waiting.

mod ahead;
mod bay;
mod doubt;

pub use ahead::Ahead;

use super::backlog::{Backlog, Found, Item};
use super::cargo::{Behind, Load, Why};
use super::clipboard::{Id, SAY_MAX_WORDS};
use super::crowd::{Crowd, Limit, Party};
use super::cursor::Cursor;
use super::fleet::Fleet;
use super::watch::Watch;
use super::{News, Options};
use bay::{Bay, Parked};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Milliseconds since the dock was built.
pub type Ms = u64;

/// Most words of its own page that wait aboard one truck; with one more it leaves.
const ECHO_MAX_WORDS: usize = SAY_MAX_WORDS;

/// A truck at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truck {
    /// The page's place in the dock.
    pub bay: Id,
    /// The row of the table its page follows.
    pub fleet: &'static Fleet,
    /// How far its page has seen.
    pub seen: Cursor,
    /// What it takes aboard.
    pub watch: Watch,
    /// The visitor and the source that its place counts for. The visitor's private news comes aboard whatever it watches.
    pub party: Party,
    /// The words that it brought and that are stored now. A truck that it relieves tells home of them at once; to this
    /// page they are no news.
    pub words: Arc<[Id]>,
    /// How long it may park, see [`Options::park_ms`]; 0 = not at all.
    pub park_ms: u64,
}

impl Truck {
    /// Whether it has to go home in any case.
    fn may_not_park(&self) -> bool {
        let in_a_hurry = !self.words.is_empty() && !self.fleet.words_may_wait;
        self.fleet.hold == 0 || self.park_ms == 0 || in_a_hurry
    }
}

/// The number of a parked truck; a truck that came later has a greater one.
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
    /// The journal has to be looked at before anything can be said, see [`Yard::arrive_ahead`].
    Ahead(Ahead),
}

/// What an arrival brings about. `D` is what the caller needs to tell a parked truck that it leaves.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrival<D> {
    /// The truck that arrived.
    pub fate: Fate,
    /// Trucks that it frees.
    pub relieved: Vec<(D, Load)>,
}

/// The yard. Its memory is the ring, the parked trucks, and of each page that has one parked the last words that it said.
#[derive(Debug, Clone)]
pub struct Yard<D> {
    epoch: Arc<str>,
    backlog: Backlog,
    /// In the order in which they came.
    trucks: BTreeMap<TruckId, Parked<D>>,
    /// The pages that have a truck parked, or words on their way from the door to the yard.
    bays: HashMap<Id, Bay>,
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
        self.bays.values().filter(|bay| !bay.trucks.is_empty()).count()
    }

    /// The driver of each parked truck.
    pub fn drivers(&self) -> impl Iterator<Item = &D> {
        self.trucks.values().map(|truck| &truck.driver)
    }

    /// When the next ticket is due.
    pub fn next_ticket(&self) -> Option<Ms> {
        self.tickets.first().map(|(due, _)| *due)
    }

    /// Feeds a hasher with what tells this yard from another one over the same journal, except drivers and time: for
    /// programs that try all orders of events.
    pub fn hash_without_time<H: Hasher>(&self, state: &mut H) {
        (self.head(), self.closed).hash(state);
        for truck in self.trucks.values() {
            (&truck.bay, truck.seen, truck.base, truck.echoes.len()).hash(state);
            self.bays.get(&truck.bay).map(|bay| &bay.own).hash(state);
        }
    }

    /// A page is about to say these words: once they are announced, they are no reason for its trucks to leave. Until
    /// [`Yard::said`] the bay remembers them, whether something is parked there or not.
    ///
    /// To be called before the words are stored, for they may be announced before the truck that brings them arrives.
    pub fn says(&mut self, bay: &Id, words: &[Id]) {
        let bay = self.bays.entry(bay.clone()).or_default();
        bay.saying += 1;
        bay.note(words);
    }

    /// The truck of [`Yard::says`] has arrived, or will not come.
    pub fn said(&mut self, bay: &Id) {
        if let Some(place) = self.bays.get_mut(bay) {
            place.saying = place.saying.saturating_sub(1);
            self.tidy(bay);
        }
    }

    /// The words are not to be noted after all: their truck arrives before they are announced, so another truck has to
    /// bring them home.
    pub fn unsays(&mut self, bay: &Id, words: &[Id]) {
        if let Some(bay) = self.bays.get_mut(bay) {
            bay.own.retain(|own| !words.contains(own));
        }
    }

    /// A bay vanishes with its last truck.
    fn tidy(&mut self, bay: &Id) {
        if self.bays.get(bay).is_some_and(|place| place.trucks.is_empty() && place.saying == 0) {
            self.bays.remove(bay);
        }
    }

    /// A truck arrives. If it parks, `driver` will be told when it leaves.
    pub fn arrive(&mut self, truck: Truck, driver: D, now: Ms) -> Arrival<D> {
        let watch = truck.watch.with_private(truck.party.visitor.clone());
        let truck = Truck { watch, ..truck };
        if self.is_ours(&truck.seen) && !self.is_ahead(&truck.seen) {
            self.confirm(&truck.bay, truck.seen.seq());
        }
        match self.gate(&truck) {
            Ok(echoes) => self.park(truck, echoes, driver, now),
            Err(fate) => Arrival { fate, relieved: Vec::new() },
        }
    }

    /// Whether a cursor is one of this journal.
    fn is_ours(&self, seen: &Cursor) -> bool {
        seen.epoch() == &*self.epoch
    }

    /// The load of a page whose cursor leads nowhere.
    fn reload(&self) -> Load {
        Load::empty(Why::Reload, self.head(), self.head())
    }

    /// A page says how far it has seen: none of its trucks needs to take that home.
    fn confirm(&mut self, bay: &Id, seen: u64) {
        for id in self.bays.get(bay).map_or(&[][..], |bay| &bay.trucks) {
            if let Some(truck) = self.trucks.get_mut(id) {
                truck.seen = truck.seen.max(seen);
                truck.taken(truck.seen);
            }
        }
    }

    /// Lets a truck park with what it finds of its own page's words, or says why it does not.
    fn gate(&self, truck: &Truck) -> Result<Vec<Arc<Item>>, Fate> {
        let (seen, head) = (truck.seen.seq(), self.head());
        if !self.is_ours(&truck.seen) {
            return Err(Fate::Leaves(self.reload()));
        }
        if self.closed {
            return Err(Fate::Leaves(Load::empty(Why::Closing, seen, seen)));
        }
        if self.is_ahead(&truck.seen) {
            return Err(Fate::Ahead(Ahead::new(truck)));
        }
        let Ok(found) = self.backlog.since(seen, &truck.watch) else {
            let (watch, load_max) = (truck.watch.clone(), self.backlog.load_max());
            return Err(Fate::Behind(Behind { fleet: truck.fleet, seen, head, watch, load_max }));
        };
        if !self.are_echoes(truck, &found) || truck.may_not_park() {
            return Err(Fate::Leaves(Load::of(found, seen, Why::Turn)));
        }
        match self.limit(truck) {
            Some(limit) => Err(Fate::Leaves(Load { limit: Some(limit), ..Load::of(found, seen, Why::Turn) })),
            None => Ok(found.items),
        }
    }

    /// Whether all that a truck finds are words that its page has said itself, and they fit aboard while it waits.
    fn are_echoes(&self, truck: &Truck, found: &Found) -> bool {
        let has_brought = |item: &Item| item.word().is_some_and(|word| truck.words.contains(word));
        let is_echo = |item: &Arc<Item>| has_brought(item) || self.is_own(&truck.bay, item);
        found.seen == self.head() && found.items.len() <= ECHO_MAX_WORDS && found.items.iter().all(is_echo)
    }

    /// The limit that stands against a truck, given that it relieves those of its bay that are too many.
    fn limit(&self, truck: &Truck) -> Option<Limit> {
        let bay = self.bays.get(&truck.bay).map_or(&[][..], |bay| &bay.trucks);
        let relieves = (bay.len() + 1).saturating_sub(truck.fleet.hold.into());
        let freed = bay.iter().take(relieves).filter_map(|id| self.trucks.get(id)).map(|parked| &parked.party);
        self.crowd.limit(&truck.party, freed)
    }

    fn park(&mut self, truck: Truck, echoes: Vec<Arc<Item>>, driver: D, now: Ms) -> Arrival<D> {
        let id = TruckId(self.next);
        self.next += 1;
        let (seen, ticket) = (truck.seen.seq(), now.saturating_add(truck.park_ms));
        self.tickets.insert((ticket, id));
        self.crowd.enter(&truck.party);
        let Truck { bay, watch, party, words, fleet, .. } = truck;
        let place = self.bays.entry(bay.clone()).or_default();
        place.trucks.push(id);
        place.note(&words);
        let too_many = place.trucks.len().saturating_sub(fleet.hold.into());
        let longest = place.trucks[..too_many].to_vec();
        let parked = Parked { driver, bay, watch, party, seen, base: seen, echoes, since: now, ticket };
        self.trucks.insert(id, parked);
        let mut relieved = Vec::with_capacity(longest.len());
        for id in longest {
            if let Some(leaving) = self.take(id) {
                let load = Load { heard: words.clone(), why: Why::Relieved, ..self.relief(&leaving) };
                relieved.push(leaving.goes(load, now));
            }
        }
        Arrival { fate: Fate::Parks(id), relieved }
    }

    /// What a truck takes home that gives its place to another: words of its own page, if there are any.
    fn relief(&self, truck: &Parked<D>) -> Load {
        if truck.echoes.is_empty() {
            return Load::empty(Why::Relieved, truck.seen, truck.seen);
        }
        Load::of(self.found(&truck.echoes, &truck.watch), truck.base, Why::Relieved)
    }

    fn found<'a>(&self, items: impl IntoIterator<Item = &'a Arc<Item>>, watch: &Watch) -> Found {
        Found::among(items.into_iter(), watch, self.head(), self.backlog.load_max())
    }

    /// News has come, in order: in every bay that watches it the longest-waiting truck leaves. Words that the bay's own
    /// page has said go aboard and send no truck home.
    ///
    /// Where numbers were left out all trucks leave, and come again: what a page has seen last may be lost, which the journal knows.
    pub fn announce(&mut self, items: Vec<Arc<Item>>, now: Ms) -> Vec<(D, Load)> {
        let mut doubted = Vec::new();
        let mut news = Vec::with_capacity(items.len());
        for item in items {
            if self.backlog.leaves_out(item.seq()) {
                doubted.extend(self.doubt(&item, now));
            }
            if self.backlog.push(item.clone()) {
                news.push(item);
            }
        }
        let concerns = |truck: &Parked<D>| news.iter().any(|item| truck.watch.takes(item.topic()));
        let concerned: Vec<_> = self.trucks.iter().filter(|(_, truck)| concerns(truck)).map(|(id, _)| *id).collect();
        doubted.extend(concerned.into_iter().filter_map(|id| self.load_news(id, &news, now)));
        doubted
    }

    /// Sends a truck home with news, unless trucks of its bay that waited longer have just taken all of it, or its own
    /// page has said all of it.
    fn load_news(&mut self, id: TruckId, news: &[Arc<Item>], now: Ms) -> Option<(D, Load)> {
        let truck = self.trucks.get(&id)?;
        let untaken = news.iter().filter(|item| item.seq() > truck.base && truck.watch.takes(item.topic()));
        if untaken.clone().all(|item| self.is_own(&truck.bay, item)) {
            let echoes: Vec<_> = untaken.cloned().collect();
            let truck = self.trucks.get_mut(&id)?;
            if truck.echoes.len() + echoes.len() <= ECHO_MAX_WORDS {
                truck.echoes.extend(echoes);
                return None;
            }
        }
        let leaving = self.take(id)?;
        let untaken = news.iter().filter(|item| item.seq() > leaving.base);
        let found = self.found(leaving.echoes.iter().chain(untaken), &leaving.watch);
        for mate in self.bays.get(&leaving.bay).map_or(&[][..], |bay| &bay.trucks) {
            if let Some(mate) = self.trucks.get_mut(mate)
                && leaving.watch.covers(&mate.watch)
            {
                mate.taken(found.seen);
            }
        }
        let load = Load::of(found, leaving.base, Why::Cargo);
        Some(leaving.goes(load, now))
    }

    /// Whether an item tells of a word that the page of this bay has said itself.
    fn is_own(&self, bay: &Id, item: &Item) -> bool {
        item.word().is_some_and(|word| self.bays.get(bay).is_some_and(|bay| bay.own.contains(word)))
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
                _ => Load::of(self.found(&truck.echoes, &truck.watch), truck.base, Why::Ticket),
            };
            leaving.push(truck.goes(load, now));
        }
        leaving
    }

    /// All trucks leave, and all that still arrive.
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

    /// A parked truck leaves without a load: nobody waits for it any more.
    pub fn leave(&mut self, id: TruckId) {
        self.take(id);
    }

    /// Takes a truck out of its bay.
    fn take(&mut self, id: TruckId) -> Option<Parked<D>> {
        let truck = self.trucks.remove(&id)?;
        self.tickets.remove(&(truck.ticket, id));
        self.crowd.leave(&truck.party);
        if let Some(bay) = self.bays.get_mut(&truck.bay) {
            bay.trucks.retain(|parked| *parked != id);
        }
        self.tidy(&truck.bay);
        Some(truck)
    }
}
