//! The pages in a real browser: one binary. Where a new test goes: see `tests/it/main.rs`.

#![expect(clippy::disallowed_methods, reason = "tests measure and wait by real clocks")]

#[path = "../kit/mod.rs"]
mod kit;

mod admin;
mod chrome;
mod feed;
mod guard;
mod history;
mod joined;
mod js;
mod keeper;
mod kiosk;
mod lab_page;
mod lead;
mod names;
mod overview;
mod roster;
mod settings;
#[cfg(debug_assertions)]
mod storybook;
mod tabs;
mod twin;
mod week;
