//! The engine of a PostgreSQL: everything that storage knows of it.
//!
//! Its two structs have the same functions as those of `sqlite/`, and its files the names of those that do the same there.
//! What both databases understand stands once, in `sql/`, and is compiled for each.

mod db;
mod dialect;
mod link;
mod open;
mod past;
mod places;
mod readers;
mod writer;

#[path = "sql/charted.rs"]
mod charted;
#[path = "sql/columns.rs"]
mod columns;
#[path = "sql/conversations.rs"]
mod conversations;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/last_when.rs"]
mod last_when;
#[path = "sql/latest.rs"]
mod latest;
#[path = "sql/many.rs"]
mod many;
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/observations.rs"]
mod observations;
#[path = "sql/recorded.rs"]
mod recorded;
#[path = "sql/series.rs"]
mod series;
#[path = "sql/texts.rs"]
mod texts;

pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
