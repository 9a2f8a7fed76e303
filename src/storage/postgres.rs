//! The engine of a PostgreSQL: everything that storage knows of it.
//!
//! Its two structs have the same functions as those of `sqlite/`, and its files the names of those that do the same there.
//! What both databases understand stands once, in `sql/`, and is compiled for each.

mod calibrations;
mod db;
mod entries;
mod gone;
mod head;
mod link;
mod listener;
mod loudest;
mod open;
mod outbox;
mod readers;
mod rezoning;
mod room;
mod words;
mod writer;

#[path = "sql/admin.rs"]
mod admin;
#[path = "sql/alerts.rs"]
mod alerts;
#[path = "sql/cursors.rs"]
mod cursors;
#[path = "sql/enrol.rs"]
mod enrol;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/letters.rs"]
mod letters;
#[path = "sql/mappings.rs"]
mod mappings;
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/prune.rs"]
mod prune;
#[path = "sql/set.rs"]
mod set;
#[path = "sql/sizes.rs"]
mod sizes;
#[path = "sql/stations.rs"]
mod stations;
#[path = "sql/talk.rs"]
mod talk;

pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
