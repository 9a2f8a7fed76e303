//! Why a page cannot be opened, or does not do as it is asked.

use crate::home::Unsayable;
use channel::clipboard::BadClipboard;

/// What goes wrong with a page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the address of a server.
    #[error("{0:?} is not the http:// address of a server")]
    Url(String),
    /// The client for HTTP cannot be made.
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
    /// There is no randomness for names.
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
    /// A random name is not valid, which no test has seen.
    #[error(transparent)]
    Id(#[from] BadClipboard),
    /// Home does not take the word.
    #[error(transparent)]
    Unsayable(#[from] Unsayable),
    /// The page has ended.
    #[error("the page is closed")]
    Closed,
}
