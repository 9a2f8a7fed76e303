//! The rows of the comparison: the six fleets, and two modern ways beside them.

use channel::fleet::Fleet;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// How news comes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Aboard trucks: each answer ends its request.
    Trucks,
    /// Server-Sent Events down, trucks that do not park up.
    Events,
    /// A WebSocket, both ways.
    Socket,
}

/// A row. As JSON it is its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name, the same in Rust, JavaScript, URLs, metrics and docs.
    pub name: &'static str,
    /// How its news comes down.
    pub way: Way,
}

const fn row(name: &'static str, way: Way) -> Row {
    Row { name, way }
}

/// All of them: the essay's, in its order, then the modern ones.
pub const ROWS: [Row; 8] = [
    row("stay-home", Way::Trucks),
    row("wait-for-reply", Way::Trucks),
    row("polling", Way::Trucks),
    row("expanding", Way::Trucks),
    row("slow-and-fast", Way::Trucks),
    row("ping-pong", Way::Trucks),
    row("sse", Way::Events),
    row("websocket", Way::Socket),
];

/// How many of them are fleets of trucks; they come first.
pub const FLEET_ROWS: usize = 6;

/// A name that no row has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no fleet: use all, or some of {names}, with commas", names = ROWS.map(|row| row.name).join(", "))]
pub struct NoRow {
    /// What was asked for.
    pub given: String,
}

impl Row {
    /// The row of that exact name.
    pub fn named(name: &str) -> Option<Row> {
        ROWS.into_iter().find(|row| row.name == name)
    }

    /// The table's row, with a period of `period_ms` if it goes by the clock; `None` for a way that the dock does not
    /// know.
    ///
    /// A period other than the table's makes a row of its own, which stays for as long as the program runs, for homes
    /// hold on to theirs: a few dozen bytes for each run.
    pub fn fleet(self, period_ms: u32) -> Option<&'static Fleet> {
        let table = match self.way {
            Way::Trucks => Fleet::named(self.name)?,
            // A stream parks like one truck that comes again each time it has left.
            Way::Events | Way::Socket => {
                let like = Fleet::named("wait-for-reply")?;
                return Some(Box::leak(Box::new(Fleet { name: self.name, words_may_wait: false, ..*like })));
            }
        };
        match table.every_ms {
            Some(every_ms) if every_ms != period_ms => {
                Some(Box::leak(Box::new(Fleet { every_ms: Some(period_ms), ..*table })))
            }
            _ => Some(table),
        }
    }
}

impl FromStr for Row {
    type Err = NoRow;

    fn from_str(name: &str) -> Result<Self, NoRow> {
        Row::named(name).ok_or_else(|| NoRow { given: name.to_owned() })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// Rows as they are asked for: `all`, or names with commas between.
pub fn rows(text: &str) -> Result<Vec<Row>, NoRow> {
    if text.trim() == "all" {
        return Ok(ROWS.to_vec());
    }
    text.split(',').map(|name| name.trim().parse()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_asked_for_by_name() {
        assert_eq!(rows("all").map(|all| all.len()), Ok(8));
        let two = rows("ping-pong, sse").expect("two rows");
        assert_eq!(two.iter().map(|row| row.name).collect::<Vec<_>>(), ["ping-pong", "sse"]);
        let error = rows("ping-pong,pigeon").expect_err("no such row").to_string();
        assert!(error.starts_with("\"pigeon\" is no fleet: use all, or some of stay-home, "), "{error}");
    }

    #[test]
    fn only_a_row_with_a_clock_takes_another_period() {
        let every = |name: &str| Row::named(name).and_then(|row| row.fleet(2_000)).map(|fleet| fleet.every_ms);
        assert_eq!((every("polling"), every("ping-pong")), (Some(Some(2_000)), Some(None)));
        for row in ROWS {
            let fleet = row.fleet(5_000).expect("every row has its trucks");
            assert_eq!(fleet.name, row.name);
        }
    }
}
