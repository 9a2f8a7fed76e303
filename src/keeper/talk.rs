//! Conversation: from a text to what it asks, and from what storage says to a text. Pure.
//!
//! Arrows point one way: intent ← impossible ← refuse ← understand, almanac ← unanswerable ← refuse, and intent ← answer.

mod almanac;
pub mod answer;
pub mod impossible;
pub mod intent;
pub mod refuse;
mod unanswerable;
pub mod understand;

#[cfg(test)]
mod tests;
