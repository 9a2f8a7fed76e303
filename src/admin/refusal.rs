//! Whoever is not let in, and what did not work: a page for people, a problem for programs.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::frame::{Frame, Leaf};
use crate::storage;
use crate::web;
use crate::web::error::Problem;
use askama::Template;
use askama_web::WebTemplate;
use rocket::http::{Header, Status};
use rocket::request::Request;
use rocket::response::{self, Redirect, Responder};

/// Why a request does not get what it asks for.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The owner has to log in first.
    Login,
    /// The station has another slug now: the same room is at this address.
    Moved(String),
    /// Anything else.
    Other(Problem),
}

impl Refusal {
    /// The form is none of our pages'.
    pub(super) fn forbidden() -> Self {
        let detail = "This server accepts forms from its own pages only. Open the page here and send the form again.";
        Self::Other(Problem::new(Status::Forbidden, detail))
    }

    /// There is no such thing.
    pub(super) fn not_found(detail: &str) -> Self {
        Self::Other(Problem::new(Status::NotFound, detail))
    }

    /// There is no such station.
    pub(super) fn no_station() -> Self {
        Self::not_found("There is no station of this name. It may have been removed.")
    }

    /// The status that it is answered with.
    pub(super) fn status(&self) -> Status {
        match self {
            Self::Login => Status::Forbidden,
            Self::Moved(_) => Status::PermanentRedirect,
            Self::Other(problem) => problem.status(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<storage::Error> for Refusal {
    fn from(error: storage::Error) -> Self {
        Self::Other(error.into())
    }
}

/// The page of an error.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/fault.html")]
struct FaultView {
    frame: Frame,
    detail: String,
}

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let is_page = web::wants_page(request);
        match self {
            Self::Login if is_page => Leaf(Redirect::to("/admin/login")).respond_to(request),
            Self::Login => {
                let base =
                    request.rocket().state::<web::Options>().map(|options| options.base.clone()).unwrap_or_default();
                let detail = format!("log in first, at {}", base.of("/admin/login"));
                Problem::new(Status::Forbidden, detail).respond_to(request)
            }
            Self::Moved(to) => Leaf(Redirect::permanent(to)).respond_to(request),
            Self::Other(problem) if !is_page => problem.respond_to(request),
            Self::Other(problem) => {
                let frame = Frame::new("This did not work – Stevenson", request);
                let view = FaultView { frame, detail: problem.detail().to_owned() };
                let mut response = Leaf(view).respond_to(request)?;
                response.set_status(problem.status());
                if let Some(seconds) = problem.retry_after_s() {
                    response.set_header(Header::new("Retry-After", seconds.to_string()));
                }
                Ok(response)
            }
        }
    }
}
