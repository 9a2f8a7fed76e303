//! The lab's page, `/lab`: fleets side by side, with what they should cost and a change to be made at will.

mod change;
mod predict;

use super::desk::Desk;
use super::page::Page;
use super::views::Frame;
use crate::storage::words::Visitor;
use askama::Template;
use askama_web::WebTemplate;
use channel::Dock;
use channel::fleet::{FLEETS, Fleet};
use rocket::{Route, State, get, routes};
use std::cmp::Reverse;

/// The lab's routes, for `/`.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = routes![lab, predict::predictions, predict::advice];
    routes.push(change::route());
    routes
}

/// The page.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "lab.html")]
pub struct LabPage {
    frame: Frame,
    /// The cursor from which the lanes go on.
    cursor: String,
    /// The stations whose news they may bring, that which was heard last first: slugs and names.
    stations: Vec<(String, String)>,
    fleets: &'static [Fleet],
}

#[get("/lab")]
fn lab(desk: Desk<'_>, dock: &State<Dock>, visitor: Visitor) -> Page<LabPage> {
    let cursor = dock.cursor();
    let directory = desk.storage.directory();
    // The first is what the lanes begin with: the station that was heard last brings news soonest.
    let mut stations: Vec<_> = directory.iter().collect();
    stations.sort_by_key(|station| Reverse(desk.storage.heard(station.id).newest));
    let stations = stations.into_iter().map(|station| (station.slug.to_string(), station.name.clone())).collect();
    let frame = Frame::still("Lab – Stevenson", "/lab", super::now(), desk.preference)
        .signed(Some(&visitor))
        .read_by(desk.for_reader(None));
    Page(LabPage { frame, cursor, stations, fleets: &FLEETS })
}

/// The page with these stations, for the storybook.
#[cfg(debug_assertions)]
pub(super) fn story(names: &[&str], now: weather::time::Timestamp) -> String {
    let frame = Frame::still("Lab – Stevenson", "/lab", now, weather::preference::Preference::default());
    let stations = names.iter().map(|name| (name.to_lowercase().replace(' ', "-"), (*name).to_owned())).collect();
    crate::web::storybook::printed(&LabPage { frame, cursor: "7Q.1234".to_owned(), stations, fleets: &FLEETS })
}
