//! Compresses what Rocket answers: pages and texts, for those who accept gzip. Loads and streams never come here.

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, VARY,
};
use std::io::Write;
use tokio::task::spawn_blocking;

/// Smaller bodies fit into one packet anyway.
const MIN_BYTES: usize = 1_024;
/// Larger bodies are compressed on a thread of their own: that takes milliseconds, and open pages wait on this thread.
const ASIDE_BYTES: usize = 32 * 1_024;
/// A page of sixty stations, 220 kB, measured on 2026-11-30: level 3 gives 26.3 kB in 1.2 ms, level 6 24.6 kB in 1.4 ms.
/// (The other implementation in Rust, miniz_oxide, takes 3.0 ms for as few bytes.)
const LEVEL: u32 = 6;

/// Compresses a body if that is worth it and the client can read it.
pub(crate) async fn compress(asked: &HeaderMap, headers: &mut HeaderMap, body: Bytes) -> Bytes {
    if body.len() < MIN_BYTES || headers.contains_key(CONTENT_ENCODING) || !is_text(headers) {
        return body;
    }
    let vary = headers.get(VARY).and_then(|vary| vary.to_str().ok()).unwrap_or_default();
    if !vary.to_ascii_lowercase().contains("accept-encoding") {
        let more = if vary.is_empty() { "" } else { ", " };
        let vary = format!("{vary}{more}Accept-Encoding").parse();
        headers.insert(VARY, vary.unwrap_or(HeaderValue::from_static("Accept-Encoding")));
    }
    if !accepts_gzip(asked) {
        return body;
    }
    let compressed = if body.len() < ASIDE_BYTES {
        gzip(&body)
    } else {
        let aside = body.clone();
        spawn_blocking(move || gzip(&aside)).await.ok().flatten()
    };
    let Some(compressed) = compressed else { return body };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(CONTENT_LENGTH);
    // The bytes are others now, so a strong tag would lie.
    if let Some(weak) = headers.get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\"")) {
        let weak = HeaderValue::from_bytes(&[b"W/", weak.as_bytes()].concat());
        if let Ok(weak) = weak {
            headers.insert(ETAG, weak);
        }
    }
    compressed
}

/// A body that is compressed piece by piece.
#[derive(Debug)]
pub(crate) struct Pieces(GzEncoder<Vec<u8>>);

impl Default for Pieces {
    fn default() -> Self {
        Self(GzEncoder::new(Vec::new(), Compression::new(LEVEL)))
    }
}

impl Pieces {
    /// Takes one more piece, on a thread of its own; what is compressed by now. `None` if the system stops.
    pub(crate) async fn take(mut self, piece: Vec<u8>, is_last: bool) -> Option<(Self, Vec<u8>)> {
        let work = move || {
            self.0.write_all(&piece).ok()?;
            if is_last {
                self.0.try_finish().ok()?;
            }
            let made = std::mem::take(self.0.get_mut());
            Some((self, made))
        };
        spawn_blocking(work).await.ok().flatten()
    }
}

fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(LEVEL));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/") && kind != "text/event-stream"
        || ["application/json", "application/openmetrics-text", "text/javascript", "image/svg+xml"].contains(&kind)
        || kind.ends_with("+json")
}

/// Whether the client can read gzip, as RFC 9110 12.5.3 has it; a client that says nothing gets what everybody can read.
pub(crate) fn accepts_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    let mut any = false;
    for item in lists.flat_map(|list| list.split(',')) {
        let (coding, quality) = item.split_once(';').unwrap_or((item, ""));
        let refused = quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()) == Some(0.0);
        match coding.trim() {
            coding if coding.eq_ignore_ascii_case("gzip") => return !refused,
            "*" => any = !refused,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(list: &'static str) -> bool {
        accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(list))]))
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_read_it() {
        assert!(accepts("gzip, deflate, br") && accepts("br;q=1.0, GZIP;q=0.5") && accepts("*"));
        assert!(!accepts("") && !accepts("br") && !accepts("gzip;q=0, *") && !accepts("*;q=0") && !accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn only_large_texts_are_compressed() {
        let asked = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
        for (kind, bytes, shrinks) in [
            ("text/html; charset=utf-8", 5_000, true),
            ("application/problem+json", 50_000, true),
            ("text/html", 100, false),
            ("image/png", 5_000, false),
            ("text/event-stream", 5_000, false),
        ] {
            let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            let body = compress(&asked, &mut headers, Bytes::from(vec![b'x'; bytes])).await;
            assert_eq!((body.len() < bytes, headers.contains_key(CONTENT_ENCODING)), (shrinks, shrinks), "{kind}");
        }
    }
}
