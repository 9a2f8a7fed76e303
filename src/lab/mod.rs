//! The lab: measurements on a real server.
pub mod drive;
