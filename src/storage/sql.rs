//! What both engines have in common: SQL that SQLite and PostgreSQL understand alike, and what their errors mean.
//!
//! The other files of this folder are compiled twice, as modules of `sqlite.rs` and of `postgres.rs`, each time with the types of that
//! database (`db.rs` there): sqlx has no type that stands for both. What differs between the databases stands in their folders, under the
//! same name.

mod cells;
mod error;
mod of_sensor;

pub(super) use cells::Cells;
pub(super) use error::{decode, meaning};
pub(super) use of_sensor::OfSensor;
