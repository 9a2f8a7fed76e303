//! Many rows as one parameter: an array of arrays, to be read with `json_each`.

use serde::Serialize;
use std::fmt::Write;

/// An array of arrays.
pub(super) struct JsonRows(String);

impl JsonRows {
    pub(super) fn new() -> Self {
        Self(String::from("["))
    }

    /// Adds a row of JSON values with commas between them.
    pub(super) fn row(&mut self, values: std::fmt::Arguments<'_>) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        // Writing to memory does not fail.
        let _ = write!(self.0, "{comma}[{values}]");
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

/// Texts of any letters are escaped.
pub(super) fn json<T: Serialize>(rows: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
