//! What takes long: bad roads, many visitors, kills, proxies. Where a new test goes: see `tests/it/main.rs`.

#![expect(unreachable_pub, reason = "`pub` in a binary of tests says what other modules use")]
#![expect(clippy::disallowed_methods, reason = "tests read clocks and wait: they look at the program from outside")]

#[path = "../kit/mod.rs"]
mod kit;

mod conversations;
mod durability;
mod lab_run;
mod proxies;
mod road;
