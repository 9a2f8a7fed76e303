//! Room for others: a server writes to the same database, and SQLite gives the lock to whoever looks when it is free.
//!
//! Who waits for the lock looks again and again, with longer and longer pauses. An import that takes the lock as soon as it has
//! given it back would leave hardly any moment in which it is free.

use std::time::{Duration, Instant};

/// While nobody else seems to write, the lock is left free so often.
const EVERY: Duration = Duration::from_secs(1);
/// And for so long: who has begun to wait looks again within that time.
const MOMENT: Duration = Duration::from_millis(25);
/// Who has written within this time will write again.
const BUSY: Duration = Duration::from_secs(5);
/// While others write, the lock is left free for as long as it was held, and no longer than this.
const PAUSE_MAX: Duration = Duration::from_millis(100);

/// When to leave the lock to others.
pub(super) struct Courtesy {
    /// What others have written until now, in entries of the journal.
    foreign: u64,
    /// When it was noticed that others have written.
    busy: Option<Instant>,
    left: Instant,
}

impl Courtesy {
    /// `foreign`: what others have written until now.
    pub(super) fn new(foreign: u64, now: Instant) -> Self {
        Self { foreign, busy: None, left: now }
    }

    /// Takes in what others have written until now. True if the lock is to be left free after each transaction.
    pub(super) fn is_busy(&mut self, foreign: u64, now: Instant) -> bool {
        if foreign > self.foreign {
            (self.foreign, self.busy) = (foreign, Some(now));
        }
        self.busy.is_some_and(|busy| now.duration_since(busy) < BUSY)
    }

    /// For how long the lock is left free, after it was held for `held`.
    pub(super) fn pause(&mut self, is_busy: bool, held: Duration, now: Instant) -> Option<Duration> {
        let pause = if is_busy {
            held.clamp(MOMENT, PAUSE_MAX)
        } else if now.duration_since(self.left) >= EVERY {
            MOMENT
        } else {
            return None;
        };
        self.left = now;
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an instant to begin with")]
    fn the_lock_is_left_to_others_now_and_then_and_half_of_the_time_while_they_write() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut courtesy = Courtesy::new(7, began);
        let held = Duration::from_millis(40);
        let mut pause = |ms, foreign| {
            let is_busy = courtesy.is_busy(foreign, at(ms));
            courtesy.pause(is_busy, held, at(ms))
        };
        assert_eq!(pause(500, 7), None);
        assert_eq!(pause(1_000, 7), Some(MOMENT), "somebody may wait");
        assert_eq!(pause(1_500, 7), None);
        assert_eq!(pause(1_600, 8), Some(held), "somebody has written");
        assert_eq!(pause(6_500, 8), Some(held), "and may again");
        assert_eq!(pause(6_700, 8), None, "nobody has for five seconds");
    }
}
