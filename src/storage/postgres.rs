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
mod loudest;
mod open;
mod outbox;
mod readers;
mod rezoning;
mod room;
mod words;
mod writer;

#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/admin.rs"]
mod admin;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/alerts.rs"]
mod alerts;
#[path = "sql/cursors.rs"]
mod cursors;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/enrol.rs"]
mod enrol;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/journal.rs"]
mod journal;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/letters.rs"]
mod letters;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/mappings.rs"]
mod mappings;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/prune.rs"]
mod prune;
#[path = "sql/set.rs"]
mod set;
#[path = "sql/sizes.rs"]
mod sizes;
#[allow(dead_code, reason = "the readers are under construction")]
#[path = "sql/stations.rs"]
mod stations;
#[path = "sql/talk.rs"]
mod talk;

pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
