//! A station's page and the page of its key, for the storybook.

use super::{KeyView, StationView};
use crate::admin::clock::Offer;
use crate::admin::frame::{Frame, done};
use crate::web::Build;
use crate::web::storybook::{Story, printed};
use weather::upload_units::UploadUnits;

const STATION: &str = "admin/station.html";
const KEY: &str = "admin/key.html";

pub(in crate::admin) const STORIES: [Story; 7] = [
    Story::new(STATION, "known", "All that can be known of it.", |build| printed(&station(build))),
    Story::new(STATION, "new", "Nothing but names are known.", |build| {
        let none = String::new;
        printed(&StationView {
            elevation: none(),
            latitude: none(),
            longitude: none(),
            interval: none(),
            former_slugs: none(),
            devices: none(),
            is_subscribed: false,
            ..station(build)
        })
    }),
    Story::new(STATION, "clock", "Its clock is off.", |build| {
        printed(&StationView { offer: Some(offer()), ..station(build) })
    }),
    Story::new(STATION, "refused", "A form was refused.", |build| {
        let complaint = "Nothing was removed: write town-hall to agree.".to_owned();
        printed(&StationView { complaint, ..station(build) })
    }),
    Story::new(STATION, "done", "A form was taken.", |build| {
        let frame = Frame { done: done(Some("moved-subscribed")), ..Frame::of_story("Town Hall", build) };
        printed(&StationView { frame, ..station(build) })
    }),
    Story::new(KEY, "shown", "A key, shown once.", |build| key(build, "stv_made-up-key-that-no-station-has-00000000")),
    Story::new(KEY, "gone", "It was shown already.", |build| key(build, "")),
];

/// What is offered of a clock that is five hours behind.
pub(in crate::admin) fn offer() -> Offer {
    Offer {
        slug: "town-hall".to_owned(),
        token: String::new(),
        wrong: "Its clock is 5 h behind.".to_owned(),
        question: "Add 5 h to its times?".to_owned(),
        right: "5h".to_owned(),
    }
}

fn station(build: &Build) -> StationView {
    StationView {
        frame: Frame::of_story("Town Hall", build),
        slug: "town-hall".to_owned(),
        name: "Town Hall".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        elevation: "34".to_owned(),
        latitude: "52.52".to_owned(),
        longitude: "13.405".to_owned(),
        units: UploadUnits::all().map(|of| (of.name(), of.words(), of == UploadUnits::AsNamed)).collect(),
        clock_offset: String::new(),
        interval: "16s".to_owned(),
        zones: ["Europe/Berlin", "UTC"].map(String::from).into(),
        former_slugs: "old-town-hall, hall".to_owned(),
        offer: None,
        is_subscribed: true,
        key_prefix: "stv_mA4e".to_owned(),
        devices: "a console of Ecowitt or Ambient".to_owned(),
        complaint: String::new(),
    }
}

fn key(build: &Build, key: &str) -> String {
    printed(&KeyView {
        frame: Frame::of_story("The key of Town Hall", build),
        slug: "town-hall".to_owned(),
        name: "Town Hall".to_owned(),
        address: "https://weather.example".to_owned(),
        key: key.to_owned(),
    })
}
