//! What storage decides, whatever the database is: what is new in what arrives, in which order things are written,
//! answered and told, what the writer remembers, and what is thrown away.
//!
//! Most of it is pure. The rest asks the engine, over the steps of `engine.rs`, and nothing else.

mod admin;
mod bodies;
mod correct;
mod decide;
mod draft;
mod enrol;
mod foreign;
mod forget;
mod gathering;
mod jobs;
mod learn;
mod list;
mod memory;
mod merge;
mod news;
mod outbox;
mod pruning;
mod queue;
mod recalculate;
mod recalculating;
mod rehearsal;
mod reports;
mod retaining;
mod retention;
mod rezone;
mod rolling;
mod scribe;
mod shared;
mod shares;
mod slow;
mod stats;
mod store;
mod tell;
mod tidying;
mod unmapped;
mod wiping;
mod writer;

pub(super) use jobs::{Answer, Forgetting, Job, Talk, What};
pub(super) use queue::Queue;
pub use rehearsal::Rehearsal;
pub(super) use reports::Reports;
pub(super) use scribe::Scribe;
pub(super) use shared::Shared;
pub use stats::Stats;
pub(super) use tell::commits;
pub use tell::{Commits, Committed};
pub(super) use writer::Writer;
