//! The words that home has not yet seen confirmed, in the order in which they were said.

use channel::clipboard::{Id, TEXT_MAX_CHARS};
use serde::Serialize;
use std::sync::Arc;

/// The room for words in a clipboard, bytes: the dock refuses bodies over 64 KiB.
const ABOARD_BYTES_MAX: usize = 48 * 1024;
/// How many words ride on one truck: a page that was away for long needs several trucks.
const ABOARD_MAX: usize = 16;
/// How many words wait at home. With more the server has been away for long, and the page says so.
pub const WAITING_MAX: usize = 100;

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Word {
    /// Made at home, random: the dock stores a word once, however often it arrives.
    #[serde(serialize_with = "id_text")]
    pub id: Id,
    /// The station it is about.
    pub station: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

fn id_text<S: serde::Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_str())
}

/// Why home does not take a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// The dock has confirmed none of those for some time.
    #[error("{WAITING_MAX} messages wait to be sent already")]
    TooMany,
    /// Nothing but blanks.
    #[error("the message is empty")]
    Empty,
    /// The dock would refuse it for ever.
    #[error("the message is longer than {TEXT_MAX_CHARS} characters")]
    TooLong,
}

/// Words that wait for their confirmation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Words {
    waiting: Vec<Word>,
}

impl Words {
    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Keeps a word until it is confirmed.
    pub(crate) fn add(&mut self, word: Word) -> Result<(), Unsayable> {
        if self.waiting.len() >= WAITING_MAX {
            return Err(Unsayable::TooMany);
        }
        if word.text.trim().is_empty() {
            return Err(Unsayable::Empty);
        }
        if word.text.chars().count() > TEXT_MAX_CHARS {
            return Err(Unsayable::TooLong);
        }
        self.waiting.push(word);
        Ok(())
    }

    /// Forgets words that the dock has stored; returns those that did wait.
    pub(crate) fn forget(&mut self, ids: &[Id]) -> Vec<Id> {
        let mut heard = Vec::new();
        for id in ids {
            if let Some(at) = self.waiting.iter().position(|word| word.id == *id) {
                heard.push(self.waiting.remove(at).id);
            }
        }
        heard
    }

    /// What the next truck carries: the oldest words, without a gap, for they are stored in the order of their arrival.
    pub(crate) fn aboard_next(&self) -> &[Word] {
        let mut room = ABOARD_BYTES_MAX;
        let fits = |word: &&Word| {
            let bytes = serde_json::to_string(word).map_or(usize::MAX, |json| json.len());
            room.checked_sub(bytes).inspect(|left| room = *left).is_some()
        };
        let aboard = self.waiting.iter().take(ABOARD_MAX).take_while(fits).count();
        &self.waiting[..aboard]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(number: usize, text: &str) -> Word {
        Word { id: Id::new(&format!("word-{number:011}")).expect("an id"), station: "a".into(), text: text.into() }
    }

    #[test]
    fn the_oldest_words_ride_first_and_no_more_than_fit() {
        let mut words = Words::default();
        for number in 0..20 {
            words.add(word(number, "hello")).expect("room");
        }
        assert_eq!(words.aboard_next().len(), ABOARD_MAX);
        assert_eq!(words.forget(&[word(1, "").id, word(1, "").id, word(99, "").id]), [word(1, "").id]);
        assert_eq!((words.len(), &words.aboard_next()[1].id), (19, &word(2, "").id));

        let mut long = Words::default();
        for number in 0..20 {
            long.add(word(number, &"🌩".repeat(TEXT_MAX_CHARS))).expect("room");
        }
        assert_eq!(long.aboard_next().len(), 12, "4 kB each, in 48 KiB");
    }

    #[test]
    fn a_word_that_the_dock_would_refuse_is_not_kept() {
        let mut words = Words::default();
        assert_eq!(words.add(word(0, " \n")), Err(Unsayable::Empty));
        assert_eq!(words.add(word(0, &"ä".repeat(TEXT_MAX_CHARS + 1))), Err(Unsayable::TooLong));
        for number in 0..WAITING_MAX {
            words.add(word(number, "hello")).expect("room");
        }
        assert_eq!(words.add(word(200, "hello")), Err(Unsayable::TooMany));
    }
}
