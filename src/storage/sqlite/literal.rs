//! Values as they stand in a statement.

use crate::storage::tables::Kind;
use std::fmt::Write;

/// A value of a key, as [`crate::storage::rows::Rows`] has it.
pub(super) fn literal(kind: Kind, value: &[u8]) -> String {
    let word = || u64::from_be_bytes(value.try_into().unwrap_or_default());
    match kind {
        Kind::Integer | Kind::Boolean => word().cast_signed().to_string(),
        Kind::Real => format!("{:?}", f64::from_bits(word())),
        Kind::Text => format!("CAST(x'{}' AS TEXT)", hex(value)),
        Kind::Blob => format!("x'{}'", hex(value)),
    }
}

fn hex(value: &[u8]) -> String {
    value.iter().fold(String::with_capacity(2 * value.len()), |mut text, byte| {
        // A text takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
