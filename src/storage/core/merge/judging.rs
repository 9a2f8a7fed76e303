//! Judges what arrives before it counts. The rules are those of `weather::judge`; here is what they need to know.

use super::neighbours::Neighbours;
use crate::storage::core::memory::Known;
use crate::storage::seam::{Mark, Rank};
use weather::calibration::OfSensor;
use weather::freshness::is_ahead;
use weather::judge::{self, Held, RUN_MAX, Reading, Settled, Still};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::{Report, Values};
use weather::sun::Coordinates;
use weather::time::Timestamp;

/// What became of a value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    /// Why it does not count.
    pub reason: Option<Reason>,
    /// Steps that waited for it, and what they were.
    pub settled: Vec<(Timestamp, Mark, Settled)>,
}

/// A value that nobody knew, and what it is judged by.
pub(super) struct Case<'a> {
    pub quantity: Quantity,
    pub value: f64,
    /// What counts of the same sensor and instant.
    pub beside: &'a Values,
    pub judged: Judged<'a>,
    /// What its sensor's values are put right by.
    pub calibrations: Option<&'a OfSensor>,
    pub is_main: bool,
}

/// What all values of a sensor in one report are judged by.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub report: &'a Report,
    /// What was before and after it, which is looked for only if it comes late.
    pub neighbours: &'a Neighbours<'a>,
    /// Where the station stands, if that is known.
    pub coordinates: Option<Coordinates>,
    /// Nothing that the sensor says has changed for hours.
    pub is_still: bool,
    /// The station's, if it is known.
    pub elevation_m: Option<f64>,
}

impl Verdict {
    /// Judges a value by the newest ones of its sensor, or by its neighbours if it comes late. Where another calibration begins,
    /// a step is no weather.
    pub(super) fn of(known: &mut Known, case: &Case<'_>) -> Self {
        let &Case { quantity, value, beside, judged, .. } = case;
        let report = judged.report;
        let next = Reading { at: report.observed_at(), value };
        let good = good(known, quantity, report.received_at());
        let is_not_of_height = |elevation_m| judge::is_not_of_height(quantity, value, elevation_m);
        let height = judged.elevation_m.is_some_and(is_not_of_height).then_some(Reason::NotOfHeight);
        let contradiction = height
            .or_else(|| judge::contradiction(quantity, value, beside))
            .or_else(|| judge::light(quantity, value, judged.coordinates, next.at));
        let waiting = of_quantity(known, quantity);
        let is_late = |before: Timestamp| before >= next.at;
        if good.is_some_and(|good| is_late(good.at)) || waiting.iter().any(|(at, _)| is_late(*at)) {
            return Self::of_late(known, case, (good, next), contradiction);
        }
        // A step on the other side of such a beginning stays what it is.
        known.waiting.retain(|(at, mark)| mark.quantity != quantity || case.is_comparable(*at));
        let waiting = of_quantity(known, quantity);
        let good = good.filter(|good| case.is_comparable(good.at));
        let outcome = judge::step(quantity, good, &readings(&waiting), next);
        let settled = settled(known, waiting, outcome.waiting);
        let is_frozen = case.is_main && hold(known, quantity, next, beside);
        let step = outcome.is_step.then_some(Reason::Step);
        let frozen = is_frozen.then_some(Reason::Unchanged).or(judged.is_still.then_some(Reason::Frozen));
        let reason = contradiction.or(step).or(frozen);
        if reason == Some(Reason::Step) {
            known.waiting.push((next.at, case.mark(Reason::Step)));
        }
        Self { reason, settled }
    }

    /// `newest`: the newest value that counts.
    fn of_late(
        known: &mut Known,
        case: &Case<'_>,
        (newest, next): (Option<Reading>, Reading),
        contradiction: Option<Reason>,
    ) -> Self {
        let (before, mut steps) = case.judged.neighbours.before(case.quantity);
        steps.retain(|(at, _)| case.is_comparable(*at));
        let before = before.filter(|before| case.is_comparable(before.at));
        let (after, mut behind) = case.judged.neighbours.after(case.quantity);
        let after = after.filter(|after| case.is_comparable(after.at));
        behind.retain(|(at, _)| case.is_comparable(*at));
        let late = judge::late(case.quantity, before, &readings(&steps), next, &readings(&behind), after);
        let reason = contradiction.or(late.reason);
        // What lies behind a value that cannot be says nothing by it.
        let of_behind = late.behind.into_iter().map(|settled| settled.filter(|_| contradiction.is_none()));
        let outcomes = late.before.into_iter().chain(of_behind);
        steps.extend(behind.iter().copied());
        let settled = settled(known, steps, outcomes);
        let may_settle = newest.is_none_or(|newest| newest.at < next.at);
        if reason == Some(Reason::Step) && may_settle && of_quantity(known, case.quantity).len() < RUN_MAX {
            let place = known.waiting.partition_point(|(at, _)| *at <= next.at);
            known.waiting.insert(place, (next.at, case.mark(Reason::Step)));
        }
        Self { reason, settled }
    }
}

impl Case<'_> {
    /// Whether the calibration of the value held at that time, too.
    fn is_comparable(&self, at: Timestamp) -> bool {
        self.calibrations.is_none_or(|of| of.is_same(self.quantity, at, self.judged.report.observed_at()))
    }

    fn mark(&self, reason: Reason) -> Mark {
        Mark { quantity: self.quantity, value: self.value, received_at: self.judged.report.received_at(), reason }
    }
}

/// The steps of a quantity that wait, in the order of time.
fn of_quantity(known: &Known, quantity: Quantity) -> Vec<(Timestamp, Mark)> {
    known.waiting.iter().filter(|(_, mark)| mark.quantity == quantity).copied().collect()
}

fn readings(waiting: &[(Timestamp, Mark)]) -> Vec<Reading> {
    waiting.iter().map(|(at, mark)| Reading { at: *at, value: mark.value }).collect()
}

/// The steps that wait no longer; memory waits for the others only.
fn settled(
    known: &mut Known,
    waiting: Vec<(Timestamp, Mark)>,
    outcomes: impl IntoIterator<Item = Option<Settled>>,
) -> Vec<(Timestamp, Mark, Settled)> {
    let pairs = waiting.into_iter().zip(outcomes);
    let settled: Vec<_> = pairs.filter_map(|((at, mark), settled)| Some((at, mark, settled?))).collect();
    if !settled.is_empty() {
        let is_settled = |(at, mark): &(Timestamp, Mark)| {
            settled.iter().any(|(of, was, _)| of == at && was.quantity == mark.quantity)
        };
        known.waiting.retain(|step| !is_settled(step));
    }
    settled
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

/// Whether nothing that a sensor says has changed for hours, as of its next values.
pub(super) fn is_still(known: &mut Known, at: Timestamp, values: &Values) -> bool {
    if known.high_water.is_some_and(|newest| at <= newest) {
        return false;
    }
    known.still = Still::after(known.still, at, values, |quantity| known.newest_of(quantity));
    known.still.is_some_and(|still| still.is_frozen())
}

/// The rank of a value that was marked.
pub(super) fn rank(at: Timestamp, mark: &Mark) -> Rank {
    Rank::new(at, mark.received_at)
}
