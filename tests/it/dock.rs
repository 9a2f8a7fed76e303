//! The dock: its core held against a reference in all orders of events, its route on real sockets.

mod ahead;
mod events;
mod limits;
mod metrics;
mod route;
mod server;
pub mod socket;
mod table;
mod trips;
mod words;
