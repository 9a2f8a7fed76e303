//! A cursor is a place in one journal, written `epoch.sequence`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How far a page has seen. Only cursors of one epoch can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    epoch: Arc<str>,
    seq: u64,
}

/// Longest name of a journal, in characters: 128 random bits fit, in hexadecimal too.
pub const EPOCH_MAX_CHARS: usize = 32;
/// The last place in a journal: databases count in signed 64 bits.
pub const SEQ_MAX: u64 = i64::MAX as u64;

/// A text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: it is written epoch.sequence, as the server printed it")]
pub struct BadCursor;

impl Cursor {
    /// The place `seq` of the journal `epoch`. The caller knows that there is such a journal.
    pub fn new(epoch: Arc<str>, seq: u64) -> Self {
        Self { epoch, seq }
    }

    /// The journal's name.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The place in it; 0 is before the first entry.
    pub fn seq(&self) -> u64 {
        self.seq
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.seq)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    /// Reads what was printed and nothing else: one place has one spelling.
    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (epoch, digits) = text.split_once('.').ok_or(BadCursor)?;
        let epoch_fits = (1..=EPOCH_MAX_CHARS).contains(&epoch.len()) && epoch.bytes().all(super::is_id_byte);
        let digits_fit = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let seq = digits.parse().map_err(|_| BadCursor)?;
        if epoch_fits && digits_fit && seq <= SEQ_MAX {
            return Ok(Self { epoch: epoch.into(), seq });
        }
        Err(BadCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for text in ["7Q.1234", "a.0", "A-_9.9223372036854775807", &format!("{}.1", "x".repeat(EPOCH_MAX_CHARS))] {
            assert_eq!(text.parse::<Cursor>().map(|c| c.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn any_other_spelling_is_refused() {
        let long = format!("{}.1", "x".repeat(EPOCH_MAX_CHARS + 1));
        let odd = ["", ".", "7Q", "7Q.", ".7", "7Q.01", "7Q.00", "7Q.+1", "7Q.-1", "7Q. 1", "7Q.1 ", "7Q.1.2", "ä.1"];
        for text in odd.into_iter().chain(["7 Q.1", "7Q.1e3", "7Q.9223372036854775808", &long]) {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text:?}");
        }
    }
}
