//! `POST /api/v1/readings`: reports as JSON, for senders that can choose a format.

use super::Options;
use super::inflate::{self, Coding, NotInflated};
use super::json::{self, Format, Malformed};
use crate::storage::{self, Storage};
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::error::{self, Problem};
use crate::web::head::Head;
use crate::web::turns::{Body, Turn, Turns};
use chrono::Utc;
use rocket::http::Status;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use weather::report::{Parsed, Warning};
use weather::station::{Station, StationId};

/// The path.
pub const PATH: &str = "/api/v1/readings";

/// Longer bodies, in bytes, are large. A report has some hundred bytes, so a station that sends as it measures never waits.
const LARGE_BYTES: u64 = 64 * 1_024;
/// Large uploads at once: each holds its body and its reports, some four times `json_limit_kib`, so 256 MiB in all. Each is
/// read once it has its turn, and gives it up if it comes slowly while others wait.
const LARGE_AT_ONCE: usize = 32;
/// Large uploads of one station at once: one that is stored, and some that come over slow links meanwhile. Eight stations
/// together can have all turns, until somebody else wants one.
const LARGE_AT_ONCE_BY_STATION: usize = 4;
/// The longest wait for a turn. Senders wait a minute for an answer, and the body may take half of it.
const LARGE_PATIENCE: Duration = Duration::from_secs(20);

/// The door.
#[derive(Clone)]
pub struct Readings {
    storage: Storage,
    options: Arc<Options>,
    large: Arc<Turns<StationId>>,
}

/// A station whose key is good. Its body comes next.
pub struct Sender {
    door: Readings,
    station: Arc<Station>,
    format: Format,
    coding: Coding,
    /// It has one if the body may be large.
    turn: Option<Turn<StationId>>,
}

impl Readings {
    /// The door to this database.
    pub fn new(storage: Storage, options: Options) -> Self {
        Self { storage, options: Arc::new(options), large: Turns::new(LARGE_AT_ONCE, LARGE_PATIENCE) }
    }

    /// Who sends, if memory knows; `None`: [`Readings::sender`] has to find out.
    pub fn known_sender(&self, head: &dyn Head) -> Option<Sender> {
        let station = self.storage.station_in_memory(key(head)?)?;
        let (format, coding) = (format(head)?, inflate::coding(head)?);
        (!may_be_large(head)).then(|| Sender { door: self.clone(), station, format, coding, turn: None })
    }

    /// Waits until a large upload of the station may be read.
    async fn turn(&self, station: &Station) -> Result<Turn<StationId>, Problem> {
        let turn = self.large.turn(station.id, LARGE_AT_ONCE_BY_STATION).await;
        turn.ok_or_else(|| {
            Problem::unavailable("nothing was stored: too many large uploads at once; send one after the other")
        })
    }

    /// Finds out who sends, before anything of the body is read.
    pub async fn sender(&self, head: &dyn Head) -> Result<Sender, Answer> {
        let unauthorized = || Answer::from(Refused::Unauthorized);
        let key = key(head).ok_or_else(unauthorized)?;
        let station = self.storage.station_by_key(key).await.map_err(Refused::from)?.ok_or_else(unauthorized)?;
        let format = format(head).ok_or_else(|| {
            let detail = "send Content-Type: application/json, or application/x-ndjson for one report a line";
            Problem::new(Status::UnsupportedMediaType, detail)
        })?;
        let coding = inflate::coding(head).ok_or_else(|| {
            Problem::new(Status::UnsupportedMediaType, inflate::ADVICE).with("accept-encoding", inflate::ACCEPTED)
        })?;
        let turn = if may_be_large(head) { Some(self.turn(&station).await?) } else { None };
        Ok(Sender { door: self.clone(), station, format, coding, turn })
    }
}

/// Whether a body may take much memory while it comes: it is long, or says no length.
fn may_be_large(head: &dyn Head) -> bool {
    let bytes = head.first("Content-Length").and_then(|length| length.trim().parse().ok());
    bytes.is_none_or(|bytes: u64| bytes > LARGE_BYTES)
}

/// The key of a station.
fn key(head: &dyn Head) -> Option<&str> {
    let (scheme, key) = head.first("Authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| key.trim())
}

/// Scripts often forget the type, so none means JSON.
fn format(head: &dyn Head) -> Option<Format> {
    let Some(content_type) = head.first("Content-Type") else { return Some(Format::Json) };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is = |types: &[&str]| types.iter().any(|known| essence.eq_ignore_ascii_case(known));
    if is(&["application/json", "text/json"]) {
        return Some(Format::Json);
    }
    is(&["application/x-ndjson", "application/ndjson"]).then_some(Format::Lines)
}

/// The headers of every receipt.
const HEADERS: [(&str, &str); 3] =
    [("content-type", "application/json"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")];

/// The receipt's body: how many reports were stored. People read it in a terminal, so the keys stand in this order.
#[derive(Serialize)]
struct Counts<'a> {
    stored: usize,
    duplicate: usize,
    warnings: Vec<error::Warned<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_warnings: Option<usize>,
}

fn receipt(stored: usize, duplicate: usize, parsed: &Parsed) -> Answer {
    let warnings = error::warnings(&parsed.warnings);
    let more_warnings = (parsed.unlisted > 0).then_some(parsed.unlisted);
    let counts = Counts { stored, duplicate, warnings, more_warnings };
    let body = serde_json::to_vec(&counts).unwrap_or_else(|_| b"null".to_vec());
    Answer::new(if stored > 0 { Status::Created } else { Status::Ok }.code, &HEADERS, body)
}

enum Refused {
    Unauthorized,
    Other(Problem),
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unauthorized => {
                let detail = "send the station's key: Authorization: Bearer stv_…";
                Answer::from(Problem::new(Status::Unauthorized, detail)).with("www-authenticate", "Bearer")
            }
            Refused::Other(problem) => problem.into(),
        }
    }
}

impl From<storage::Error> for Refused {
    fn from(error: storage::Error) -> Self {
        match error {
            // Removed since it was recognised.
            storage::Error::NoStation(_) => Self::Unauthorized,
            error => Self::Other(error.into()),
        }
    }
}

impl From<NoBody> for Refused {
    fn from(error: NoBody) -> Self {
        let status = match error {
            NoBody::TooLarge(_) => Status::PayloadTooLarge,
            NoBody::TooSlow(_) => Status::RequestTimeout,
            NoBody::GaveWay => return Self::Other(Problem::unavailable(format!("nothing was stored: {error}"))),
            NoBody::Broken(_) => Status::BadRequest,
        };
        Self::Other(Problem::new(status, error.to_string()))
    }
}

impl From<NotInflated> for Refused {
    fn from(error: NotInflated) -> Self {
        let status = match error {
            NotInflated::TooLarge(_) => Status::PayloadTooLarge,
            NotInflated::NotGzip => Status::BadRequest,
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

impl Sender {
    /// How much of the body is read.
    pub fn takes(&self) -> BodyLimit {
        self.door.options.json_limit()
    }

    /// Notes that the body comes, if it holds a turn.
    pub fn body(&self) -> Option<Body<StationId>> {
        self.turn.as_ref().map(Turn::body)
    }

    /// Stores what the body says; the answer comes after the commit.
    pub async fn posts(self, body: Result<Vec<u8>, NoBody>) -> Answer {
        self.store(body).await.unwrap_or_else(Answer::from)
    }

    async fn store(self, body: Result<Vec<u8>, NoBody>) -> Result<Answer, Refused> {
        let Self { door, station, format, coding, mut turn } = self;
        let body = body?;
        if coding != Coding::Plain && turn.is_none() {
            // It gets larger here. While it came it was small, and took nobody's turn.
            turn = Some(door.turn(&station).await.map_err(Refused::Other)?);
        }
        let _turn = turn;
        let Readings { storage, options, .. } = door;
        let bytes = inflate::inflate(body, coding, options.json_limit()).await?;
        #[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
        let (received, reports_max) = (Utc::now().into(), options.reports_max);
        // What is large takes milliseconds to parse, and open pages wait on this thread.
        let mut parsed = if (bytes.len() as u64) < LARGE_BYTES {
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
            return Ok(receipt(appended.stored, appended.duplicate, &parsed));
        }
        let detail = match parsed {
            Parsed { known: 0, ref warnings, .. } if warnings.is_empty() => "nothing was stored: no values were sent",
            Parsed { known: 0, .. } => "nothing was stored: no field is known here; see docs/INGEST.md for their names",
            Parsed { refused: 1.., .. } => "nothing was stored: every value was refused",
            // All of it means "no value": that is no mistake.
            _ => return Ok(receipt(0, 0, &parsed)),
        };
        Err(Refused::Other(Problem::bad_request(detail, parsed.warnings)))
    }
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
