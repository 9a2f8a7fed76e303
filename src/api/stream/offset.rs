//! An offset is a cursor that sorts as text: the journal's epoch, and the number with as many digits as the largest has.

use channel::cursor::{Cursor, SEQ_MAX};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Digits of the largest number.
const DIGITS: usize = 19;
const _: () = assert!(SEQ_MAX >= 10_u64.pow(DIGITS as u32 - 1) && SEQ_MAX / 10 < 10_u64.pow(DIGITS as u32 - 1));

/// A place in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offset(Cursor);

/// A text that is no offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadOffset;

impl Offset {
    /// The place after an entry of this journal.
    pub(super) fn new(epoch: Arc<str>, seq: u64) -> Self {
        Self(Cursor::new(epoch, seq))
    }

    /// The entry before the place, if it is one of this journal.
    pub(super) fn seq_in(&self, epoch: &str) -> Option<u64> {
        (self.0.epoch() == epoch).then(|| self.0.seq())
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:0DIGITS$}", self.0.epoch(), self.0.seq())
    }
}

impl FromStr for Offset {
    type Err = BadOffset;

    /// Reads what was printed and nothing else: one place has one spelling.
    fn from_str(text: &str) -> Result<Self, BadOffset> {
        let (epoch, digits) = text.split_once('.').ok_or(BadOffset)?;
        if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadOffset);
        }
        let seq: u64 = digits.parse().map_err(|_| BadOffset)?;
        format!("{epoch}.{seq}").parse().map(Self).map_err(|_| BadOffset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_sort_as_text_and_are_read_back() {
        let texts = [0, 9, 10, 99, 1_000_000, SEQ_MAX].map(|seq| Offset::new("E".into(), seq).to_string());
        assert!(texts.is_sorted(), "{texts:?}");
        for text in &texts {
            assert_eq!(text.parse::<Offset>().map(|offset| offset.to_string()).as_ref(), Ok(text));
        }
    }

    #[test]
    fn any_other_spelling_is_refused() {
        for text in [
            "",
            "E",
            "E.7",
            "7",
            "E.00000000000000000007",
            "E.000000000000000000x",
            "E.9999999999999999999",
            ".0000000000000000007",
        ] {
            assert_eq!(text.parse::<Offset>(), Err(BadOffset), "{text:?}");
        }
    }

    #[test]
    fn a_place_of_another_journal_is_none_here() {
        let offset = Offset::new("E".into(), 7);
        assert_eq!((offset.seq_in("E"), offset.seq_in("F")), (Some(7), None));
    }
}
