//! Numbers as the database holds them. Every stored number of a quantity passes here.

use crate::storage::sql::decode;
use crate::storage::words::Author;
use weather::quantity::Quantity;

/// The number of a quantity in the database.
pub(super) fn number(quantity: Quantity) -> i64 {
    quantity.number().into()
}

/// The quantity of a stored number.
pub(super) fn quantity(number: i64) -> Result<Quantity, sqlx::Error> {
    Quantity::from_number(number).ok_or_else(|| decode(format!("there is no quantity {number}")))
}

/// The number of an author in the database.
pub(super) fn author_number(author: Author) -> i64 {
    match author {
        Author::You => 0,
        Author::Keeper => 1,
    }
}

/// The author of a stored number.
pub(super) fn author(number: i64) -> Result<Author, sqlx::Error> {
    match number {
        0 => Ok(Author::You),
        1 => Ok(Author::Keeper),
        _ => Err(decode(format!("there is no author {number}"))),
    }
}

/// A place in the journal or a number of rows as SQLite holds it; nothing is ever that large.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
