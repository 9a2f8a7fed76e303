//! The lab: what the channel and the doors can do, measured, and home's rules a second time, for proofs and for crowds.
//!
//! The comparison of the fleets: a [`scenario`] is measured, by [`simulate`] or over the network; what comes out is
//! [`measured`] and stands beside what the [`formula`] says in one [`report`]; the [`adviser`] knows the formulas only.

/// What words of the lab are about: no station can be called so, and nobody answers them.
pub const STATION: &str = "_lab";

pub mod adviser;
pub mod drive;
pub mod formula;
pub mod home;
pub mod measured;
pub mod page;
pub mod report;
pub mod row;
pub mod run;
pub mod scenario;
pub mod simulate;
pub mod traffic;
