<<<<<<< HEAD
//! The lab: measurements on a real server.
=======
//! The lab: what the channel and the doors can do, measured.

>>>>>>> pretend
pub mod drive;
