//! How long home waits after a trip that failed: not at all after a single cut, then ever longer, at random.

use super::timers::{Timer, Timers};
use super::{Chance, Ms};

/// A truck that had been out this long was cut, not refused: the next one may leave at once, ms.
pub(super) const STEADY_MS: Ms = 1_000;
/// The longest wait after a first failure, ms; it doubles with each further one.
const FIRST_MS: Ms = 500;
/// Doublings beyond which every wait is the longest.
const DOUBLINGS_MAX: u32 = 16;
/// The longest wait that the dock may ask for, ms: proxies have asked for days.
const ASKED_MAX_MS: Ms = 5 * 60_000;
/// Loads in a row that come quickly and bring nothing before home takes the road for broken.
const FRUITLESS_MAX: u32 = 3;

/// Counts failures in a row, and holds the trucks back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Patience {
    strikes: u32,
    fruitless: u32,
    until: Option<Ms>,
    /// Whether the dock asked for the wait.
    asked: bool,
}

impl Patience {
    /// When the wait ends; `None` if there is none.
    pub(crate) fn until(&self) -> Option<Ms> {
        self.until
    }

    /// Whether the last trip failed, or no truck may leave.
    pub(crate) fn tried(&self) -> bool {
        self.strikes > 0 || self.until.is_some()
    }

    /// A trip succeeded. What the dock asked for still holds.
    pub(crate) fn fine(&mut self, timers: &mut Timers) {
        self.strikes = 0;
        if !self.asked {
            self.end(timers);
        }
    }

    /// The world has changed: earlier failures no longer count.
    pub(crate) fn reset(&mut self, timers: &mut Timers) {
        self.strikes = 0;
        self.fruitless = 0;
        self.end(timers);
    }

    /// A trip failed. The truck had been out for `out_ms`; the dock may have asked to stay away.
    pub(crate) fn lost(
        &mut self,
        out_ms: Ms,
        cap_ms: Ms,
        asked_ms: Ms,
        now: Ms,
        chance: Chance<'_>,
        timers: &mut Timers,
    ) {
        let at_once = self.strikes == 0 && out_ms >= STEADY_MS;
        let wait = if at_once { 0 } else { spread(self.strikes, cap_ms, chance) };
        self.strikes += 1;
        self.wait(wait.max(asked_ms), asked_ms > 0, now, timers);
    }

    /// A truck that might have parked came home; `fruitless` if quickly, with nothing new, while no other is parked. A
    /// few such trucks are normal; an endless row of them would keep the road busy for nothing.
    pub(crate) fn home(&mut self, fruitless: bool, cap_ms: Ms, now: Ms, chance: Chance<'_>, timers: &mut Timers) {
        self.fruitless = if fruitless { self.fruitless + 1 } else { 0 };
        if self.fruitless >= FRUITLESS_MAX {
            let wait = spread(self.fruitless - FRUITLESS_MAX, cap_ms, chance);
            self.wait(wait, false, now, timers);
        }
    }

    /// The dock closes: all pages are to come back, but not all at once.
    pub(crate) fn sent_away(
        &mut self,
        asked_ms: Option<Ms>,
        cap_ms: Ms,
        now: Ms,
        chance: Chance<'_>,
        timers: &mut Timers,
    ) {
        let wait = asked_ms.unwrap_or_else(|| share(chance, cap_ms));
        self.wait(wait, true, now, timers);
    }

    fn wait(&mut self, ms: Ms, asked: bool, now: Ms, timers: &mut Timers) {
        let bounded = ms.min(ASKED_MAX_MS);
        let until = now + bounded;
        if bounded <= 0 || self.until.is_some_and(|later| later >= until) {
            return;
        }
        timers.set(Timer::Patience, until);
        self.until = Some(until);
        self.asked |= asked;
    }

    /// The wait is over.
    pub(crate) fn end(&mut self, timers: &mut Timers) {
        timers.off(Timer::Patience);
        self.until = None;
        self.asked = false;
    }

    /// Forgets all that only time tells apart, and counts no further than it matters.
    pub(crate) fn forget_time(&mut self) {
        self.until = self.until.map(|_| 0);
        self.strikes = self.strikes.min(1);
        self.fruitless = self.fruitless.min(FRUITLESS_MAX);
    }
}

fn spread(doublings: u32, cap_ms: Ms, chance: Chance<'_>) -> Ms {
    share(chance, cap_ms.min(FIRST_MS << doublings.min(DOUBLINGS_MAX)))
}

/// A random share of `of_ms`.
fn share(chance: Chance<'_>, of_ms: Ms) -> Ms {
    (chance() * of_ms as f64).round() as Ms
}
