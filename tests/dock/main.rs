//! The dock: its core held against a reference in all orders of events, its route on real sockets.

mod orders;
mod reference;
mod route;
mod server;
mod steps;
mod table;
