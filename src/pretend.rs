//! A pretend station: weather made from a seed, posted over HTTP like any station's.

mod client;
pub mod climate;
mod noise;
mod observer;
mod outbox;
pub mod plan;
mod sky;
pub mod station;
pub mod summary;
mod sun;
