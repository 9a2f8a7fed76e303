//! Which other sites' scripts may read what is public (CORS). Nothing of a visitor is among it, and no cookie goes along.

use super::answer::Answer;
use super::head::Head;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Every origin.
const ALL: &str = "*";
/// Longest origin, bytes: a scheme, a name of 253, a port.
const ORIGIN_MAX_BYTES: usize = 275;
/// The headers that scripts may read beside the usual ones: the tag, and those of streams.
const EXPOSED: &str = "ETag, Stream-Cursor, Stream-Next-Offset, Stream-Up-To-Date";
/// A browser need not ask again for so long, seconds. No browser believes more than a day.
const PREFLIGHT_MAX_AGE_S: &str = "86400";

/// The origin of a site, such as `https://example.org`, or `*`: every site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteOrigin(String);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the origin of a site: write https://example.org, without a path, or \"*\" for every site")]
pub struct BadOrigin(String);

impl SiteOrigin {
    /// Every site.
    pub fn every() -> Self {
        Self(ALL.to_owned())
    }
}

impl FromStr for SiteOrigin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let is_host = |host: &str| {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
        };
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let fits = text == ALL || (text.len() <= ORIGIN_MAX_BYTES && rest.is_some_and(is_host));
        if fits { Ok(Self(text.to_ascii_lowercase())) } else { Err(BadOrigin(text.to_owned())) }
    }
}

impl TryFrom<String> for SiteOrigin {
    type Error = BadOrigin;

    fn try_from(text: String) -> Result<Self, BadOrigin> {
        text.parse()
    }
}

impl From<SiteOrigin> for String {
    fn from(origin: SiteOrigin) -> Self {
        origin.0
    }
}

impl fmt::Display for SiteOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lets scripts of these sites read an answer.
pub fn allow(answer: Answer, head: &dyn Head, sites: &[SiteOrigin]) -> Answer {
    const WHO: &str = "access-control-allow-origin";
    if sites.iter().any(|site| site.0 == ALL) {
        return answer.with(WHO, ALL).with("access-control-expose-headers", EXPOSED);
    }
    if sites.is_empty() {
        return answer;
    }
    // Whether the header is there depends on who asks.
    let answer = answer.with("vary", "Origin");
    let asking = head.first("Origin").map(str::to_ascii_lowercase);
    match asking.filter(|asking| sites.iter().any(|site| site.0 == *asking)) {
        Some(site) => answer.with(WHO, site).with("access-control-expose-headers", EXPOSED),
        None => answer,
    }
}

/// The answer to `OPTIONS`: a browser asks so whether a script may send a request of its own making.
pub fn preflight(head: &dyn Head, sites: &[SiteOrigin], methods: &'static str) -> Answer {
    let answer = Answer::new(204, &[("cache-control", "no-store")], Vec::new()).with("allow", methods);
    let is_asked = head.has("Origin") && head.has("Access-Control-Request-Method");
    if !is_asked || sites.is_empty() {
        return answer;
    }
    let answer = answer
        .with("access-control-allow-methods", "GET, HEAD")
        .with("access-control-allow-headers", "Accept, If-None-Match")
        .with("access-control-max-age", PREFLIGHT_MAX_AGE_S);
    allow(answer, head, sites)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    fn allowed(sites: &[&str], origin: &'static str) -> Option<String> {
        let sites: Vec<SiteOrigin> = sites.iter().map(|site| site.parse().expect("an origin")).collect();
        let head = Made { path: "/", headers: vec![("Origin", origin)], peer: None };
        let answer = allow(Answer::new(200, &[], Vec::new()), &head, &sites);
        answer.more.into_iter().find(|(name, _)| *name == "access-control-allow-origin").map(|(_, value)| value)
    }

    #[test]
    fn scripts_of_the_listed_sites_may_read() {
        assert_eq!(allowed(&["*"], "https://a.example").as_deref(), Some("*"));
        assert_eq!(allowed(&["https://A.example"], "https://a.example").as_deref(), Some("https://a.example"));
        for other in ["https://a.example.org", "http://a.example", "null", "https://a.example:8443"] {
            assert_eq!(allowed(&["https://a.example"], other), None, "{other}");
        }
        assert_eq!(allowed(&[], "https://a.example"), None);
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for bad in ["", "a.example", "https://", "https://a.example/", "https://a b", "ftp://a.example", "https://*"] {
            let error = bad.parse::<SiteOrigin>().expect_err(bad).to_string();
            assert!(error.contains(&format!("{bad:?}")), "{error}");
        }
    }
}
