//! The keeper's panel in every state.

use super::METRIC;
use super::made_up::full;
use crate::pages::conversation::Conversation;
use crate::storage::words::{Author, Visitor, Word};
use crate::web::storybook::NOW;
use weather::station::Station;
use weather::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// The panel of a station with these words.
pub(super) fn of(words: Option<&[Word]>, station: &Station) -> Conversation {
    Conversation::of(words, station.zone.clone(), NOW, "AAAAAAAAAAAAAAAAAAAAAA".to_owned())
}

fn with(words: &[Word]) -> Conversation {
    of(Some(words), &full().station)
}

fn said() -> Vec<Word> {
    [
        (Author::You, "How cold is it?", 40 * HOUR_MS),
        (Author::Keeper, "18.1 °C, measured 2 s ago.", 40 * HOUR_MS - 2_000),
        (Author::You, "warn me below 0 °C", 9 * HOUR_MS),
        (Author::Keeper, "I will tell you when it falls below 0 °C. That is warning 1.", 9 * HOUR_MS - 2_000),
        (Author::Keeper, "At 13:12 it fell below 0 °C; it is −0.3 °C now.", 2 * HOUR_MS),
    ]
    .into_iter()
    .map(|(author, text, age_ms)| word(author, text, age_ms))
    .collect()
}

pub(super) fn talk() -> Conversation {
    with(&said())
}

pub(super) fn thinking() -> Conversation {
    let open = Word { answered: false, ..word(Author::You, "High today?", 2 * SECOND_MS) };
    with(&[said(), vec![open]].concat())
}

pub(super) fn draft() -> Conversation {
    with(&[]).with_draft("How cold is it?")
}

pub(super) fn complaint() -> Conversation {
    with(&said()).with_draft("   ").complaining("Write something first.".to_owned())
}

pub(super) fn away() -> Conversation {
    of(None, &full().station)
}

pub(super) fn long() -> Conversation {
    let text = |number: i64| match number % 7 {
        3 => {
            "A longer answer that goes over some lines, for there is more than one thing to say about the weather: 18.4 °C now, lowest 9.2 at 06:18, highest 19.0 at 14:55."
        }
        _ => "And now?",
    };
    let author = |number: i64| if number % 2 == 0 { Author::You } else { Author::Keeper };
    let words: Vec<_> = (0..50).map(|n| word(author(n), text(n), (50 - n) * 9 * MINUTE_MS)).collect();
    with(&words)
}

pub(super) fn odd() -> Conversation {
    let unbroken = "very".repeat(60);
    with(&[
        word(Author::You, &unbroken, 9 * SECOND_MS),
        word(Author::Keeper, "<script>alert(1)</script> & 'Söhne'", 8 * SECOND_MS),
        word(Author::You, "כמה קר עכשיו?", 7 * SECOND_MS),
        word(Author::Keeper, "I do not know that question. Ask “How cold is it?”", 6 * SECOND_MS),
    ])
}

/// A word that was said so long ago.
fn word(author: Author, text: &str, age_ms: i64) -> Word {
    Word {
        id: format!("word-of-the-story-{age_ms}"),
        visitor: Visitor::of_secret("story"),
        station: "town-hall".to_owned(),
        author,
        text: text.to_owned(),
        units: METRIC.name(),
        said_at: NOW.plus(-age_ms),
        seq: 1,
        answered: true,
        talker: String::new(),
    }
}
