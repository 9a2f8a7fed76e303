//! Error pages: the same layout, plain words, a link to all stations.

use super::clock;
use super::page::Page;
use super::views::{FaultPage, Frame};
use crate::storage;
use crate::web::error::Problem;
use crate::web::{self, preference, visitor};
use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use std::io::Cursor;

/// A page that could not be made.
#[derive(Debug)]
pub(crate) struct Fault(Problem);

impl Fault {
    /// There is no such page.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self(Problem::new(Status::NotFound, detail))
    }
}

impl Fault {
    /// The form is none of our pages'.
    pub(crate) fn forbidden() -> Self {
        Self(Problem::new(Status::Forbidden, detail(Status::Forbidden)))
    }
}

impl From<storage::Error> for Fault {
    fn from(error: storage::Error) -> Self {
        Self(Problem::from(error))
    }
}

impl<'r> Responder<'r, 'static> for Fault {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let (status, retry_after_s) = (self.0.status(), self.0.retry_after_s());
        let heading = heading(status);
        let now = clock::now();
        let frame = Frame::still(heading, "/", now, preference::of(request));
        // The page has forms, too. A form of another site must not give the visitor another cookie.
        let visitor = match request.method() {
            Method::Get => Some(visitor::welcome(request)),
            _ => visitor::known(request),
        };
        let frame = frame.signed(visitor.as_ref());
        let page = FaultPage::of(frame, status.code, heading, self.0.detail().to_owned());
        let mut response = Page(page).respond_to(request)?;
        response.set_status(status);
        if let Some(seconds) = retry_after_s {
            response.set_header(Header::new("Retry-After", seconds.to_string()));
        }
        Ok(response)
    }
}

fn heading(status: Status) -> &'static str {
    match status.code {
        403 => "This site’s own forms only",
        404 => "There is nothing here",
        405 => "This address does something else",
        429 => "Too many requests",
        503 => "Back in a moment",
        400..=499 => "This request did not work",
        _ => "The server made an error",
    }
}

/// Answers requests that no route answered.
#[rocket::catch(default)]
pub(crate) fn any(status: Status, request: &Request<'_>) -> Uncaught {
    let refusal = web::refusal(status, request);
    let status = refusal.status();
    let is_line = matches!(status, Status::NotFound | Status::MethodNotAllowed) && !web::wants_page(request);
    let allowed = refusal.header().cloned();
    if is_line {
        return Uncaught { allowed, answer: Kind::Line(refusal) };
    }
    Uncaught { allowed, answer: Kind::Page(Fault(Problem::new(status, detail(status)))) }
}

/// The answer to a request that no route answered.
pub(crate) struct Uncaught {
    /// `Allow`, if other methods work at this address.
    allowed: Option<(&'static str, String)>,
    answer: Kind,
}

enum Kind {
    /// For people.
    Page(Fault),
    /// For programs: one line of text.
    Line(Problem),
}

impl<'r> Responder<'r, 'static> for Uncaught {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = match self.answer {
            Kind::Page(fault) => fault.respond_to(request)?,
            Kind::Line(problem) => {
                let line = format!("{}\n", problem.detail());
                Response::build()
                    .status(problem.status())
                    .header(ContentType::Plain)
                    .raw_header("Cache-Control", "no-store")
                    .raw_header("X-Content-Type-Options", "nosniff")
                    .sized_body(line.len(), Cursor::new(line))
                    .finalize()
            }
        };
        if let Some((name, value)) = self.allowed {
            response.set_raw_header(name, value);
        }
        Ok(response)
    }
}

fn detail(status: Status) -> &'static str {
    match status.code {
        403 => "This server accepts forms from its own pages only. Open the page here and send the form again.",
        404 => "This address has no page. The station may have been removed, or the address has a typing error.",
        405 => "This address does not take such requests.",
        413 => "The request is too large.",
        422 | 400 => "The server could not read this request.",
        429 => "Too many requests in a short time. Try again in a moment.",
        503 => "The server is busy or restarting. Try again in a moment.",
        400..=499 => "The server cannot answer this request.",
        _ => "The server made an error and wrote it to its log.",
    }
}
