//! The lab: what the channel and the doors can do, measured, and home's rules a second time, for proofs and for crowds.

pub mod drive;
pub mod home;
pub mod page;
