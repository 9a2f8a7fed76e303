//! A device that waits, for the storybook.

use super::{DeviceView, Waits};
use crate::admin::frame::Frame;
use crate::web::Build;
use crate::web::storybook::{Story, printed};

const DEVICE: &str = "admin/device.html";

pub(in crate::admin) const STORIES: [Story; 2] = [
    Story::new(DEVICE, "stations", "It can become one of two stations.", |build| {
        device(build, 0, &[("town-hall", "Town Hall"), ("orchard", "Orchard")])
    }),
    Story::new(DEVICE, "first", "There is no station, and it has measured nothing.", |build| device(build, 1, &[])),
];

/// Two devices: one that tells much of itself, and one that tells little.
pub(in crate::admin) fn waiting() -> Vec<Waits> {
    let of = |id, [what, address, fingerprint, said, heard, reports]: [&str; 6]| Waits {
        id,
        what: what.to_owned(),
        address: address.to_owned(),
        fingerprint: fingerprint.to_owned(),
        said: said.to_owned(),
        heard: heard.to_owned(),
        reports: reports.to_owned(),
    };
    vec![
        of(
            1,
            [
                "Ecowitt, GW2000A_V3.1.4",
                "192.168.1.23",
                "a3f9",
                "12.1 °C, indoor 20.9 °C, 59 %",
                "4 s ago",
                "12 reports",
            ],
        ),
        of(2, ["Weather Underground", "2001:db8:85a3::8a2e:370:7334", "07be", "", "3 h ago", "1 report"]),
    ]
}

fn device(build: &Build, which: usize, stations: &[(&str, &str)]) -> String {
    let stations = stations.iter().map(|(slug, name)| ((*slug).to_owned(), (*name).to_owned())).collect();
    let device = waiting().swap_remove(which);
    printed(&DeviceView { frame: Frame::of_story("A device that waits", build), device, stations })
}
