//! Statements about any table, for a move to another database. Values of keys stand in them as literals, which is the only way that COPY
//! knows.

use super::literal::literal;
use crate::storage::rows::{Between, Key};
use crate::storage::tables::{META, OWN_NOTES, Table};

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns of a table, with commas between them.
pub(super) fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// The table's name, as a statement has it.
pub(super) fn name(table: &Table) -> String {
    quoted(&table.name)
}

fn key_columns(table: &Table) -> String {
    table.key.iter().map(|at| quoted(&table.columns[*at].name)).collect::<Vec<_>>().join(", ")
}

fn literals(table: &Table, key: &Key) -> String {
    let value = |(at, value): (&usize, &Vec<u8>)| literal(table.columns[*at].kind, value);
    table.key.iter().zip(&key.0).map(value).collect::<Vec<_>>().join(", ")
}

/// A stretch, without what stays where it is.
fn within(table: &Table, Between { after, upto }: Between<'_>) -> String {
    let columns = key_columns(table);
    let mut text = match table.name == META {
        true => format!(" WHERE key NOT IN ('{}')", OWN_NOTES.join("', '")),
        false => " WHERE true".to_owned(),
    };
    for (sign, key) in [(">", after), ("<=", upto)] {
        if let Some(key) = key {
            text += &format!(" AND ({columns}) {sign} ({})", literals(table, key));
        }
    }
    text
}

/// The rows of a stretch in the order of their keys, a number of them at most.
pub(super) fn select(table: &Table, between: Between<'_>, limit: Option<usize>) -> String {
    let (all, table_name, within, key) = (columns(table), name(table), within(table, between), key_columns(table));
    let limit = limit.map_or_else(String::new, |limit| format!(" LIMIT {limit}"));
    format!("SELECT {all} FROM {table_name}{within} ORDER BY {key}{limit}")
}

pub(super) fn delete(table: &Table, between: Between<'_>) -> String {
    format!("DELETE FROM {}{}", name(table), within(table, between))
}

pub(super) fn count(table: &Table) -> String {
    format!("SELECT count(*) FROM {}{}", name(table), within(table, Between::default()))
}

/// Whether there is a row in a stretch.
pub(super) fn exists(table: &Table, between: Between<'_>) -> String {
    format!("SELECT EXISTS (SELECT 1 FROM {}{})", name(table), within(table, between))
}

/// The journal's name.
pub(super) const EPOCH: &str = "SELECT value FROM meta WHERE key = 'epoch'";
