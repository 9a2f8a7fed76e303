//! The clipboard is what a truck brings from home. A value of these types is within its limits.

pub use super::bad_clipboard::BadClipboard;

use super::cursor::{BadCursor, Cursor};
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
/// Longest topic.
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

/// The field of a word that names its topic, on the wire. Version 1 of the protocol has it from the program that this
/// library was made for; so its name stands here, at the only place where it matters, and nowhere else.
const TOPIC_FIELD: &str = "station";

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
    /// What it is about.
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
    /// As [`TOPIC_FIELD`] says.
    #[serde(rename = "station")]
    topic: String,
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
            watch: watch(optional("watch", fields.watch, "a list of topics")?.unwrap_or_default())?,
            say: say(
                optional("say", fields.say, &format!("a list of {{id, {TOPIC_FIELD}, text}}"))?.unwrap_or_default()
            )?,
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
    text.parse().map_err(|error: BadCursor| BadClipboard::new("seen", &text, error.to_string()))
}

fn watch(topics: Vec<String>) -> Result<Watch, BadClipboard> {
    if topics.len() > WATCH_MAX_TOPICS {
        let reason = format!("name {WATCH_MAX_TOPICS} at most; an empty list watches all");
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
    Err(BadClipboard::new(field, name, format!("use 1 to {TOPIC_MAX_CHARS} of A-Z a-z 0-9 _ -")))
}

fn say(said: Vec<Said>) -> Result<Vec<Word>, BadClipboard> {
    if said.len() > SAY_MAX_WORDS {
        let reason = format!("{SAY_MAX_WORDS} words a truck at most");
        return Err(BadClipboard::new("say", &said.len().to_string(), reason));
    }
    let word = |(index, said): (usize, Said)| {
        let id = Id::new(&said.id).map_err(|error| BadClipboard { field: format!("say[{index}].id"), ..error })?;
        topic(&format!("say[{index}].{TOPIC_FIELD}"), &said.topic)?;
        if said.text.trim().is_empty() || said.text.chars().count() > TEXT_MAX_CHARS {
            let reason = format!("1 to {TEXT_MAX_CHARS} characters, not blank");
            return Err(BadClipboard::new(format!("say[{index}].text"), &said.text, reason));
        }
        Ok(Word { id, topic: said.topic.into(), text: said.text.into() })
    };
    said.into_iter().enumerate().map(word).collect()
}

#[cfg(test)]
mod tests;
