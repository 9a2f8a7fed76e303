//! The dock: its core held against a reference in all orders of events, its route on real sockets.

mod events;
mod limits;
mod metrics;
mod orders;
mod reference;
mod route;
mod server;
mod socket;
mod steps;
mod table;
mod words;
