//! `/weatherstation/updateweatherstation.php`: the Weather Underground protocol, with the answers stations understand.

use super::inflate::{self, Coding, NotInflated};
use super::wunderground::{self, Garbled, Upload};
use super::{Options, body};
use crate::storage::{self, Storage};
use crate::web::body::NoBody;
use crate::web::error::Problem;
use chrono::Utc;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::route::{self, Handler};
use rocket::{Data, Route, State, get, post, routes};
use std::convert::Infallible;
use std::io::Cursor;
use weather::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    let others = OTHERS.map(|method| Route::ranked(RANK, method, PATTERN, OtherMethod));
    [routes![get_upload, post_upload], others.into()].concat()
}

/// The routes' pattern, and that of the two below. It fits many paths, so the table of methods cannot tell of them.
const PATTERN: &str = "/<_>/<_..>";
/// Behind every page, likewise.
const RANK: isize = 30;
/// Methods by which nothing is stored. Without a route for HEAD, Rocket would treat it as a GET, and store the upload.
const OTHERS: [Method; 5] = [Method::Head, Method::Put, Method::Patch, Method::Delete, Method::Options];

/// The target of an upload, in any of its spellings; other targets are forwarded to other routes.
struct Target<'r> {
    /// Pairs that follow the path without a `?`.
    tail: &'r str,
    query: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Target<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let uri = request.uri();
        match wunderground::pairs_in_path(uri.path().raw().as_str()) {
            Some(tail) => Outcome::Success(Target { tail, query: uri.query().map_or("", |q| q.raw().as_str()) }),
            None => Outcome::Forward(Status::NotFound),
        }
    }
}

/// The answer to a station. Most stations read only the body. WeeWX stops if a line starts with `ERROR` or if `invalid`
/// stands anywhere, so no body holds those words. The reason is in a header.
enum Answer {
    Success,
    Unauthorized,
    BadRequest(String),
    OtherMethod,
    TooLarge,
    Compressed,
    TooSlow,
    Away { retry_after_s: u32 },
}

/// Longest reason in a header, bytes.
const REASON_MAX_BYTES: usize = 120;

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let (status, body) = match &self {
            Self::Success => (Status::Ok, "success\n"),
            Self::Unauthorized => (Status::Unauthorized, "unauthorized\n"),
            Self::BadRequest(_) => (Status::BadRequest, "bad request\n"),
            Self::OtherMethod => (Status::MethodNotAllowed, "use GET or POST\n"),
            Self::TooLarge => (Status::PayloadTooLarge, "too large\n"),
            Self::Compressed => (Status::UnsupportedMediaType, "send it plain or as gzip\n"),
            Self::TooSlow => (Status::RequestTimeout, "too slow\n"),
            Self::Away { .. } => (Status::ServiceUnavailable, "try again later\n"),
        };
        let mut response = Response::build();
        response.status(status).header(ContentType::Plain).raw_header("Cache-Control", "no-store");
        response.raw_header("X-Content-Type-Options", "nosniff");
        match self {
            Self::BadRequest(reason) => {
                let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
                let reason: String = reason.chars().take(REASON_MAX_BYTES).map(printable).collect();
                response.header(Header::new("X-Reason", reason));
            }
            Self::OtherMethod => {
                response.raw_header("Allow", "GET, POST");
            }
            Self::Compressed => {
                response.raw_header("Accept-Encoding", inflate::ACCEPTED);
            }
            Self::Away { retry_after_s } => {
                response.header(Header::new("Retry-After", retry_after_s.to_string()));
            }
            _ => {}
        }
        response.sized_body(body.len(), Cursor::new(body)).ok()
    }
}

impl From<Garbled> for Answer {
    fn from(garbled: Garbled) -> Self {
        tracing::debug!(reason = %garbled, "an upload was refused");
        Self::BadRequest(garbled.to_string())
    }
}

impl From<storage::Error> for Answer {
    fn from(error: storage::Error) -> Self {
        if matches!(error, storage::Error::NoStation(_)) {
            return Self::Unauthorized;
        }
        Self::Away { retry_after_s: Problem::from(error).retry_after_s().unwrap_or(1) }
    }
}

impl From<NoBody> for Answer {
    fn from(error: NoBody) -> Self {
        tracing::debug!(reason = %error, "an upload was refused");
        match error {
            NoBody::TooLarge(_) => Self::TooLarge,
            NoBody::TooSlow(_) | NoBody::GaveWay => Self::TooSlow,
            NoBody::Broken(_) => Self::BadRequest(error.to_string()),
        }
    }
}

impl From<NotInflated> for Answer {
    fn from(error: NotInflated) -> Self {
        tracing::debug!(reason = %error, "an upload was refused");
        match error {
            NotInflated::TooLarge(_) => Self::TooLarge,
            NotInflated::NotGzip => Self::BadRequest(error.to_string()),
        }
    }
}

/// How the body was written.
struct Written(Option<Coding>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Written {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(inflate::coding(request)))
    }
}

/// Answers the [`OTHERS`].
#[derive(Clone)]
struct OtherMethod;

#[rocket::async_trait]
impl Handler for OtherMethod {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        match request.guard::<Target<'_>>().await {
            Outcome::Success(_) => route::Outcome::from(request, Answer::OtherMethod),
            Outcome::Error((status, ())) | Outcome::Forward(status) => route::Outcome::forward(data, status),
        }
    }
}

// The rank and the pattern of the routes above.
#[get("/<_>/<_..>", rank = 30)]
async fn get_upload(target: Target<'_>, storage: &State<Storage>, options: &State<Options>) -> Answer {
    answer(target, &[], storage, options).await
}

#[post("/<_>/<_..>", rank = 30, data = "<data>")]
async fn post_upload(
    target: Target<'_>,
    written: Written,
    storage: &State<Storage>,
    options: &State<Options>,
    data: Data<'_>,
) -> Answer {
    let Some(coding) = written.0 else { return Answer::Compressed };
    let body = match body::read(data, options.upload_limit()).await {
        Ok(body) => body,
        Err(error) => return error.into(),
    };
    match inflate::inflate(body, coding, options.upload_limit()).await {
        Ok(body) => answer(target, &body, storage, options).await,
        Err(error) => error.into(),
    }
}

async fn answer(target: Target<'_>, body: &[u8], storage: &Storage, options: &Options) -> Answer {
    let size = target.tail.len() + target.query.len() + body.len();
    if size > options.upload_limit().bytes {
        return Answer::TooLarge;
    }
    let parts = [target.tail.as_bytes(), target.query.as_bytes(), body];
    #[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
    let received = Utc::now().into();
    take(&parts, storage, received).await.unwrap_or_else(|refusal| refusal)
}

async fn take(parts: &[&[u8]], storage: &Storage, received: Timestamp) -> Result<Answer, Answer> {
    let upload = Upload::new(parts)?;
    let (slug, key) = upload.credentials()?;
    let Some(station) = storage.authenticate(&slug, key).await? else {
        tracing::debug!(station = slug, "an upload came with an unknown ID or a wrong PASSWORD");
        return Err(Answer::Unauthorized);
    };
    let parsed = upload.parse(received)?;
    if !parsed.warnings.is_empty() {
        tracing::debug!(station = slug, warnings = ?parsed.warnings, "an upload was not stored in full");
    }
    if !parsed.reports.is_empty() {
        storage.append(station.id, parsed.reports).await?;
    }
    Ok(Answer::Success)
}
