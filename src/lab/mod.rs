//! The lab: what the channel and the doors can do, measured, and home's rules a second time, for proofs and for crowds.

/// What words of the lab are about: no station can be called so, and nobody answers them.
pub const STATION: &str = "_lab";

pub mod drive;
pub mod home;
pub mod page;
