//! The clipboard that a truck takes to the dock.

use super::Ms;
use super::words::Word;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use serde_json::{Value, json};
use std::sync::Arc;

/// The request's body.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clipboard {
    /// The fleet.
    pub fleet: &'static Fleet,
    /// How long the truck is willing to park, ms; 0: it turns round.
    pub park: Ms,
    /// The cursor up to which home has applied everything.
    pub seen: Cursor,
    /// The stations it watches; none means all.
    pub watch: Arc<[Box<str>]>,
    /// Words not yet confirmed, in order.
    pub say: Vec<Word>,
}

impl Clipboard {
    /// As it goes over the wire.
    pub fn json(&self) -> Value {
        let Self { fleet, park, seen, watch, say } = self;
        json!({"v": 1, "fleet": fleet.name, "park": park, "seen": seen.to_string(), "watch": watch, "say": say})
    }
}
