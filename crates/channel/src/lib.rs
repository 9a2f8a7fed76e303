//! A channel to many web pages over requests that wait: news reaches a page at once, each piece exactly once and in order,
//! and words from the page are stored exactly once and in order.
//!
//! A **truck** is one HTTP request with its response. It brings a **clipboard** to the **dock** and takes a **load** home to
//! its page. A truck that finds no news parks in the **bay** of its page until there is some, or until its **ticket** is due.
//! All news stands in one **journal**, which the caller keeps; a place in it is a **cursor**. How many trucks a page has and
//! which of them may park is its **fleet**.
//!
//! The library knows no HTTP, no database and no page, and not what it carries: news is a topic and a JSON object. It keeps
//! the parked trucks, decides which leaves when, and writes the loads. The caller
//!
//! 1. keeps the journal, in order, durable if pages are to outlive a restart ([`News::seq`], [`Dock::new`]);
//! 2. tells the dock of each entry once it is committed ([`Dock::announce`]);
//! 3. reads a request's body ([`clipboard::Clipboard::parse`]), notes and stores the words in it ([`Dock::says`],
//!    [`Dock::announced`]) and lets the truck in ([`Dock::arrive`]);
//! 4. waits if it parks ([`Parking::load`]), and answers with the load ([`Dock::encode`]);
//! 5. runs the tickets ([`Dock::run_tickets`]).
//!
//! # Promises
//!
//! With a home that keeps its half of the protocol:
//!
//! - every piece of news is applied exactly once and in order, and no load is applied over a gap;
//! - every word is stored exactly once and in order, if the caller stores it by its id;
//! - a parked truck leaves in the step in which news for it is announced;
//! - of the trucks in a bay, the one that waited longest leaves first, and no more are parked than the fleet holds;
//! - a truck with words waits, where its fleet lets it, while there is no other news: a page's own words are no news to it;
//! - the dock remembers the parked trucks and a bounded ring of news, and nothing else.
//!
//! # Example
//!
//! A journal in memory, and two trucks of one page:
//!
//! ```
//! use channel::cargo::{Note, Why};
//! use channel::clipboard::{Clipboard, Id};
//! use channel::crowd::Party;
//! use channel::yard::Truck;
//! use channel::{Arrived, Dock, News, Options};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dock = Dock::new("J", vec![], Options::default());
//! let bay = Id::new("a-bay-of-one-page")?;
//! let mut journal = Vec::new();
//! let mut commit = |word: Option<Id>, body: &'static str| {
//!     let (seq, topic) = (journal.len() as u64 + 1, "tea".into());
//!     let news = News { seq, topic, word, committed_ms: 1_795_348_800_000, body: body.into() };
//!     journal.push(news.clone());
//!     dock.announce(vec![news]);
//! };
//! let truck = |clipboard: &Clipboard| Truck {
//!     bay: bay.clone(),
//!     fleet: clipboard.fleet,
//!     seen: clipboard.seen.clone(),
//!     watch: clipboard.watch.clone(),
//!     party: Party::default(),
//!     words: clipboard.say.iter().map(|word| word.id.clone()).collect(),
//!     park_ms: dock.park_ms(clipboard.park),
//! };
//!
//! // There is no news: the first truck parks.
//! let clipboard = Clipboard::parse(br#"{"v":1,"fleet":"ping-pong","seen":"J.0","watch":["tea"]}"#)?;
//! let Arrived::Parks(first) = dock.arrive(truck(&clipboard)) else { panic!("it leaves") };
//!
//! // The second one brings a word, which is noted, stored, and told to all pages as news. It takes the place of the first,
//! // which confirms the word.
//! let body = br#"{"v":1,"fleet":"ping-pong","seen":"J.0","say":[{"id":"a-word-0123456789","station":"tea","text":"Is it ready?"}]}"#;
//! let clipboard = Clipboard::parse(body)?;
//! let word = clipboard.say[0].id.clone();
//! dock.says(&bay, &[word.clone()]);
//! commit(Some(word.clone()), r#"{"kind":"words","text":"Is it ready?"}"#);
//! dock.announced(1).await;
//! let Arrived::Parks(second) = dock.arrive(truck(&clipboard)) else { panic!("it leaves") };
//! let load = first.load().await;
//! assert_eq!((load.why, load.seen, load.heard().next()), (Why::Relieved, 1, Some(&word)));
//!
//! // An answer is news, and the second truck takes it home.
//! commit(None, r#"{"kind":"words","text":"In a minute."}"#);
//! let load = second.load().await;
//! assert_eq!((load.why, load.seen, load.cargo.len()), (Why::Cargo, 2, 2));
//! let json = dock.encode(clipboard.fleet, &load, Note { now_ms: 1_795_348_801_000, ..Note::default() });
//! assert!(json.starts_with(br#"{"v":1,"why":"cargo","after":"J.0","seen":"J.2","cargo":[{"at":"J.1","#));
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

pub mod backlog;
mod bad_clipboard;
pub mod cargo;
pub mod clipboard;
pub mod crowd;
pub mod cursor;
pub mod fleet;
mod options;
mod stats;
pub mod tally;
pub mod watch;
pub mod yard;

pub use clipboard::TEXT_MAX_CHARS;
pub use options::Options;
pub use stats::{AGES_MS, FleetStats, Stats};

use backlog::Item;
use bytes::Bytes;
use cargo::{Behind, Load, Note, Why};
use clipboard::{Clipboard, Id};
use cursor::Cursor;
use fleet::{Fleet, ROWS};
use stats::Counters;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch as signal};
use tokio::time::Instant;
use yard::{Fate, Ms, Truck, TruckId, Yard};

/// A piece of news for the trucks.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// Its place in the journal.
    pub seq: u64,
    /// What it is about: trucks that watch it, or watch everything, take it. After a [`watch::PRIVATE`] it is the
    /// visitor who alone may have it.
    pub topic: Arc<str>,
    /// The word that it tells of, if a truck has brought it: the page that said it is not sent a truck for it.
    pub word: Option<Id>,
    /// When it was committed, Unix milliseconds.
    pub committed_ms: i64,
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
        let yard = Yard::new(epoch, &tail, &options);
        let (head, _) = signal::channel(yard.head());
        let yard = Mutex::new(yard);
        let shared = Shared {
            epoch: epoch.into(),
            options,
            opened: Instant::now(),
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

    /// A page is about to say these words: once they are announced, they are no reason for its parked trucks to leave.
    /// To be called before they are stored: they may be announced before the truck that brings them arrives.
    pub fn says(&self, bay: &Id, words: &[Id]) {
        self.yard().says(bay, words);
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
        let fleet = truck.fleet;
        let (tell, load) = oneshot::channel();
        let (arrival, earlier) = {
            let now = self.now();
            let mut yard = self.yard();
            let before = yard.next_ticket();
            let arrival = yard.arrive(truck, Driver { fleet, load: tell }, now);
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
