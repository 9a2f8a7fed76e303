//! Words: what visitors and a station's keeper say to each other, and what visitors want to be warned of.

use super::error::Error;
use super::keys;
use base64ct::{Base64UrlUnpadded, Encoding};
use channel::crowd::Source;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use weather::station::StationId;
use weather::time::Timestamp;

/// Who somebody is to us: made from the secret in their cookie, which itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visitor(Arc<str>);

impl Visitor {
    /// The visitor whose cookie holds `secret`.
    pub fn of_secret(secret: &str) -> Self {
        Self(short_hash(OF_SECRET, secret).into())
    }

    /// 22 of `A-Z a-z 0-9 _ -`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one for whom the owner's alerts are kept that go to a webhook. No cookie makes one: its name has a space.
    pub fn of_webhook(name: &str) -> Self {
        Self(format!("{WEBHOOK}{name}").into())
    }

    /// The webhook's name; `None`: it is a person's browser, or a program.
    pub fn webhook(&self) -> Option<&str> {
        self.0.strip_prefix(WEBHOOK)
    }

    pub(super) fn stored(text: String) -> Self {
        Self(text.into())
    }
}

/// The visitors behind the owner's webhooks are called so.
const WEBHOOK: &str = "webhook ";
/// Says what is hashed: a visitor's name must not come out where something else is.
const OF_SECRET: &str = "visitor whose secret is ";
/// The same for the id of the answer to a word. It follows from the word: an answer cannot be stored twice.
const ANSWER_TO: &str = "answer to ";
/// The id of the answer to the word `id`.
pub(super) fn answer_id(id: &str) -> String {
    short_hash(ANSWER_TO, id)
}

/// The same for what a keeper says once to a visitor about something: it follows from the visitor, the station and what it is about.
const ABOUT: &str = "told once about ";
/// The id of what is said about `what` at a station to a visitor.
pub(super) fn told_once_id(visitor: &Visitor, station: StationId, what: &str) -> String {
    short_hash(ABOUT, &format!("{} {} {what}", visitor.as_str(), station.0))
}

/// An id for a word that answers none.
pub(super) fn random_id() -> Result<String, Error> {
    Ok(Base64UrlUnpadded::encode_string(&keys::random::<HASH_BYTES>()?))
}

/// So much of a hash is kept, bytes: nobody finds two texts with the same 128 bits.
const HASH_BYTES: usize = 16;

/// 22 letters that follow from `text`, and from which it does not follow.
fn short_hash(domain: &str, text: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest([domain, text].concat())[..HASH_BYTES])
}

/// Who said a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The visitor.
    You,
    /// The station's keeper.
    Keeper,
}

/// A visitor who speaks.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// Who.
    pub visitor: &'a Visitor,
    /// From where; `None`: from this machine, or through a proxy on it that is not trusted.
    pub source: Option<Source>,
    /// The name of the visitor's units.
    pub units: &'a str,
}

/// A word that a visitor brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWord {
    /// Made by the page, random: the same id is the same word.
    pub id: String,
    /// The slug of the station that it is about; nobody checks whether there is one.
    pub station: String,
    /// What was said.
    pub text: String,
}

/// Somebody who has talked with a station's keeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearer {
    /// Who.
    pub visitor: Visitor,
    /// The name of the visitor's units in the last word.
    pub units: String,
}

/// What a keeper says on its own, by an id that follows from what it is about.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    pub id: String,
    pub visitor: Visitor,
    pub units: String,
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
    /// The party whose budget it counts against: an address behind a hash, or the visitor.
    pub talker: String,
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
    /// The keeper's JSON.
    pub rule: String,
    /// The keeper's JSON.
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
    /// A new state of one that is there, made from the state that is stored. If another one is stored, somebody else was quicker.
    Move {
        /// As it is to be.
        alert: Alert,
        /// The newest journal entry and the state that it was made from.
        from: (u64, String),
    },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_known_by_22_letters_that_do_not_give_the_secret_away() {
        let visitor = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(visitor.as_str().len(), 22);
        assert!(visitor.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        assert_eq!(visitor, Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA"));
        assert_ne!(visitor, Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAB"));
        assert_ne!(
            visitor.as_str(),
            short_hash("", "AAAAAAAAAAAAAAAAAAAAAA"),
            "a bare hash may be known from elsewhere"
        );
    }
}
