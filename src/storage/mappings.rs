//! What a station's owner has said of fields of its uploads, and fields that wait for it.

use weather::mapping::Mapping;
use weather::time::{DAY_MS, Timestamp};

/// Fields of a station that are kept because nobody has said what they are. Real consoles send a dozen.
pub const UNMAPPED_MAX: usize = 64;
/// Longest value that is kept of such a field, characters.
pub(super) const UNMAPPED_VALUE_MAX_CHARS: usize = 64;
/// A field that nobody has sent for so long gives its place to others, ms.
pub(super) const UNMAPPED_FOR_MS: i64 = 30 * DAY_MS;

/// A mapping that was made, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeMapping {
    /// The field, in lower case.
    pub field: String,
    /// What it is.
    pub mapping: Mapping,
    /// Who made it.
    pub author: String,
    /// When.
    pub made_at: Timestamp,
}

/// A field that nobody has said the meaning of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// Its name, in lower case.
    pub field: String,
    /// Its newest value as it was sent, its start.
    pub value: String,
    /// When it was seen first.
    pub first: Timestamp,
    /// When it was seen last.
    pub last: Timestamp,
    /// How many uploads had it.
    pub uploads: u64,
}
