//! Alerts: what visitors want to be warned of, when it rings, and what is said then. Pure.

pub mod book;
pub mod letter;
pub mod parse;
pub mod phrases;
pub mod rule;
pub mod state;
