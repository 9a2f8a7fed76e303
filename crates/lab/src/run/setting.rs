//! What the pages of a fleet have in common: where they are, what they watch, when and what they say.

use super::book::Book;
use crate::STATION;
use crate::page::new_id;
use crate::traffic::Us;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// What is said about the lab's own station: nobody reads it.
const TEXT: &str = "warn me below 0 C";
/// What the keeper of a real station is asked: it answers once, from the newest reading.
const QUESTION: &str = "how cold is it?";

/// What a page has to know.
#[derive(Clone)]
pub(super) struct Setting {
    pub url: String,
    pub address: std::net::SocketAddr,
    /// The station whose news the page wants.
    pub station: Arc<str>,
    pub fleet: &'static Fleet,
    pub seen: Cursor,
    pub park_ms: u64,
    /// Words are questions to the station's keeper.
    pub asks_keeper: bool,
    pub book: Book,
}

impl Setting {
    /// The station that words are about, and their text.
    pub fn says(&self) -> (&str, &'static str) {
        if self.asks_keeper { (&self.station, QUESTION) } else { (STATION, TEXT) }
    }

    /// A word as it goes over the wire; `None` on a machine without randomness.
    pub fn word(&self) -> Option<Value> {
        let (station, text) = self.says();
        Some(json!({"id": new_id().ok()?.as_str(), "station": station, "text": text}))
    }
}

/// When a page says something.
pub(super) struct Words {
    /// Begins when traffic does; `None` before and after.
    pub begun: watch::Receiver<Option<Instant>>,
    pub words: Box<dyn Iterator<Item = Us> + Send>,
}

impl Words {
    /// Waits until the next word is said; `None` if none is said any more. It may be asked again only when it has answered.
    pub async fn next(&mut self) -> Option<()> {
        let start = *self.begun.wait_for(Option::is_some).await.ok()?;
        let at = start? + Duration::from_micros(self.words.next()?);
        tokio::time::sleep_until(at).await;
        // The traffic may have ended meanwhile.
        self.begun.borrow().map(|_| ())
    }
}
