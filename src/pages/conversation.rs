//! The keeper's panel: the words between a visitor and a station's keeper, and a form for the next word.

use super::clock;
use super::facts::Facts;
use crate::keeper::language::suggest;
use crate::keeper::language::topic::Context;
use crate::storage::words::{Author, Visitor, Word};
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use weather::preference::Preference;
use weather::station::Slug;
use weather::time::{MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// The newest words that a page shows: they fill more than a screen and load within a second on a slow line.
pub(crate) const WORDS_SHOWN_MAX: u32 = 50;
/// The longest text of a word, characters: the channel's limit, so that a form and a script may say the same.
pub(crate) const TEXT_MAX_CHARS: usize = channel::TEXT_MAX_CHARS;
/// Bytes of a word's id and of a form's key: 128 bits.
const ID_BYTES: usize = 16;
/// A page without scripts reloads every few seconds only while a word has waited less than this for its answer, ms.
const THINKING_MAX_MS: i64 = MINUTE_MS;

/// One word of the log.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub id: String,
    /// `you` or `robot`, as on the wire.
    pub from: &'static str,
    /// The author's name for people.
    pub who: &'static str,
    pub text: String,
    /// The station's local time when it was said.
    pub time: String,
    /// The same instant, RFC 3339.
    pub iso: String,
    /// True while it has no answer.
    pub waits: bool,
    /// True if the keeper said it unasked.
    pub blurt: bool,
}

/// A question that fills the field.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub text: String,
    /// The page with this text in its field.
    pub href: String,
}

/// The panel on the page of a station.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Oldest first.
    pub words: Vec<Said>,
    /// True if storage cannot be read at the moment.
    pub away: bool,
    /// Random. Key and text make the id of the word that the form sends, so a form that is sent twice is one word.
    pub key: String,
    /// The text in the field.
    pub draft: String,
    /// The reason why the last text was refused.
    pub complaint: String,
    /// Questions to begin with.
    pub suggestions: Vec<Suggestion>,
    /// The longest text that the form takes, characters.
    pub text_max: usize,
    /// True if a word was said a moment ago and has no answer yet.
    pub thinking: bool,
}

impl Conversation {
    /// The panel with these words, oldest first; `None` if storage cannot be read. `key` is random, in base64url.
    pub fn of(words: Option<&[Word]>, zone: Zone, now: Timestamp, key: String) -> Self {
        let known = words.unwrap_or_default();
        Self {
            words: unasked(known).map(|(word, blurt)| Said { blurt, ..Said::of(word, &zone, now) }).collect(),
            away: words.is_none(),
            key,
            draft: String::new(),
            complaint: String::new(),
            suggestions: Vec::new(),
            text_max: TEXT_MAX_CHARS,
            thinking: known.iter().any(|word| !word.answered && now.since(word.said_at) < THINKING_MAX_MS),
        }
    }

    /// The same with `text` in its field.
    pub fn with_draft(self, text: &str) -> Self {
        Self { draft: text.chars().take(2 * TEXT_MAX_CHARS).collect(), ..self }
    }

    /// The same with questions that fit what the station measures.
    pub(crate) fn fitting(self, facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        Self { suggestions: suggestions(facts, now, preference), ..self }
    }

    /// The same with a complaint.
    pub fn complaining(self, complaint: String) -> Self {
        Self { complaint, ..self }
    }
}

impl Said {
    fn of(word: &Word, zone: &Zone, now: Timestamp) -> Self {
        let (from, who) = match word.author {
            Author::You => ("you", "You"),
            Author::Keeper => ("robot", "Keeper"),
        };
        Self {
            id: word.id.clone(),
            from,
            who,
            text: word.text.clone(),
            time: clock::moment(zone, word.said_at, now),
            iso: word.said_at.rfc3339(),
            waits: !word.answered,
            blurt: false,
        }
    }
}

/// The words, and for each whether the keeper said it unasked. A word is unasked if no question was open. Words before
/// the first question do not count as unasked: they may answer a question that is no longer shown.
fn unasked(words: &[Word]) -> impl Iterator<Item = (&Word, bool)> {
    let (mut open, mut asked) = (0_u32, words.len() < WORDS_SHOWN_MAX as usize);
    words.iter().map(move |word| {
        let mine = word.author == Author::You;
        asked |= mine;
        let blurt = !mine && open == 0 && asked;
        open = if mine { open + u32::from(word.answered) } else { open.saturating_sub(1) };
        (word, blurt)
    })
}

/// What the keeper says that it can be asked at this station.
fn suggestions(facts: &Facts, now: Timestamp, preference: Preference) -> Vec<Suggestion> {
    let known = facts.latest.iter().map(|latest| (latest.sensor.clone(), latest.quantity)).collect();
    let here = Arc::clone(&facts.station);
    let context = Context { here, known, others: Vec::new(), preference, now };
    let suggestion = |text: String| {
        let mut letters = text.chars();
        let initial: String = letters.next().map_or(String::new(), |initial| initial.to_uppercase().collect());
        let text = format!("{initial}{}", letters.as_str());
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        Suggestion { href: format!("/s/{}?ask={encoded}#keeper", facts.station.slug), text }
    };
    suggest::suggestions(&context).into_iter().map(suggestion).collect()
}

/// A new key for a form. Without randomness it is empty, and no form with an empty key is taken.
pub(crate) fn key() -> String {
    let mut bits = [0; ID_BYTES];
    getrandom::fill(&mut bits).map_or_else(|_| String::new(), |()| Base64UrlUnpadded::encode_string(&bits))
}

/// The id of the word that a form with this key brings. The same text sent twice is one word; another text, as after the
/// back button, is another word. The visitor is part of the id, so nobody can use the id of another visitor's word.
/// `None` if the key is none of ours.
pub(crate) fn word_id(key: &str, visitor: &Visitor, station: &Slug, text: &str) -> Option<String> {
    Base64UrlUnpadded::decode_vec(key).ok().filter(|bits| bits.len() == ID_BYTES)?;
    let mut hash = Sha256::new();
    for part in [key, visitor.as_str(), station.as_str(), text] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Some(Base64UrlUnpadded::encode_string(&hash.finalize()[..ID_BYTES]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(key: &str, visitor: &str, text: &str) -> Option<String> {
        word_id(key, &Visitor::of_secret(visitor), &Slug::new("town-hall").expect("a slug"), text)
    }

    #[test]
    fn the_same_form_with_the_same_text_is_the_same_word() {
        let key = key();
        let word = id(&key, "a", "How cold is it?").expect("an id");
        assert_eq!(id(&key, "a", "How cold is it?"), Some(word.clone()));
        assert!(channel::clipboard::Id::new(&word).is_ok(), "as trucks name words");
        assert_ne!(id(&key, "a", "How warm is it?"), Some(word.clone()), "after going back, another text");
        assert_ne!(id(&super::key(), "a", "How cold is it?"), Some(word), "asked again on a new page");
    }

    #[test]
    fn a_key_that_no_page_had_makes_no_word() {
        for key in ["", "x", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(id(key, "a", "hello"), None, "{key:?}");
        }
    }
}
