//! The sign in a browser that its owner has logged in: pages then show the way to the owner's rooms. It opens nothing.

use super::head::Head;
use rocket::http::{Cookie, SameSite};

/// The cookie's name. That of the session is sent to the rooms alone.
const COOKIE: &str = "rooms";

/// Whether the browser has the sign.
pub fn has_sign(head: &dyn Head) -> bool {
    head.cookie(COOKIE) == Some("1")
}

/// The cookie that sets the sign for so long, ms, or takes it away.
pub fn sign(lasts_ms: i64, is_https: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, if lasts_ms > 0 { "1" } else { "" }))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(is_https)
        .max_age(rocket::time::Duration::milliseconds(lasts_ms))
        .build()
}
