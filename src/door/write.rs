//! Writes answers onto a socket, as they are.

use super::connected::Connected;
use super::register::{Doing, Register, Slot};
use crate::web::answer::Answer;
use http_body_util::{BodyExt, Collected, Full};
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_LENGTH};
use std::io::{self, IoSlice, Write};
use tokio::net::TcpStream;

/// Room for a status line, a date, a length and the headers of a load.
const HEAD_BYTES: usize = 320;

/// What follows a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes.
    Sized(usize),
    /// Chunks.
    Chunked,
    /// Whatever comes until the connection ends.
    Rest,
    /// Another protocol.
    Switched,
}

/// A head as bytes, for a client of HTTP/1.1 or an old one.
pub(crate) fn head<'a>(
    register: &Register,
    is_old: bool,
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Body,
    keep: bool,
) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let reason = hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("-");
    // Writing to a Vec does not fail.
    let version = if is_old { "1.0" } else { "1.1" };
    let _ = write!(head, "HTTP/{version} {status} {reason}\r\ndate: ");
    register.date(&mut head);
    head.extend_from_slice(b"\r\n");
    for (name, value) in headers {
        for part in [name.as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    match body {
        // This status says it (RFC 9110 8.6).
        Body::Sized(_) if status == 204 => {}
        Body::Sized(length) => drop(write!(head, "content-length: {length}\r\n")),
        Body::Chunked => head.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Body::Rest | Body::Switched => {}
    }
    if !keep && body != Body::Switched {
        head.extend_from_slice(b"connection: close\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The head of an answer that is at hand.
pub(crate) fn of_answer(register: &Register, answer: &Answer, is_old: bool, keep: bool) -> Vec<u8> {
    let headers = answer.headers.iter().copied();
    let more = answer.more.iter().map(|(name, value)| (*name, value.as_str()));
    head(register, is_old, answer.status, headers.chain(more), Body::Sized(answer.body.len()), keep)
}

/// Writes an answer that was made for hyper, as the last one of its connection.
pub(crate) async fn of_response(line: &Connected, answer: Response<Full<Bytes>>) -> io::Result<()> {
    let (parts, body) = answer.into_parts();
    let Ok(body) = body.collect().await.map(Collected::to_bytes);
    let headers = parts.headers.iter().filter(|(name, _)| ![CONNECTION, CONTENT_LENGTH].contains(name));
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), str::from_utf8(value.as_bytes()).ok()?)));
    let sized = Body::Sized(body.len());
    let head = head(line.seat.register(), line.is_old, parts.status.as_u16(), headers, sized, false);
    all(&line.stream, &line.seat.slot, [&head, &body, &[]]).await
}

/// Writes these bytes, one part behind the other. The register ends a connection that takes too long.
pub(crate) async fn all(stream: &TcpStream, slot: &Slot, mut parts: [&[u8]; 3]) -> io::Result<()> {
    slot.does(Doing::Writing);
    while parts.iter().any(|part| !part.is_empty()) {
        let slices = parts.map(IoSlice::new);
        match stream.try_write_vectored(&slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(mut written) => {
                for part in &mut parts {
                    let taken = written.min(part.len());
                    *part = &part[taken..];
                    written -= taken;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
