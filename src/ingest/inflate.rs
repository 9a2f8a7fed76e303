//! Compressed bodies: gzip, because senders have it. What comes out has the limit of a body that is not compressed.

use crate::web::body::BodyLimit;
use crate::web::head::Head;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use tokio::task::spawn_blocking;

/// How a body was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Gzip,
}

/// What is taken, for `Accept-Encoding` of a 415.
pub(crate) const ACCEPTED: &str = "gzip";
/// Said with it.
pub(crate) const ADVICE: &str = "send the body as it is, or with Content-Encoding: gzip";

/// Why a body could not be inflated.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotInflated {
    /// More comes out than so many bytes.
    #[error("the body is larger than {} KiB when it is inflated", .0.div_ceil(1_024))]
    TooLarge(usize),
    /// It is cut, or something else.
    #[error("the body is not gzip")]
    NotGzip,
}

/// How the body of a request was written; `None` if that cannot be read here.
pub(crate) fn coding(head: &dyn Head) -> Option<Coding> {
    let mut codings = Vec::new();
    head.each("Content-Encoding", &mut |list| {
        codings.extend(list.split(',').map(|coding| coding.trim().to_ascii_lowercase()))
    });
    codings.retain(|coding| coding != "identity");
    match codings.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(Coding::Plain),
        ["gzip" | "x-gzip"] => Some(Coding::Gzip),
        _ => None,
    }
}

/// The body as it was before it was written so. The work is done on a thread of its own: open pages wait on this one.
pub(crate) async fn inflate(body: Vec<u8>, coding: Coding, limit: BodyLimit) -> Result<Vec<u8>, NotInflated> {
    match coding {
        Coding::Plain => Ok(body),
        // It fails only if the server stops: then nobody reads what is answered.
        Coding::Gzip => spawn_blocking(move || gunzip(&body, limit.bytes)).await.unwrap_or(Err(NotInflated::NotGzip)),
    }
}

fn gunzip(body: &[u8], limit_bytes: usize) -> Result<Vec<u8>, NotInflated> {
    let mut inflated = Vec::new();
    let mut decoder = MultiGzDecoder::new(body).take(limit_bytes as u64 + 1);
    decoder.read_to_end(&mut inflated).map_err(|_| NotInflated::NotGzip)?;
    if inflated.len() > limit_bytes { Err(NotInflated::TooLarge(limit_bytes)) } else { Ok(inflated) }
}
