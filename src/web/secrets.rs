//! Keys that somebody put where they do not belong: neither a log nor an answer repeats them.

mod veil;

pub use veil::{Veil, without_logins};

use crate::storage::KEY_MARK;
use std::borrow::Cow;
use std::fmt;
use weather::report::Warning;

/// The text with `stv_…` in place of each key.
pub fn masked(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains(KEY_MARK) {
        return Cow::Borrowed(text);
    }
    let (mut rest, mut kept) = (text, String::with_capacity(text.len()));
    while let Some(at) = rest.to_ascii_lowercase().find(KEY_MARK) {
        let (before, key) = rest.split_at(at);
        let end = key.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(key.len());
        kept.push_str(before);
        kept.push_str(if end > KEY_MARK.len() { "stv_…" } else { &key[..end] });
        rest = &key[end..];
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Parts of names, in lower case, whose values are secrets, or what a device calls itself.
const SECRET_PARTS: [&str; 12] =
    ["pass", "key", "token", "secret", "auth", "pwd", "serial", "psk", "bearer", "cookie", "session", "credential"];
/// Whole names, likewise.
const SECRET_NAMES: [&str; 5] = ["mac", "id", "imei", "ssid", "siteid"];

/// Whether the value of a field of that name may be a secret. Better one that is none than one that is shown.
pub fn is_secret_name(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let own = lower.rsplit(['/', '.']).next().unwrap_or_default();
    has_secret_part(&lower) || SECRET_NAMES.contains(&own)
}

/// Whether a part of a lower-case name says that it is of a secret.
fn has_secret_part(lower: &str) -> bool {
    let named = lower.replace("compass", "");
    SECRET_PARTS.iter().any(|part| named.contains(part))
}

/// Why a field of that name cannot be read as a value; `None` if it can.
pub fn unreadable(name: &str) -> Option<String> {
    is_secret_name(name).then(|| format!("{name} is the name of a secret, and secrets are not read as values"))
}

/// The target of a request with `…` in place of what looks like a key in its path: a long word with a digit in it.
pub fn masked_path(target: &str) -> String {
    /// Shorter words are names of places.
    const WORD_MIN_CHARS: usize = 16;
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let parts = path.split('/').map(|part| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%');
        let looks_like_key =
            part.len() >= WORD_MIN_CHARS && part.chars().all(is_word) && part.bytes().any(|byte| byte.is_ascii_digit());
        if looks_like_key { "…" } else { part }
    });
    parts.collect::<Vec<_>>().join("/") + query
}

/// Warnings that are written to the log without keys, and without the values of secrets.
pub struct Masked<'w>(pub &'w [Warning]);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().cloned().map(|warning| match is_secret_name(&warning.field) {
            true => Warning { value: "…".to_owned(), ..warning },
            false => warning,
        });
        f.write_str(&masked(&format!("{:?}", shown.collect::<Vec<_>>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_path_that_looks_like_a_key_is_masked() {
        assert_eq!(masked_path("/a=b/abcDEF123456789012/x=2/y"), "/a=b/…/x=2/y");
        assert_eq!(masked_path("/api/v1/abcDEF123456789012/telemetry?x=1"), "/api/v1/…/telemetry?x=1");
        assert_eq!(
            masked_path("/weatherstation/updateweatherstation.php?a=/aaaaaaaaaaaaaaa1"),
            "/weatherstation/updateweatherstation.php?a=/aaaaaaaaaaaaaaa1"
        );
    }

    #[test]
    fn keys_are_masked_wherever_they_stand() {
        assert_eq!(masked("nothing"), "nothing");
        assert_eq!(masked("no /api/v1/stv_a-b_C9/telemtry here"), "no /api/v1/stv_…/telemtry here");
        assert_eq!(masked("STV_X=stv_y, é"), "stv_…=stv_…, é");
        assert_eq!(masked("send Bearer stv_…"), "send Bearer stv_…", "an advice");
        let warnings = [Warning::new("password", "hunter22", "unknown"), Warning::new("x", "stv_aé", "unknown")];
        let told = Masked(&warnings).to_string();
        assert!(!told.contains("hunter22") && told.contains("\"stv_…é\""), "{told}");
    }
}
