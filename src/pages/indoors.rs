//! What an overview, a frame and a badge show of a station without an outdoor thermometer.

use super::facts::Facts;
use super::lead::{self, Datastream};
use super::names::called;
use super::tiles::{self, Aside};
use crate::storage::Latest;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// Values in place of the outdoor temperature.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Indoors {
    /// The temperatures of rooms, that which leads the station's page first; if there are none, the one value that leads. Only what
    /// is as fresh as the station; there may be nothing.
    pub values: Vec<Aside>,
    /// So many more temperatures have no place.
    pub more: usize,
}

/// A card has places for so many rooms.
const ROOMS_MAX: usize = 4;

/// Those values; `None` if there is an outdoor thermometer. `static/js/view/card.js` knows when a report changes the choice.
pub(crate) fn indoors(facts: &Facts, now: Timestamp, preference: Preference) -> Option<Indoors> {
    if facts.main(Quantity::Temperature).is_some() {
        return None;
    }
    let fresh = fresh(facts, facts.observed_at()?, now);
    let lead = leading(&fresh);
    let is_lead = |latest: &&Latest| lead.as_ref().is_some_and(|lead| lead.is_of(latest));
    let mut shown: Vec<&Latest> = fresh.iter().filter(is_lead).collect();
    let mut rooms: Vec<&Latest> = fresh.iter().filter(|one| one.quantity == Quantity::Temperature).collect();
    let more = rooms.len().saturating_sub(ROOMS_MAX);
    if !rooms.is_empty() {
        rooms.sort_by_key(|one| (!is_lead(one), &one.sensor));
        rooms.truncate(ROOMS_MAX);
        shown = rooms;
    }
    let aside = |latest: &Latest| Aside {
        key: latest.sensor.key(latest.quantity),
        word: called(&latest.sensor, latest.quantity),
        text: tiles::text(latest, facts, now, preference),
    };
    Some(Indoors { values: shown.into_iter().map(aside).collect(), more })
}

/// The outdoor temperature; without one, what leads of what is as fresh as the station.
pub(crate) fn lead(facts: &Facts, now: Timestamp) -> Datastream {
    if facts.main(Quantity::Temperature).is_some() {
        return Datastream::main(Quantity::Temperature);
    }
    let lead = facts.observed_at().and_then(|at| leading(&fresh(facts, at, now)));
    lead.unwrap_or_else(|| facts.large())
}

fn fresh(facts: &Facts, at: Timestamp, now: Timestamp) -> Vec<Latest> {
    facts.latest.iter().filter(|latest| facts.may_stand_beside(latest, at, now)).cloned().collect()
}

/// What leads the station's page; if nothing does, the wind; else the first that says something alone.
fn leading(fresh: &[Latest]) -> Option<Datastream> {
    let place = |quantity: Quantity| Quantity::shown().position(|one| one == quantity);
    let first = || {
        let speaks =
            fresh.iter().filter(|one| one.quantity != Quantity::WindDirection && place(one.quantity).is_some());
        speaks.min_by_key(|one| (one.quantity != Quantity::WindSpeed, one.sensor.clone(), place(one.quantity)))
    };
    lead::of(fresh).or_else(|| first().map(Datastream::of))
}
