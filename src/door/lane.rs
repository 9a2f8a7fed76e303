//! The fast lane: it reads exactly the requests that come most, plain trucks and plain posts of readings. Whatever is unusual
//! about a request makes it hyper's.
//!
//! Two readers of one connection must agree on where a request ends. So the lane takes a request only if there is one way to
//! read it: HTTP/1.1, one `Host`, one `Content-Length` of digits, no transfer coding, no expectation, and no option of the
//! connection but to keep it. Its head is read by the parser that hyper uses too.

use super::access::Asked;
use super::head::InPlace;
use super::rooms::{Guest, Rooms};
use crate::web::answer::Answer;
use std::net::SocketAddr;

/// Longest head that the lane reads; hyper's limit is higher.
pub(crate) const HEAD_MAX_BYTES: usize = 8 * 1_024;
/// Most headers; browsers send some fifteen.
const HEADERS_MAX: usize = 40;
/// Longest body that the lane reads: a clipboard's limit, and far more than one report.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1_024;

/// What the lane thinks of the bytes that have come.
#[expect(clippy::large_enum_variant, reason = "it lives for a moment, and a box would be made for each request")]
pub(crate) enum Verdict {
    /// The head is not complete.
    More,
    /// It is hyper's.
    Unusual,
    /// It is a plain request.
    Plain {
        /// The head's length with its blank line.
        head: usize,
        /// The body's length.
        body: usize,
        /// Who comes, or why not.
        guest: Result<Guest, Answer>,
        /// What the access log will tell of it.
        asked: Option<Box<Asked>>,
    },
}

/// The start of every request that the lane reads.
const START: &[u8] = b"POST /";

/// Looks at what has come.
pub(crate) fn look(bytes: &[u8], rooms: &Rooms, peer: SocketAddr) -> Verdict {
    let known = bytes.len().min(START.len());
    if bytes[..known] != START[..known] {
        return Verdict::Unusual;
    }
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    match plain(bytes, &mut headers) {
        Ok(Some(Plain { head, body, path, headers })) => {
            let place = InPlace::new(path, headers, peer, &rooms.web.base);
            let Some(guest) = rooms.guest(&place) else { return Verdict::Unusual };
            let mut asked = rooms.asked(&place);
            if let Ok(guest) = &guest {
                guest.names(&mut asked);
            }
            Verdict::Plain { head, body, guest, asked }
        }
        Ok(None) if bytes.len() < HEAD_MAX_BYTES => Verdict::More,
        Ok(None) | Err(Unusual) => Verdict::Unusual,
    }
}

/// A request that has one way to be read.
#[derive(Debug)]
struct Plain<'b, 'h> {
    head: usize,
    body: usize,
    path: &'b str,
    headers: &'h [httparse::Header<'b>],
}

#[derive(Debug)]
struct Unusual;

/// Reads a head; `None` if it is not complete.
fn plain<'b, 'h>(bytes: &'b [u8], headers: &'h mut [httparse::Header<'b>]) -> Result<Option<Plain<'b, 'h>>, Unusual> {
    let mut request = httparse::Request::new(headers);
    let head = match request.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Unusual),
    };
    let (Some("POST"), Some(path), Some(1)) = (request.method, request.path, request.version) else {
        return Err(Unusual);
    };
    let plain_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_');
    if head > HEAD_MAX_BYTES || !path.starts_with('/') || !path.bytes().all(plain_byte) {
        return Err(Unusual);
    }
    let (mut hosts, mut lengths, mut length) = (0, 0, None);
    for header in request.headers.iter() {
        if std::str::from_utf8(header.value).is_err() {
            return Err(Unusual);
        }
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        match header.name.len() {
            4 if is("Host") => hosts += 1,
            14 if is("Content-Length") => {
                lengths += 1;
                length = digits(header.value);
            }
            10 if is("Connection") && !header.value.eq_ignore_ascii_case(b"keep-alive") => return Err(Unusual),
            17 if is("Transfer-Encoding") => return Err(Unusual),
            6 if is("Expect") => return Err(Unusual),
            7 if is("Upgrade") => return Err(Unusual),
            16 if is("Content-Encoding") => return Err(Unusual),
            _ => {}
        }
    }
    match length {
        // Several of them, or one that is no plain number, are hyper's to judge.
        Some(body) if (hosts, lengths) == (1, 1) && body <= BODY_MAX_BYTES => {
            Ok(Some(Plain { head, body, path, headers: request.headers }))
        }
        _ => Err(Unusual),
    }
}

/// A number of one to six digits and nothing else.
fn digits(value: &[u8]) -> Option<usize> {
    if !(1..=6).contains(&value.len()) || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
