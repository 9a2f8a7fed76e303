//! Why a request has no body that can be read.

use std::io;
use std::time::Duration;

/// Reasons for having no body.
#[derive(Debug, thiserror::Error)]
pub enum NoBody {
    /// It is larger than so many bytes.
    #[error("the body is larger than {}", bytes(*.0))]
    TooLarge(usize),
    /// It took longer than the limit.
    #[error("the body did not arrive within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// It came slowly, and its place was needed.
    #[error("the body came slowly while other uploads waited; send it again in a moment, or in smaller parts")]
    GaveWay,
    /// None came from an old client, whose head does not say that there is none.
    #[error("there is no body: its length belongs into the header Content-Length")]
    NoLength,
    /// The connection broke.
    #[error("the connection closed before the body was complete")]
    Broken(#[from] io::Error),
}

/// A limit as people say it.
fn bytes(limit: usize) -> String {
    let kib = limit.div_ceil(1_024);
    if kib.is_multiple_of(1_024) { format!("{} MiB", kib / 1_024) } else { format!("{kib} KiB") }
}

/// How much of a request's body is read, and for how long it is waited for.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    /// Bytes.
    pub bytes: usize,
    /// From the head's end to the body's end.
    pub patience: Duration,
}
