//! Judges what arrives before it counts. The rules are those of `weather::judge`; here is what they need to know.

use crate::storage::core::memory::Known;
use crate::storage::seam::{Mark, Rank};
use weather::calibration::OfSensor;
use weather::freshness::is_ahead;
use weather::judge::{self, Held, Reading, Settled};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::{Report, Values};
use weather::station::SensorName;
use weather::time::Timestamp;

/// What became of a value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    /// Why it does not count.
    pub reason: Option<Reason>,
    /// The step that waited for it, and what it was.
    pub settled: Option<(Timestamp, Mark, Settled)>,
}

impl Verdict {
    /// Judges a value that nobody knew. `beside`: what counts of the same sensor and instant. A value that comes late is judged
    /// by those only: what was before and after it is not at hand.
    pub(super) fn of(
        known: &mut Known,
        (quantity, value): (Quantity, f64),
        beside: &Values,
        report: &Report,
        (name, of): (&SensorName, Option<&OfSensor>),
    ) -> Self {
        let next = Reading { at: report.observed_at(), value };
        let good = good(known, quantity, report.received_at());
        let waits = known.waiting.iter().position(|(_, mark)| mark.quantity == quantity);
        let waited = waits.map(|place| known.waiting[place]);
        let contradiction = judge::contradiction(quantity, value, beside);
        let is_late = |before: Timestamp| before >= next.at;
        if good.is_some_and(|good| is_late(good.at)) || waited.is_some_and(|(at, _)| is_late(at)) {
            return Self { reason: contradiction, settled: None };
        }
        let step = waited.map(|(at, mark)| Reading { at, value: mark.value });
        // Where another calibration begins, a step is no weather.
        let is_same = |before: &Reading| of.is_none_or(|of| of.is_same(quantity, before.at, next.at));
        let outcome = judge::step(quantity, good.filter(is_same), step.filter(is_same), next);
        if let Some(place) = waits {
            known.waiting.swap_remove(place);
        }
        let is_frozen = name.is_main() && hold(known, quantity, next, beside);
        let step = outcome.is_step.then_some(Reason::Step);
        let reason = contradiction.or(step).or(is_frozen.then_some(Reason::Unchanged));
        let mark = |reason| Mark { quantity, value, received_at: report.received_at(), reason };
        if reason == Some(Reason::Step) {
            known.waiting.push((next.at, mark(Reason::Step)));
        }
        let settled = waited.zip(outcome.waiting).map(|((at, mark), settled)| (at, mark, settled));
        Self { reason, settled }
    }
}

/// The newest value that counts.
fn good(known: &Known, quantity: Quantity, now: Timestamp) -> Option<Reading> {
    let newest = known.latest[quantity.index()].filter(|newest| !is_ahead(newest.rank.rank, now))?;
    Some(Reading { at: newest.rank.observed_at, value: newest.value })
}

/// Whether the sensor is frozen, as of the next value.
fn hold(known: &mut Known, quantity: Quantity, next: Reading, beside: &Values) -> bool {
    if quantity.change().unchanged_ms.is_none() {
        return false;
    }
    let place = known.held.iter().position(|(of, _)| *of == quantity);
    let before = place.map(|place| known.held.swap_remove(place).1);
    let held = Held::after(before, quantity, next, beside);
    known.held.extend(held.map(|held| (quantity, held)));
    held.is_some_and(|held| held.is_frozen(quantity))
}

/// The rank of a value that was marked.
pub(super) fn rank(at: Timestamp, mark: &Mark) -> Rank {
    Rank::new(at, mark.received_at)
}
