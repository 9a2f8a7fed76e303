//! The dock lets no truck park: home asks again at the dock's pace, so it polls.

use super::Ms;
use super::timers::{Timer, Timers};
use std::sync::Arc;

/// When to ask again if the dock does not say, ms.
const RETRY_UNSAID_MS: Ms = 5_000;
/// The least that it may say, ms.
const RETRY_MIN_MS: Ms = 1_000;
/// The most that it may say, ms.
const RETRY_MAX_MS: Ms = 5 * 60_000;
/// A truck that is not home again after this had a place to park, ms: one that turns round takes a round trip.
const PLACE_MS: Ms = 3_000;

/// Whether, why, and until when a limit keeps the trucks from parking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    why: Option<Arc<str>>,
}

impl Limit {
    /// The name of the limit.
    pub(crate) fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// A truck that would have parked was turned round.
    pub(crate) fn turned(&mut self, why: Arc<str>, retry_ms: Option<Ms>, now: Ms, timers: &mut Timers) {
        self.why = Some(why);
        timers.off(Timer::Place);
        let retry_ms = retry_ms.unwrap_or(RETRY_UNSAID_MS);
        timers.set(Timer::Again, now + retry_ms.clamp(RETRY_MIN_MS, RETRY_MAX_MS));
    }

    /// A truck leaves that may park.
    pub(crate) fn asks(&self, now: Ms, timers: &mut Timers) {
        if self.why.is_some() && !timers.is_set(Timer::Place) {
            timers.set(Timer::Place, now + PLACE_MS);
        }
    }

    /// The world has changed: a place may be asked for at once.
    pub(crate) fn hurry(&self, timers: &mut Timers) {
        timers.off(Timer::Again);
        timers.off(Timer::Place);
    }

    /// There is a place.
    pub(crate) fn lift(&mut self, timers: &mut Timers) {
        self.why = None;
        self.hurry(timers);
    }
}
