//! The dock: where trucks park until there is news. It does not know what they carry.

pub mod backlog;
pub mod cargo;
pub mod clipboard;
pub mod cursor;
pub mod fleet;
mod options;
mod stats;
pub mod watch;
pub mod yard;

pub use options::Options;
pub use stats::Stats;

use backlog::Item;
use bytes::Bytes;
use cargo::{Behind, Load, Why};
use clipboard::Id;
use cursor::Cursor;
use stats::Tally;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use yard::{Fate, Ms, Truck, TruckId, Yard};

/// A piece of news for the trucks.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// Its place in the journal.
    pub seq: u64,
    /// What it is about: trucks that watch it, or watch everything, take it.
    pub topic: Arc<str>,
    /// A JSON object without its `at`.
    pub body: Bytes,
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
    state: Mutex<State>,
    /// Rings when a truck parks whose ticket is due before all others.
    earlier: Notify,
}

struct State {
    yard: Yard<Driver>,
    tally: Tally,
}

/// Who waits for a parked truck's load.
type Driver = oneshot::Sender<Load>;

/// What becomes of a truck that arrives.
pub enum Arrived {
    /// It goes home at once.
    Leaves(Load),
    /// It parks; wait for [`Parking::load`].
    Parks(Parking),
    /// Read the journal after its `seen` and call [`Dock::catch_up`].
    Behind(Behind),
    /// The dock is full; tell it to come back later.
    Full,
}

/// A parked truck. Dropped before it has its load, it leaves the dock.
pub struct Parking {
    dock: Dock,
    id: TruckId,
    load: oneshot::Receiver<Load>,
}

impl Dock {
    /// An empty dock over the journal `epoch`, whose newest entries are `tail`.
    pub fn new(epoch: &str, tail: Vec<News>, options: Options) -> Self {
        let state = State { yard: Yard::new(epoch, &tail, &options), tally: Tally::default() };
        let shared = Shared {
            epoch: epoch.into(),
            options,
            opened: Instant::now(),
            state: Mutex::new(state),
            earlier: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The cursor of the newest announced news: `epoch.sequence`. Pages print it before they read what they render.
    pub fn cursor(&self) -> String {
        Cursor::new(self.shared.epoch.clone(), self.state().yard.head()).to_string()
    }

    /// Hands news to the parked trucks; `news` is in order and follows what was announced before. What was announced
    /// already is left out.
    pub fn announce(&self, news: Vec<News>) {
        let items = self.items(&news);
        self.send_home(|yard, now| yard.announce(items, now));
    }

    /// Sends everyone home `closing`, and everyone who still arrives.
    pub fn close(&self) {
        self.send_home(Yard::close);
    }

    /// A truck arrives. It leaves at once or parks; whoever it relieves goes home.
    pub fn arrive(&self, truck: Truck) -> Arrived {
        let (driver, load) = oneshot::channel();
        let (arrival, earlier) = {
            let now = self.now();
            let mut state = self.state();
            let before = state.yard.next_ticket();
            let arrival = state.yard.arrive(truck, driver, now);
            arrival.relieved.iter().for_each(|(_, load)| state.tally.count(load));
            if let Fate::Leaves(load) = &arrival.fate {
                state.tally.count(load);
            }
            let next = state.yard.next_ticket();
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
            Fate::Full => Arrived::Full,
        }
    }

    /// The load of a truck that was behind the ring: `news` is all of the journal after its `seen`, up to the dock's
    /// head at least; `None` if that is not to be had.
    pub fn catch_up(&self, behind: Behind, news: Option<Vec<News>>) -> Load {
        let load = behind.load(news.map(|news| self.items(&news)));
        self.state().tally.count(&load);
        load
    }

    /// How long a truck may park that asked for `asked` milliseconds, shortened by chance.
    pub fn park_ms(&self, asked: Option<u64>) -> u64 {
        self.shared.options.park_ms(asked, chance())
    }

    /// A load as it goes over the wire, with the words that home may forget.
    pub fn encode(&self, load: &Load, heard: &[Id]) -> Vec<u8> {
        let retry_ms = (load.why == Why::Closing).then(|| self.shared.options.retry_ms(chance()));
        load.encode(&self.shared.epoch, heard, retry_ms)
    }

    /// What the dock has done so far.
    pub fn stats(&self) -> Stats {
        let state = self.state();
        state.tally.stats(state.yard.parked(), state.yard.bays())
    }

    /// Sends trucks home when their tickets are due, until `shutdown`; then closes the dock.
    pub async fn run_tickets(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            let due = self.state().yard.next_ticket();
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
        let mut state = self.state();
        let leaving = step(&mut state.yard, now);
        leaving.iter().for_each(|(_, load)| state.tally.count(load));
        drop(state);
        wake(leaving);
    }

    fn items(&self, news: &[News]) -> Vec<Arc<Item>> {
        news.iter().map(|news| Arc::new(Item::new(&self.shared.epoch, news))).collect()
    }

    fn now(&self) -> Ms {
        self.shared.opened.elapsed().as_millis() as Ms
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not take all pages down: trucks that were lost with it are sent again by their homes.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.dock.state().yard.leave(self.id);
        }
    }
}

fn wake(leaving: Vec<(Driver, Load)>) {
    for (driver, load) in leaving {
        // A driver who is gone has no page to serve; its cargo is still in the journal.
        let _ = driver.send(load);
    }
}

/// A random number in `0.0..1.0`; a machine without randomness gets by without spreading.
fn chance() -> f64 {
    getrandom::u32().map_or(0.0, |random| f64::from(random) / (f64::from(u32::MAX) + 1.0))
}

/// Ids, epochs and topics are of these bytes, so that no quotation mark has to be escaped anywhere.
fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests;
