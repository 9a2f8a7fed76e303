//! Keys that somebody put where they do not belong: neither a log nor an answer repeats them.

use crate::storage::KEY_MARK;
use std::borrow::Cow;
use std::fmt;

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

/// Something that is written to the log without keys.
pub struct Masked<T>(pub T);

impl<T: fmt::Debug> fmt::Display for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&format!("{:?}", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_masked_wherever_they_stand() {
        assert_eq!(masked("nothing"), "nothing");
        assert_eq!(masked("no /api/v1/stv_a-b_C9/telemtry here"), "no /api/v1/stv_…/telemtry here");
        assert_eq!(masked("STV_X=stv_y, é"), "stv_…=stv_…, é");
        assert_eq!(masked("send Bearer stv_…"), "send Bearer stv_…", "an advice");
        assert_eq!(Masked(["stv_aé", "x"]).to_string(), r#"["stv_…é", "x"]"#);
    }
}
