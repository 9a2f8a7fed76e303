//! What takes long: bad roads, many visitors, kills, proxies. Where a new test goes: see `tests/it/main.rs`.

#[path = "../kit/mod.rs"]
mod kit;

mod conversations;
mod durability;
mod proxies;
mod road;
