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

/// Parts of names, in lower case, whose values are secrets, or what a device calls itself.
const SECRET_PARTS: [&str; 7] = ["pass", "key", "token", "secret", "auth", "pwd", "serial"];
/// Whole names, likewise.
const SECRET_NAMES: [&str; 5] = ["mac", "id", "imei", "ssid", "siteid"];

/// Whether the value of a field of that name may be a secret. Better one that is none than one that is shown.
pub fn is_secret_name(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let own = lower.rsplit(['/', '.']).next().unwrap_or_default();
    SECRET_PARTS.iter().any(|part| lower.contains(part)) || SECRET_NAMES.contains(&own)
}

/// The text of an upload with `…` in place of its secrets: keys, and the values of pairs with one of these lower-case names.
/// Names and values may be percent-encoded.
pub fn masked_pairs(text: &str, secrets: &[&str]) -> String {
    let pairs = text.split_inclusive('&').map(|pair| {
        let (inner, end) = pair.strip_suffix('&').map_or((pair, ""), |inner| (inner, "&"));
        let Some((name, value)) = inner.split_once('=') else { return masked(pair).into_owned() };
        let name_start = name.rfind(['?', '/', ' ', '\n']).map_or(0, |at| at + 1);
        let decoded = form_urlencoded::parse(&inner.as_bytes()[name_start..]).next();
        let (bare, plain) =
            decoded.map_or_else(Default::default, |(name, value)| (name.trim().to_ascii_lowercase(), value));
        // A name may be glued to what stands before it: `upload.phpID=`.
        let is_secret = |secret: &str| bare == secret || (bare.contains('.') && bare.ends_with(secret));
        let hides = !value.is_empty()
            && (secrets.iter().any(|secret| is_secret(secret)) || masked(&plain) != plain && masked(value) == value);
        let value = if hides { Cow::Borrowed("…") } else { masked(value) };
        format!("{}={value}{end}", masked(name))
    });
    pairs.collect()
}

/// The target of a request with `…` in place of what looks like a key in its path: a long word with a digit in it.
pub fn masked_path(target: &str) -> String {
    /// Shorter words are names of places.
    const WORD_MIN_CHARS: usize = 16;
    let (path, query) = target.split_at(target.find(['?', '=']).unwrap_or(target.len()));
    let parts = path.split('/').map(|part| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%');
        let looks_like_key =
            part.len() >= WORD_MIN_CHARS && part.chars().all(is_word) && part.bytes().any(|byte| byte.is_ascii_digit());
        if looks_like_key { "…" } else { part }
    });
    parts.collect::<Vec<_>>().join("/") + query
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
    fn secrets_of_an_upload_are_masked_by_their_names_however_they_are_written() {
        const SECRETS: [&str; 3] = ["passkey", "password", "id"];
        for (sent, shown) in [
            ("ID=town&PASSWORD=a%26b&tempf=1", "ID=…&PASSWORD=…&tempf=1"),
            ("/data/report/?PASSKEY=AB12&stationtype=A", "/data/report/?PASSKEY=…&stationtype=A"),
            ("PASS%57ORD=abc&p=1", "PASS%57ORD=…&p=1"),
            ("/update.phpID=town&x=1", "/update.phpID=…&x=1"),
            ("foo=stv%5Fabc", "foo=…"),
            ("foo=stv_abc&b", "foo=stv_…&b"),
            ("humidity=7&PASSWORD=", "humidity=7&PASSWORD="),
            ("{\"temperature\": 21.5}", "{\"temperature\": 21.5}"),
        ] {
            assert_eq!(masked_pairs(sent, &SECRETS), shown, "{sent}");
        }
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
        assert_eq!(Masked(["stv_aé", "x"]).to_string(), r#"["stv_…é", "x"]"#);
    }
}
