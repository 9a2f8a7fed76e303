//! `POST /api/v1/readings`: reports as JSON, for senders that can choose a format.

use super::json::{self, Format, Malformed};
use super::{Options, body};
use crate::storage::{self, Storage};
use crate::web::error::{self, Problem};
use chrono::Utc;
use rocket::http::{Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::tokio::task::spawn_blocking;
use rocket::{Data, Responder, Route, State, post, routes};
use serde::Serialize;
use std::convert::Infallible;
use weather::report::{Parsed, Warning};

pub(super) fn routes() -> Vec<Route> {
    routes![post_readings]
}

/// The headers that matter here, as they were sent.
struct Head<'r> {
    authorization: Option<&'r str>,
    content_type: Option<&'r str>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Head<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let header = |name| request.headers().get_one(name);
        Outcome::Success(Head { authorization: header("Authorization"), content_type: header("Content-Type") })
    }
}

impl<'r> Head<'r> {
    fn key(&self) -> Option<&'r str> {
        let (scheme, key) = self.authorization?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("Bearer").then(|| key.trim())
    }

    /// Scripts often forget the type, so none means JSON.
    fn format(&self) -> Option<Format> {
        let Some(content_type) = self.content_type else { return Some(Format::Json) };
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is = |types: &[&str]| types.iter().any(|known| essence.eq_ignore_ascii_case(known));
        if is(&["application/json", "text/json"]) {
            return Some(Format::Json);
        }
        is(&["application/x-ndjson", "application/ndjson"]).then_some(Format::Lines)
    }
}

/// The answer after the commit: how many reports were stored.
#[derive(Responder)]
#[response(content_type = "json")]
struct Receipt {
    body: (Status, String),
    caching: Header<'static>,
}

/// The receipt's body. People read it in a terminal, so the keys stand in this order.
#[derive(Serialize)]
struct Counts {
    stored: usize,
    duplicate: usize,
    warnings: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_warnings: Option<usize>,
}

impl Receipt {
    fn new(stored: usize, duplicate: usize, parsed: &Parsed) -> Self {
        let warnings = error::warnings(&parsed.warnings);
        let more_warnings = (parsed.unlisted > 0).then_some(parsed.unlisted);
        let counts = Counts { stored, duplicate, warnings, more_warnings };
        let body = serde_json::to_string(&counts).unwrap_or_else(|_| "null".to_owned());
        let status = if stored > 0 { Status::Created } else { Status::Ok };
        Self { body: (status, body), caching: Header::new("Cache-Control", "no-store") }
    }
}

#[derive(Responder)]
enum Refused {
    Unauthorized(Unauthorized),
    Other(Problem),
}

#[derive(Responder)]
struct Unauthorized {
    problem: Problem,
    challenge: Header<'static>,
}

impl Refused {
    fn unauthorized() -> Self {
        let detail = "send the station's key: Authorization: Bearer stv_…";
        let challenge = Header::new("WWW-Authenticate", "Bearer");
        Self::Unauthorized(Unauthorized { problem: Problem::new(Status::Unauthorized, detail), challenge })
    }
}

impl From<storage::Error> for Refused {
    fn from(error: storage::Error) -> Self {
        match error {
            // Removed since it was recognised.
            storage::Error::NoStation(_) => Self::unauthorized(),
            error => Self::Other(error.into()),
        }
    }
}

impl From<body::NoBody> for Refused {
    fn from(error: body::NoBody) -> Self {
        let status = match error {
            body::NoBody::TooLarge(_) => Status::PayloadTooLarge,
            body::NoBody::TooSlow(_) => Status::RequestTimeout,
            body::NoBody::Broken(_) => Status::BadRequest,
        };
        Self::Other(Problem::new(status, error.to_string()))
    }
}

impl From<Malformed> for Refused {
    fn from(malformed: Malformed) -> Self {
        let field = malformed.field().into_iter().collect();
        Self::Other(Problem::bad_request(format!("nothing was stored: {malformed}"), field))
    }
}

/// Larger bodies, in bytes, are parsed on a thread of their own: that takes milliseconds, and open pages wait on this
/// thread.
const ASIDE_BYTES: usize = 64 * 1_024;

#[post("/api/v1/readings", data = "<data>")]
async fn post_readings(
    head: Head<'_>,
    storage: &State<Storage>,
    options: &State<Options>,
    data: Data<'_>,
) -> Result<Receipt, Refused> {
    let key = head.key().ok_or_else(Refused::unauthorized)?;
    let station = storage.station_by_key(key).await?.ok_or_else(Refused::unauthorized)?;
    let format = head.format().ok_or_else(|| {
        let detail = "send Content-Type: application/json, or application/x-ndjson for one report a line";
        Refused::Other(Problem::new(Status::UnsupportedMediaType, detail))
    })?;
    let bytes = body::read(data, options.json_limit(), options.read_limit()).await?;
    #[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
    let (received, reports_max) = (Utc::now().into(), options.reports_max);
    let mut parsed = if bytes.len() < ASIDE_BYTES {
        json::parse(&bytes, format, received, reports_max)?
    } else {
        let aside = spawn_blocking(move || json::parse(&bytes, format, received, reports_max));
        aside
            .await
            .map_err(|_| Refused::Other(Problem::unavailable("the server is stopping; try again in a moment")))??
    };
    let reports = std::mem::take(&mut parsed.reports);
    if !reports.is_empty() {
        let appended = storage.append(station.id, reports).await?;
        let warnings = appended.warnings.into_iter().map(|warning| place_as_sent(warning, &parsed.places));
        let warnings: Vec<_> = warnings.collect();
        parsed.warn(warnings);
        return Ok(Receipt::new(appended.stored, appended.duplicate, &parsed));
    }
    let detail = match parsed {
        Parsed { known: 0, ref warnings, .. } if warnings.is_empty() => "nothing was stored: no values were sent",
        Parsed { known: 0, .. } => "nothing was stored: no field is known here; see docs/INGEST.md for their names",
        Parsed { refused: 1.., .. } => "nothing was stored: every value was refused",
        // All of it means "no value": that is no mistake.
        _ => return Ok(Receipt::new(0, 0, &parsed)),
    };
    Err(Refused::Other(Problem::bad_request(detail, parsed.warnings)))
}

/// Storage counts the reports it got; the sender counts those it sent.
fn place_as_sent(mut warning: Warning, places: &[Option<usize>]) -> Warning {
    let numbered = warning.field.strip_prefix('[').and_then(|rest| rest.split_once("]."));
    let (number, field) = match numbered.map(|(number, field)| (number.parse::<usize>(), field)) {
        Some((Ok(number), field)) => (number, field.to_owned()),
        _ => (0, warning.field),
    };
    warning.field = field;
    match places.get(number).copied().flatten() {
        Some(place) => warning.at(place),
        None => warning,
    }
}
