//! The gate checks a request before anything of it is read, and finds out which page calls.

use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::brake::Brake;
use crate::web::error::Problem;
use crate::web::{Build, client, origin, preference, visitor};
use channel::Dock;
use channel::clipboard::{BODY_MAX_BYTES, BadClipboard, Clipboard, Id};
use channel::crowd::{Party, Source};
use rocket::data::ByteUnit;
use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Data, Request};
use std::sync::Arc;
use std::time::Duration;
use weather::report::Warning;

/// How long a clipboard may take to arrive, seconds: enough for 64 KiB over the worst radio link. HTTP/1 has no limit
/// of its own.
pub(crate) const BODY_MAX_S: u64 = 10;

/// The state that all doors of the dock share.
#[derive(Clone)]
pub(crate) struct Gate {
    /// The brake of each page's trucks, whichever door they come to.
    pub brake: Arc<Brake>,
}

/// The parts of the server that a truck needs; all of them live as long as the request.
#[derive(Clone, Copy)]
pub(crate) struct Engines<'r> {
    /// The dock, where it parks.
    pub dock: &'r Dock,
    /// The storage of its words, and of the journal that it may have to read.
    pub storage: &'r Storage,
    /// The keeper, who listens to words.
    pub keeper: &'r Keeper,
    /// The pages' build.
    pub build: Option<&'r str>,
}

/// A page that calls.
pub(crate) struct Caller<'r> {
    /// The parts of the server that it talks to.
    pub engines: Engines<'r>,
    /// The page's place in the dock.
    pub bay: Id,
    /// The visitor who looks at it.
    pub visitor: Visitor,
    /// Whether the visitor has a cookie, or is given one now.
    pub is_known: bool,
    /// The name of the units in which they are answered.
    pub units: String,
    source: Option<Source>,
}

impl Gate {
    /// Lets a request of our own pages pass, if the page does not send too many.
    pub(crate) fn caller<'r>(&self, request: &'r Request<'_>) -> Result<Caller<'r>, Refusal> {
        let bay = request.param::<&str>(1).and_then(Result::ok).unwrap_or_default();
        let bay = Id::new(bay).map_err(|error| bad("bay", error))?;
        self.brake.check(&bay).map_err(|_| Problem::too_many(TOO_EAGER, 1))?;
        if !origin::is_ours(request) {
            return Err(Problem::new(Status::Forbidden, "the dock serves this server's own pages only").into());
        }
        let (dock, storage, keeper) = (state(request)?, state(request)?, state(request)?);
        let build = request.rocket().state::<Build>().map(|build| build.0.as_str());
        Ok(Caller {
            engines: Engines { dock, storage, keeper, build },
            visitor: visitor::in_page(request, bay.as_str()),
            is_known: visitor::known(request.cookies()).is_some(),
            units: preference::of(request.cookies()).name(),
            source: client::address(request).and_then(Source::of),
            bay,
        })
    }
}

/// Said to a page that the brake stops.
pub(crate) const TOO_EAGER: &str = "this page sends more than ten trucks a second";

impl Caller<'_> {
    /// Gives a visitor without a cookie one, with the answer to this request.
    pub(crate) fn introduce(&mut self, request: &Request<'_>) {
        self.visitor = visitor::of_page(request, self.bay.as_str());
        self.is_known = true;
    }

    /// The party that the page's truck counts against.
    pub(crate) fn party(&self) -> Party {
        Party { visitor: Some(self.visitor.as_str().into()), source: self.source }
    }
}

/// Reads the request's body, within its limits of type, length and time; says how long it was.
pub(crate) async fn clipboard(request: &Request<'_>, data: Data<'_>) -> Result<(Clipboard, usize), Refusal> {
    let is_json = request.content_type().is_some_and(|kind| kind.top() == "application" && kind.sub() == "json");
    if !is_json {
        return Err(Problem::new(Status::UnsupportedMediaType, "send Content-Type: application/json").into());
    }
    let too_large = || Refusal::cut(Problem::new(Status::PayloadTooLarge, "a clipboard has 64 KiB at most"));
    let announced = request.headers().get_one("Content-Length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_MAX_BYTES) {
        return Err(too_large());
    }
    let body = data.open(ByteUnit::from(BODY_MAX_BYTES)).into_bytes();
    let body = match tokio::time::timeout(Duration::from_secs(BODY_MAX_S), body).await {
        Ok(Ok(body)) if body.is_complete() => body.into_inner(),
        Ok(Ok(_)) => return Err(too_large()),
        // Not 408, which would make a browser send it all again.
        Ok(Err(_)) | Err(_) => {
            let detail = format!("the request's body did not arrive within {BODY_MAX_S} seconds");
            return Err(Refusal::cut(Problem::new(Status::BadRequest, detail)));
        }
    };
    let clipboard = Clipboard::parse(&body).map_err(|error| {
        let field = error.field.clone();
        bad(&field, error)
    })?;
    Ok((clipboard, body.len()))
}

/// 400, with the field named.
pub(crate) fn bad(field: &str, error: BadClipboard) -> Refusal {
    if field.is_empty() {
        return Problem::bad_request(error.reason, Vec::new()).into();
    }
    let detail = format!("{field}: {}", error.reason);
    Problem::bad_request(detail, vec![Warning::new(field, &error.value, error.reason)]).into()
}

fn state<'r, T: Send + Sync + 'static>(request: &'r Request<'_>) -> Result<&'r T, Refusal> {
    let missing = || Problem::unavailable("the server is not ready").into();
    request.rocket().state::<T>().ok_or_else(missing)
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

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.problem.respond_to(request)?;
        if self.cut {
            response.set_raw_header("Connection", "close");
        }
        Ok(response)
    }
}
