//! What an owner is offered whose station has a clock that is off.

use super::offset::clock_offset_text;
use super::owner::Owner;
use weather::clock::{Off, correction, length, off};
use weather::station::Station;
use weather::time::{MINUTE_MS, Timestamp};

/// What is offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub slug: String,
    pub token: String,
    /// What is wrong.
    pub wrong: String,
    /// The question.
    pub question: String,
    /// The correction, as the form sends it.
    pub right: String,
}

/// The times of an upload lie within this of what the station's clock says, ms.
const SAME_MS: i64 = 5 * MINUTE_MS;

impl Offer {
    /// What is offered of a station; `None` if its clock is right, or is further off than can be put right.
    pub(super) fn of(owner: &Owner<'_>, station: &Station) -> Option<Self> {
        Self::new(owner, station, owner.storage.heard(station.id).off()?)
    }

    /// The same beside an upload that arrived then, if its times are those of such a clock.
    pub(super) fn beside(owner: &Owner<'_>, station: &Station, at: Timestamp, times: &[Timestamp]) -> Option<Self> {
        let off = owner.storage.heard(station.id).off()?;
        // A clock that is not believed has left no time.
        let is_such = |time: &Timestamp| off.is_replaced() || (time.since(at) - off.by_ms).abs() <= SAME_MS;
        let offer = Self::new(owner, station, off);
        offer.filter(|_| times.iter().any(is_such))
    }

    fn new(owner: &Owner<'_>, station: &Station, clock: Off) -> Option<Self> {
        let added_ms = station.clock_offset_ms;
        let right_ms = clock.right_ms(added_ms)?;
        let side = off(clock.by_ms);
        let (wrong, instead) = match clock_offset_text(added_ms) {
            none if none.is_empty() => (format!("Its clock is {side}."), ""),
            added => (format!("Its clock is {side}, though {added} is added to its times."), " instead"),
        };
        let question = match right_ms {
            0 => "Add nothing to its times?".to_owned(),
            ms if ms < 0 => format!("Take {} from its times{instead}?", length(ms)),
            ms => format!("Add {} to its times{instead}?", length(ms)),
        };
        let token = owner.frame("", None).token;
        Some(Self { slug: station.slug.to_string(), token, wrong, question, right: correction(right_ms) })
    }
}
