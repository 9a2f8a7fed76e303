//! The lab: what the channel and the doors can do, measured, and home's rules a second time, for proofs and for crowds.
//!
//! The comparison of the fleets: a [`scenario`] is measured, by [`simulate`] or over the network; what comes out is
//! [`measured`] and stands beside what the [`formula`] says in one [`report`]; the [`adviser`] knows the formulas only.

#![warn(missing_docs)]

/// What words of the lab are about: no station can be called so, and nobody answers them.
pub const STATION: &str = "_lab";

pub mod adviser;
#[cfg(feature = "measure")]
pub mod drive;
pub mod formula;
#[cfg(feature = "measure")]
pub mod home;
#[cfg(feature = "measure")]
pub mod measured;
#[cfg(feature = "measure")]
pub mod page;
#[cfg(feature = "measure")]
pub mod report;
pub mod row;
#[cfg(feature = "measure")]
pub mod run;
pub mod scenario;
#[cfg(feature = "measure")]
pub mod simulate;
#[cfg(feature = "measure")]
pub mod traffic;
