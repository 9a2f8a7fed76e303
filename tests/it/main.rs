//! The house from outside, without a browser: one binary, so that it is linked once.
//!
//! A new test goes
//! - beside the code (`mod tests`) if it needs neither a runtime, a file nor a socket;
//! - into `crates/<crate>/tests` if it needs only that crate;
//! - here, into the module of the room that it is about, if it needs the program, a database or sockets;
//! - into `tests/rules` if it reads source files and documents only;
//! - into `tests/browser` if it needs a browser;
//! - into `tests/long` if it takes more than ten seconds;
//! - into `tests/js` if it is about one script of the pages: `tests/browser/js.rs` runs those.
//!
//! `tests/kit` holds what they all stand on.

#![expect(clippy::disallowed_methods, reason = "tests measure and wait by real clocks")]

#[path = "../kit/mod.rs"]
mod kit;

mod admin;
mod api;
mod backups;
mod base;
mod census;
mod charts;
mod climate;
mod consoles;
mod correcting;
mod dock;
mod door;
mod drive;
mod embed;
mod folder;
mod guard;
mod history;
mod ingest;
mod keeper;
mod kiosk;
mod metrics;
mod moving;
mod mqtt;
mod nodes;
mod overview;
mod owner;
mod page;
mod pages;
mod pasting;
mod pretend;
mod printing;
mod quality;
mod quantities;
mod rain;
mod readme;
mod relay;
mod retention;
mod roster;
mod says;
mod serve;
mod settings;
mod shares;
mod storage;
mod storybook;
mod tempest;
mod webhook;
