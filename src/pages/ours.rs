//! A guard that accepts forms from our own pages only.

use super::fault::Fault;
use crate::web::head::Head;
use crate::web::{origin, visitor};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

/// A form that no browser calls another site's. Its token may still have to be looked at: [`Ours::with`].
pub(crate) struct Ours<'r>(&'r dyn Head);

impl Ours<'_> {
    /// Lets the form pass with its token.
    pub(crate) fn with(&self, token: Option<&str>) -> Result<(), Fault> {
        let visitor = visitor::known(self.0);
        match origin::may_send_form(self.0, visitor.as_ref(), token.unwrap_or_default()) {
            true => Ok(()),
            false => Err(Fault::forbidden()),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Ours<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match origin::may_read(request) {
            true => Outcome::Success(Self(request)),
            false => Outcome::Error((Status::Forbidden, ())),
        }
    }
}
