//! The gate: what a request has to be before anything of it is looked at, and who it is that calls.

use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::brake::Brake;
use crate::web::error::Problem;
use crate::web::{Build, client, preference, visitor};
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

/// How long a clipboard may take to arrive, seconds: 64 KiB over the worst radio link, and no longer, for HTTP/1 has
/// no limit of its own.
pub const BODY_MAX_S: u64 = 10;

/// What all doors of the dock share.
#[derive(Clone)]
pub struct Gate {
    /// Of trucks by page, whichever door they come to.
    pub brake: Arc<Brake>,
}

/// What a truck has to do with; all of it lives as long as the request.
#[derive(Clone, Copy)]
pub struct Engines<'r> {
    /// Where it parks.
    pub dock: &'r Dock,
    /// Where its words go, and what it missed is.
    pub storage: &'r Storage,
    /// Who listens.
    pub keeper: &'r Keeper,
    /// The pages' build.
    pub build: Option<&'r str>,
}

/// A page that calls.
pub struct Caller<'r> {
    /// What it talks to.
    pub engines: Engines<'r>,
    /// The page's place in the dock.
    pub bay: Id,
    /// Who looks at it.
    pub visitor: Visitor,
    /// Whether the visitor has a cookie, or is given one now.
    pub is_known: bool,
    /// The name of the units in which they are answered.
    pub units: String,
    source: Option<Source>,
}

impl Gate {
    /// Lets a request pass that is one of our own pages', and not too eager.
    pub fn caller<'r>(&self, request: &'r Request<'_>) -> Result<Caller<'r>, Refusal> {
        let bay = request.param::<&str>(1).and_then(Result::ok).unwrap_or_default();
        let bay = Id::new(bay).map_err(|error| bad("bay", error))?;
        self.brake.check(&bay).map_err(|_| Problem::too_many(TOO_EAGER, 1))?;
        check_origin(request)?;
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
pub const TOO_EAGER: &str = "this page sends more than ten trucks a second";

impl Caller<'_> {
    /// Gives a visitor without a cookie one, with the answer to this request.
    pub fn introduce(&mut self, request: &Request<'_>) {
        self.visitor = visitor::of_page(request, self.bay.as_str());
        self.is_known = true;
    }

    /// Whose place the page's truck takes.
    pub fn party(&self) -> Party {
        Party { visitor: Some(self.visitor.as_str().into()), source: self.source }
    }
}

/// A page of another site must not send trucks. Where the browser does not tell, as on plain http, the content type
/// is the guard of trucks: it would need a preflight, which is never granted. A stream can be opened from there, but
/// only as a stranger: the visitor's cookie, being `SameSite=Lax`, does not travel with it, nothing private comes down
/// it, and no words go up in the visitor's name. `Origin` is not compared with `Host`, which proxies rewrite.
fn check_origin(request: &Request<'_>) -> Result<(), Refusal> {
    match request.headers().get_one("Sec-Fetch-Site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Problem::new(Status::Forbidden, "the dock serves this server's own pages only").into()),
    }
}

/// Reads the request's body, within its limits of type, length and time; says how long it was.
pub async fn clipboard(request: &Request<'_>, data: Data<'_>) -> Result<(Clipboard, usize), Refusal> {
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
pub fn bad(field: &str, error: BadClipboard) -> Refusal {
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
pub struct Refusal {
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
