//! The six fleets, and two modern rows beside them: one program and one table.

use serde::Serialize;
use std::fmt;

/// How a page's trucks behave. Home and dock read the same row; no fleet has code of its own.
///
/// As JSON it is the row of the pages' table: `{"name":"ping-pong","trucks":2,"keepOneOut":true,"everyMs":null,…}`.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    /// Its name in requests, URLs, metrics and docs.
    pub name: &'static str,
    /// How many trucks a page may have out.
    pub trucks: u8,
    /// Home sends a truck whenever none is out.
    pub keep_one_out: bool,
    /// Home sends a truck each time this many milliseconds have passed; `None`: it has no clock.
    pub every_ms: Option<u32>,
    /// How many trucks may be parked in a bay.
    pub hold: u8,
    /// A truck that carries words may park.
    pub words_may_wait: bool,
    /// How news comes down.
    pub down: Down,
    /// What it is called beside its name, in a few words for people. The pages' table has none.
    #[serde(skip)]
    pub title: &'static str,
    /// What it does, in a sentence for people. The pages' table has none.
    #[serde(skip)]
    pub sentence: &'static str,
}

/// The ways from the dock to home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Down {
    /// Aboard trucks: each answer ends its request.
    Trucks,
    /// Server-Sent Events: one answer that does not end.
    Events,
    /// A WebSocket, which carries clipboards up as well.
    Socket,
}

const fn fleet(
    name: &'static str,
    trucks: u8,
    keep_one_out: bool,
    every_ms: Option<u32>,
    hold: u8,
    words_may_wait: bool,
) -> Fleet {
    Fleet { name, trucks, keep_one_out, every_ms, hold, words_may_wait, down: Down::Trucks, title: "", sentence: "" }
}

/// A stream parks like one truck that comes again each time it has left.
const fn stream(name: &'static str, down: Down) -> Fleet {
    Fleet {
        name,
        trucks: 1,
        keep_one_out: false,
        every_ms: None,
        hold: 1,
        words_may_wait: false,
        down,
        title: "",
        sentence: "",
    }
}

/// How many rows the table has.
pub const ROWS: usize = 8;

/// The table. Where nothing may park, no words may wait.
pub static FLEETS: [Fleet; ROWS] = [
    fleet("stay-home", 1, false, None, 0, false).says(
        "a single truck stays home",
        "One truck, which leaves only with words. News waits until somebody speaks.",
    ),
    fleet("wait-for-reply", 1, false, None, 1, true).says(
        "a single truck waits for a reply",
        "One truck, which leaves with words and parks until there is news. Meanwhile words wait.",
    ),
    fleet("polling", 1, false, Some(5_000), 0, false)
        .says("back and forth all the time", "One truck, back and forth by the clock, every 5 seconds."),
    fleet("expanding", 5, true, None, 4, true)
        .says("a growing fleet", "Each word leaves with a truck that parks, up to four of them."),
    fleet("slow-and-fast", 2, true, None, 1, false).says(
        "a fleet of two, one waits",
        "Two trucks: one parks and waits for news, one carries words and turns round.",
    ),
    fleet("ping-pong", 2, true, None, 1, true).says(
        "a fleet of two that take turns",
        "Two trucks that take turns: the one that arrives with words parks, and relieves the other.",
    ),
    stream("sse", Down::Events)
        .says("Server-Sent Events", "Server-Sent Events down, trucks with words up. Newer than the essay."),
    stream("websocket", Down::Socket).says("WebSocket", "A WebSocket, both ways. Newer than the essay."),
];

/// Most trucks that any fleet parks in one bay.
pub const HOLD_MAX: u8 = {
    let mut most = 0;
    let mut row = 0;
    while row < FLEETS.len() {
        if FLEETS[row].hold > most {
            most = FLEETS[row].hold;
        }
        row += 1;
    }
    most
};

/// Connections a browser opens to one host over HTTP/1.1; a fleet leaves one of them free.
const BROWSER_CONNECTIONS: u8 = 6;

const _: () = {
    let mut row = 0;
    while row < FLEETS.len() {
        assert!(FLEETS[row].trucks < BROWSER_CONNECTIONS, "a fleet must leave a connection free");
        assert!(!FLEETS[row].keep_one_out || FLEETS[row].hold < FLEETS[row].trucks, "one truck must be free for words");
        row += 1;
    }
};

impl Fleet {
    const fn says(self, title: &'static str, sentence: &'static str) -> Self {
        Self { title, sentence, ..self }
    }

    /// The fleet of that exact name.
    pub fn named(name: &str) -> Option<&'static Fleet> {
        FLEETS.iter().find(|fleet| fleet.name == name)
    }

    /// Its place in the table.
    pub fn row(&self) -> usize {
        FLEETS.iter().position(|fleet| fleet.name == self.name).unwrap_or_default()
    }
}

/// Its name.
impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fleet_is_found_by_its_name_and_no_other() {
        for (row, fleet) in FLEETS.iter().enumerate() {
            assert_eq!((Fleet::named(fleet.name), fleet.row()), (Some(fleet), row));
        }
        for stranger in ["", "Ping-Pong", "ping-pong ", "carrier-pigeon"] {
            assert_eq!(Fleet::named(stranger), None, "{stranger:?}");
        }
    }

    #[test]
    fn a_row_prints_as_the_pages_have_it() {
        let row = serde_json::to_string(&FLEETS[5]).expect("JSON");
        let pages = r#"{"name":"ping-pong","trucks":2,"keepOneOut":true,"everyMs":null,"hold":1,"wordsMayWait":true,"down":"trucks"}"#;
        assert_eq!(row, pages);
    }

    #[test]
    fn the_largest_hold_is_that_of_the_expanding_fleet() {
        assert_eq!(Some(HOLD_MAX), Fleet::named("expanding").map(|fleet| fleet.hold));
    }
}
