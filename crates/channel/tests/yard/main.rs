//! The yard against a simple reference, in all orders of events.

mod orders;
mod reference;
mod steps;
