//! Writes to the log what was refused.

use super::refusals::{Refusal, Told, Who};

/// The part of the program that lines name, as filters name it.
const TARGET: &str = "stevenson::inbox";

/// Writes a line to the log.
pub(super) fn tell(told: &Told) {
    let (refusal, again) = match told {
        Told::First(refusal) => (refusal, None),
        Told::Again(refusal, again) => (refusal, Some(again)),
        Told::Others(times) => {
            return tracing::warn!(target: TARGET, times, "more uploads were refused; /admin/inbox shows the newest");
        }
    };
    let Refusal { who, format, way, is_partly, reason } = refusal;
    let (again, within) = (again.map(|again| again.times), again.map(tracing::field::display));
    match who {
        Who::Station(station) if *is_partly => {
            tracing::warn!(target: TARGET, station, format, way, reason, again, within, "an upload was not stored in full");
        }
        Who::Station(station) => {
            tracing::warn!(target: TARGET, station, format, way, reason, again, within, "an upload was refused")
        }
        Who::Nobody(from) => {
            let from = from.map(tracing::field::display);
            tracing::warn!(target: TARGET, from, format, way, reason, again, within, "an upload of an unknown sender was refused");
        }
    }
}
