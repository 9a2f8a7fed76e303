//! The base: the path before all of this server's own, if a proxy gives it only a part of a host, such as `/weather`.
//!
//! The rooms know no base: their paths begin at `/`, in routes, in templates and in redirects. The front door takes the base off
//! each request and puts it onto each answer, with what is here. Where a path leaves in another way (JSON, a command to copy),
//! [`Base::of`] puts it on.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Longest base, bytes. It stands in each link of each page.
const BASE_MAX_BYTES: usize = 100;

/// First parts of this server's own paths. A proxy may take the base off or not: a base that begins with one of these could be
/// either.
const OWN: [&str; 26] = [
    "admin",
    "api",
    "automaticreading",
    "badge",
    "data",
    "dock",
    "embed",
    "favicon.svg",
    "health",
    "healthz",
    "kiosk",
    "lab",
    "metrics",
    "oembed",
    "ping",
    "query",
    "readyz",
    "s",
    "settings",
    "static",
    "storybook",
    "stream",
    "units",
    "v1",
    "weatherstation",
    "write",
];

/// Attributes of HTML whose values are addresses.
const ADDRESSES: [&str; 5] = [" href=\"/", " src=\"/", " action=\"/", " formaction=\"/", " poster=\"/"];

/// What a path is, of a server with this base.
#[derive(Debug, PartialEq, Eq)]
pub enum Inside<'p> {
    /// It is the base without a slash at its end: browsers are sent on, because relative addresses would mean others.
    Bare,
    /// The path within; as it came, if a proxy has taken the base off.
    Path(&'p str),
}

/// The base: `/weather`, or nothing. It has no slash at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Base(String);

/// A text that is no base.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBase {
    /// It is written otherwise.
    #[error(
        "{0:?} is no path: write \"/weather\", with a slash before each part, and with letters, digits, - . _ and ~ only"
    )]
    Written(String),
    /// It is too long.
    #[error("the path is longer than {BASE_MAX_BYTES} bytes")]
    Long,
    /// This server's own paths begin so.
    #[error("\"/{0}\" begins paths of this server's own: choose another word")]
    Own(String),
}

impl FromStr for Base {
    type Err = BadBase;

    fn from_str(text: &str) -> Result<Self, BadBase> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Ok(Self::default());
        }
        if path.len() > BASE_MAX_BYTES {
            return Err(BadBase::Long);
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(fits) && !part.bytes().all(|b| b == b'.');
        let parts = path.strip_prefix('/').filter(|parts| parts.split('/').all(is_part));
        let first = parts.and_then(|parts| parts.split('/').next()).ok_or_else(|| BadBase::Written(text.to_owned()))?;
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(first)) {
            return Err(BadBase::Own(first.to_owned()));
        }
        Ok(Self(path.to_owned()))
    }
}

impl TryFrom<String> for Base {
    type Error = BadBase;

    fn try_from(text: String) -> Result<Self, BadBase> {
        text.parse()
    }
}

impl From<Base> for String {
    fn from(base: Base) -> Self {
        base.0
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Base {
    /// The base as it stands before paths; empty if there is none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of a path within, for whoever is outside.
    pub fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The path within.
    pub fn inside<'p>(&self, path: &'p str) -> Inside<'p> {
        match path.strip_prefix(self.0.as_str()) {
            Some("") if !self.is_none() => Inside::Bare,
            Some(rest) if rest.starts_with('/') => Inside::Path(rest),
            _ => Inside::Path(path),
        }
    }

    /// What the names of this server's cookies begin with, so that servers with other bases on the same host have others.
    fn cookie_prefix(&self) -> String {
        match self.0.strip_prefix('/') {
            Some(base) => format!("{}.", base.replace('/', ".")),
            None => String::new(),
        }
    }

    /// Those of a list of cookies that are this server's, by the names that the rooms know.
    pub fn own_cookies<'c>(&self, list: &'c str) -> Cow<'c, str> {
        if self.is_none() {
            return Cow::Borrowed(list);
        }
        let prefix = self.cookie_prefix();
        let own = list.split(';').filter_map(|pair| pair.trim().strip_prefix(prefix.as_str()));
        Cow::Owned(own.collect::<Vec<_>>().join("; "))
    }

    /// The line that sets a cookie of a room, for the browser.
    pub fn set_cookie<'c>(&self, line: &'c str) -> Cow<'c, str> {
        if self.is_none() {
            return Cow::Borrowed(line);
        }
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let attributes = attributes.replace("Path=/", &format!("Path={}/", self.0));
        Cow::Owned(format!("{}{pair};{attributes}", self.cookie_prefix()))
    }

    /// Where a redirect of a room leads, for the browser.
    pub fn location<'l>(&self, to: &'l str) -> Cow<'l, str> {
        let is_path = to.starts_with('/') && !to.starts_with("//");
        if self.is_none() || !is_path { Cow::Borrowed(to) } else { Cow::Owned(self.of(to)) }
    }

    /// A page of a room, for the browser: each address in it that begins at `/` begins at the base. A quotation mark in a text
    /// of a page is written `&#34;`, so no text can be taken for an attribute.
    pub fn html(&self, page: &str) -> String {
        let mut out = String::with_capacity(page.len() + page.len() / 16);
        let mut rest = page;
        while let Some(at) = rest.find("=\"/") {
            let (before, after) = rest.split_at(at + "=\"".len());
            out.push_str(before);
            let is_address = ADDRESSES.iter().any(|name| rest[..at + "=\"/".len()].ends_with(name));
            if is_address && !after.starts_with("//") {
                out.push_str(&self.0);
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Base {
        text.parse().expect("a base")
    }

    #[test]
    fn a_base_is_a_path_that_is_not_our_own() {
        for (text, read) in [("", ""), ("/", ""), ("/weather", "/weather"), ("/a/b.c/", "/a/b.c"), ("/sky", "/sky")] {
            assert_eq!(base(text).as_str(), read, "{text:?}");
        }
        for bad in
            ["weather", "//x", "/a//b", "/a b", "/a?b", "/..", "/a/../b", "/ä", "/a\"b", "/<", "http://x/y", "/%41"]
        {
            assert!(matches!(bad.parse::<Base>(), Err(BadBase::Written(_))), "{bad:?}");
        }
        for own in ["/s", "/admin/", "/static/x", "/api"] {
            assert!(matches!(own.parse::<Base>(), Err(BadBase::Own(_))), "{own:?}");
        }
        assert_eq!(format!("/{}", "a".repeat(BASE_MAX_BYTES)).parse::<Base>(), Err(BadBase::Long));
    }

    #[test]
    fn a_path_comes_with_the_base_or_without() {
        let weather = base("/weather");
        for (path, inside) in [
            ("/weather", Inside::Bare),
            ("/weather/", Inside::Path("/")),
            ("/weather/s/hut", Inside::Path("/s/hut")),
            ("/s/hut", Inside::Path("/s/hut")),
            ("/weatherstation/x", Inside::Path("/weatherstation/x")),
            ("/", Inside::Path("/")),
            ("*", Inside::Path("*")),
        ] {
            assert_eq!(weather.inside(path), inside, "{path}");
        }
        for path in ["/", "/s/hut", "", "*"] {
            assert_eq!(Base::default().inside(path), Inside::Path(path));
        }
    }

    #[test]
    fn cookies_of_another_base_are_not_ours() {
        let (a, b, none) = (base("/a/b"), base("/a"), Base::default());
        let line = "visitor=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=9";
        assert_eq!(a.set_cookie(line), "a.b.visitor=x; HttpOnly; SameSite=Lax; Path=/a/b/; Max-Age=9");
        assert_eq!(b.set_cookie("owner=Path=/; Path=/admin"), "a.owner=Path=/; Path=/a/admin");
        assert_eq!(none.set_cookie(line), line);
        let list = "visitor=1; a.visitor=2; units=us;a.b.visitor=3";
        assert_eq!((a.own_cookies(list), none.own_cookies(list)), ("visitor=3".into(), list.into()));
        // Of `/a` that is a cookie by another name than any that it knows.
        assert_eq!(b.own_cookies(list), "visitor=2; b.visitor=3");
    }

    #[test]
    fn each_address_of_a_page_gets_the_base_and_no_text_does() {
        let page = r##"<a href="/">x</a> <use href="/static/1/i.svg#a"/> <form action="/units"> <script src="/j.js">
            <a href="//other"> <a href="https://x/"> <a href="?a"> <a href="#b"> <input value="/s/x"> &#34; href=&#34;/no"##;
        let under = r##"<a href="/w/">x</a> <use href="/w/static/1/i.svg#a"/> <form action="/w/units"> <script src="/w/j.js">
            <a href="//other"> <a href="https://x/"> <a href="?a"> <a href="#b"> <input value="/s/x"> &#34; href=&#34;/no"##;
        assert_eq!(base("/w").html(page), under);
        assert_eq!(base("/w").location("/admin?done=out"), "/w/admin?done=out");
        assert_eq!(base("/w").location("https://x/"), "https://x/");
    }
}
