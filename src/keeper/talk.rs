//! Conversation: from a text to what it asks, and from what storage says to a text. Pure.

pub mod answer;
pub mod clock;
pub mod facts;
pub mod impossible;
pub mod intent;
pub mod measure;
pub mod period;
pub mod refuse;
pub mod tokens;
pub mod topic;
pub mod vocabulary;

#[cfg(test)]
mod tests;
