//! The clipboard: what a truck brings from home. Whatever exists here is within its limits.

use super::cursor::Cursor;
use super::fleet::{FLEETS, Fleet};
use super::tally::Tally;
use super::watch::Watch;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The version of the protocol spoken here.
pub const VERSION: u64 = 1;
/// Longest clipboard: [`SAY_MAX_WORDS`] words of [`TEXT_MAX_CHARS`] characters of two bytes, and the rest.
pub const BODY_MAX_BYTES: usize = 64 << 10;
/// Most topics a truck watches; a page that shows more of them watches all.
pub const WATCH_MAX_TOPICS: usize = 64;
/// Longest topic: a station's slug.
pub const TOPIC_MAX_CHARS: usize = 64;
/// Most words aboard one truck; what is beyond waits for the next.
pub const SAY_MAX_WORDS: usize = 32;
/// Longest text of one word.
pub const TEXT_MAX_CHARS: usize = 1_000;
/// Shortest id: 96 random bits in base64, fewer could meet.
pub const ID_MIN_CHARS: usize = 16;
/// Longest name of a page's build: a hash in hexadecimal.
pub const BUILD_MAX_CHARS: usize = 64;
/// Longest id: 256 random bits in hexadecimal.
pub const ID_MAX_CHARS: usize = 64;

/// A random name that home made, for a bay or a word: 16 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// Checks an id.
    pub fn new(text: &str) -> Result<Self, BadClipboard> {
        if !(ID_MIN_CHARS..=ID_MAX_CHARS).contains(&text.len()) || !text.bytes().all(super::is_id_byte) {
            return Err(BadClipboard::new("id", text, "use 16 to 64 of A-Z a-z 0-9 _ -, at random"));
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Made at home; the same id is the same word.
    pub id: Id,
    /// What it is about: a station's slug.
    pub topic: Box<str>,
    /// 1 to [`TEXT_MAX_CHARS`] characters, not blank.
    pub text: Box<str>,
}

/// A request's body, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Clipboard {
    /// Which fleet the truck belongs to.
    pub fleet: &'static Fleet,
    /// How long it is willing to wait, milliseconds; `None`: the dock decides, 0: not at all.
    pub park: Option<u64>,
    /// How far home has seen.
    pub seen: Cursor,
    /// What home wants to hear of.
    pub watch: Watch,
    /// What home has to say, in order.
    pub say: Vec<Word>,
    /// The build of the page's files.
    pub build: Option<Box<str>>,
    /// What home has counted since its last truck.
    pub tally: Tally,
}

/// A field that is wrong: which one, its value as sent, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct BadClipboard {
    /// The field as it was named; empty if the whole body is wrong.
    pub field: String,
    /// The value as it was sent.
    pub value: String,
    /// For the person who reads it.
    pub reason: String,
}

impl BadClipboard {
    pub(super) fn new(field: impl Into<String>, value: &str, reason: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.to_owned(), reason: reason.into() }
    }
}

/// The fields, each to be read by itself, so that what is wrong can be named. Unknown ones are ignored.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    v: Option<&'a RawValue>,
    fleet: Option<&'a RawValue>,
    park: Option<&'a RawValue>,
    seen: Option<&'a RawValue>,
    watch: Option<&'a RawValue>,
    say: Option<&'a RawValue>,
    build: Option<&'a RawValue>,
    tally: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Said {
    id: String,
    station: String,
    text: String,
}

impl Clipboard {
    /// Reads a request's body.
    pub fn parse(body: &[u8]) -> Result<Self, BadClipboard> {
        let fields: Fields = serde_json::from_slice(body).map_err(|error| {
            let reason = match serde_json::from_slice::<IgnoredAny>(body) {
                Ok(_) if !body.trim_ascii_start().starts_with(b"{") => "not a clipboard: send a JSON object".to_owned(),
                Ok(_) => format!("not a clipboard: {error}"),
                Err(_) => format!("not JSON: {error}"),
            };
            BadClipboard::new("", "", reason)
        })?;
        let v: u64 = required("v", fields.v, "the version: 1")?;
        if v != VERSION {
            return Err(BadClipboard::new("v", &v.to_string(), "this server speaks version 1"));
        }
        Ok(Self {
            fleet: fleet(required("fleet", fields.fleet, "the name of a fleet")?)?,
            park: optional("park", fields.park, "the milliseconds this truck may wait, a whole number")?,
            seen: seen(required("seen", fields.seen, "a cursor, as the server printed it")?)?,
            watch: watch(optional("watch", fields.watch, "a list of stations")?.unwrap_or_default())?,
            say: say(optional("say", fields.say, "a list of {id, station, text}")?.unwrap_or_default())?,
            build: optional("build", fields.build, "the page's build")?.map(build).transpose()?,
            tally: fields.tally.map(Tally::parse).transpose()?.unwrap_or_default(),
        })
    }

    /// The clipboard of a stream that brings none: its fields come from a URL, `watch` with commas.
    pub fn of_stream(
        fleet: &'static Fleet,
        after: &str,
        topics: &str,
        of_build: Option<&str>,
    ) -> Result<Self, BadClipboard> {
        let topics = topics.split(',').filter(|topic| !topic.is_empty()).map(str::to_owned).collect();
        Ok(Self {
            fleet,
            park: None,
            seen: seen(after.to_owned())?,
            watch: watch(topics)?,
            say: Vec::new(),
            build: of_build.map(|of_build| build(of_build.to_owned())).transpose()?,
            tally: Tally::default(),
        })
    }
}

fn required<T: DeserializeOwned>(field: &str, raw: Option<&RawValue>, expected: &str) -> Result<T, BadClipboard> {
    optional(field, raw, expected)?.ok_or_else(|| BadClipboard::new(field, "", format!("missing: {expected}")))
}

fn optional<T: DeserializeOwned>(
    field: &str,
    raw: Option<&RawValue>,
    expected: &str,
) -> Result<Option<T>, BadClipboard> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_str(raw.get()).map_err(|_| BadClipboard::new(field, raw.get(), expected))
}

fn fleet(name: String) -> Result<&'static Fleet, BadClipboard> {
    Fleet::named(&name).ok_or_else(|| {
        let names = FLEETS.each_ref().map(|fleet| fleet.name).join(", ");
        BadClipboard::new("fleet", &name, format!("use one of {names}"))
    })
}

fn seen(text: String) -> Result<Cursor, BadClipboard> {
    text.parse().map_err(|error: super::cursor::BadCursor| BadClipboard::new("seen", &text, error.to_string()))
}

fn watch(topics: Vec<String>) -> Result<Watch, BadClipboard> {
    if topics.len() > WATCH_MAX_TOPICS {
        let reason = format!("{WATCH_MAX_TOPICS} stations at most; an empty list watches all");
        return Err(BadClipboard::new("watch", &topics.len().to_string(), reason));
    }
    for (index, name) in topics.iter().enumerate() {
        topic(&format!("watch[{index}]"), name)?;
    }
    Ok(Watch::of(topics))
}

fn build(name: String) -> Result<Box<str>, BadClipboard> {
    if (1..=BUILD_MAX_CHARS).contains(&name.len()) && name.bytes().all(super::is_id_byte) {
        return Ok(name.into());
    }
    Err(BadClipboard::new("build", &name, "the page's build, as the server printed it"))
}

fn topic(field: &str, name: &str) -> Result<(), BadClipboard> {
    if (1..=TOPIC_MAX_CHARS).contains(&name.len()) && name.bytes().all(super::is_id_byte) {
        return Ok(());
    }
    Err(BadClipboard::new(field, name, "not the name of a station"))
}

fn say(said: Vec<Said>) -> Result<Vec<Word>, BadClipboard> {
    if said.len() > SAY_MAX_WORDS {
        let reason = format!("{SAY_MAX_WORDS} words a truck at most");
        return Err(BadClipboard::new("say", &said.len().to_string(), reason));
    }
    let word = |(index, said): (usize, Said)| {
        let id = Id::new(&said.id).map_err(|error| BadClipboard { field: format!("say[{index}].id"), ..error })?;
        topic(&format!("say[{index}].station"), &said.station)?;
        if said.text.trim().is_empty() || said.text.chars().count() > TEXT_MAX_CHARS {
            let reason = format!("1 to {TEXT_MAX_CHARS} characters, not blank");
            return Err(BadClipboard::new(format!("say[{index}].text"), &said.text, reason));
        }
        Ok(Word { id, topic: said.station.into(), text: said.text.into() })
    };
    said.into_iter().enumerate().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ID: &str = "0123456789abcdef";

    /// A clipboard with one field replaced, or added, or (null) left out.
    fn with(field: &str, value: Value) -> Result<Clipboard, BadClipboard> {
        let mut body = json!({"v": 1, "fleet": "ping-pong", "park": 25_000, "seen": "7Q.1234", "watch": ["town-hall"],
            "say": [{"id": ID, "station": "town-hall", "text": "warn me below 0 °C"}]});
        match value {
            Value::Null => drop(body.as_object_mut().expect("an object").remove(field)),
            value => body[field] = value,
        }
        Clipboard::parse(body.to_string().as_bytes())
    }

    fn wrong_field(parsed: Result<Clipboard, BadClipboard>) -> String {
        parsed.expect_err("a bad field").field
    }

    #[test]
    fn a_clipboard_is_read_whole() {
        let clipboard = with("colour", json!({"unknown": ["fields", "are ignored"]})).expect("a clipboard");
        assert_eq!((clipboard.fleet.name, clipboard.park), ("ping-pong", Some(25_000)));
        assert_eq!((clipboard.seen.epoch(), clipboard.seen.seq()), ("7Q", 1234));
        assert_eq!(clipboard.watch, Watch::of(["town-hall"]));
        assert_eq!((clipboard.say[0].id.as_str(), &*clipboard.say[0].text), (ID, "warn me below 0 °C"));
    }

    #[test]
    fn what_may_be_absent_has_a_default() {
        let clipboard = Clipboard::parse(br#"{"v":1,"fleet":"polling","seen":"E.0"}"#).expect("a clipboard");
        assert_eq!((clipboard.park, clipboard.watch, clipboard.say), (None, Watch::all(), vec![]));
        assert_eq!((clipboard.build, clipboard.tally), (None, Tally::default()));
    }

    #[test]
    fn a_stream_says_the_same_in_its_url() {
        let sse = Fleet::named("sse").expect("a fleet");
        let stream = |topics| Clipboard::of_stream(sse, "7Q.12", topics, Some("b1"));
        let clipboard = stream("mill,harbour").expect("a clipboard");
        assert_eq!((clipboard.seen.seq(), clipboard.watch), (12, Watch::of(["harbour", "mill"])));
        assert_eq!(stream("").map(|clipboard| clipboard.watch), Ok(Watch::all()));
        assert_eq!(wrong_field(stream("mill,@ann")), "watch[1]");
        assert_eq!(wrong_field(Clipboard::of_stream(sse, "12", "", None)), "seen");
        assert_eq!(wrong_field(Clipboard::of_stream(sse, "7Q.12", "", Some("<b>"))), "build");
    }

    #[test]
    fn a_bad_field_is_named() {
        for (field, bad) in [
            ("v", json!(2)),
            ("v", json!("1")),
            ("v", Value::Null),
            ("fleet", json!("Ping-Pong")),
            ("fleet", json!(6)),
            ("fleet", Value::Null),
            ("park", json!(-1)),
            ("park", json!(1.5)),
            ("park", json!("25000")),
            ("seen", json!("1234")),
            ("seen", json!(1234)),
            ("seen", Value::Null),
            ("watch", json!("town-hall")),
            ("watch", json!(vec!["a"; WATCH_MAX_TOPICS + 1])),
            ("build", json!("")),
            ("build", json!("a b")),
            ("build", json!("x".repeat(BUILD_MAX_CHARS + 1))),
            ("tally", json!(1)),
            ("say", json!({})),
            ("say", json!([{"id": ID}])),
            ("say", json!(vec![json!({"id": ID, "station": "a", "text": "b"}); SAY_MAX_WORDS + 1])),
        ] {
            assert_eq!(wrong_field(with(field, bad.clone())), field, "{bad}");
        }
    }

    #[test]
    fn a_bad_word_is_named_with_its_place() {
        let good = json!({"id": ID, "station": "a", "text": "b"});
        for (field, bad) in [
            ("id", json!("0123456789abcde")),
            ("id", json!("x".repeat(ID_MAX_CHARS + 1))),
            ("id", json!("0123456789 abcdef")),
            ("station", json!("")),
            ("station", json!("../town-hall")),
            ("text", json!(" \n")),
            ("text", json!("ä".repeat(TEXT_MAX_CHARS + 1))),
        ] {
            let mut word = good.clone();
            word[field] = bad;
            assert_eq!(wrong_field(with("say", json!([good, word]))), format!("say[1].{field}"));
        }
        assert_eq!(wrong_field(with("watch", json!(["a", "b c"]))), "watch[1]");
    }

    #[test]
    fn everything_at_its_limit_is_welcome() {
        let word = json!({"id": "x".repeat(ID_MAX_CHARS), "station": "x".repeat(TOPIC_MAX_CHARS),
            "text": "x".repeat(TEXT_MAX_CHARS)});
        assert!(with("say", json!(vec![word; SAY_MAX_WORDS])).is_ok());
        assert!(with("watch", json!(vec!["x".repeat(TOPIC_MAX_CHARS); WATCH_MAX_TOPICS])).is_ok());
    }

    #[test]
    fn what_is_no_clipboard_is_told_from_what_is_no_json() {
        assert!(Clipboard::parse(b"{\"v\":1").expect_err("cut").reason.starts_with("not JSON"));
        assert!(Clipboard::parse(b"\xff").expect_err("no text").reason.starts_with("not JSON"));
        assert!(Clipboard::parse(b"[]").is_err());
        assert!(Clipboard::parse(b"1").expect_err("a number").reason.starts_with("not a clipboard"));
        assert!(Clipboard::parse(br#"{"v":1,"v":1,"fleet":"polling","seen":"E.0"}"#).is_err(), "twice the same field");
    }
}
