//! Counts for `/metrics` of parts that the metrics' own floor does not know.

use prometheus_client::collector::Collector;

/// Makes the counts as they are now, one part after the other.
#[derive(Default)]
pub struct MoreCounts(Vec<Now>);

type Now = Box<dyn Fn() -> Box<dyn Collector> + Send + Sync>;

impl MoreCounts {
    /// The same, and the counts that this function makes.
    pub fn and(mut self, now: impl Fn() -> Box<dyn Collector> + Send + Sync + 'static) -> Self {
        self.0.push(Box::new(now));
        self
    }

    /// The counts now.
    pub fn now(&self) -> impl Iterator<Item = Box<dyn Collector>> {
        self.0.iter().map(|now| now())
    }
}
