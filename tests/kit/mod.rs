//! What the tests stand on: a browser, a road that counts, the program itself, and a server for files.

#![allow(dead_code, reason = "each binary of tests compiles this module for itself, and uses a part of it")]

pub mod axe;
pub mod bad_road;
pub mod chrome;
pub mod fake;
pub mod firefox;
pub mod relay;
pub mod server;
pub mod static_files;
