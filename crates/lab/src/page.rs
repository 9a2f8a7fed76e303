//! A page without a browser: home's twin before a real server. A thousand of them fit into one process.

mod driver;
mod error;
mod talk;
pub(crate) mod trip;

pub use error::Error;
pub use talk::{Counters, Told};

use super::home::{Home, Ms, PARK_MS, Word};
use base64ct::{Base64UrlUnpadded, Encoding};
use channel::clipboard::Id;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use driver::Driver;
use std::collections::HashMap;
use talk::Ask;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use trip::Door;

/// A page that has told its owner this many things waits until he reads.
const TOLD_MAX: usize = 1_024;
/// An owner that has asked for this many things waits until the page has done one.
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

/// A page; it ends when it is dropped.
pub struct Page {
    asked: mpsc::Sender<Ask>,
    opened: Instant,
    counters: watch::Receiver<(Counters, Vec<Ms>)>,
}

impl Page {
    /// Opens a page; it tells what happens until it is dropped. An owner that does not read brings it to a halt; one that
    /// has dropped the receiver does not.
    pub fn open(options: Options) -> Result<(Self, mpsc::Receiver<Told>), Error> {
        let door = Door::new(&options.url, new_id()?.as_str(), new_id()?.as_str(), options.fleet.trucks)?;
        let (asked, asks) = mpsc::channel(ASKED_MAX);
        let (tell, told) = mpsc::channel(TOLD_MAX);
        let (count, counters) = watch::channel((Counters::default(), Vec::new()));
        let opened = Instant::now();
        let driver = Driver {
            home: Home::new(options.fleet, options.park_ms, 0),
            opened,
            door,
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
        tokio::spawn(driver.run(seen, asks));
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
        self.counters_at(Instant::now())
    }

    /// What it has counted so far; trucks that wait have done so until `now`.
    pub fn counters_at(&self, now: Instant) -> Counters {
        let (mut counters, waiting) = self.counters.borrow().clone();
        let now = now.saturating_duration_since(self.opened).as_millis() as Ms;
        counters.waited_ms += waiting.iter().map(|left| (now - left).max(0).unsigned_abs()).sum::<u64>();
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
