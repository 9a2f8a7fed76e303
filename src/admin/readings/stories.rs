//! The readings of a station that do not count, for the storybook.

use super::{LISTED_DAYS, ReadingsView, Row};
use crate::admin::frame::Frame;
use crate::web::Build;
use crate::web::storybook::{Story, printed};
use weather::mark::Reason;
use weather::quantity::Quantity;

const READINGS: &str = "admin/readings.html";

pub(in crate::admin) const STORIES: [Story; 3] = [
    Story::new(READINGS, "some", "Values that do not count, and corrections.", |build| printed(&readings(build))),
    Story::new(READINGS, "none", "All values count.", |build| {
        printed(&ReadingsView { marked: Vec::new(), corrections: Vec::new(), ..readings(build) })
    }),
    Story::new(READINGS, "refused", "The time cannot be read.", |build| {
        let complaint = "\"yesterday\" is no time: write 2026-11-22T14:05.".to_owned();
        printed(&ReadingsView { complaint, time: "yesterday".to_owned(), ..readings(build) })
    }),
];

fn readings(build: &Build) -> ReadingsView {
    let row = |key: &str, quantity, value: &str, reason: Reason| Row {
        at: "2026-11-22T14:05:00.000+01:00".to_owned(),
        shown: "Sun 22 Nov, 14:05:00".to_owned(),
        sensor: ".".to_owned(),
        quantity,
        key: key.to_owned(),
        value: value.to_owned(),
        why: reason.words(),
    };
    ReadingsView {
        frame: Frame::of_story("Readings of Town Hall", build),
        slug: "town-hall".to_owned(),
        name: "Town Hall".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        days: LISTED_DAYS,
        marked: vec![
            row("temperature", "temperature", "31.5 °C", Reason::Struck),
            row("north_wall_of_the_old_greenhouse/soil_conductivity", "soil_conductivity", "9999 µS/cm", Reason::Frozen),
        ],
        corrections: vec![
            "22 Nov 2026, 14:18:07: the owner struck out temperature from 22 Nov 2026, 14:05:00 to 22 Nov 2026, 14:05:59, 1 value (the sun shone on it).".to_owned(),
        ],
        sensors: vec![(".".to_owned(), "the main sensor".to_owned(), true), ("indoor".to_owned(), "indoor".to_owned(), false)],
        quantities: Quantity::shown().map(|one| (one.name(), one.title(), false)).collect(),
        time: String::new(),
        reason: String::new(),
        complaint: String::new(),
    }
}
