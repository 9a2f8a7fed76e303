//! The engine of a PostgreSQL: everything that storage knows of it.
//!
//! Its two structs have the same functions as those of `sqlite/`, and its files the names of those that do the same there.
//! What both databases understand stands once, in `sql/`, and is compiled for each.

mod db;
mod learn;
mod link;
mod marks;
mod open;
mod places;
mod readers;
mod reports;
mod rewriting;
mod rollups;
mod rows;
mod writer;

#[path = "sql/calibrations.rs"]
mod calibrations;
#[path = "sql/columns.rs"]
mod columns;
#[path = "sql/corrections.rs"]
mod corrections;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/latest.rs"]
mod latest;
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/renewing.rs"]
mod renewing;
#[path = "sql/retention.rs"]
mod retention;
#[path = "sql/rezoning.rs"]
mod rezoning;
#[path = "sql/stored_rows.rs"]
mod stored_rows;
#[path = "sql/texts.rs"]
mod texts;
#[path = "sql/tidy.rs"]
mod tidy;

pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
