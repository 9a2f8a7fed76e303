//! The rows that removed stations left: some are deleted whenever the writer has nothing else to do.

use crate::storage::engine::Engine;

/// Whether there may be such rows.
pub(super) struct Tidying {
    orphans: bool,
}

impl Tidying {
    /// An earlier run may have left some.
    pub(super) fn new() -> Self {
        Self { orphans: true }
    }

    /// There may be some: a station was removed, or somebody failed to delete them.
    pub(super) fn suspect(&mut self) {
        self.orphans = true;
    }

    /// True while removed stations may have rows left.
    pub(super) fn has_orphans(&self) -> bool {
        self.orphans
    }

    /// Deletes some of them: always a bounded number, so that nobody waits long.
    pub(super) async fn tidy_some(&mut self, engine: &mut Engine) {
        if self.orphans {
            let reserve = engine.open_reserve(true).await;
            // After an error the next pruning sends us here again.
            self.orphans = reserve.and(engine.tidy().await).unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the rows of a removed station are still there");
                false
            });
        }
    }
}
