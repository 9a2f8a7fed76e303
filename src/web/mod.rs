//! What all doors share.

pub mod error;
