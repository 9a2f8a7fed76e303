//! The gate checks a request before anything of it is read, and finds out which page calls.

use super::{Engines, Live};
use crate::storage::words::Visitor;
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::{client, origin, preference, visitor};
use channel::clipboard::{BODY_MAX_BYTES, BadClipboard, Clipboard, Id};
use channel::crowd::{Party, Source};
use rocket::http::Status;
use std::sync::Arc;
use std::time::Duration;
use weather::report::Warning;

/// How long a clipboard may take to arrive, seconds: enough for 64 KiB over the worst radio link. HTTP/1 has no limit
/// of its own.
pub(crate) const BODY_MAX_S: u64 = 10;
/// The limits of a clipboard.
pub(crate) const BODY: BodyLimit = BodyLimit { bytes: BODY_MAX_BYTES, patience: Duration::from_secs(BODY_MAX_S) };

/// A page that calls.
pub(crate) struct Caller {
    /// The parts of the server that it talks to.
    pub engines: Arc<Engines>,
    /// The page's place in the dock.
    pub bay: Id,
    /// The visitor who looks at it.
    pub visitor: Visitor,
    /// Whether the visitor has a cookie, or is given one now.
    pub is_known: bool,
    /// The name of the units in which they are answered.
    pub units: String,
    /// The cookie that is given with the answer.
    pub cookie: Option<String>,
    /// The cookie for a visitor who has none.
    spare_cookie: Option<String>,
    source: Option<Source>,
}

impl Live {
    /// Lets a request of our own pages pass, if the page does not send too many.
    pub(super) fn caller(&self, bay: &str, head: &dyn Head) -> Result<Caller, Refusal> {
        let engines = &self.0;
        let bay = Id::new(bay).map_err(|error| bad("bay", error))?;
        engines.brake.check(&bay).map_err(|_| Problem::too_many(TOO_EAGER, 1))?;
        if !origin::is_ours(head) {
            return Err(Problem::new(Status::Forbidden, "the dock serves this server's own pages only").into());
        }
        let (visitor, spare_cookie) = visitor::of_page(head, &engines.web, bay.as_str());
        Ok(Caller {
            engines: Arc::clone(engines),
            is_known: spare_cookie.is_none(),
            visitor,
            units: preference::of(head).name(),
            cookie: None,
            spare_cookie: spare_cookie.map(|cookie| cookie.to_string()),
            source: client::address(head, &engines.web).and_then(Source::of),
            bay,
        })
    }
}

/// Said to a page that the brake stops.
pub(crate) const TOO_EAGER: &str = "this page sends more than ten trucks a second";

impl Caller {
    /// Gives a visitor without a cookie one, with the answer to this request.
    pub(crate) fn introduce(&mut self) {
        self.cookie = self.spare_cookie.take();
        self.is_known = true;
    }

    /// The party that the page's truck counts against.
    pub(crate) fn party(&self) -> Party {
        Party { visitor: Some(self.visitor.as_str().into()), source: self.source }
    }

    /// The page's build, if this server has another.
    pub(crate) fn other_build(&self, of_page: Option<&str>) -> bool {
        matches!((&self.engines.build, of_page), (Some(own), Some(of_page)) if *own.0 != *of_page)
    }
}

/// Whether the body is announced as JSON.
pub(crate) fn is_json(head: &dyn Head) -> bool {
    let kind = head.first("Content-Type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// 415.
pub(crate) fn no_json() -> Refusal {
    Problem::new(Status::UnsupportedMediaType, "send Content-Type: application/json").into()
}

/// Why a clipboard is not read to its end.
pub(crate) fn no_body(error: &NoBody) -> Refusal {
    Refusal::cut(match error {
        NoBody::TooLarge(_) => Problem::new(Status::PayloadTooLarge, "a clipboard has 64 KiB at most"),
        // Not 408, which would make a browser send it all again.
        NoBody::TooSlow(_) | NoBody::Broken(_) => {
            let detail = format!("the request's body did not arrive within {BODY_MAX_S} seconds");
            Problem::new(Status::BadRequest, detail)
        }
    })
}

/// Reads a clipboard.
pub(crate) fn clipboard(body: &[u8]) -> Result<Clipboard, Refusal> {
    Clipboard::parse(body).map_err(|error| {
        let field = error.field.clone();
        bad(&field, error)
    })
}

/// 400, with the field named.
pub(crate) fn bad(field: &str, error: BadClipboard) -> Refusal {
    if field.is_empty() {
        return Problem::bad_request(error.reason, Vec::new()).into();
    }
    let detail = format!("{field}: {}", error.reason);
    Problem::bad_request(detail, vec![Warning::new(field, &error.value, error.reason)]).into()
}

/// A truck that is not let in.
pub(crate) struct Refusal {
    problem: Problem,
    /// The rest of the request is not worth waiting for.
    cut: bool,
}

impl Refusal {
    fn cut(problem: Problem) -> Self {
        Self { problem, cut: true }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, cut: false }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let answer = Answer::from(refusal.problem);
        if refusal.cut { answer.closing() } else { answer }
    }
}
