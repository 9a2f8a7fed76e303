//! Fields of uploads that nothing here knows: storage keeps them for the owner, who may say what they are. Never secrets.

use super::console::fields::{self, Meaning};
use crate::storage::Storage;
use crate::web::secrets::{is_secret_name, masked};
use weather::report::Parsed;
use weather::station::StationId;
use weather::time::Timestamp;
use weather::visible::is_hidden;

/// Keeps the fields that a parser has left.
pub(crate) fn note(storage: &Storage, station: StationId, parsed: &mut Parsed, now: Timestamp) {
    if parsed.unknown.is_empty() {
        return;
    }
    let mut fields = std::mem::take(&mut parsed.unknown);
    fields.retain(|(name, value)| is_fit(name, value));
    for (name, _) in &mut fields {
        *name = name.trim().to_lowercase();
    }
    storage.note_unmapped(station, &fields, now);
}

/// What a field is to consoles without anybody saying so; `None` if it is nothing to them. What an owner says of it holds where it
/// means nothing by itself.
pub fn known_as(field: &str) -> Option<String> {
    match fields::find(&field.trim().to_lowercase()) {
        Meaning::Weather(sensor, quantity, unit) => {
            Some(format!("{} {}", sensor.key(quantity), unit.symbol()).trim_end().to_owned())
        }
        Meaning::Silent | Meaning::Unknown => None,
    }
}

fn is_fit(name: &str, value: &str) -> bool {
    let is_visible = |text: &str| !text.chars().any(is_hidden);
    // What holds fields of its own is no value, and one of them may be a secret.
    let is_nested = value.trim_start().starts_with(['{', '[']);
    let has_key = |text: &str| masked(text) != text;
    !is_nested && is_visible(name) && is_visible(value) && !is_secret_name(name) && !has_key(name) && !has_key(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_consoles_know_is_told() {
        assert_eq!(known_as("TempF").as_deref(), Some("temperature °F"));
        assert_eq!(known_as("temp3f").as_deref(), Some("temp3/temperature °F"));
        assert_eq!((known_as("wobble"), known_as("heap")), (None, None));
    }

    #[test]
    fn no_secret_is_kept() {
        assert!(is_fit("wobble", "7") && is_fit("pool/temp", "70.7") && is_fit("compass", "9"));
        for (name, value) in [
            ("PASSKEY", "AB"),
            ("wifi_password", "x"),
            ("api-key", "x"),
            ("token", "x"),
            ("clientSecret", "x"),
            ("wobble", "stv_abcdefgh12345678"),
            ("stv_abcdefgh12345678", "1"),
            ("mac", "24:c8"),
            ("a\nb", "1"),
            ("wobble", "\u{1b}[2J"),
            ("wob\u{202e}ble", "7"),
            ("meta", r#"{"password":"x"}"#),
            ("list", r#" [{"token":"x"}]"#),
            ("session_id", "x"),
        ] {
            assert!(!is_fit(name, value), "{name} {value}");
        }
    }
}
