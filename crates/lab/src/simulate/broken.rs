//! Why a simulation has no result.

use crate::scenario::BadScenario;

/// What ends a simulation.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The scenario is out of its limits.
    #[error(transparent)]
    Scenario(#[from] BadScenario),
    /// There is no memory for a histogram.
    #[error("cannot count ages")]
    Memory(#[from] hdrhistogram::CreationError),
    /// A promise of the channel does not hold: news came twice, or out of order.
    #[error("news {0} is not what the page misses next: the channel broke its promise")]
    News(u64),
    /// A promise of the channel does not hold: words were stored out of order.
    #[error("word {0} is not the next to be stored: the channel broke its promise")]
    Words(u64),
    /// A name of the simulation's own is not valid.
    #[error("a name of the simulation is not valid")]
    Name,
}
