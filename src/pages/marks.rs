//! Values of the last 24 hours that are kept and do not count. `static/js/view/marks.js` says the same.

use super::facts::Facts;
use super::lead::Datastream;
use crate::storage::Marked;
use weather::mark::Reason;

/// Most of them that a page knows; the newest.
pub(super) const MARKS_MAX: u32 = 200;

/// What stands at the head of the page while the station repeats itself.
pub(super) const FROZEN: &str =
    "It reports, but nothing that it measures has changed for 12 hours: the link to its sensors may be dead.";

/// Whether the newest that its main sensor said was set aside because nothing has changed for hours.
pub(super) fn is_frozen(facts: &Facts) -> bool {
    let is_it = |marked: &&Marked| marked.reason == Reason::Frozen && marked.sensor.is_main();
    let newest = shown(facts).filter(is_it).map(|marked| marked.observed_at).max();
    let counts = facts.latest.iter().filter(|latest| latest.sensor.is_main()).map(|latest| latest.observed_at).max();
    newest > counts
}

fn shown(facts: &Facts) -> impl Iterator<Item = &Marked> {
    facts.marked.iter().filter(|marked| marked.observed_at >= facts.series.from)
}

/// Those of a datastream among them.
pub(super) fn of<'f>(facts: &'f Facts, of: &Datastream) -> impl Iterator<Item = &'f Marked> {
    shown(facts).filter(move |marked| marked.quantity == of.quantity && marked.sensor == of.sensor)
}

/// How many there are, and why; empty if there are none.
pub(super) fn text(facts: &Facts) -> String {
    let counted = |reason: Reason| match shown(facts).filter(|marked| marked.reason == reason).count() {
        0 => None,
        1 => Some(reason.words().to_owned()),
        count => Some(format!("{} ({count})", reason.words())),
    };
    let counted: Vec<_> = Reason::all().filter_map(counted).collect();
    let counted = counted.join(", ");
    match shown(facts).count() {
        0 => String::new(),
        1 => format!("1 value of the last 24 hours does not count: {counted}."),
        count => format!("{count} values of the last 24 hours do not count: {counted}."),
    }
}
