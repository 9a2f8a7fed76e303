//! Errors of a whole request: the reason, and the place in the body.

use std::fmt;
use weather::report::Warning;

/// A body that is not a list of reports. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Malformed {
    /// The report's place among several, from 0.
    place: Option<usize>,
    /// Line and column of the body, from 1, columns in bytes.
    position: Option<(usize, usize)>,
    field: Option<Box<Warning>>,
    reason: String,
}

impl Malformed {
    /// The field that is wrong, if it is one, with its report's place.
    pub fn field(&self) -> Option<Warning> {
        let field = Warning::clone(self.field.as_ref()?);
        Some(match self.place {
            Some(place) => field.at(place),
            None => field,
        })
    }

    pub(super) fn empty() -> Self {
        Self { place: None, position: None, field: None, reason: "the body is empty".to_owned() }
    }

    pub(super) fn not_utf8(bytes: &[u8], valid_up_to: usize) -> Self {
        let valid = bytes.get(..valid_up_to).unwrap_or(bytes);
        let line_start = valid.iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let position = Some((line, valid.len() - line_start + 1));
        Self { place: None, position, field: None, reason: "not UTF-8".to_owned() }
    }

    /// `error` in a text whose first line is the body's `line`; `fault` says it better, if there is one.
    pub(super) fn at(
        error: &serde_json::Error,
        line: usize,
        place: Option<usize>,
        fault: Option<(String, Option<Warning>)>,
    ) -> Self {
        let position = Some((line + error.line().saturating_sub(1), error.column()));
        let (reason, field) = fault.unwrap_or_else(|| {
            let text = error.to_string();
            let end = format!(" at line {} column {}", error.line(), error.column());
            (text.strip_suffix(&end).unwrap_or(&text).to_owned(), None)
        });
        Self { place, position, field: field.map(Box::new), reason }
    }
}

impl Malformed {
    /// The same in the text that was sent: `column` finds the column there, by line and column.
    pub(super) fn place_as_sent(mut self, column: impl Fn(usize, usize) -> usize) -> Self {
        self.position = self.position.map(|(line, at)| (line, column(line, at)));
        self
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "report [{place}], ")?;
        }
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Malformed {}
