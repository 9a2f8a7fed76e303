//! When old readings go, and how far that has come.

use crate::storage::seam::SensorId;
use weather::time::{MINUTE_MS, Timestamp};

/// The first look after the start, ms.
const START_MS: i64 = MINUTE_MS;

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stage {
    /// Nothing until the next look.
    Rest,
    /// The boundaries of the sensors after this one are looked at.
    Moving(SensorId),
    /// Rows of this sensor and of those after it go.
    Pruning(SensorId),
    /// The file gives room back.
    Shrinking,
}

/// How far it has come.
pub(super) struct Retention {
    pub(super) stage: Stage,
    looks_at: Timestamp,
    /// Readings that have gone since the look began.
    pub(super) gone: u64,
}

impl Retention {
    /// The first look comes a while after the start, which has other things to do; a command that soon ends lets nothing go.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { stage: Stage::Rest, looks_at: now.plus(START_MS), gone: 0 }
    }

    /// True if there may be something to do.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.stage != Stage::Rest || now >= self.looks_at
    }

    /// Nothing is to be done for so long.
    pub(super) fn rest(&mut self, now: Timestamp, ms: i64) {
        (self.stage, self.looks_at, self.gone) = (Stage::Rest, now.plus(ms), 0);
    }
}
