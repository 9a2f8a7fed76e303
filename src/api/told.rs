//! Answers as they leave: JSON with a tag, and 304 for whoever has it already.

use crate::web::answer::Answer;
use crate::web::error::Problem;
use crate::web::head::Head;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A tag has so many bytes of a hash: no two answers of a server's life share one by chance.
const TAG_BYTES: usize = 12;

const JSON: [(&str, &str); 4] = [
    ("content-type", "application/json"),
    ("cache-control", "no-cache"),
    ("x-content-type-options", "nosniff"),
    ("vary", "Accept-Encoding"),
];
const UNCHANGED: [(&str, &str); 2] = [("cache-control", "no-cache"), ("vary", "Accept-Encoding")];

/// A value as JSON; 304 if its client has it.
pub(super) fn json(value: &impl Serialize, head: &dyn Head) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => tagged(head, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            Problem::unavailable("the answer cannot be written").into()
        }
    }
}

fn tagged(head: &dyn Head, body: Vec<u8>) -> Answer {
    let tag = tag(&body);
    if has(head, &tag) { unchanged(&tag) } else { whole(body, &tag) }
}

/// 200.
pub(super) fn whole(body: Vec<u8>, tag: &str) -> Answer {
    Answer::new(200, &JSON, body).with("etag", tag)
}

/// 304.
pub(super) fn unchanged(tag: &str) -> Answer {
    Answer::new(304, &UNCHANGED, Vec::new()).with("etag", tag)
}

/// The tag of a body. It is strong: it is made of all bytes. It follows from what is told and not from the journal's cursor, so that
/// news of one station does not make the answers about all others new.
pub(super) fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    let start: [u8; TAG_BYTES] = std::array::from_fn(|at| hash[at]);
    format!("\"{}\"", Base64UrlUnpadded::encode_string(&start))
}

/// Whether a client has the answer with this tag. A tag that was made weak by compression counts, too (RFC 9110 13.1.2).
pub(super) fn has(head: &dyn Head, tag: &str) -> bool {
    let mut has = false;
    head.each("If-None-Match", &mut |list| {
        let mut tags = list.split(',').map(str::trim);
        has |= tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag);
    });
    has
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    fn status(sent: &'static str) -> u16 {
        let head = Made { path: "/", headers: vec![("if-none-match", sent)], peer: None };
        json(&"x", &head).status
    }

    #[test]
    fn whoever_has_an_answer_is_told_so() {
        let own = tag(b"\"x\"");
        let leak = |text: String| -> &'static str { String::leak(text) };
        for sent in [own.clone(), format!("W/{own}"), format!("\"a\", W/{own},\"b\""), "*".to_owned()] {
            assert_eq!(status(leak(sent.clone())), 304, "{sent}");
        }
        for sent in [String::new(), "\"a\"".to_owned(), own.trim_matches('"').to_owned(), tag(b"\"y\"")] {
            assert_eq!(status(leak(sent.clone())), 200, "{sent}");
        }
    }
}
