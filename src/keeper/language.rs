//! What the keeper understands and says with: words, numbers, times, and the datastreams that they are about. Pure.
//!
//! `alerts` stand on this, and `talk` on both; nothing here knows of either. Within, arrows point one way too:
//! vocabulary ← spelling ← tokens ← topic ← units ← measure ← suggest, and clock ← period ← dates.

pub mod clock;
pub mod dates;
pub mod facts;
pub mod measure;
pub mod period;
pub mod sentence;
pub mod spelling;
pub mod suggest;
pub mod tokens;
pub mod topic;
pub mod units;
pub mod vocabulary;
pub mod wrong_clock;
