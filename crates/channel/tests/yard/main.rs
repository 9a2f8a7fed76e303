//! The yard against a simple reference, in all orders of events.

mod echoes;
mod orders;
mod reference;
mod steps;
