//! Rules about the texts of all files. One binary, which needs no program and compiles in a second.

#![expect(unreachable_pub, reason = "`pub` in a binary of tests says what other modules use")]

mod circles;
mod claims;
mod config_doc;
mod floors;
mod rooms;
mod sources;
mod words;
