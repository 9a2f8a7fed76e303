//! The lab: what the channel and the doors can do, measured.

pub mod drive;
