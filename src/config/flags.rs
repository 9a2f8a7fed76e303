//! The flags of the command line that set knobs.

use figment::value::Value;
use std::path::PathBuf;

/// The flags that were given, as the last layer of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--data`, as it was written.
    pub(super) data: Option<PathBuf>,
    set: Vec<Flag>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Flag {
    /// As it is written, such as `--port`.
    pub name: &'static str,
    /// The key that it sets, such as `storage.durability`.
    pub key: &'static str,
    pub value: Value,
}

impl Flags {
    /// `--data`, and no other flag.
    pub fn new(data: Option<PathBuf>) -> Self {
        Self { data, ..Self::default() }
    }

    /// One more, if it was given: `flags.and("--port", "port", Some(8080))`.
    #[must_use]
    pub fn and(mut self, name: &'static str, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        self.set.extend(value.map(|value| Flag { name, key, value: value.into() }));
        self
    }

    /// One more that says yes, if it was given.
    #[must_use]
    pub fn and_yes(self, name: &'static str, key: &'static str, is_given: bool) -> Self {
        self.and(name, key, is_given.then_some(true))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Flag> {
        self.set.iter()
    }
}
