//! Datagrams as the owner who looks sees them.

use super::Came;
use crate::inbox::{Fate, Inbox, Note, Raw, Reader, Understood};
use crate::ingest::json::Arrival;
use crate::ingest::tempest::{self, Totals};
use std::borrow::Cow;
use std::sync::Arc;
use weather::station::{SensorName, Station};

/// What kind of uploads they are, and by which way they come, for people.
pub(super) const FORMAT: &str = "WeatherFlow";
pub(super) const WAY: &str = "UDP";

/// What it takes to read a datagram again as it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub sensor: SensorName,
    pub battery: SensorName,
    /// What its sensor had counted before each of its observations.
    pub totals: Vec<Totals>,
}

/// Shows a datagram to the owner who looks.
pub(super) fn note(
    inbox: &Inbox,
    came: Came,
    station: Result<Arc<Station>, Cow<'static, str>>,
    fate: Fate,
    reading: Option<Reading>,
) {
    let Came { bytes, from, at } = came;
    let mut arrival: Arrival = at.into();
    if let Ok(station) = &station {
        arrival.zone = station.zone.clone();
    }
    let reader =
        reading.map(|reading| -> Reader { Box::new(move |_, body| understood(&body.start, &arrival, &reading)) });
    let reasons = match (fate.refusal(), &station) {
        // What a parser says needs to be told of what.
        (Some(why), Err(nobody)) if why != *nobody => vec![format!("{nobody}: {why}").into()],
        (why, _) => why.into_iter().collect(),
    };
    inbox.note(Note {
        at,
        from: Some(from),
        format: FORMAT,
        way: WAY,
        station,
        target: Raw::default(),
        body: Raw::of(&bytes),
        secrets: &[],
        reasons,
        fate,
        reader,
    });
}

fn understood(datagram: &[u8], arrival: &Arrival, reading: &Reading) -> Understood {
    tempest::understood(datagram, arrival, &reading.sensor, &reading.battery, &reading.totals)
}
