//! Errors at the addresses of pages: for people a page of the same layout, in plain words; for programs problem+json.

use super::clock;
use super::page::Page;
use super::views::{FaultPage, ForReader, Frame};
use crate::storage;
use crate::web::error::Problem;
use crate::web::settings::Settings;
use crate::web::{self, visitor};
use rocket::http::{Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder};

/// A page that could not be made. Whoever does not accept HTML is a program, and gets a problem.
#[derive(Debug)]
pub(crate) struct Fault(Problem);

impl Fault {
    /// There is no such page.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self(Problem::new(Status::NotFound, detail))
    }
}

impl Fault {
    /// The question makes no sense.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self(Problem::new(Status::BadRequest, detail))
    }

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
        if !web::wants_page(request) {
            return self.0.respond_to(request);
        }
        let (status, retry_after_s) = (self.0.status(), self.0.retry_after_s());
        let heading = heading(status);
        let now = clock::now();
        let settings = Settings::of(request);
        let reader = ForReader { theme: settings.theme.attribute(), ..ForReader::default() };
        let frame = Frame::still(heading, "/", now, settings.preference()).read_by(reader);
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
        if let Some((name, value)) = self.0.header() {
            response.set_raw_header(*name, value.clone());
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
pub(crate) fn any(status: Status, request: &Request<'_>) -> Fault {
    let refusal = web::refusal(status, request);
    if !web::wants_page(request) {
        return Fault(refusal);
    }
    let page = Problem::new(refusal.status(), detail(refusal.status()));
    Fault(match refusal.header() {
        Some((name, value)) => page.with(name, value.as_str()),
        None => page,
    })
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

/// The page of an error, for the storybook.
#[cfg(debug_assertions)]
pub(super) fn story(status: Status, now: weather::time::Timestamp) -> String {
    let frame = Frame::still(heading(status), "/", now, weather::preference::Preference::default());
    let page = FaultPage::of(frame, status.code, heading(status), detail(status).to_owned());
    crate::web::storybook::printed(&page)
}
