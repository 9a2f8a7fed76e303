//! How many uploads were refused, for those who watch: by format and by reason. Both are words of the program, so there are few.

use super::Fate;
use std::collections::BTreeMap;

/// The counts since the start.
#[derive(Debug, Default, Clone)]
pub struct Counted(BTreeMap<(&'static str, &'static str), u64>);

impl Counted {
    /// One more.
    pub(super) fn add(&mut self, format: &'static str, reason: &'static str) {
        *self.0.entry((format, reason)).or_default() += 1;
    }

    /// All of them: format, reason, count.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.0.iter().map(|((format, reason), count)| (*format, *reason, *count))
    }
}

/// An upload of which a part was not taken.
pub(super) const PARTLY: &str = "partly";
/// An upload of a sender who is nobody, or who sends too many.
pub(super) const TURNED_AWAY: &str = "turned_away";

/// Why an upload with this fate was refused; `None` if it was not.
pub(super) fn reason(fate: &Fate) -> Option<&'static str> {
    match fate {
        Fate::Taken => None,
        Fate::Refused(_) => Some("unanswered"),
        Fate::Answered { status, .. } => match status {
            ..300 => None,
            400 | 422 => Some("malformed"),
            401 | 403 => Some("key"),
            404 => Some("no_station"),
            408 => Some("slow"),
            411 | 413 | 415 => Some("body"),
            429 => Some("too_many"),
            503 => Some("busy"),
            507 => Some("full"),
            _ => Some("other"),
        },
    }
}
