//! The dock: the yard behind a lock, with a clock, and with a way to wake the requests that wait.

use super::backlog::Item;
use super::cargo::{Behind, Load, Note, Why};
use super::clipboard::{Clipboard, Id};
use super::cursor::Cursor;
use super::fleet::{Fleet, ROWS};
use super::stats::{Counters, Stats};
use super::yard::{Ahead, Arrival, Fate, Ms, Truck, TruckId, Yard};
use super::{News, Options};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch as signal};
use tokio::time::Instant;

/// The runtime's clock, which tests can stop. The yard gets the time as an argument.
#[expect(clippy::disallowed_methods, reason = "the dock is the shell around the yard, and has its timer")]
fn now() -> Instant {
    Instant::now()
}

/// A handle to the dock; clones share it.
#[derive(Clone)]
pub struct Dock {
    shared: Arc<Shared>,
}

struct Shared {
    epoch: Arc<str>,
    options: Options,
    /// Where the yard's time starts.
    opened: Instant,
    /// Never held over an await, nor while a driver is woken.
    yard: Mutex<Yard<Driver>>,
    counters: Counters,
    /// How many trucks were parked when the dock closed.
    closed_with: AtomicUsize,
    /// Rings when a truck parks whose ticket is due before all others.
    earlier: Notify,
    /// The place up to which everything is announced, for those who wait for it.
    head: signal::Sender<u64>,
}

/// The request that waits for a parked truck's load.
struct Driver {
    fleet: &'static Fleet,
    load: oneshot::Sender<Load>,
}

/// The fate of a truck that arrives.
pub enum Arrived {
    /// It goes home at once.
    Leaves(Load),
    /// It parks; wait for [`Parking::load`].
    Parks(Parking),
    /// Read the journal after its `seen` and call [`Dock::catch_up`].
    Behind(Behind),
    /// Read the journal after its `seen` and call [`Dock::looked`]: its page has seen more than was announced here.
    Ahead(Ahead),
}

/// A parked truck. Dropped before it has its load, it leaves the dock.
pub struct Parking {
    dock: Dock,
    id: TruckId,
    load: oneshot::Receiver<Load>,
}

/// Words on their way from a request to the yard, see [`Dock::says`].
pub struct Saying {
    dock: Dock,
    bay: Id,
}

impl Dock {
    /// An empty dock over the journal `epoch`, whose newest entries are `tail`.
    pub fn new(epoch: &str, tail: Vec<News>, options: Options) -> Self {
        let yard = Yard::new(epoch, &tail, &options);
        let (head, _) = signal::channel(yard.head());
        let yard = Mutex::new(yard);
        let shared = Shared {
            epoch: epoch.into(),
            options,
            opened: now(),
            yard,
            counters: Counters::default(),
            closed_with: AtomicUsize::new(0),
            earlier: Notify::new(),
            head,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The cursor of the newest announced news: `epoch.sequence`. Pages print it before they read what they render.
    pub fn cursor(&self) -> String {
        Cursor::new(self.shared.epoch.clone(), self.yard().head()).to_string()
    }

    /// Hands news to the parked trucks; `news` is in order and follows what was announced before. What was announced
    /// already is left out.
    pub fn announce(&self, news: Vec<News>) {
        let items = self.items(&news);
        let mut head = 0;
        self.send_home(|yard, now| {
            let leaving = yard.announce(items, now);
            head = yard.head();
            leaving
        });
        self.shared.head.send_if_modified(|told| head > std::mem::replace(told, head.max(*told)));
    }

    /// A page is about to say these words: once they are announced, they are no reason for its trucks to leave.
    /// To be called before they are stored, because they may be announced before the truck that brings them arrives; the
    /// answer is to be kept until it has arrived.
    #[must_use = "the words are noted as long as this is kept"]
    pub fn says(&self, bay: Id, words: &[Id]) -> Saying {
        self.yard().says(&bay, words);
        Saying { dock: self.clone(), bay }
    }

    /// Waits until everything up to this place of the journal has been announced.
    pub async fn announced(&self, seq: u64) {
        // An error means that the dock is gone; `self` keeps it.
        let _ = self.shared.head.subscribe().wait_for(|head| *head >= seq).await;
    }

    /// Sends all trucks home `closing`, and all that still arrive.
    pub fn close(&self) {
        self.send_home(|yard, now| {
            self.shared.closed_with.fetch_max(yard.parked(), Relaxed);
            yard.close(now)
        });
    }

    /// Counts a truck that came with a clipboard of so many bytes.
    pub fn came(&self, clipboard: &Clipboard, bytes: usize) {
        self.shared.counters.came(clipboard, bytes);
    }

    /// Counts a stream that was opened.
    pub fn opened(&self, fleet: &Fleet) {
        self.shared.counters.opened(fleet);
    }

    /// A truck arrives. It leaves at once or parks; trucks that it relieves go home.
    pub fn arrive(&self, truck: Truck) -> Arrived {
        self.let_in(truck.fleet, |yard, driver, now| yard.arrive(truck, driver, now))
    }

    /// A truck that was ahead arrives after the look. `news`: what its page may read in the journal after its `seen`, in order,
    /// from the first on; `None`: the journal does not go so far. It does not stay ahead.
    pub fn looked(&self, ahead: Ahead, news: Option<Vec<News>>) -> Arrived {
        self.shared.counters.ahead();
        let items = news.map(|news| self.items(&news));
        let fleet = ahead.truck().fleet;
        self.let_in(fleet, |yard, driver, now| yard.arrive_ahead(ahead, items, driver, now))
    }

    fn let_in(
        &self,
        fleet: &'static Fleet,
        step: impl FnOnce(&mut Yard<Driver>, Driver, Ms) -> Arrival<Driver>,
    ) -> Arrived {
        let (tell, load) = oneshot::channel();
        let (arrival, earlier) = {
            let now = self.now();
            let mut yard = self.yard();
            let before = yard.next_ticket();
            let arrival = step(&mut yard, Driver { fleet, load: tell }, now);
            self.count(&arrival.relieved);
            if let Fate::Leaves(load) = &arrival.fate {
                self.shared.counters.left(fleet, load);
            }
            let next = yard.next_ticket();
            (arrival, next.is_some_and(|next| before.is_none_or(|before| next < before)))
        };
        if earlier {
            self.shared.earlier.notify_one();
        }
        wake(arrival.relieved);
        match arrival.fate {
            Fate::Leaves(load) => Arrived::Leaves(load),
            Fate::Parks(id) => Arrived::Parks(Parking { dock: self.clone(), id, load }),
            Fate::Behind(behind) => Arrived::Behind(behind),
            Fate::Ahead(ahead) => Arrived::Ahead(ahead),
        }
    }

    /// The load of a truck that was behind the ring: `news` is all of the journal after its `seen`, up to the dock's
    /// head at least; `None` if that is not to be had.
    pub fn catch_up(&self, behind: Behind, news: Option<Vec<News>>) -> Load {
        let fleet = behind.fleet;
        let load = behind.load(news.map(|news| self.items(&news)));
        self.shared.counters.left(fleet, &load);
        load
    }

    /// How long a truck may park that asked for `asked` milliseconds, shortened by chance.
    pub fn park_ms(&self, asked: Option<u64>) -> u64 {
        self.shared.options.park_ms(asked, chance())
    }

    /// The load of a truck of `fleet` as it goes over the wire, with what else goes home.
    pub fn encode(&self, fleet: &Fleet, load: &Load, note: Note<'_>) -> Vec<u8> {
        let json = load.encode(&self.shared.epoch, note);
        self.shared.counters.sent(fleet, load, note.heard.len() + load.heard().count(), json.len(), note.now_ms);
        json
    }

    /// When the home of this load should come again, milliseconds from now, by chance; `None`: by its own rules.
    pub fn retry_ms(&self, load: &Load) -> Option<u64> {
        let Shared { options, closed_with, .. } = &*self.shared;
        match (load.why, load.limit) {
            (Why::Closing, _) => Some(options.retry_ms(closed_with.load(Relaxed), chance())),
            (_, Some(_)) => Some(options.limit_retry_ms),
            _ => None,
        }
    }

    /// The cursor of a place in this dock's journal.
    pub fn cursor_at(&self, seq: u64) -> Cursor {
        Cursor::new(self.shared.epoch.clone(), seq)
    }

    /// The counts of what the dock has done so far.
    pub fn stats(&self) -> Stats {
        let yard = self.yard();
        let mut parked = [0; ROWS];
        yard.drivers().for_each(|driver| parked[driver.fleet.row()] += 1);
        self.shared.counters.stats(parked, yard.bays())
    }

    /// Sends trucks home when their tickets are due, until `shutdown`; then closes the dock.
    pub async fn run_tickets(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            let due = self.yard().next_ticket();
            let due = due.and_then(|ms| self.shared.opened.checked_add(Duration::from_millis(ms)));
            let due = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut shutdown => return self.close(),
                () = self.shared.earlier.notified() => {}
                () = due => self.send_home(Yard::tow),
            }
        }
    }

    fn send_home(&self, step: impl FnOnce(&mut Yard<Driver>, Ms) -> Vec<(Driver, Load)>) {
        let now = self.now();
        let mut yard = self.yard();
        let leaving = step(&mut yard, now);
        // Under the lock: no count is read between the yard's change and its own.
        self.count(&leaving);
        drop(yard);
        wake(leaving);
    }

    fn count(&self, leaving: &[(Driver, Load)]) {
        leaving.iter().for_each(|(driver, load)| self.shared.counters.left(driver.fleet, load));
    }

    fn items(&self, news: &[News]) -> Vec<Arc<Item>> {
        news.iter().map(|news| Arc::new(Item::new(&self.shared.epoch, news))).collect()
    }

    fn now(&self) -> Ms {
        self.shared.opened.elapsed().as_millis() as Ms
    }

    fn yard(&self) -> MutexGuard<'_, Yard<Driver>> {
        // A panic elsewhere must not take all pages down: trucks that were lost with it are sent again by their homes.
        self.shared.yard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Saying {
    /// The words are to be news like any other after all: the truck is let in before the dock knows them, so that another
    /// has to bring them home.
    pub fn take_back(&self, words: &[Id]) {
        self.dock.yard().unsays(&self.bay, words);
    }
}

impl Drop for Saying {
    fn drop(&mut self) {
        self.dock.yard().said(&self.bay);
    }
}

impl Parking {
    /// Waits until the truck leaves. Ends by itself only if somebody runs [`Dock::run_tickets`].
    pub async fn load(mut self) -> Load {
        match (&mut self.load).await {
            Ok(load) => load,
            // The dock itself is gone.
            Err(_) => Load::empty(Why::Closing, 0, 0),
        }
    }
}

impl Drop for Parking {
    fn drop(&mut self) {
        if !self.load.is_terminated() {
            self.dock.yard().leave(self.id);
        }
    }
}

fn wake(leaving: Vec<(Driver, Load)>) {
    for (driver, load) in leaving {
        // A driver who is gone has no page to serve; its cargo is still in the journal.
        let _ = driver.load.send(load);
    }
}

/// A random number in `0.0..1.0`. It spreads trucks and keeps no secret, so the system is not asked for each.
fn chance() -> f64 {
    fastrand::f64()
}

#[cfg(test)]
mod tests;
