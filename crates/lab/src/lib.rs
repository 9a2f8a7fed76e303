//! The lab measures what the channel and the server's doors can do. It holds home's rules a second time, in Rust, for
//! proofs and for many pages in one process.
//!
//! It compares the fleets: `simulate` measures a [`scenario`] in virtual time, `run` over the network. The figures are
//! counted in `measured`, and stand beside the [`formula`] in one `comparison`. The [`adviser`] uses the formulas only.
//! What has no link here is built with the feature `measure`.

#![warn(missing_docs, unreachable_pub)]

/// The station that the lab's own words are about. No real station can have this name, and nobody answers these words.
pub const STATION: &str = "_lab";

pub mod adviser;
#[cfg(feature = "measure")]
pub mod comparison;
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
pub mod run;
pub mod scenario;
#[cfg(feature = "measure")]
pub mod simulate;
#[cfg(feature = "measure")]
pub mod traffic;
