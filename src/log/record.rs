//! One line of the log before it is written: what `tracing` tells, cut to a bounded length.

use serde_json::Value;
use std::error::Error;
use std::fmt::{self, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

/// Longest message, in characters: a panic with its place, or a sentence about a configuration.
const MESSAGE_MAX_CHARS: usize = 2_000;
/// Longest text of a field, in characters: texts come from outside, and one of them must not be a page of the log.
const FIELD_MAX_CHARS: usize = 500;
/// Causes of an error that are told, most.
const CAUSES_MAX: usize = 8;

/// A line of the log without its time. Two lines that differ in their time only are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub level: Level,
    pub target: String,
    pub message: String,
    /// In the order in which they were given.
    pub fields: Vec<(&'static str, Value)>,
}

impl Record {
    /// A line of the log itself.
    pub(super) fn own(level: Level, message: String) -> Self {
        Self { level, target: "stevenson::log".to_owned(), message, fields: Vec::new() }
    }

    /// The line that an event tells.
    pub(super) fn of(event: &Event<'_>) -> Self {
        let told = event.metadata();
        let (level, target) = (*told.level(), told.target().to_owned());
        let mut record = Self { level, target, message: String::new(), fields: Vec::new() };
        event.record(&mut record);
        record
    }

    fn takes(&mut self, field: &Field, value: Value) {
        self.fields.push((field.name(), value));
    }

    fn text(&mut self, field: &Field, text: impl fmt::Display) {
        match field.name() {
            "message" => self.message = cut(text, MESSAGE_MAX_CHARS),
            name => self.fields.push((name, cut(text, FIELD_MAX_CHARS).into())),
        }
    }
}

impl Visit for Record {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        for _ in 0..CAUSES_MAX {
            let Some(next) = cause else { break };
            let told = next.to_string();
            // Some errors say their cause themselves.
            if !text.ends_with(&told) {
                text = format!("{text}: {told}");
            }
            cause = next.source();
        }
        self.text(field, text);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.takes(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.takes(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.takes(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.takes(field, value.into());
    }
}

/// The start of a text. What comes behind it is not made.
fn cut(text: impl fmt::Display, max_chars: usize) -> String {
    /// Takes so many characters, and then stops.
    struct Bounded {
        text: String,
        left: usize,
    }
    impl Write for Bounded {
        fn write_str(&mut self, more: &str) -> fmt::Result {
            for c in more.chars() {
                if self.left == 0 {
                    self.text.push('…');
                    return Err(fmt::Error);
                }
                self.left -= 1;
                self.text.push(c);
            }
            Ok(())
        }
    }
    let mut bounded = Bounded { text: String::new(), left: max_chars };
    // An error means that there was more.
    let _ = write!(bounded, "{text}");
    bounded.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_and_shows_it() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü…");
    }
}
