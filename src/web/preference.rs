//! The visitor's units, from a cookie, so that the server can render them.

use super::head::Head;
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;
use weather::preference::Preference;

/// The cookie's name.
const COOKIE: &str = "units";
/// A year, seconds: people keep their units.
const COOKIE_MAX_AGE_S: i64 = 365 * 24 * 60 * 60;

/// The units in the visitor's cookie.
pub fn of(head: &dyn Head) -> Preference {
    Preference::default().read(head.cookie(COOKIE).unwrap_or_default())
}

/// The cookie that remembers it.
pub fn cookie(preference: Preference, is_https: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, preference.name()))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(is_https)
        .max_age(rocket::time::Duration::seconds(COOKIE_MAX_AGE_S))
        .build()
}

/// The units that the visitor chose, for a route.
#[derive(Debug, Clone, Copy)]
pub struct Chosen(pub Preference);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Chosen {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(of(request)))
    }
}
