//! Rules about the texts of all files. One binary, which needs no program and compiles in a second.

mod circles;
mod claims;
mod config_doc;
mod floors;
mod rooms;
mod sources;
mod words;
