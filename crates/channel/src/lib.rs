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
//! let body = br#"{"v":1,"fleet":"ping-pong","seen":"J.0","say":[{"id":"a-word-0123456789",
//!     "station":"tea","text":"Is it ready?"}]}"#;
//! let clipboard = Clipboard::parse(body)?;
//! let word = clipboard.say[0].id.clone();
//! let saying = dock.says(bay.clone(), &[word.clone()]);
//! commit(Some(word.clone()), r#"{"kind":"words","text":"Is it ready?"}"#);
//! dock.announced(1).await;
//! let Arrived::Parks(second) = dock.arrive(truck(&clipboard)) else { panic!("it leaves") };
//! drop(saying);
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

#![warn(missing_docs, unreachable_pub)]

pub mod backlog;
mod bad_clipboard;
pub mod cargo;
pub mod clipboard;
pub mod crowd;
pub mod cursor;
mod dock;
pub mod fleet;
mod options;
mod stats;
pub mod tally;
pub mod watch;
pub mod yard;

pub use clipboard::TEXT_MAX_CHARS;
pub use dock::{Arrived, Dock, Parking, Saying};
pub use options::Options;
pub use stats::{AGES_MS, FleetStats, Stats};

use bytes::Bytes;
use clipboard::Id;
use std::sync::Arc;

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

/// Ids, epochs and topics are of these bytes, so that no quotation mark has to be escaped anywhere.
fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
