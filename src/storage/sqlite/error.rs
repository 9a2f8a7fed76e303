//! What the errors of the connections mean that are none of sqlx.

use crate::storage::error::Error;
use crate::storage::sql::meaning;
use std::sync::Arc;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code.cast_unsigned());
        meaning(extended, Arc::new(error))
    }
}
