//! What takes long: bad roads, many visitors, kills, proxies. Where a new test goes: see `tests/it/main.rs`.

#![expect(clippy::disallowed_methods, reason = "tests measure and wait by real clocks")]

#[path = "../kit/mod.rs"]
mod kit;

mod clients;
mod conversations;
mod durability;
mod hostile;
mod lab_run;
mod load;
mod moving;
mod nodes;
mod proxies;
mod real_year;
mod road;
mod streams;
mod years;
