//! A clipboard that is not understood.

/// A field that is wrong: which one, its value as sent, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct BadClipboard {
    /// The field as it was named; empty if the whole body is wrong.
    pub field: String,
    /// The value as it was sent.
    pub value: String,
    /// For the person who reads it.
    pub reason: String,
}

impl BadClipboard {
    pub(crate) fn new(field: impl Into<String>, value: &str, reason: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.to_owned(), reason: reason.into() }
    }
}
