//! What tables a database has, as it says itself, and whether those of two databases are the same.

use std::collections::BTreeMap;

/// Tables that only one kind of database has: its own notes, and what its engine alone needs.
const OF_ONE: [&str; 3] = ["_sqlx_migrations", "gate", UNFINISHED];
/// So do tables begin that SQLite makes for itself.
const OF_SQLITE: &str = "sqlite_";
/// The table in a PostgreSQL into which a move has begun and not ended.
pub(super) const UNFINISHED: &str = "unfinished_move";
/// The table of notes about the database itself.
pub(super) const META: &str = "meta";
/// Notes in it that are about one database alone, and stay there: which PostgreSQL it was, and whether a power cut may have taken commits.
pub(super) const OWN_NOTES: [&str; 2] = ["timeline", "lossy"];

/// What a column holds. All integers have 64 bits; a boolean of PostgreSQL is one, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Boolean,
    Real,
    Text,
    Blob,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    /// Whether it never is NULL.
    pub required: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The places of the columns of its primary key, in the key's order.
    pub key: Vec<usize>,
}

/// A column as a catalogue tells it: table, column, type, whether it is required, place in the primary key.
pub(super) type Told = (String, String, String, bool, Option<i64>);

/// Why tables cannot be moved.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unlike {
    /// A column of a type that is not known.
    #[error("the column {0} is of the type {1:?}, which is not known")]
    Type(String, String),
    /// A table without a key cannot be moved in pieces.
    #[error("the table {0} has no primary key")]
    Key(String),
    /// A table that only one of the two has.
    #[error("only one of the two databases has the table {0}")]
    Table(String),
    /// A column that is not the same.
    #[error("the column {0} is not the same in both databases, or only one of them has it")]
    Column(String),
    /// Another primary key.
    #[error("the table {0} has not the same primary key in both databases")]
    OtherKey(String),
}

/// Columns of a primary key: the place of each in the key, and among the columns.
type KeyPlaces = Vec<(i64, usize)>;

/// The tables that a catalogue tells of, by name; without those that only one kind of database has.
pub(super) fn tables(told: Vec<Told>) -> Result<Vec<Table>, Unlike> {
    let mut found: BTreeMap<String, (Vec<Column>, KeyPlaces)> = BTreeMap::new();
    for (table, name, of_type, required, place) in told {
        if OF_ONE.contains(&&*table) || table.starts_with(OF_SQLITE) {
            continue;
        }
        let kind = match of_type.as_str() {
            "INTEGER" | "bigint" => Kind::Integer,
            "boolean" => Kind::Boolean,
            "REAL" | "double precision" => Kind::Real,
            "TEXT" | "text" => Kind::Text,
            "BLOB" | "bytea" => Kind::Blob,
            _ => return Err(Unlike::Type(format!("{table}.{name}"), of_type)),
        };
        let (columns, key) = found.entry(table).or_default();
        key.extend(place.map(|place| (place, columns.len())));
        // A key is never NULL, whether the catalogue says it or not.
        columns.push(Column { name, kind, required: required || place.is_some() });
    }
    let table = |(name, (columns, mut key)): (String, (_, KeyPlaces))| {
        key.sort_unstable();
        let key: Vec<usize> = key.into_iter().map(|(_, at)| at).collect();
        if key.is_empty() { Err(Unlike::Key(name)) } else { Ok(Table { name, columns, key }) }
    };
    found.into_iter().map(table).collect()
}

impl Table {
    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn key_names(&self) -> Vec<&str> {
        self.key.iter().map(|at| &*self.columns[*at].name).collect()
    }

    /// The same columns in the order of another one's, with the types that they have here.
    fn ordered_as(&self, other: &Self) -> Result<Self, Unlike> {
        let mut columns = Vec::with_capacity(other.columns.len());
        for theirs in &other.columns {
            let unlike = || Unlike::Column(format!("{}.{}", self.name, theirs.name));
            let ours = self.column(&theirs.name).ok_or_else(unlike)?;
            let is_alike = plain(ours.kind) == plain(theirs.kind) && ours.required == theirs.required;
            columns.push(if is_alike { ours.clone() } else { return Err(unlike()) });
        }
        if let Some(more) = self.columns.iter().find(|ours| other.column(&ours.name).is_none()) {
            return Err(Unlike::Column(format!("{}.{}", self.name, more.name)));
        }
        if self.key_names() != other.key_names() {
            return Err(Unlike::OtherKey(self.name.clone()));
        }
        Ok(Self { name: self.name.clone(), columns, key: other.key.clone() })
    }
}

/// What a value of this kind is on its way.
fn plain(kind: Kind) -> Kind {
    if kind == Kind::Boolean { Kind::Integer } else { kind }
}

/// Pairs of the same table in two databases, with columns in one order.
pub(super) fn pairs(from: Vec<Table>, to: Vec<Table>) -> Result<Vec<(Table, Table)>, Unlike> {
    let mut to: BTreeMap<String, Table> = to.into_iter().map(|table| (table.name.clone(), table)).collect();
    let mut pairs = Vec::with_capacity(from.len());
    for table in from {
        let other = to.remove(&table.name).ok_or_else(|| Unlike::Table(table.name.clone()))?;
        let other = other.ordered_as(&table)?;
        pairs.push((table, other));
    }
    match to.into_keys().next() {
        Some(name) => Err(Unlike::Table(name)),
        None => Ok(pairs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(table: &str, column: &str, of_type: &str, place: Option<i64>) -> Told {
        (table.to_owned(), column.to_owned(), of_type.to_owned(), true, place)
    }

    fn word(types: [&str; 2]) -> Vec<Told> {
        vec![told("word", "id", types[0], Some(1)), told("word", "answered", types[1], None)]
    }

    fn paired(from: Vec<Told>, to: Vec<Told>) -> Result<Vec<(Table, Table)>, Unlike> {
        pairs(tables(from)?, tables(to)?)
    }

    #[test]
    fn the_same_tables_are_paired_whatever_their_columns_order() {
        let mut of_postgres = word(["text", "boolean"]);
        of_postgres.reverse();
        of_postgres.push(told("gate", "one", "bigint", Some(0)));
        let pairs = paired(word(["TEXT", "INTEGER"]), of_postgres).expect("alike");
        let [(from, to)] = &pairs[..] else { panic!("{pairs:?}") };
        assert_eq!((from.key_names(), to.key_names(), &to.key), (vec!["id"], vec!["id"], &vec![0]));
        assert_eq!(to.columns[1], Column { name: "answered".into(), kind: Kind::Boolean, required: true });
    }

    #[test]
    fn a_table_or_a_column_that_one_lacks_is_named() {
        let full = || word(["TEXT", "INTEGER"]);
        let column = |name: &str| Err(Unlike::Column(name.to_owned()));
        assert_eq!(paired(full(), word(["text", "double precision"])), column("word.answered"));
        let mut more = full();
        more.push(told("word", "mood", "TEXT", None));
        assert_eq!(paired(more.clone(), full()), column("word.mood"));
        assert_eq!(paired(full(), more), column("word.mood"));
        let mut optional = full();
        optional[1].3 = false;
        assert_eq!(paired(full(), optional), column("word.answered"));
        let mut table = full();
        table.push(told("alert", "id", "TEXT", Some(1)));
        assert_eq!(paired(table.clone(), full()), Err(Unlike::Table("alert".into())));
        assert_eq!(paired(full(), table), Err(Unlike::Table("alert".into())));
        let mut other = full();
        other[1].4 = Some(2);
        assert_eq!(paired(full(), other), Err(Unlike::OtherKey("word".into())));
        assert_eq!(tables(word(["TEXT", "NUMERIC"])), Err(Unlike::Type("word.answered".into(), "NUMERIC".into())));
        assert_eq!(tables(vec![told("word", "id", "TEXT", None)]), Err(Unlike::Key("word".into())));
    }
}
