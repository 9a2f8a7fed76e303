//! Rules about the texts of all files. One binary, which starts no program and is done in seconds.

mod circles;
mod claims;
mod config_doc;
mod floors;
mod log_doc;
mod rooms;
mod sources;
mod vendor;
mod words;
