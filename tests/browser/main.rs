//! The pages in a real browser: one binary. Where a new test goes: see `tests/it/main.rs`.

#![expect(unreachable_pub, reason = "`pub` in a binary of tests says what other modules use")]
#![expect(clippy::disallowed_methods, reason = "tests read clocks and wait: they look at the program from outside")]

#[path = "../kit/mod.rs"]
mod kit;

mod chrome;
mod feed;
mod js;
mod keeper;
mod lab_page;
mod tabs;
mod twin;
