//! Counts for `/metrics` of a part that the metrics' own floor does not know.

use prometheus_client::collector::Collector;

/// Makes the counts as they are now.
pub struct MoreCounts(Box<dyn Fn() -> Box<dyn Collector> + Send + Sync>);

impl MoreCounts {
    /// Counts made by this function.
    pub fn new(now: impl Fn() -> Box<dyn Collector> + Send + Sync + 'static) -> Self {
        Self(Box::new(now))
    }

    /// The counts now.
    pub fn now(&self) -> Box<dyn Collector> {
        (self.0)()
    }
}
