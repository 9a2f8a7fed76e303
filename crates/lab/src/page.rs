//! A page without a browser: home's twin before a real server. A thousand of them fit into one process.

mod cookies;
mod keeper;
pub(crate) mod trip;

use super::home::{Home, Item, Kind, Ms, PARK_MS, State, Tally, Unsayable, Word};
use base64ct::{Base64UrlUnpadded, Encoding};
use channel::clipboard::{BadClipboard, Id};
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use cookies::Cookies;
use keeper::Keeper;
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use trip::Door;

/// What a page tells its owner before it waits for him to read, pieces.
const TOLD_MAX: usize = 1_024;
/// What its owner may ask for before the page has done it.
const ASKED_MAX: usize = 16;
/// Bits of an id, bytes: two never meet.
const ID_BYTES: usize = 16;

/// A page to be opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server: `http://127.0.0.1:8000`.
    pub url: String,
    /// Its fleet.
    pub fleet: &'static Fleet,
    /// The cursor printed into the page; `None`: from now on.
    pub seen: Option<Cursor>,
    /// The stations it shows; none: all.
    pub watch: Vec<String>,
    /// How long its trucks are willing to park, ms.
    pub park_ms: Ms,
}

impl Options {
    /// A page of all stations, from now on.
    pub fn new(url: &str, fleet: &'static Fleet) -> Self {
        Self { url: url.to_owned(), fleet, seen: None, watch: Vec::new(), park_ms: PARK_MS }
    }
}

/// Why a page cannot be opened, or does not do as it is asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the address of a server.
    #[error("{0:?} is not the http:// address of a server")]
    Url(String),
    /// The client for HTTP cannot be made.
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
    /// No randomness for a name of its own.
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
    /// A random name that is none: never seen.
    #[error(transparent)]
    Id(#[from] BadClipboard),
    /// Home does not take the word.
    #[error(transparent)]
    Unsayable(#[from] Unsayable),
    /// The page has ended.
    #[error("the page is closed")]
    Closed,
}

/// What a page tells its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// News: each item once, in order.
    Applied(Vec<Item>),
    /// Words that are stored.
    Heard(Vec<Id>),
    /// How it is fed has changed.
    State(State),
    /// What it has seen cannot be continued: it goes on from this cursor, and what lay between is not told.
    Reloaded(Cursor),
}

/// What a page counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Its trips.
    pub trips: Tally,
    /// How it is fed.
    pub kind: Option<Kind>,
    /// Bytes of clipboards sent.
    pub bytes_out: u64,
    /// Bytes of answers that came home.
    pub bytes_home: u64,
    /// Trucks that left without a word.
    pub empty_out: u64,
    /// How long trucks that were willing to park have been out, summed up, ms.
    pub waited_ms: u64,
}

/// A page; it ends when it is dropped.
pub struct Page {
    asked: mpsc::Sender<Ask>,
    opened: Instant,
    counters: watch::Receiver<(Counters, Vec<Ms>)>,
}

enum Ask {
    Say(Word, oneshot::Sender<Result<(), Unsayable>>),
    Wake,
    Rest,
}

impl Page {
    /// Opens a page; it tells what happens until it is dropped. An owner who does not read brings it to a halt; one who has
    /// dropped the receiver does not.
    pub fn open(options: Options) -> Result<(Self, mpsc::Receiver<Told>), Error> {
        let door = Door::new(&options.url, new_id()?.as_str(), options.fleet.trucks)?;
        let (asked, asks) = mpsc::channel(ASKED_MAX);
        let (tell, told) = mpsc::channel(TOLD_MAX);
        let (count, counters) = watch::channel((Counters::default(), Vec::new()));
        let opened = Instant::now();
        let keeper = Keeper {
            home: Home::new(options.fleet, options.park_ms, 0),
            opened,
            door,
            cookies: Cookies::default(),
            trips: JoinSet::new(),
            out: HashMap::new(),
            reload: None,
            watch: options.watch.into_iter().map(Into::into).collect(),
            tell,
            count,
            counters: Counters::default(),
        };
        // A cursor of no journal is answered with that of now.
        let seen = options.seen.unwrap_or_else(|| Cursor::new("none".into(), 0));
        tokio::spawn(keeper.run(seen, asks));
        Ok((Self { asked, opened, counters }, told))
    }

    /// Says something; the id is the one by which [`Told::Heard`] names it.
    pub async fn say(&self, station: &str, text: &str) -> Result<Id, Error> {
        let id = new_id()?;
        let word = Word { id: id.clone(), station: station.into(), text: text.into() };
        let (answer, taken) = oneshot::channel();
        self.ask(Ask::Say(word, answer)).await?;
        taken.await.map_err(|_| Error::Closed)??;
        Ok(id)
    }

    /// As if somebody looked again, or the network were back.
    pub async fn wake(&self) -> Result<(), Error> {
        self.ask(Ask::Wake).await
    }

    /// Calls all trucks back; `wake` goes on.
    pub async fn rest(&self) -> Result<(), Error> {
        self.ask(Ask::Rest).await
    }

    /// What it has counted so far.
    pub fn counters(&self) -> Counters {
        let (mut counters, waiting) = self.counters.borrow().clone();
        let now = self.opened.elapsed().as_millis() as Ms;
        counters.waited_ms += waiting.iter().map(|left| (now - left).unsigned_abs()).sum::<u64>();
        counters
    }

    async fn ask(&self, ask: Ask) -> Result<(), Error> {
        self.asked.send(ask).await.map_err(|_| Error::Closed)
    }
}

/// A name for a page's bay, or for a word.
pub(crate) fn new_id() -> Result<Id, Error> {
    let mut bits = [0; ID_BYTES];
    getrandom::fill(&mut bits).map_err(Error::Random)?;
    Ok(Id::new(&Base64UrlUnpadded::encode_string(&bits))?)
}

#[cfg(test)]
mod tests;
