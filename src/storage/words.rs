//! Words: what visitors and a station's keeper say to each other, and what visitors want to be warned of.

use super::{Error, Storage};
use crate::weather::time::Timestamp;
use std::sync::Arc;

/// Who somebody is to us: made from the secret in their cookie, which itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visitor(Arc<str>);

impl Visitor {
    /// The visitor whose cookie holds `secret`.
    pub fn of_secret(secret: &str) -> Self {
        let _ = secret;
        Self("".into())
    }

    /// 22 of `A-Z a-z 0-9 _ -`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn stored(text: String) -> Self {
        Self(text.into())
    }
}

/// Who said a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The visitor.
    You,
    /// The station's keeper.
    Robot,
}

/// A word that a visitor brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWord {
    /// Made at home, random: the same id is the same word.
    pub id: String,
    /// The slug of the station that it is about; nobody checks whether there is one.
    pub station: String,
    /// What was said.
    pub text: String,
}

/// A word of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its id.
    pub id: String,
    /// Whose conversation.
    pub visitor: Visitor,
    /// About which station, by slug.
    pub station: String,
    /// Who said it.
    pub author: Author,
    /// What was said.
    pub text: String,
    /// The name of the visitor's units when it was said, see `weather::preference`.
    pub units: String,
    /// When it was stored.
    pub said_at: Timestamp,
    /// Its place in the journal.
    pub seq: u64,
    /// Whether the keeper has answered; always true of the keeper's own.
    pub answered: bool,
}

/// What a visitor wants to be warned of. Storage does not know what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Who is warned.
    pub visitor: Visitor,
    /// About which station, by slug.
    pub station: String,
    /// What the visitor calls it by; unique with visitor and station.
    pub number: u32,
    /// The robot's JSON.
    pub rule: String,
    /// The robot's JSON.
    pub state: String,
    /// The name of the visitor's units when it was made.
    pub units: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The newest journal entry that `state` knows.
    pub seq: u64,
}

/// What an answer or an event changes in a visitor's alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertChange {
    /// A new one, or a new state of one that is there.
    Put(Alert),
    /// It is forgotten.
    Forget {
        /// Whose.
        visitor: Visitor,
        /// About which station.
        station: String,
        /// Its number.
        number: u32,
    },
}

impl Storage {
    /// Stores words that are not known yet, in order; each with its journal entry, private to the visitor.
    /// Returns after the commit. What was said before is left as it is, whoever says it again.
    pub async fn say(&self, visitor: &Visitor, units: &str, words: Vec<NewWord>) -> Result<(), Error> {
        let _ = (visitor, units, words);
        Err(Error::Closed)
    }

    /// Stores the keeper's answer to a word, and what it changes in the visitor's alerts, in one transaction; false,
    /// and nothing changed, if that word has been answered already or is gone.
    pub async fn answer(&self, word: &Word, text: &str, changes: Vec<AlertChange>) -> Result<bool, Error> {
        let _ = (word, text, changes);
        Err(Error::Closed)
    }

    /// Stores what the keeper says on its own, and what that changes in alerts, in one transaction. No `text`: only the
    /// alerts change. A state is put only over the alert of that number that is still there.
    pub async fn speak(
        &self,
        visitor: &Visitor,
        station: &str,
        text: Option<&str>,
        changes: Vec<AlertChange>,
    ) -> Result<(), Error> {
        let _ = (visitor, station, text, changes);
        Err(Error::Closed)
    }

    /// Visitors' words without an answer, oldest first, after the place `after` in the journal.
    pub async fn unanswered(&self, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        let _ = (after, limit);
        Err(Error::Closed)
    }

    /// The newest `limit` words of a visitor about a station, oldest first.
    pub async fn conversation(&self, visitor: &Visitor, station: &str, limit: u32) -> Result<Vec<Word>, Error> {
        let _ = (visitor, station, limit);
        Err(Error::Closed)
    }

    /// Forgets a visitor's words about a station, also in the journal; tells the visitor's pages
    /// (`{"kind":"forgotten","station":…}`, private). Alerts stay.
    pub async fn forget_conversation(&self, visitor: &Visitor, station: &str) -> Result<(), Error> {
        let _ = (visitor, station);
        Err(Error::Closed)
    }

    /// All alerts.
    pub async fn alerts(&self) -> Result<Vec<Alert>, Error> {
        Err(Error::Closed)
    }
}
