//! The lab's page, `/lab`: fleets side by side, with what they should cost and a change to be made at will.

mod change;
mod predict;

use super::page::Page;
use super::views::Frame;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::preference::Chosen;
use askama::Template;
use askama_web::WebTemplate;
use channel::Dock;
use rocket::{Route, State, get, routes};

/// The lab's routes, for `/`.
pub fn routes() -> Vec<Route> {
    let mut routes = routes![lab, predict::predictions, predict::advice];
    routes.push(change::route());
    routes
}

/// The rows of the table, in its order, each in one sentence of ours.
pub const ROWS: [(&str, &str); 8] = [
    ("stay-home", "One truck, which leaves only with words. News waits until somebody speaks."),
    ("wait-for-reply", "One truck, which leaves with words and parks until there is news. Meanwhile words wait."),
    ("polling", "One truck, back and forth by the clock, every 5 seconds."),
    ("expanding", "Each word leaves with a truck that parks, up to four of them."),
    ("slow-and-fast", "Two trucks: one parks and waits for news, one carries words and turns round."),
    ("ping-pong", "Two trucks that take turns: whoever arrives with words parks, and relieves the other."),
    ("sse", "Server-Sent Events down, trucks with words up. Newer than the essay."),
    ("websocket", "A WebSocket, both ways. Newer than the essay."),
];

/// The page.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "lab.html")]
pub struct LabPage {
    frame: Frame,
    /// Where the lanes go on from.
    cursor: String,
    /// Whose news they may bring: slugs and names.
    stations: Vec<(String, String)>,
    rows: [(&'static str, &'static str); ROWS.len()],
}

#[get("/lab")]
fn lab(storage: &State<Storage>, dock: &State<Dock>, _visitor: Visitor, chosen: Chosen) -> Page<LabPage> {
    let cursor = dock.cursor();
    let directory = storage.directory();
    let stations = directory.iter().map(|station| (station.slug.to_string(), station.name.clone())).collect();
    let frame = Frame::still("Lab – Stevenson", "/lab", super::now(), chosen.0);
    Page(LabPage { frame, cursor, stations, rows: ROWS })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::lab::row;

    #[test]
    fn every_row_is_told() {
        assert_eq!(ROWS.map(|(name, _)| name), row::ROWS.map(|row| row.name));
    }
}
