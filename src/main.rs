//! Stevenson's program.
fn main() {}
