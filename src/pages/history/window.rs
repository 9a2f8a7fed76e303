//! The time that a history page looks at.

use weather::day;
use weather::time::{MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// The shortest window, ms: no sensor reports more than a few times within.
pub(crate) const WINDOW_MIN_MS: i64 = MINUTE_MS;

/// A time that is looked at, and is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Window {
    /// Its length, ms.
    pub(crate) fn length_ms(self) -> i64 {
        self.to.since(self.from).max(1)
    }

    /// Where an instant lies in it, 0 to 1; what lies outside is at its edge.
    pub(crate) fn part(self, at: Timestamp) -> f64 {
        (at.since(self.from) as f64 / self.length_ms() as f64).clamp(0.0, 1.0)
    }

    /// The middle of what it has of a span.
    pub(crate) fn middle(self, from: Timestamp, to: Timestamp) -> Timestamp {
        let (from, to) = (from.max(self.from), to.min(self.to));
        from.plus(to.since(from) / 2)
    }

    /// The same so many milliseconds later.
    pub(crate) fn plus(self, ms: i64) -> Self {
        Self { from: self.from.plus(ms), to: self.to.plus(ms) }
    }

    /// How far the same local days lie a year before, ms.
    pub(crate) fn year_ms(self, zone: &Zone) -> i64 {
        let date = day::date_at(zone, self.from);
        let before = date.checked_sub_months(chrono::Months::new(12)).unwrap_or(date);
        day::bounds(zone, date).0.since(day::bounds(zone, before).0)
    }
}
