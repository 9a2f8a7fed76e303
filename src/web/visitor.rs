//! Visitors: a cookie of 128 random bits names a visitor, and nothing else does.

use super::head::Head;
use super::{Options, client};
use crate::storage::words::Visitor;
use base64ct::{Base64UrlUnpadded, Encoding};
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// The cookie's name.
const COOKIE: &str = "visitor";
/// The cookie's lifetime, seconds: 400 days, the longest that browsers allow.
const COOKIE_MAX_AGE_S: i64 = 400 * 24 * 60 * 60;
/// A secret's length, bytes: 128 bits.
const SECRET_BYTES: usize = 16;

/// The visitor that the cookie names, if there is a good one.
pub fn known(head: &dyn Head) -> Option<Visitor> {
    head.cookie(COOKIE).filter(|secret| is_secret(secret)).map(Visitor::of_secret)
}

/// The visitor that the cookie names; without one, a cookie is set.
pub fn welcome(request: &Request<'_>) -> Visitor {
    known(request).unwrap_or_else(|| {
        let mut bits = [0; SECRET_BYTES];
        // Without randomness nobody can be told from others. Then all are the same nameless visitor.
        if getrandom::fill(&mut bits).is_err() {
            return Visitor::of_secret("");
        }
        let secret = Base64UrlUnpadded::encode_string(&bits);
        let visitor = Visitor::of_secret(&secret);
        request.cookies().add(cookie(secret, is_https(request)));
        visitor
    })
}

/// The visitor that the cookie names. Without a cookie the page itself becomes the visitor, and gets a cookie that is made
/// from the page's id: a request that is sent again then belongs to the same visitor, even if the first answer was lost.
pub fn of_page(head: &dyn Head, options: &Options, page: &str) -> (Visitor, Option<Cookie<'static>>) {
    match known(head) {
        Some(visitor) => (visitor, None),
        None => {
            let secret = secret_of_page(page);
            (Visitor::of_secret(&secret), Some(cookie(secret, client::is_https(head, options))))
        }
    }
}

/// The same visitor as [`of_page`], but no cookie is set. A page listens as this visitor before it says its first word,
/// so that it also hears the answer.
pub fn in_page(head: &dyn Head, page: &str) -> Visitor {
    known(head).unwrap_or_else(|| Visitor::of_secret(&secret_of_page(page)))
}

fn secret_of_page(page: &str) -> String {
    let digest = Sha256::digest(["visitor of ", page].concat());
    Base64UrlUnpadded::encode_string(&digest[..SECRET_BYTES])
}

fn cookie(secret: String, is_https: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, secret))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        // On plain http, as in most homes, a secure cookie would never come back.
        .secure(is_https)
        .max_age(rocket::time::Duration::seconds(COOKIE_MAX_AGE_S))
        .build()
}

fn is_https(request: &Request<'_>) -> bool {
    request.rocket().state::<Options>().is_some_and(|options| client::is_https(request, options))
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
