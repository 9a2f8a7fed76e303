//! Timers. Nothing here reads a clock: the caller of a home asks when the next one is due.

use super::Ms;

/// The purpose of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The truck of this number is out for too long.
    Deadline(u32),
    /// The wait after failures is over.
    Patience,
    /// A truck may leave that had to wait for a token.
    Token,
    /// A truck leaves by the clock.
    Period,
    /// A home that a limit of the dock keeps from parking asks again.
    Again,
    /// A truck has been out for so long that it must have found a place to park.
    Place,
}

/// The timers that are set, the next one first; of two that are due together, the one that was set first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Timers {
    set: Vec<(Ms, Timer)>,
}

impl Timers {
    /// Sets a timer, in place of what it was set to before.
    pub(crate) fn set(&mut self, timer: Timer, due: Ms) {
        self.off(timer);
        let later = self.set.partition_point(|(earlier, _)| *earlier <= due);
        self.set.insert(later, (due, timer));
    }

    /// Calls a timer off; returns when it was due.
    pub(crate) fn off(&mut self, timer: Timer) -> Option<Ms> {
        let at = self.set.iter().position(|(_, set)| *set == timer)?;
        Some(self.set.remove(at).0)
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.set.iter().any(|(_, set)| *set == timer)
    }

    /// All of them, the next one first.
    pub(crate) fn all(&self) -> &[(Ms, Timer)] {
        &self.set
    }

    /// Names them anew, and forgets when they are due; `None` calls one off.
    pub(crate) fn rename(&mut self, name: impl Fn(Timer) -> Option<Timer>) {
        self.set = self.set.iter().filter_map(|(_, timer)| Some((0, name(*timer)?))).collect();
        self.set.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_that_are_due_together_the_first_one_rings_first() {
        let mut timers = Timers::default();
        for (timer, due) in [(Timer::Period, 9), (Timer::Token, 5), (Timer::Deadline(1), 5), (Timer::Patience, 7)] {
            timers.set(timer, due);
        }
        timers.set(Timer::Token, 5);
        assert_eq!(timers.off(Timer::Patience), Some(7));
        assert_eq!(timers.all(), [(5, Timer::Deadline(1)), (5, Timer::Token), (9, Timer::Period)]);
    }
}
