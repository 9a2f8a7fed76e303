//! Heads as the two readers of the door have them, without the base; and heads of answers, with it.

use crate::web::base::{Base, Inside};
use crate::web::head::Head;
use hyper::Uri;
use hyper::header::{COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use std::net::SocketAddr;

/// A head that hyper has read.
pub(crate) struct Read<'a> {
    pub parts: &'a Parts,
    pub peer: SocketAddr,
}

impl Head for Read<'_> {
    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    fn path(&self) -> &str {
        self.parts.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.parts.uri.query()
    }

    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
        let values = self.parts.headers.get_all(name).into_iter();
        values.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok()).for_each(take);
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.peer)
    }
}

/// A head that lies in the lane's buffer.
pub(crate) struct InPlace<'a> {
    /// Without the base.
    pub path: &'a str,
    pub headers: &'a [httparse::Header<'a>],
    pub peer: SocketAddr,
    /// The cookies that are this server's, if it has a base.
    own_cookies: Option<Vec<String>>,
}

impl<'a> InPlace<'a> {
    /// A head with this path, with the base or without it.
    pub(crate) fn new(path: &'a str, headers: &'a [httparse::Header<'a>], peer: SocketAddr, base: &Base) -> Self {
        let path = match base.inside(path) {
            Inside::Path(path) => path,
            // Nothing is posted there.
            Inside::Bare => "/",
        };
        let mut head = Self { path, headers, peer, own_cookies: None };
        if !base.is_none() {
            let mut own = Vec::new();
            head.each(COOKIE.as_str(), &mut |list| own.push(base.own_cookies(list).into_owned()));
            head.own_cookies = Some(own);
        }
        head
    }
}

/// Takes the base off a request that hyper has read, and the cookies of others out of it.
///
/// # Errors
/// The path is the base without a slash at its end: the address to go to.
pub(crate) fn enters(parts: &mut Parts, base: &Base) -> Result<(), String> {
    if base.is_none() {
        return Ok(());
    }
    let query = parts.uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let path = match base.inside(parts.uri.path()) {
        Inside::Bare if parts.method.is_safe() => return Err(format!("/{query}")),
        Inside::Bare => "/",
        Inside::Path(path) => path,
    };
    if path.len() != parts.uri.path().len() {
        let within = PathAndQuery::from_maybe_shared(format!("{path}{query}"));
        let mut uri = std::mem::take(&mut parts.uri).into_parts();
        // A part of what was a good target is one.
        uri.path_and_query = within.ok();
        parts.uri = Uri::from_parts(uri).unwrap_or_default();
    }
    let own = |list: &HeaderValue| HeaderValue::from_str(&base.own_cookies(list.to_str().ok()?)).ok();
    let cookies: Vec<HeaderValue> = parts.headers.get_all(COOKIE).iter().filter_map(own).collect();
    parts.headers.remove(COOKIE);
    for list in cookies {
        parts.headers.append(COOKIE, list);
    }
    Ok(())
}

/// Puts the base onto what the head of an answer says to the browser.
pub(crate) fn leaves(headers: &mut HeaderMap, base: &Base) {
    if base.is_none() {
        return;
    }
    let put = |value: &HeaderValue, with: &dyn Fn(&str) -> Option<HeaderValue>| {
        value.to_str().ok().and_then(with).unwrap_or_else(|| value.clone())
    };
    if let Some(to) = headers.get(LOCATION) {
        let to = put(to, &|to| HeaderValue::from_str(&base.location(to)).ok());
        headers.insert(LOCATION, to);
    }
    let set = |line: &HeaderValue| put(line, &|line| HeaderValue::from_str(&base.set_cookie(line)).ok());
    let cookies: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().map(set).collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

impl Head for InPlace<'_> {
    fn method(&self) -> &str {
        "POST"
    }

    fn path(&self) -> &str {
        self.path
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
        if let Some(own) = self.own_cookies.as_ref().filter(|_| name.eq_ignore_ascii_case(COOKIE.as_str())) {
            return own.iter().for_each(|list| take(list));
        }
        let named = self.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        named.filter_map(|header| std::str::from_utf8(header.value).ok()).for_each(take);
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.peer)
    }
}
