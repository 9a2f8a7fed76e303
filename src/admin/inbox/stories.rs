//! The list of uploads and single uploads, for the storybook.

use super::{InboxView, Listed, Taken, Told, UploadView};
use crate::admin::fields::MapForm;
use crate::admin::frame::Frame;
use crate::admin::station;
use crate::admin::watchers::STATION;
use crate::inbox::UPLOADS_MAX;
use crate::web::Build;
use crate::web::storybook::{NOW, Story, printed};

const LIST: &str = "admin/inbox.html";
const UPLOAD: &str = "admin/upload.html";

pub(in crate::admin) const STORIES: [Story; 7] = [
    Story::new(LIST, "empty", "Nothing came.", |build| list(build, 0)),
    Story::new(LIST, "some", "One of each kind.", |build| list(build, 1)),
    Story::new(LIST, "full", "As many as are kept.", |build| list(build, UPLOADS_MAX / KINDS)),
    Story::new(UPLOAD, "taken", "It was understood, with remarks.", |build| printed(&upload(build))),
    Story::new(UPLOAD, "refused", "It was refused.", |build| {
        printed(&UploadView {
            answer: Told::Answer(422, "observed_at \"yesterday\" is no time".to_owned()),
            refused: "observed_at \"yesterday\" is no time".to_owned(),
            ..upload(build)
        })
    }),
    Story::new(UPLOAD, "nobodys", "It is no station’s, and was cut.", |build| {
        printed(&UploadView {
            slug: String::new(),
            station: "no station has the key stv_mA4e…".to_owned(),
            cut: "The first 8192 of 60000 bytes. Only what is kept whole is read again here.".to_owned(),
            answer: Told::Words("none; it was refused: no station has this key".to_owned()),
            is_read: false,
            map: MapForm::new("", "", []),
            ..upload(build)
        })
    }),
    Story::new(UPLOAD, "clock", "Its time shows that the clock is off.", |build| {
        printed(&UploadView { offer: Some(station::stories::offer()), ..upload(build) })
    }),
];

/// How many kinds of uploads [`list`] shows.
const KINDS: usize = 4;

/// So many uploads of each kind.
fn list(build: &Build, of_each: usize) -> String {
    let of = |format, way, station: &str, fate: &str, told: &str| Listed {
        number: 1,
        iso: NOW.rfc3339(),
        ago: "4 s ago".to_owned(),
        from: if way == "MQTT" { String::new() } else { "192.168.1.23".to_owned() },
        format,
        way,
        station: station.to_owned(),
        fate: fate.to_owned(),
        is_good: matches!(fate, "200" | "taken"),
        told: told.to_owned(),
    };
    let kinds = || -> [Listed; KINDS] {
        [
            of("Ecowitt", "HTTP", "Town Hall", "200", "14 values, 1 unknown"),
            of("JSON", "HTTP", "no station has the key stv_mA4e…", "401", ""),
            of("Tasmota", "MQTT", "Orchard", "taken", "3 values"),
            of("Weather Underground", "station port", "Old Mill", "422", "not understood"),
        ]
    };
    printed(&InboxView {
        frame: Frame::of_story("Uploads", build),
        uploads: (0..of_each).flat_map(|_| kinds()).collect(),
        most: UPLOADS_MAX,
        cursor: "7Q.1234".to_owned(),
        watch: STATION,
    })
}

fn upload(build: &Build) -> UploadView {
    let taken = |field: &str, sent: &str, key: &str, value: &str, doubt: &str| Taken {
        field: field.to_owned(),
        sent: sent.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        doubt: doubt.to_owned(),
    };
    let told = |[field, value, why]: [&str; 3]| [field, value, why].map(String::from);
    UploadView {
        frame: Frame::of_story("Upload 17", build),
        number: 17,
        iso: NOW.rfc3339(),
        ago: "4 s ago".to_owned(),
        from: "192.168.1.23".to_owned(),
        format: "Ecowitt",
        way: "HTTP",
        slug: "town-hall".to_owned(),
        station: "Town Hall".to_owned(),
        target: "/data/report/".to_owned(),
        body: "PASSKEY=…&stationtype=GW2000A_V3.1.4&dateutc=2026-11-22+14:18:03&tempf=65.1&humidity=61&dewptf=99&wh26batt=0&wobble=a-very-long-text-without-any-blank-in-it".to_owned(),
        cut: String::new(),
        answer: Told::Answer(200, "OK".to_owned()),
        is_read: true,
        refused: String::new(),
        times: vec![NOW.rfc3339()],
        offer: None,
        taken: vec![
            taken("tempf", "65.1 °F", "temperature", "18.4 °C", ""),
            taken("humidity", "61 %", "humidity", "61 %", ""),
            taken("dewptf", "99 °F", "dew_point", "37.2 °C", "kept, does not count: a dew point above the temperature"),
        ],
        warnings: vec![told(["rainratein", "-9999", "the console’s word for no value"])],
        set_aside: vec![told(["wh26batt", "0", ""])],
        unknown: vec![["wobble", "a-very-long-text-without-any-blank-in-it"].map(String::from)],
        map: MapForm::new("town-hall", "", ["wobble".to_owned()]),
    }
}
