//! How a line of the log is written: for people, for the journal of systemd, or as JSON. Pure.

use super::record::Record;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::fmt::Write;
use tracing::Level;
use weather::visible::{escaped, is_odd};

/// A way of writing lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// With the time; in colours if a person reads it at a terminal.
    Text { colours: bool },
    /// For the journal of systemd, which notes the time itself and reads the level from `<N>` (sd-daemon(3)).
    Journal,
    /// A JSON object a line.
    Json,
}

/// A line, with how often it came again.
pub(super) struct LogLine<'a> {
    pub at: DateTime<Utc>,
    pub record: &'a Record,
    /// 0: this is the line itself.
    pub repeated: u64,
}

impl Way {
    /// A line of the log, with its end.
    pub(super) fn line(self, line: &LogLine<'_>) -> String {
        match self {
            Self::Text { colours } => {
                let level = line.record.level;
                let level =
                    if colours { format!("\x1b[{}m{level:>5}\x1b[0m", colour(level)) } else { format!("{level:>5}") };
                format!("{} {level} {}\n", time(line.at), told(line))
            }
            Self::Journal => format!("<{}>{}\n", priority(line.record.level), told(line)),
            Self::Json => json(line),
        }
    }

    /// A line for the person who started the program: without time and level where a person reads it.
    pub(super) fn plain(self, at: DateTime<Utc>, text: String) -> String {
        let error = Level::ERROR;
        match self {
            // Some errors have several lines.
            Self::Text { .. } => text.split('\n').map(|line| escaped(line) + "\n").collect(),
            Self::Journal => format!("<{}>{}\n", priority(error), escaped(&text)),
            Self::Json => json(&LogLine { at, record: &Record::own(error, text), repeated: 0 }),
        }
    }
}

fn time(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ")
}

/// The level as syslog counts it.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        _ => 34,
    }
}

/// What a line says, without time and level.
fn told(line: &LogLine<'_>) -> String {
    let Record { target, message, fields, .. } = line.record;
    let mut told = match line.repeated {
        0 => format!("{target}: {}", escaped(message)),
        times => format!("{target}: … repeated {times} times: {}", escaped(message)),
    };
    for (name, value) in fields {
        // Writing to a String does not fail.
        let _ = match value {
            Value::String(text) if is_word(text) => write!(told, " {name}={text}"),
            value => write!(told, " {name}={}", escaped(&value.to_string())),
        };
    }
    told
}

/// Whether a text can stand without quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_whitespace() && !is_odd(c) && !matches!(c, '"' | '=' | '\\'))
}

fn json(line: &LogLine<'_>) -> String {
    let Record { level, target, message, fields } = line.record;
    let mut object = Map::new();
    object.insert("time".to_owned(), time(line.at).to_string().into());
    object.insert("level".to_owned(), level.as_str().into());
    object.insert("target".to_owned(), target.as_str().into());
    object.insert("message".to_owned(), message.as_str().into());
    if line.repeated > 0 {
        object.insert("repeated".to_owned(), line.repeated.into());
    }
    if !fields.is_empty() {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        object.insert("fields".to_owned(), Value::Object(fields.collect()));
    }
    ascii(&Value::Object(object).to_string()) + "\n"
}

/// JSON with escapes in place of what is not seen. Such characters stand in its texts only.
fn ascii(json: &str) -> String {
    let mut shown = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if !is_odd(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String does not fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(way: Way, message: &str, repeated: u64) -> String {
        let fields = vec![("station", "roof".into()), ("reason", "a \"b\"\u{1b}[2J".into()), ("times", 3.into())];
        let record =
            Record { level: Level::WARN, target: "stevenson::x".to_owned(), message: message.to_owned(), fields };
        way.line(&LogLine {
            at: DateTime::from_timestamp_millis(1_795_356_000_123).expect("a time"),
            record: &record,
            repeated,
        })
    }

    #[test]
    fn a_line_says_when_how_bad_where_and_what() {
        assert_eq!(
            line(Way::Text { colours: false }, "it is so", 0),
            "2026-11-22T14:00:00.123000Z  WARN stevenson::x: it is so station=roof reason=\"a \\\"b\\\"\\u001b[2J\" times=3\n"
        );
        assert!(line(Way::Text { colours: true }, "it", 0).contains("\x1b[33m WARN\x1b[0m stevenson::x: it"));
    }

    #[test]
    fn the_journal_reads_the_level_and_gets_one_line() {
        let told = line(Way::Journal, "one\ntwo\u{202e}", 7);
        assert!(told.starts_with("<4>stevenson::x: … repeated 7 times: one\\ntwo\\u{202e} station=roof"), "{told}");
        assert_eq!(told.matches('\n').count(), 1);
        assert_eq!(Way::Journal.plain(DateTime::UNIX_EPOCH, "a\nb".to_owned()), "<3>a\\nb\n");
    }

    #[test]
    fn every_line_of_json_is_an_object() {
        for (message, repeated) in
            [("one\ntwo", 0), ("\u{1b}\"", 312), ("\u{9b}\u{85}\u{2028}\u{202e}\u{200b}\u{e0041}\u{7f}", 0)]
        {
            let told = line(Way::Json, message, repeated);
            assert!(!told.trim_end().chars().any(is_odd), "{told}");
            assert_eq!(told.matches('\n').count(), 1);
            let read: Value = serde_json::from_str(&told).expect("JSON");
            assert_eq!(
                (&read["message"], &read["level"], &read["fields"]["times"]),
                (&message.into(), &"WARN".into(), &3.into())
            );
            assert_eq!(read["repeated"].as_u64().unwrap_or(0), repeated);
        }
        let read: Value = serde_json::from_str(&Way::Json.plain(DateTime::UNIX_EPOCH, "no".to_owned())).expect("JSON");
        assert_eq!((&read["message"], &read["level"]), (&"no".into(), &"ERROR".into()));
    }
}
