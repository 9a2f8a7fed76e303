//! What the tests stand on: the program in this process or in one of its own, browsers, roads, and servers of files.

#![allow(dead_code, reason = "each binary of tests compiles this module for itself, and uses a part of it")]

pub mod app;
pub mod axe;
pub mod bad_road;
pub mod broker;
pub mod chrome;
pub mod connection;
pub mod fake;
pub mod firefox;
pub mod honest;
pub mod length;
pub mod nodes;
pub mod postgres;
pub mod program;
pub mod proxy;
pub mod relay;
pub mod static_files;
