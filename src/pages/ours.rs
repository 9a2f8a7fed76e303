//! A guard that accepts forms from our own pages only.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

/// A guard: the request was not sent by a page of another site. Browsers do not say so on plain http. There the visitor's
/// cookie is the guard: browsers do not send it with the forms of other sites.
pub(crate) struct Ours;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Ours {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("Sec-Fetch-Site") {
            None | Some("same-origin" | "none") => Outcome::Success(Self),
            Some(_) => Outcome::Error((Status::Forbidden, ())),
        }
    }
}
