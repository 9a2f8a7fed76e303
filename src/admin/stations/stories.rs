//! The list of stations and the form for a new one, for the storybook.

use super::{ListView, Listed, NewView, Sent};
use crate::admin::devices;
use crate::admin::frame::{Frame, Who, done};
use crate::web::Build;
use crate::web::storybook::{Story, printed};
use weather::station_state::StationState;
use weather::time::HOUR_MS;

const LIST: &str = "admin/stations.html";
const NEW: &str = "admin/new.html";

pub(in crate::admin) const STORIES: [Story; 6] = [
    Story::new(LIST, "many", "A station in each state.", |build| printed(&list(build))),
    Story::new(LIST, "empty", "No station, and no password.", |build| {
        let frame = Frame { who: Who::Local, ..Frame::of_story("Stations", build) };
        printed(&ListView { frame, stations: Vec::new(), waiting: Vec::new() })
    }),
    Story::new(LIST, "waiting", "Devices that nobody has claimed.", |build| {
        printed(&ListView { waiting: devices::stories::waiting(), ..list(build) })
    }),
    Story::new(LIST, "removed", "A station was removed.", |build| {
        let frame = Frame { done: done(Some("removed-subscribed")), ..Frame::of_story("Stations", build) };
        printed(&ListView { frame, ..list(build) })
    }),
    Story::new(NEW, "empty", "An empty form.", |build| new(build, Sent::default(), "")),
    Story::new(NEW, "refused", "The name in addresses is taken.", |build| {
        let zone = "Europe/Berlin".to_owned();
        let sent = Sent { slug: "town-hall".to_owned(), name: "Town Hall".to_owned(), zone, ..Sent::default() };
        new(build, sent, "There is a station town-hall already.")
    }),
];

fn list(build: &Build) -> ListView {
    let of = |slug: &str, name: &str, state, heard: &str| Listed {
        slug: slug.to_owned(),
        name: name.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        clock_offset: String::new(),
        state,
        clock: String::new(),
        heard: heard.to_owned(),
        devices: String::new(),
    };
    let stations = vec![
        Listed {
            devices: "a console of Ecowitt or Ambient".to_owned(),
            ..of("town-hall", "Town Hall", StationState::Live, "Heard 4 s ago")
        },
        of("old-mill", "Old Mill", StationState::Stale, "Heard 9 min ago"),
        of("quarry", "Quarry", StationState::Offline, "Newest reading 3 d ago"),
        Listed {
            clock_offset: "5h".to_owned(),
            ..of("orchard", "Orchard", StationState::Clock(-5 * HOUR_MS), "Heard 12 s ago")
        },
        Listed {
            clock: "its clock is 10 min behind".to_owned(),
            ..of("harbour", "Harbour", StationState::Live, "Heard 2 s ago")
        },
        of("nobody-yet", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", StationState::Waiting, ""),
    ];
    ListView { frame: Frame::of_story("Stations", build), stations, waiting: Vec::new() }
}

fn new(build: &Build, sent: Sent, complaint: &str) -> String {
    let zones = ["Europe/Berlin", "UTC"].map(String::from).into();
    printed(&NewView { frame: Frame::of_story("Add a station", build), sent, zones, complaint: complaint.to_owned() })
}
