//! The lab: measurements on a real server.
