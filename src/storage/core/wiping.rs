//! Words that were forgotten are gone from the tables at once. The log still has them for a while: it is emptied soon.

use crate::storage::engine::Engine;
use weather::time::{SECOND_MS, Timestamp};

/// The log is emptied so long after somebody forgot, ms: whoever forgets several conversations waits for one emptying.
/// If somebody reads from the log just then, it is tried again after as long.
pub(super) const WIPE_AFTER_MS: i64 = SECOND_MS;

/// Whether the log may hold what was forgotten.
#[derive(Default)]
pub(super) struct Wiping {
    /// When it is to be emptied.
    due: Option<Timestamp>,
}

impl Wiping {
    /// Something was forgotten.
    pub(super) fn forgot(&mut self, now: Timestamp) {
        self.due = self.due.or(Some(now.plus(WIPE_AFTER_MS)));
    }

    /// True if it is time to empty the log.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| now >= due)
    }

    /// Empties the log if it is time to.
    pub(super) async fn wipe_if_due(&mut self, engine: &mut Engine, now: Timestamp) {
        if !self.is_due(now) {
            return;
        }
        let done = engine.empty_log().await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the log still has words that were forgotten");
            false
        });
        self.due = (!done).then_some(now.plus(WIPE_AFTER_MS));
    }
}
