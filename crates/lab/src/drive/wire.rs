//! One HTTP/1.1 connection, as light as it can be: whole requests out, answers in by their length.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest answer that is read, bytes.
const ANSWER_MAX: usize = 1 << 20;
/// Most header lines of an answer.
const HEADERS_MAX: usize = 32;
/// What is read at once, bytes: an answer of the dock fits.
const READ: usize = 2_048;

/// A kept-alive connection.
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; it borrows the connection's buffer.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
    /// `Retry-After`, seconds.
    pub(super) retry_after_s: Option<u64>,
    /// `Last-Modified`, as it is.
    pub(super) last_modified: Option<&'a str>,
    /// `ETag`, as it is.
    pub(super) etag: Option<&'a str>,
    /// When its last byte was here.
    pub(super) at: Instant,
}

impl Wire {
    pub(super) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request; it is in the kernel's hands afterwards.
    pub(super) async fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.stream.write_all(request).await
    }

    /// Waits for the answer.
    pub(super) async fn receive(&mut self) -> io::Result<Answer<'_>> {
        let head = loop {
            if let Some(head) = parse(&self.buffer)? {
                break head;
            }
            self.buffer.reserve(READ);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        let at = Instant::now();
        let text = |range: Option<Range<usize>>| std::str::from_utf8(&self.buffer[range?]).ok();
        Ok(Answer {
            status: head.status,
            body: &self.buffer[head.body_at..head.end],
            retry_after_s: head.retry_after_s,
            last_modified: text(head.last_modified),
            etag: text(head.etag),
            at,
        })
    }
}

#[derive(Debug, PartialEq)]
struct Head {
    status: u16,
    retry_after_s: Option<u64>,
    last_modified: Option<Range<usize>>,
    etag: Option<Range<usize>>,
    body_at: usize,
    end: usize,
}

/// Reads an answer's head; `None` until the whole answer is there.
fn parse(bytes: &[u8]) -> io::Result<Option<Head>> {
    let odd = |what: &str| io::Error::new(ErrorKind::InvalidData, what.to_owned());
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let body_at = match response.parse(bytes) {
        Ok(httparse::Status::Complete(body_at)) => body_at,
        Ok(httparse::Status::Partial) if bytes.len() < ANSWER_MAX => return Ok(None),
        Ok(httparse::Status::Partial) => return Err(odd("an endless head")),
        Err(error) => return Err(odd(&format!("not HTTP: {error}"))),
    };
    let value = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(header.value)
    };
    let number = |name: &str| -> Option<u64> { std::str::from_utf8(value(name)?).ok()?.trim().parse().ok() };
    // The value's place among the bytes: a slice of them, by its address.
    let place = |name: &str| -> Option<Range<usize>> {
        let value = value(name)?;
        let start = value.as_ptr().addr() - bytes.as_ptr().addr();
        Some(start..start + value.len())
    };
    let status = response.code.unwrap_or_default();
    let length = match status {
        204 | 304 => 0,
        _ => number("content-length").ok_or_else(|| odd("an answer without Content-Length"))?,
    };
    if length > ANSWER_MAX as u64 {
        return Err(odd("an answer of more than 1 MiB"));
    }
    let end = body_at + length as usize;
    Ok((bytes.len() >= end).then(|| Head {
        status,
        retry_after_s: number("retry-after"),
        last_modified: place("last-modified"),
        etag: place("etag"),
        body_at,
        end,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 503 Busy\r\nretry-after: 5\r\nCONTENT-LENGTH: 4\r\n\r\nbusy";

    #[test]
    fn an_answer_is_read_when_all_of_it_is_there() {
        for cut in 0..ANSWER.len() {
            assert_eq!(parse(&ANSWER[..cut]).expect("so far so good"), None, "{cut} bytes");
        }
        let head = parse(ANSWER).expect("HTTP").expect("whole");
        assert_eq!((head.status, head.retry_after_s, &ANSWER[head.body_at..head.end]), (503, Some(5), &b"busy"[..]));
    }

    #[test]
    fn the_name_of_a_message_is_read_and_an_answer_without_content_needs_no_length() {
        let bytes = b"HTTP/1.1 204 No Content\r\nEtag: 7\r\nLast-Modified: Sun, 29 Nov 2026 21:48:36 GMT\r\n\r\n";
        let head = parse(bytes).expect("HTTP").expect("whole");
        assert_eq!((head.status, head.body_at, head.end), (204, bytes.len(), bytes.len()));
        assert_eq!(&bytes[head.etag.expect("a tag")], b"7");
        assert_eq!(&bytes[head.last_modified.expect("a time")], b"Sun, 29 Nov 2026 21:48:36 GMT");
    }

    #[test]
    fn what_cannot_be_measured_is_an_error_and_not_a_wait() {
        for odd in [
            &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        ] {
            assert!(parse(odd).is_err(), "{}", String::from_utf8_lossy(odd));
        }
    }
}
