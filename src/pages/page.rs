//! A page on its way out, with the headers that every page has.

use rocket::http::Header;
use rocket::request::Request;
use rocket::response::{self, Responder};

/// No content from other sites, no inline scripts and styles.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'";

/// An answer in HTML.
pub struct Page<R>(pub R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Page<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        for (name, value) in [
            ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            // Personal, but not `no-store`: the browser may keep the page for its back button.
            ("Cache-Control", "private, no-cache"),
            ("Vary", "Cookie, Accept-Language"),
        ] {
            response.set_header(Header::new(name, value));
        }
        Ok(response)
    }
}
