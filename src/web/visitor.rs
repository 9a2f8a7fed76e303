//! Visitors: a secret of 128 random bits names a visitor, and nothing else does. Browsers send it as a cookie.

use super::head::Head;
use super::{Options, client};
use crate::storage::words::Visitor;
use base64ct::{Base64UrlUnpadded, Encoding};
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;

/// The cookie's name.
const COOKIE: &str = "visitor";
/// The header with the secret of a home that keeps no cookies. A page of another origin cannot send it without a preflight.
const HEADER: &str = "Visitor";
/// The cookie's lifetime, seconds: 400 days, the longest that browsers allow.
const COOKIE_MAX_AGE_S: i64 = 400 * 24 * 60 * 60;
/// A secret's length, bytes: 128 bits.
const SECRET_BYTES: usize = 16;

/// The visitor that the cookie names, if there is a good one. Of two that differ none is: a server on another port of this
/// host can have added one, for some paths only.
pub fn known(head: &dyn Head) -> Option<Visitor> {
    let secret = head.cookie(COOKIE).filter(|secret| is_secret(secret))?;
    let mut differ = false;
    head.each("Cookie", &mut |list| {
        let pairs = list.split(';').filter_map(|pair| pair.trim().split_once('='));
        differ |= pairs.filter(|(name, _)| *name == COOKIE).any(|(_, value)| value != secret);
    });
    (!differ).then(|| Visitor::of_secret(secret))
}

/// The visitor that a home's request names: by the cookie, or by the secret that a home sends which keeps no cookies.
pub fn of_home(head: &dyn Head) -> Option<Visitor> {
    let secret = || head.first(HEADER).filter(|secret| is_secret(secret)).map(Visitor::of_secret);
    known(head).or_else(secret)
}

/// The visitor that the cookie names; without one, a cookie is set.
pub fn welcome(request: &Request<'_>) -> Visitor {
    known(request).unwrap_or_else(|| {
        let (visitor, secret) = stranger();
        let is_https = request.rocket().state::<Options>().is_some_and(|options| client::is_https(request, options));
        request.cookies().add(cookie(secret, is_https));
        visitor
    })
}

/// A visitor who was never here, and the secret for the cookie.
pub fn stranger() -> (Visitor, String) {
    let mut bits = [0; SECRET_BYTES];
    // Without randomness nobody can be told from others. Then all are the same nameless visitor, whose cookie is no good one.
    let secret = match getrandom::fill(&mut bits) {
        Ok(()) => Base64UrlUnpadded::encode_string(&bits),
        Err(_) => String::new(),
    };
    (Visitor::of_secret(&secret), secret)
}

/// The cookie with a visitor's secret.
pub fn cookie(secret: String, is_https: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, secret))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        // On plain http, as in most homes, a secure cookie would never come back.
        .secure(is_https)
        .max_age(rocket::time::Duration::seconds(COOKIE_MAX_AGE_S))
        .build()
}

fn is_secret(text: &str) -> bool {
    Base64UrlUnpadded::decode_vec(text).is_ok_and(|bits| bits.len() == SECRET_BYTES)
}

/// A guard for pages: it calls [`welcome`].
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(welcome(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    #[test]
    fn of_two_cookies_that_differ_none_counts() {
        let (ann, eve) = ("visitor=AAAAAAAAAAAAAAAAAAAAAA", "visitor=BBBBBBBBBBBBBBBBBBBBBA");
        let of = |lists: &[&str]| {
            let lists: Vec<&'static str> = lists.iter().map(|list| &*String::from(*list).leak()).collect();
            known(&Made { path: "/", headers: lists.into_iter().map(|list| ("Cookie", list)).collect(), peer: None })
        };
        let (both, other) = (format!("{eve}; units=metric; {ann}"), format!("{ann}; {eve}"));
        assert_eq!([of(&[&both]), of(&[&other]), of(&[ann, eve])], [None, None, None]);
        assert!(of(&[ann]).is_some() && of(&[ann]) == of(&[ann, ann]), "twice the same is one");
        assert_ne!(of(&[ann]), of(&[eve]));
    }
}
