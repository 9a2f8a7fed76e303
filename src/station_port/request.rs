//! What a console has sent, read as tolerantly as can be: pure, and nothing in it fails or grows beyond its limits.

/// The largest parts of an upload, bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub head_bytes: usize,
    pub body_bytes: usize,
}

/// What the bytes are, so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look<'b> {
    /// The head is not complete.
    More,
    /// A part is larger than its limit.
    TooLarge,
    /// The head is there.
    Head(Request<'b>),
}

/// A request whose head is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request<'b> {
    /// In capitals; empty if there was none.
    pub method: String,
    /// Whatever stood between the method and the version.
    pub target: String,
    /// True for HTTP/1.0 and before.
    pub is_old: bool,
    /// What has come of the body.
    pub body: &'b [u8],
    pub length: Length,
}

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes.
    Bytes(usize),
    /// As much as comes until the connection ends.
    UntilTheEnd,
    /// In chunks, which nothing here reads.
    Chunked,
}

/// Looks at what has come; `is_all`: nothing more comes.
pub(super) fn look(bytes: &[u8], is_all: bool, limits: Limits) -> Look<'_> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(bytes.len());
    let (head, body) = match head_end(&bytes[start..]) {
        Some((end, body)) => (&bytes[..start + end], &bytes[start + body..]),
        // Headers may be cut off; the pairs of the request line may not.
        None if is_all && bytes[start..].contains(&b'\n') => (bytes, &[][..]),
        None if bytes.len() > limits.head_bytes => return Look::TooLarge,
        None => return Look::More,
    };
    if head.len() > limits.head_bytes {
        return Look::TooLarge;
    }
    let head = String::from_utf8_lossy(&head[start..]);
    let mut lines = head.lines();
    let (method, target, is_old) = first_line(lines.next().unwrap_or_default());
    let length = length(lines);
    if matches!(length, Some(Length::Bytes(bytes)) if bytes > limits.body_bytes) || body.len() > limits.body_bytes {
        return Look::TooLarge;
    }
    // A GET has a body only if it came along, or if a length says so.
    let length = length.unwrap_or(if method == "POST" { Length::UntilTheEnd } else { Length::Bytes(body.len()) });
    let body = match length {
        Length::Bytes(bytes) => &body[..bytes.min(body.len())],
        _ => body,
    };
    Look::Head(Request { method, target: target.to_owned(), is_old, body, length })
}

impl Request<'_> {
    /// Whether all of the body is there.
    pub(super) fn is_whole(&self, is_all: bool) -> bool {
        match self.length {
            Length::Bytes(bytes) => is_all || self.body.len() >= bytes,
            Length::UntilTheEnd => is_all,
            Length::Chunked => true,
        }
    }

    /// Whether a part of the body has come and the rest has not: its last value may be cut off.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self.length, Length::Bytes(bytes) if !self.body.is_empty() && self.body.len() < bytes)
    }

    /// The path, and the query behind a `?`, if there is one.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

/// Where the head ends and the body begins: behind the first blank line, whatever ends lines.
fn head_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let newlines = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    for at in newlines {
        let rest = &bytes[at + 1..];
        if rest.starts_with(b"\n") {
            return Some((at, at + 2));
        }
        if rest.starts_with(b"\r\n") {
            return Some((at, at + 3));
        }
    }
    None
}

/// Method, target and version of a request line. Any number of blanks may stand between and in them.
fn first_line(line: &str) -> (String, &str, bool) {
    let line = line.trim();
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic());
    let (method, rest) = match line.split_once([' ', '\t']) {
        Some((method, rest)) if is_word(method) => (method.to_ascii_uppercase(), rest.trim()),
        // The line may begin with the target, or be nothing but a method.
        None if is_word(line) => (line.to_ascii_uppercase(), ""),
        _ => (String::new(), line),
    };
    let lower = rest.to_ascii_lowercase();
    let version = lower.rfind("http/").filter(|at| {
        let before = lower[..*at].chars().next_back();
        let number = &lower[at + "http/".len()..];
        before.is_none_or(char::is_whitespace) && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    match version {
        Some(at) => (method, rest[..at].trim(), !lower[at..].starts_with("http/1.1")),
        None => (method, rest, true),
    }
}

/// The length that headers tell, in any case and with blanks anywhere.
fn length<'h>(lines: impl Iterator<Item = &'h str>) -> Option<Length> {
    let mut length = None;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("Transfer-Encoding") && !value.eq_ignore_ascii_case("identity") {
            return Some(Length::Chunked);
        }
        if name.eq_ignore_ascii_case("Content-Length") && length.is_none() {
            // What is longer than a number of this machine is longer than any limit.
            let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            length = is_number.then(|| Length::Bytes(value.parse().unwrap_or(usize::MAX)));
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { head_bytes: 300, body_bytes: 100 };

    fn read(bytes: &[u8], is_all: bool) -> Request<'_> {
        match look(bytes, is_all, LIMITS) {
            Look::Head(request) => request,
            other => panic!("{other:?} for {:?}", String::from_utf8_lossy(bytes)),
        }
    }

    #[test]
    fn the_target_is_what_stands_between_the_method_and_the_version() {
        for (line, method, target, is_old) in [
            ("GET /data/report/?PASSKEY=1 HTTP/1.1", "GET", "/data/report/?PASSKEY=1", false),
            ("GET ?&PASSKEY=1&tempf=2 HTTP/1.1", "GET", "?&PASSKEY=1&tempf=2", false),
            ("GET ID=x&PASSWORD=y&tempf=1 HTTP/1.0", "GET", "ID=x&PASSWORD=y&tempf=1", true),
            ("POST api/webhook/xxxx HTTP/1.1", "POST", "api/webhook/xxxx", false),
            (
                "GET  /a?stationtype=GW2000A_V2.1.0, runtime=4  HTTP/1.1",
                "GET",
                "/a?stationtype=GW2000A_V2.1.0, runtime=4",
                false,
            ),
            ("get /a?dateutc=2021-07-23 17:13:34 http/1.0", "GET", "/a?dateutc=2021-07-23 17:13:34", true),
            ("GET /a?t=20°C&x=[{|}]\"^ HTTP/1.1", "GET", "/a?t=20°C&x=[{|}]\"^", false),
            ("GET /a?via=x HTTP/2 y HTTP/1.1", "GET", "/a?via=x HTTP/2 y", false),
            ("GET /a?x=1", "GET", "/a?x=1", true),
            ("/a?x=1 HTTP/1.1", "", "/a?x=1", false),
            ("ID=x&PASSWORD=y", "", "ID=x&PASSWORD=y", true),
            ("GET HTTP/1.1", "GET", "", false),
            ("GET", "GET", "", true),
        ] {
            for end in ["\r\n\r\n", "\n\n", "\n\r\n"] {
                let bytes = format!("{line}{end}");
                let request = read(bytes.as_bytes(), false);
                assert_eq!((&*request.method, &*request.target, request.is_old), (method, target, is_old), "{line}");
            }
        }
    }

    #[test]
    fn a_body_is_as_long_as_headers_say_or_lasts_until_the_end() {
        let whole = |head: &str, body: &str, is_all: bool| {
            let bytes = format!("{head}\r\n\r\n{body}");
            let request = read(bytes.as_bytes(), is_all);
            (request.is_whole(is_all), String::from_utf8_lossy(request.body).into_owned())
        };
        let post = "POST / HTTP/1.1";
        assert_eq!(whole(&format!("{post}\r\nContent-Length: 3"), "a=1&b", false), (true, "a=1".into()));
        assert_eq!(whole(&format!("{post}\r\ncontent-length :4"), "a=1", false), (false, "a=1".into()));
        assert_eq!(whole(&format!("{post}\r\nCONTENT-LENGTH:4"), "a=1", true), (true, "a=1".into()));
        assert_eq!(whole(&format!("{post}\r\ncontent-LENGTH : 2"), "a=1", false), (true, "a=".into()));
        assert_eq!(whole(post, "a=1", false), (false, "a=1".into()));
        assert_eq!(whole(post, "a=1", true), (true, "a=1".into()));
        assert_eq!(whole(&format!("{post}\r\nContent-Length: some"), "a=1", false), (false, "a=1".into()));
        assert_eq!(whole("GET / HTTP/1.1", "a=1", false), (true, "a=1".into()));
        assert_eq!(whole("GET / HTTP/1.1", "", false), (true, String::new()));
        assert_eq!(whole("GET / HTTP/1.1\r\nContent-Length: 9", "a=1", false), (false, "a=1".into()));
        let chunked = format!("{post}\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n");
        assert_eq!(read(chunked.as_bytes(), false).length, Length::Chunked);
    }

    #[test]
    fn what_is_larger_than_its_limit_is_known_before_it_has_come() {
        let long = "x".repeat(301);
        assert_eq!(look(long.as_bytes(), false, LIMITS), Look::TooLarge);
        assert_eq!(look(format!("GET /{long} HTTP/1.1\r\n\r\n").as_bytes(), false, LIMITS), Look::TooLarge);
        for length in ["101", "99999999999999999999999"] {
            let post = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            assert_eq!(look(post.as_bytes(), false, LIMITS), Look::TooLarge);
        }
        let endless = format!("POST / HTTP/1.1\r\n\r\n{}", "x".repeat(101));
        assert_eq!(look(endless.as_bytes(), false, LIMITS), Look::TooLarge);
        assert_eq!(look(b"GET / HTTP/1.1\r\n", false, LIMITS), Look::More);
        assert_eq!(look(b"", true, LIMITS), Look::More);
        assert_eq!(read(b"\r\n\r\nGET /a HTTP/1.1\r\n", true).target, "/a", "a client that closes its side");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_bytes_make_the_reader_panic_or_keep_more_than_its_limits(
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), prop::sample::select(&b"\r\n\r\n  GETPOSThttp/1.=&?%:\xc3\xbc0"[..])], 0..500),
            is_all: bool,
        ) {
            match look(&bytes, is_all, LIMITS) {
                Look::Head(request) => {
                    prop_assert!(request.body.len() <= LIMITS.body_bytes);
                    // Each byte that is no text becomes a mark of three.
                    prop_assert!(request.target.len() <= 3 * LIMITS.head_bytes);
                    let target = crate::ingest::console::Target::anywhere(request.parts().0);
                    prop_assert!(target.tail.len() <= request.target.len());
                    // More bytes change a body only, once a head is there and something follows.
                    let more = [&bytes[..], b"more"].concat();
                    if !is_all && let Look::Head(then) = look(&more, false, LIMITS) {
                        prop_assert_eq!((then.method, then.target), (request.method, request.target));
                    }
                }
                Look::More => prop_assert!(bytes.len() <= LIMITS.head_bytes),
                Look::TooLarge => prop_assert!(bytes.len() > 20),
            }
        }
    }
}
