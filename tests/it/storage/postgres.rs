//! What only PostgreSQL does.

#[path = "postgres/outside.rs"]
pub mod outside;
