//! Joins the modules of the pages' scripts into a few files, so that a browser far away asks twice and not sixty times, and makes
//! them small. It reads no files and runs while the program is built: what a release serves was made by it.
//!
//! Modules are laid one behind the other, in the order in which a browser would run them. First each name at the top of a
//! module becomes one that no other module has (`module`). So an import is only another name for the same thing, and a minifier
//! may shorten all names and drop what no page uses.

mod files;
mod module;
mod small;

pub use files::{File, Plan, files, needed};

/// What cannot be joined.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A text that is no script.
    #[error("{path}: {what}")]
    Syntax {
        /// The module.
        path: String,
        /// What the parser says.
        what: String,
    },
    /// A form of import or export that this crate does not know.
    #[error("{path}: cannot be joined: {line}")]
    Form {
        /// The module.
        path: String,
        /// The first line of the statement.
        line: String,
    },
    /// An import of what the other module does not export.
    #[error("{path}: exports no {name}")]
    Name {
        /// The other module.
        path: String,
        /// What is asked of it.
        name: String,
    },
    /// An import of a module that does not exist.
    #[error("{0}: there is no such module")]
    Absent(String),
    /// Modules that need each other.
    #[error("{0}: imports itself in a circle")]
    Circle(String),
}
