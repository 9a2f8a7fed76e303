//! Pairs of names and values, as consoles send them: URL-encoded, in the path, the query or the body. Pure.

use std::borrow::Cow;

/// Most pairs in one upload; the longest real one has about two hundred.
pub const PAIRS_MAX: usize = 512;

/// More than [`PAIRS_MAX`] pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// A part of a path without its percent-encoding. Keys hold no other signs that a path has to escape.
pub fn unescaped(part: &str) -> Cow<'_, str> {
    form_urlencoded::parse(part.as_bytes()).next().map_or(Cow::Borrowed(part), |(name, _)| name)
}

/// Pairs in the order they were sent.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Names in lower case: consoles write `UV` and `uv`, `ID` and `id`.
    pairs: Vec<(String, String)>,
}

impl Pairs {
    /// Reads URL-encoded pairs, one part behind the other.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn new(parts: &[&[u8]]) -> Result<Self, TooMany> {
        let pairs = parts.iter().flat_map(|part| form_urlencoded::parse(part));
        let pairs = pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.into_owned()));
        let pairs: Vec<_> = pairs.filter(|(name, _)| !name.is_empty()).take(PAIRS_MAX + 1).collect();
        if pairs.len() > PAIRS_MAX { Err(TooMany) } else { Ok(Self { pairs }) }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of that lower-case name that is not blank, without blanks around it.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).map(str::trim).find(|value| !value.is_empty())
    }

    /// All values of that lower-case name, as they were sent.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(sent, _)| *sent == name).map(|(_, value)| value)
    }

    /// Whether one of the pairs has that lower-case name.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}
