//! The guard: whether a request may act in the name of the visitor whose cookie it carries. It is decided here alone, by the
//! kind of request.
//!
//! Cookies know no ports, and sibling hosts are of the same site. So a cookie says who the visitor is, but not whose page sends
//! the request. Browsers say that in `Sec-Fetch-Site`, but not on plain http, and some not for a WebSocket. `Origin` is compared
//! with `Host` for a WebSocket only: proxies rewrite `Host`, and pages and forms have to work behind them.
//!
//! | request | guard |
//! |---|---|
//! | any with `Sec-Fetch-Site` | `same-origin` or `none` |
//! | one with JSON | the exact JSON type: another origin needs a preflight for that, and none is granted |
//! | form | the token in the form ([`token`]) |
//! | event stream | another origin cannot read it, and no words go up on it |
//! | WebSocket | `Origin` is that of the page's host, or absent as with programs; else it is a stranger's |

use super::head::Head;
use super::options::Options;
use super::{client, token};
use crate::storage::words::Visitor;

/// What the browser says of the page that sends a request.
enum Site {
    /// One of ours, or the visitor typed the address.
    Ours,
    /// A page of another origin.
    Other,
    /// The browser does not say it; or it is no browser.
    Unsaid,
}

fn site(head: &dyn Head) -> Site {
    match head.first("Sec-Fetch-Site") {
        None => Site::Unsaid,
        Some("same-origin" | "none") => Site::Ours,
        Some(_) => Site::Other,
    }
}

/// Whether a request may be answered whose answer another origin cannot read, and which changes nothing: an event stream.
pub fn may_read(head: &dyn Head) -> bool {
    !matches!(site(head), Site::Other)
}

/// Whether a request may change something that a form of another origin could not send: one with JSON.
pub fn may_send_json(head: &dyn Head) -> bool {
    match site(head) {
        Site::Ours => true,
        Site::Other => false,
        Site::Unsaid => is_json(head),
    }
}

/// Whether the body is announced as JSON, exactly.
pub fn is_json(head: &dyn Head) -> bool {
    let kind = head.first("Content-Type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Whether a form may be taken that a visitor's page has sent with this token.
pub fn may_send_form(head: &dyn Head, visitor: Option<&Visitor>, token: &str) -> bool {
    match site(head) {
        Site::Ours => true,
        Site::Other => false,
        Site::Unsaid => visitor.is_some_and(|visitor| token::is_of(token, visitor)),
    }
}

/// For whom a WebSocket is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// For the visitor whose cookie it carries.
    ForVisitor,
    /// For nobody: nothing private comes down, and no words go up.
    ForStranger,
    /// It is not opened.
    Not,
}

/// For whom a WebSocket is opened.
pub fn socket(head: &dyn Head, options: &Options) -> Opens {
    match (site(head), head.first("Origin")) {
        (Site::Other, _) => Opens::Not,
        (Site::Ours, _) | (Site::Unsaid, None) => Opens::ForVisitor,
        (Site::Unsaid, Some(origin)) if is_own_origin(origin, head, options) => Opens::ForVisitor,
        (Site::Unsaid, Some(_)) => Opens::ForStranger,
    }
}

/// Whether an origin is the one that the request was sent to, by `Host` or by the `X-Forwarded-Host` of a trusted proxy.
fn is_own_origin(origin: &str, head: &dyn Head, options: &Options) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "https" => ":443",
        "http" if !client::is_https(head, options) => ":80",
        _ => return false,
    };
    let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    let hosts = [head.first("Host"), client::host(head, options)];
    hosts.into_iter().flatten().any(|host| bare(host.trim()) == bare(authority))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    fn head(headers: &[(&'static str, &'static str)]) -> Made {
        Made { path: "/", headers: headers.to_vec(), peer: Some(([127, 0, 0, 1], 1).into()) }
    }

    #[test]
    fn what_the_browser_says_of_the_site_decides() {
        for (site, passes) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false), ("", false)]
        {
            let head = head(&[
                ("Sec-Fetch-Site", site),
                ("Content-Type", "application/json"),
                ("Host", "a"),
                ("Origin", "http://b"),
            ]);
            assert_eq!(may_read(&head), passes, "{site}");
            assert_eq!(may_send_json(&head), passes, "{site}");
            assert_eq!(may_send_form(&head, None, ""), passes, "{site}");
            assert_eq!(socket(&head, &Options::default()) == Opens::ForVisitor, passes, "{site}");
        }
    }

    #[test]
    fn without_a_word_of_the_browser_the_kind_of_request_decides() {
        let (ann, bob) = (Visitor::of_secret("ann"), Visitor::of_secret("bob"));
        let (plain, token) = (head(&[]), token::new(&ann));
        assert!(may_read(&plain) && !may_send_json(&plain));
        assert!(may_send_form(&plain, Some(&ann), &token));
        assert!(!may_send_form(&plain, Some(&bob), &token) && !may_send_form(&plain, None, &token));
        assert!(!may_send_form(&plain, Some(&ann), ""));
        for (kind, passes) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/json-seq", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            assert_eq!(may_send_json(&head(&[("Content-Type", kind)])), passes, "{kind}");
        }
    }

    #[test]
    fn a_socket_is_the_visitors_only_if_its_page_is_ours() {
        let opens = |host, origin| socket(&head(&[("Host", host), ("Origin", origin)]), &Options::default());
        for (host, origin) in [
            ("weather.example", "http://weather.example"),
            ("weather.example", "https://weather.example"),
            ("Weather.Example:8000", "http://weather.example:8000"),
            ("weather.example:80", "http://weather.example"),
            ("weather.example:443", "https://weather.example"),
            ("[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(opens(host, origin), Opens::ForVisitor, "{origin} at {host}");
        }
        for (host, origin) in [
            ("weather.example:8000", "http://weather.example:9000"),
            ("weather.example", "http://other.example"),
            ("weather.example", "http://weather.example.evil.example"),
            ("weather.example", "http://weather.example:443"),
            ("weather.example", "null"),
            ("weather.example", "ftp://weather.example"),
            ("127.0.0.1:8000", "https://weather.example"),
        ] {
            assert_eq!(opens(host, origin), Opens::ForStranger, "{origin} at {host}");
        }
        assert_eq!(socket(&head(&[("Host", "x")]), &Options::default()), Opens::ForVisitor, "a program");
    }

    #[test]
    fn only_a_trusted_proxy_may_name_the_host() {
        let behind = head(&[
            ("Host", "127.0.0.1:8000"),
            ("X-Forwarded-Host", "weather.example"),
            ("X-Forwarded-Proto", "https"),
            ("Origin", "https://weather.example"),
        ]);
        assert_eq!(socket(&behind, &Options::default()), Opens::ForStranger);
        let trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
        let options = Options { trusted_proxies, ..Options::default() };
        assert_eq!(socket(&behind, &options), Opens::ForVisitor);
        let plain =
            head(&[("Host", "weather.example"), ("X-Forwarded-Proto", "https"), ("Origin", "http://weather.example")]);
        assert_eq!(socket(&plain, &options), Opens::ForStranger, "a page that came without TLS");
    }
}
