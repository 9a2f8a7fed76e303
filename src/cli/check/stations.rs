//! Findings about stations.

use super::finding::Finding;
use stevenson::storage::{InspectedStation, Inspection};
use weather::clock::{self, correction};
use weather::freshness::{Freshness, age};
use weather::time::Timestamp;

/// Stations that are named in one finding; the rest are counted.
const NAMED_MAX: usize = 8;

/// What is so with stations and devices.
pub(super) fn judge(inspection: &Inspection, now: Timestamp) -> Vec<Finding> {
    let all = &inspection.stations;
    let mut found = Vec::new();
    let offs: Vec<_> = all.iter().filter_map(|station| off(station, now)).collect();
    let of = |wanted: Freshness| {
        // A clock that is off makes a station look silent, and is told instead.
        let alone = |station: &&InspectedStation| station.heard.clock_off_ms().is_none();
        let state = |station: &InspectedStation| Freshness::of(station.newest, now, station.interval_ms);
        all.iter().filter(move |station| state(station) == wanted).filter(alone).collect::<Vec<_>>()
    };
    let silent = listed(&of(Freshness::Offline), |station| {
        station.newest.map_or_else(String::new, |newest| format!(" for {}", age(newest, now)))
    });
    let waiting = listed(&of(Freshness::Waiting), |_| String::new());
    if let Some(names) = &silent {
        found.push(Finding::warn("stations", format!("nothing was heard of {names}")));
    }
    if let Some(names) = &waiting {
        found.push(Finding::warn("stations", format!("{names} never sent a reading")));
    }
    found.extend(offs);
    if found.is_empty() {
        found.push(Finding::ok(
            "stations",
            match all.len() {
                0 => "there are none yet: stevenson station add adds one".to_owned(),
                1 => "the station reports".to_owned(),
                many => format!("all {many} report"),
            },
        ));
    }
    match inspection.unclaimed {
        0 => {}
        1 => found.push(Finding::warn("devices", "one waits to be claimed: stevenson station unclaimed")),
        many => found.push(Finding::warn("devices", format!("{many} wait to be claimed: stevenson station unclaimed"))),
    }
    found
}

/// A clock that is off, as far as the newest reports agree.
fn off(station: &InspectedStation, now: Timestamp) -> Option<Finding> {
    let off = station.heard.off()?;
    // A logger that was read out a week ago says nothing of its clock today.
    let is_heard = Freshness::of(Some(off.heard_at), now, station.interval_ms) <= Freshness::Stale;
    let slug = &station.slug;
    is_heard.then(|| {
        let added = match station.clock_offset_ms {
            0 => String::new(),
            ms => format!(", though {} is added to its times", correction(ms)),
        };
        let instead = match off.right_ms(station.clock_offset_ms) {
            Some(right_ms) => format!(", or stevenson station set {slug} --clock-offset {}", correction(right_ms)),
            None => String::new(),
        };
        Finding::warn("stations", format!("the clock of {slug} is {}{added}: set it{instead}", clock::off(off.by_ms)))
    })
}

/// `roof for 3 h, barn for 2 days and 4 more`; nothing of none.
fn listed(stations: &[&InspectedStation], more: impl Fn(&InspectedStation) -> String) -> Option<String> {
    let named: Vec<String> =
        stations.iter().take(NAMED_MAX).map(|station| format!("{}{}", station.slug, more(station))).collect();
    let rest = stations.len().saturating_sub(NAMED_MAX);
    let and = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("{}{and}", named.join(", ")))
}
