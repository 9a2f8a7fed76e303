//! Why nothing could be measured over the network.

use crate::scenario::BadScenario;
use crate::{drive, page};
use channel::fleet::Fleet;

/// What ends a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The scenario is out of its limits.
    #[error(transparent)]
    Scenario(#[from] BadScenario),
    /// A number is out of its limits.
    #[error("{what} must be 1 to {max}")]
    Limit {
        /// What is out of its limits.
        what: &'static str,
        /// The highest.
        max: f64,
    },
    /// There is no server at the address, or it is not on this machine.
    #[error(transparent)]
    Server(#[from] drive::Error),
    /// A page cannot be opened.
    #[error(transparent)]
    Page(#[from] page::Error),
    /// A request failed.
    #[error("the server cannot be reached")]
    Http(#[from] reqwest::Error),
    /// A WebSocket cannot be opened.
    #[error("a WebSocket cannot be opened: {0}")]
    Socket(String),
    /// An answer that ends the run.
    #[error("{what} was answered with {status}: {text}")]
    Answer {
        /// What was sent.
        what: &'static str,
        /// The status.
        status: u16,
        /// The beginning of the body.
        text: String,
    },
    /// The pages did not begin to run.
    #[error("not all pages of {} were live after two minutes", .0.name)]
    NotLive(&'static Fleet),
    /// There is no memory for a histogram.
    #[error("cannot count ages")]
    Memory(#[from] hdrhistogram::CreationError),
}
