//! A page on its way out, with the headers that every page has.

use super::style::{CONTENT_SECURITY_POLICY, Style};
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::{self, Responder};

/// An answer in HTML.
pub struct Page<R>(pub R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Page<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        let style = request.rocket().state::<Style>();
        let policy = style.map_or_else(|| CONTENT_SECURITY_POLICY.to_owned(), Style::policy);
        response.set_header(Header::new("Content-Security-Policy", policy));
        for (name, value) in [
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
