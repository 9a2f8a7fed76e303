//! A guard that accepts forms from our own pages only.

use crate::web::origin;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

/// A guard: the request was not sent by a page of another site.
pub(crate) struct Ours;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Ours {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match origin::is_ours(request) {
            true => Outcome::Success(Self),
            false => Outcome::Error((Status::Forbidden, ())),
        }
    }
}
