//! Station keys: made here, shown once, stored only as SHA-256.

use super::error::Error;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::fmt;

/// A station's key, in the open: `stv_` and 256 random bits. Shown once; only its SHA-256 is stored.
pub struct Key(String);

/// Says what the text is when it turns up in a log or a repository, to people and to secret scanners.
pub const MARK: &str = "stv_";
/// Random bytes in a key. That many need no slow hash: nobody can guess them.
const KEY_BYTES: usize = 32;
/// So many characters are kept in the open, to tell keys apart in a list.
const PREFIX_CHARS: usize = 8;

impl Key {
    /// A new key from the system's randomness.
    pub(super) fn generate() -> Result<Self, Error> {
        Ok(Self(format!("{MARK}{}", Base64UrlUnpadded::encode_string(&random::<KEY_BYTES>()?))))
    }

    /// The text to show, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True if a text has the form of a key.
    pub fn is_like_one(text: &str) -> bool {
        let rest = text.strip_prefix(MARK).unwrap_or_default();
        rest.len() == (KEY_BYTES * 4).div_ceil(3)
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    }

    /// What may be shown of a text that was sent as a key, without the mark: so much as is kept of each key. Empty if it does not
    /// begin as a key does, or is too short to hide the rest.
    pub fn hint(text: &str) -> &str {
        let rest = text.strip_prefix(MARK).filter(|rest| rest.len() > 3 * PREFIX_CHARS).unwrap_or_default();
        rest.get(..PREFIX_CHARS - MARK.len()).unwrap_or_default()
    }

    /// The part that may be shown again.
    pub(super) fn prefix(&self) -> &str {
        &self.0[..PREFIX_CHARS]
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}…)", self.prefix())
    }
}

/// What is stored of a key.
pub(super) type KeyHash = [u8; 32];

/// What is stored of `key`.
pub(super) fn hash(key: &str) -> KeyHash {
    Sha256::digest(key.as_bytes()).into()
}

/// `N` bytes from the system's randomness.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::database(std::io::Error::other(error)))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_mark_and_256_random_bits() {
        let (one, other) = (Key::generate().expect("random"), Key::generate().expect("random"));
        assert_eq!(one.reveal().len(), 4 + 43);
        assert!(one.reveal().starts_with("stv_"));
        assert_ne!(one.reveal(), other.reveal());
        assert!(Key::is_like_one(one.reveal()));
        assert!(
            ["", "stv_", "stv_wrong", &one.reveal()[1..], &one.reveal()[..46]]
                .iter()
                .all(|text| !Key::is_like_one(text))
        );
    }

    #[test]
    fn a_key_that_is_unknown_is_told_by_its_first_signs() {
        let key = Key::generate().expect("random");
        assert_eq!(format!("{MARK}{}", Key::hint(key.reveal())), key.prefix());
        for text in ["", "stv_", "stv_abcdefgh", "opensesame-opensesame-opensesame", "stv_ööööööööööööööööö"]
        {
            assert!(Key::hint(text).len() <= 4 && !Key::hint(text).contains("open"), "{text}");
        }
        assert_eq!(Key::hint("stv_abcdefgh"), "");
    }

    #[test]
    fn a_key_does_not_slip_into_a_log() {
        let key = Key::generate().expect("random");
        assert!(!format!("{key:?}").contains(&key.reveal()[PREFIX_CHARS..]));
    }
}
