//! The engine of a PostgreSQL: everything that storage knows of it.
//!
//! Its two structs have the same functions as those of `sqlite/`, and its files the names of those that do the same there.
//! What both databases understand stands once, in `sql/`, and is compiled for each.

mod db;
mod link;
mod open;
mod places;
mod readers;
mod writer;

#[path = "sql/columns.rs"]
mod columns;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/texts.rs"]
mod texts;

pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
