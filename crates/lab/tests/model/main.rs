//! All orders of events, as far as small budgets reach: the dock's real core and home's Rust twin, with a road between
//! them that loses, doubles, reorders and holds up whatever it likes, and a server that is killed and closed.
//!
//! The promises are those of `docs/PROTOCOL.md`, by name. What is shown here of the twin holds for the pages' own home as
//! far as `tests/browser/twin.rs` shows the two to be one.

mod actions;
mod bay;
mod checks;
mod promises;
mod state;
mod wrong;
