//! Ingest.
pub mod json;
pub mod time;
pub mod wunderground;
