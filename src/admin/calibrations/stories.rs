//! The calibrations of a station, for the storybook.

use super::{CalibrationsView, Row};
use crate::admin::frame::Frame;
use crate::web::Build;
use crate::web::storybook::{Story, printed};
use weather::quantity::Quantity;

const CALIBRATIONS: &str = "admin/calibrations.html";

pub(in crate::admin) const STORIES: [Story; 3] = [
    Story::new(CALIBRATIONS, "some", "Two hold, one was removed, and the past is made anew.", |build| {
        printed(&calibrations(build))
    }),
    Story::new(CALIBRATIONS, "none", "All values count as they are sent.", |build| {
        printed(&CalibrationsView {
            is_recalculating: false,
            held: Vec::new(),
            removed: Vec::new(),
            ..calibrations(build)
        })
    }),
    Story::new(CALIBRATIONS, "refused", "The factor is no number.", |build| {
        let complaint = "\"1.1x\" is no number: write 0.98.".to_owned();
        printed(&CalibrationsView { complaint, factor: "1.1x".to_owned(), ..calibrations(build) })
    }),
];

fn calibrations(build: &Build) -> CalibrationsView {
    let row = |key: &str, quantity, what: &str| Row {
        key: key.to_owned(),
        sensor: ".".to_owned(),
        quantity,
        from: "2026-11-01T00:00".to_owned(),
        told: "from 1 Nov 2026, 00:00, on".to_owned(),
        what: what.to_owned(),
        made: "made by the owner on 22 Nov 2026, 14:05".to_owned(),
    };
    CalibrationsView {
        frame: Frame::of_story("Calibrations of Town Hall", build),
        slug: "town-hall".to_owned(),
        name: "Town Hall".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        is_recalculating: true,
        held: vec![row("temperature", "temperature", "− 0.4 °C"), row("precipitation", "precipitation", "× 1.08")],
        removed: vec!["humidity + 3 % from ever, made by the owner on 1 Nov 2026, 09:12, removed by the owner on 22 Nov 2026, 14:05.".to_owned()],
        sensors: vec![(".".to_owned(), "the main sensor".to_owned(), true)],
        quantities: Quantity::shown().map(|one| (one.name(), one.title().to_owned(), false)).collect(),
        from: String::new(),
        factor: String::new(),
        offset: String::new(),
        complaint: String::new(),
    }
}
