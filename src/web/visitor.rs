//! Who is calling: a visitor is known by a cookie of 128 random bits, and by nothing else.

use super::client;
use crate::storage::words::Visitor;
use base64ct::{Base64UrlUnpadded, Encoding};
use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// The cookie's name.
const COOKIE: &str = "visitor";
/// How long a browser keeps it, seconds: 400 days, the longest that browsers allow.
const COOKIE_MAX_AGE_S: i64 = 400 * 24 * 60 * 60;
/// A secret's length, bytes: 128 bits.
const SECRET_BYTES: usize = 16;

/// The visitor that the cookie names, if there is a good one.
pub fn known(cookies: &CookieJar<'_>) -> Option<Visitor> {
    cookies.get(COOKIE).map(Cookie::value).filter(|secret| is_secret(secret)).map(Visitor::of_secret)
}

/// The visitor that the cookie names; without one, a cookie is set.
pub fn welcome(request: &Request<'_>) -> Visitor {
    known(request.cookies()).unwrap_or_else(|| {
        let mut bits = [0; SECRET_BYTES];
        // Without randomness there is no visitor that nobody else could be: then all are nobody, and nothing is kept.
        if getrandom::fill(&mut bits).is_err() {
            return Visitor::of_secret("");
        }
        introduce(request, Base64UrlUnpadded::encode_string(&bits))
    })
}

/// The visitor that the cookie names; without one, the page itself is the visitor, whose cookie is made from the name
/// of its bay: a truck that is sent again belongs to the same one, whether or not the first answer arrived.
pub fn of_bay(request: &Request<'_>, bay: &str) -> Visitor {
    known(request.cookies()).unwrap_or_else(|| introduce(request, secret_of_bay(bay)))
}

/// Who [`of_bay`] says, without a cookie being set: a page that has said nothing yet hears under this name already
/// what it will be answered.
pub fn in_bay(request: &Request<'_>, bay: &str) -> Visitor {
    known(request.cookies()).unwrap_or_else(|| Visitor::of_secret(&secret_of_bay(bay)))
}

fn secret_of_bay(bay: &str) -> String {
    let digest = Sha256::digest(["visitor of ", bay].concat());
    Base64UrlUnpadded::encode_string(&digest[..SECRET_BYTES])
}

fn introduce(request: &Request<'_>, secret: String) -> Visitor {
    let visitor = Visitor::of_secret(&secret);
    let cookie = Cookie::build((COOKIE, secret))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        // On plain http, as in most homes, a secure cookie would never come back.
        .secure(client::is_https(request))
        .max_age(rocket::time::Duration::seconds(COOKIE_MAX_AGE_S));
    request.cookies().add(cookie);
    visitor
}

fn is_secret(text: &str) -> bool {
    Base64UrlUnpadded::decode_vec(text).is_ok_and(|bits| bits.len() == SECRET_BYTES)
}

/// As a guard of pages: [`welcome`].
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(welcome(request))
    }
}
