//! What a check says, a line each.

use serde::Serialize;
use std::fmt;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub level: Level,
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// A sentence: what is so, and what to do about it.
    pub text: String,
}

/// How bad it is. The later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// Worth a look.
    Warn,
    /// To be mended.
    Wrong,
}

impl Finding {
    pub(super) fn ok(about: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, about, text: text.into() }
    }

    pub(super) fn warn(about: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Warn, about, text: text.into() }
    }

    pub(super) fn wrong(about: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Wrong, about, text: text.into() }
    }
}

/// `warn   disk            2 GiB are free, …`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Wrong => "wrong",
        };
        write!(f, "{level:<5}  {:<15}  {}", self.about, self.text)
    }
}

/// A number of bytes, rounded down: `812 MiB`, `3.4 GiB`.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{}.{} GiB", bytes >> 30, ((bytes & 0x3fff_ffff) * 10) >> 30),
    }
}
