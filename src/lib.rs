//! Stevenson: the live dashboard for weather stations.
//!
//! The house. Arrows point down only, and rooms on one floor do not know each other: `tests/rules/floors.rs` holds that.
//! `docs/ARCHITECTURE.md` explains it, `docs/GLOSSARY.md` explains the words.
//!
//! ```text
//!  roof   main.rs ── cli                                   args, exit code
//!   7     app                                              the only place where parts meet
//!   6     config                                           every knob, composed from the parts' Options
//!   5     door   station_port   mqtt   tempest             the front door, the one for odd consoles, readers: sockets and limits
//!   4     admin   api   ingest   live   pages   metrics    doors: HTTP in, HTTP out
//!   3     web                                              what all doors share: errors, headers
//!   2     courier   keeper   lookout   pretend   webhook    workers: they serve no HTTP
//!   1     inbox   storage   trust                          the newest uploads in memory; the database; TLS with others
//!  ---- crates ----
//!         lab                                              compares the ways of the channel; knows channel
//!         channel                                          how pages hear: pure core, no HTTP; knows nobody
//!         weather                                          the domain: pure, no async, no I/O, no clock; knows nobody
//! ```

#![warn(unreachable_pub)]
// Futures in futures: an optimized build counted 130 of them within each other, and 128 are allowed without this.
#![recursion_limit = "256"]
#![expect(clippy::duplicate_mod, reason = "the files of `storage/sql` are compiled for each database")]

pub mod app;
pub mod backup;

pub mod config;

pub mod door;
pub mod mqtt;
pub mod station_port;
pub mod tempest;

pub mod admin;
pub mod api;
pub mod ingest;
pub mod live;
pub mod metrics;
pub mod pages;

pub mod web;

pub mod courier;

pub mod keeper;
pub mod lookout;
pub mod pretend;
pub mod webhook;

pub mod inbox;
pub mod storage;
pub mod trust;
