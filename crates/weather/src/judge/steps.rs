//! Steps: a value that lies further from the one before it than weather moves may be a spike or a front.

use super::{GAP_MAX_MS, Reading};
use crate::mark::Reason;
use crate::quantity::Quantity;
use crate::time::{HOUR_MS, MINUTE_MS};

/// So many steps of one direction wait together. With one more, the first of them counts: the weather does change.
pub const RUN_MAX: usize = 3;

/// What the next value says of a step that waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It stayed, as fronts do: the value counts.
    Stayed,
    /// It returned: a spike.
    Returned,
    /// The next value came too late to tell. It stays suspect.
    Unknown,
}

/// What the next value of a datastream says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Of the steps that waited, for each in turn; `None` for one that goes on waiting.
    pub waiting: Vec<Option<Settled>>,
    /// True if it is a step itself.
    pub is_step: bool,
}

/// Judges the next value by the last good one, and by the steps that wait since, in the order of time.
pub fn step(quantity: Quantity, good: Option<Reading>, waiting: &[Reading], next: Reading) -> Outcome {
    let is_step = good.is_some_and(|good| steps(quantity, good, next));
    let all = |settled| vec![Some(settled); waiting.len()];
    let Some(&last) = waiting.last() else { return Outcome { waiting: Vec::new(), is_step } };
    if !is_near(last, next) {
        return Outcome { waiting: all(Settled::Unknown), is_step };
    }
    if !steps(quantity, last, next) {
        return Outcome { waiting: all(Settled::Stayed), is_step: false };
    }
    // Which way the steps went; without a good value before them nothing tells.
    let way = |to: f64, from: f64| (to - from).partial_cmp(&0.0);
    let went = good.and_then(|good| way(last.value, good.value));
    let went_on = |from: Reading| went.is_some() && way(next.value, from.value) == went;
    if went_on(last) {
        let mut settled = vec![None; waiting.len()];
        if waiting.len() >= RUN_MAX {
            settled[0] = Some(Settled::Stayed);
        }
        return Outcome { waiting: settled, is_step: true };
    }
    // It came back: how far?
    let mut settled = all(Settled::Returned);
    for (place, step) in waiting.iter().enumerate().rev() {
        if !steps(quantity, *step, next) {
            settled[..=place].fill(Some(Settled::Stayed));
            return Outcome { waiting: settled, is_step: false };
        }
        if went_on(*step) {
            settled[..=place].fill(None);
            return Outcome { waiting: settled, is_step: true };
        }
    }
    Outcome { waiting: settled, is_step }
}

/// What is said of a value that came later than one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Of the steps before it that waited, for each in turn; `None` for one that goes on waiting.
    pub before: Vec<Option<Settled>>,
    /// Why it does not count.
    pub reason: Option<Reason>,
    /// Of the steps behind it that waited, likewise.
    pub behind: Vec<Option<Settled>>,
}

/// Judges a value that came late, and with it the steps that wait around it: as if all had come in the order of time.
///
/// `good` is the value before them that counts, `after` the one behind them that does. Both go on counting.
pub fn late(
    quantity: Quantity,
    good: Option<Reading>,
    before: &[Reading],
    next: Reading,
    behind: &[Reading],
    after: Option<Reading>,
) -> Late {
    let all: Vec<Reading> = before.iter().chain([&next]).chain(behind).copied().collect();
    let mut fates = vec![None; all.len()];
    let (mut good, mut waiting) = (good, Vec::<usize>::new());
    // Settles what waits when a value comes, and says whether that is a step.
    let comes = |fates: &mut [Option<Settled>], waiting: &mut Vec<usize>, good: &mut Option<Reading>, to: Reading| {
        let run: Vec<Reading> = waiting.iter().map(|place| all[*place]).collect();
        let Outcome { waiting: outcomes, is_step } = step(quantity, *good, &run, to);
        for (place, settled) in waiting.iter().zip(outcomes) {
            fates[*place] = settled;
            if settled == Some(Settled::Stayed) {
                *good = Some(all[*place]);
            }
        }
        waiting.retain(|place| fates[*place].is_none());
        is_step
    };
    for (place, reading) in all.iter().enumerate() {
        if comes(&mut fates, &mut waiting, &mut good, *reading) {
            waiting.push(place);
        } else {
            fates[place] = Some(Settled::Stayed);
            good = Some(*reading);
        }
    }
    if let Some(after) = after {
        comes(&mut fates, &mut waiting, &mut good, after);
        // What they went on to counts: so do they.
        waiting.iter().for_each(|place| fates[*place] = Some(Settled::Stayed));
    }
    let behind = fates.split_off(before.len() + 1);
    let reason = match fates.pop().flatten() {
        Some(Settled::Stayed) => None,
        Some(Settled::Returned) => Some(Reason::Spike),
        Some(Settled::Unknown) | None => Some(Reason::Step),
    };
    Late { before: fates, reason, behind }
}

fn is_near(before: Reading, next: Reading) -> bool {
    (1..=GAP_MAX_MS).contains(&next.at.since(before.at))
}

/// Whether the second value lies a step away from the first, and near enough in time to say so.
fn steps(quantity: Quantity, before: Reading, next: Reading) -> bool {
    is_near(before, next)
        && threshold(quantity, next.at.since(before.at)).is_some_and(|most| (next.value - before.value).abs() > most)
}

/// The largest change that is no step, within so long: the one of a minute, times the square root of the minutes up to an hour.
/// It is never less than that of a minute, which is about what sensors and rounding do by themselves.
fn threshold(quantity: Quantity, ms: i64) -> Option<f64> {
    let minutes = ms.clamp(MINUTE_MS, HOUR_MS) as f64 / MINUTE_MS as f64;
    quantity.change().step.map(|step| step * minutes.sqrt())
}
