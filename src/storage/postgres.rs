//! The engine of a PostgreSQL: everything that storage knows of it.
//!
//! Its two structs have the same functions as those of `sqlite/`, and its files the names of those that do the same there.
//! What both databases understand stands once, in `sql/`, and is compiled for each.

mod census;
mod db;
mod dialect;
mod entries;
mod gone;
mod head;
mod inspect;
mod leader;
mod learn;
mod link;
mod listener;
mod literal;
mod loudest;
mod marks;
mod moving;
mod open;
mod opening;
mod outbox;
mod past;
mod places;
mod readers;
mod reports;
mod rewriting;
mod rollups;
mod room;
mod rows;
mod together;
mod unfinished;
mod words;
mod writer;

#[path = "sql/admin.rs"]
mod admin;
#[path = "sql/alerts.rs"]
mod alerts;
#[path = "sql/any_table.rs"]
mod any_table;
#[path = "sql/calibrations.rs"]
mod calibrations;
#[path = "sql/charted.rs"]
mod charted;
#[path = "sql/columns.rs"]
mod columns;
#[path = "sql/conversations.rs"]
mod conversations;
#[path = "sql/corrections.rs"]
mod corrections;
#[path = "sql/cursors.rs"]
mod cursors;
#[path = "sql/enrol.rs"]
mod enrol;
#[path = "sql/journal.rs"]
mod journal;
#[path = "sql/last_when.rs"]
mod last_when;
#[path = "sql/latest.rs"]
mod latest;
#[path = "sql/letters.rs"]
mod letters;
#[path = "sql/many.rs"]
mod many;
#[path = "sql/mappings.rs"]
mod mappings;
#[path = "sql/numbers.rs"]
mod numbers;
#[path = "sql/observations.rs"]
mod observations;
#[path = "sql/prune.rs"]
mod prune;
#[path = "sql/recorded.rs"]
mod recorded;
#[path = "sql/renewing.rs"]
mod renewing;
#[path = "sql/retention.rs"]
mod retention;
#[path = "sql/rezoning.rs"]
mod rezoning;
#[path = "sql/series.rs"]
mod series;
#[path = "sql/set.rs"]
mod set;
#[path = "sql/sizes.rs"]
mod sizes;
#[path = "sql/stations.rs"]
mod stations;
#[path = "sql/stored_rows.rs"]
mod stored_rows;
#[path = "sql/talk.rs"]
mod talk;
#[path = "sql/texts.rs"]
mod texts;
#[path = "sql/tidy.rs"]
mod tidy;

pub(super) use census::count;
pub(super) use inspect::look;
pub(super) use leader::Candidate;
pub(super) use moving::End;
pub(super) use open::{Opened, open};
pub(super) use readers::Readers;
pub(super) use writer::Writer;
