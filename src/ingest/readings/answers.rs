//! Answers to readings, in the words that each kind of sender understands.

use super::super::inflate::{self, NotInflated};
use super::super::influx;
use super::super::json::Malformed;
use super::super::keys::{self, NoKey};
use super::super::lineprotocol::Unreadable;
use super::super::reasons;
use super::super::tongue::Tongue;
use super::entrance::Unknown;
use crate::storage;
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use crate::web::error::{self, Problem};
use rocket::http::Status;
use serde::Serialize;
use std::borrow::Cow;
use weather::report::Parsed;

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

/// So much of what was sent is stored.
pub(super) fn receipt(stored: usize, duplicate: usize, parsed: &Parsed, tongue: Tongue) -> Answer {
    let warnings = error::warnings(&parsed.warnings);
    let more_warnings = (parsed.unlisted > 0).then_some(parsed.unlisted);
    let counts = Counts { stored, duplicate, warnings, more_warnings };
    let body = serde_json::to_vec(&counts).unwrap_or_else(|_| b"null".to_vec());
    let is_created = stored > 0 && tongue == Tongue::Json;
    Answer::new(if is_created { Status::Created } else { Status::Ok }.code, &HEADERS, body)
}

/// Why a request is refused.
pub(super) enum Refused {
    Unauthorized(NoKey),
    Other(Problem),
}

impl Refused {
    /// The same for the log.
    pub(super) fn reasons(&self) -> Vec<Cow<'static, str>> {
        match self {
            Self::Unauthorized(why) => vec![why.to_string().into()],
            Self::Other(problem) => reasons::of(Some(problem.detail()), problem.errors()),
        }
    }

    /// The answer that says so.
    pub(super) fn told(self, tongue: Tongue) -> Answer {
        let problem = match self {
            Self::Unauthorized(why) => {
                Problem::new(Status::Unauthorized, why.to_string()).with("www-authenticate", keys::CHALLENGE)
            }
            Self::Other(problem) => problem,
        };
        match tongue {
            Tongue::Json | Tongue::Telemetry => problem.into(),
            Tongue::Influx | Tongue::InfluxV2 => influx::refusal(&problem, tongue),
        }
    }
}

impl From<NoKey> for Refused {
    fn from(why: NoKey) -> Self {
        Self::Unauthorized(why)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<Unknown> for Refused {
    fn from(unknown: Unknown) -> Self {
        let status = match unknown {
            Unknown::Type | Unknown::Coding => Status::UnsupportedMediaType,
            Unknown::Precision => Status::BadRequest,
        };
        let problem = Problem::new(status, unknown.to_string());
        Self::Other(match unknown {
            Unknown::Coding => problem.with("accept-encoding", inflate::ACCEPTED),
            _ => problem,
        })
    }
}

impl From<storage::Error> for Refused {
    fn from(error: storage::Error) -> Self {
        match error {
            // Removed since it was recognised.
            storage::Error::NoStation(_) => Self::Unauthorized(NoKey::Unknown),
            error => Self::Other(error.into()),
        }
    }
}

impl From<NoBody> for Refused {
    fn from(error: NoBody) -> Self {
        let status = match error {
            NoBody::TooLarge(_) => Status::PayloadTooLarge,
            NoBody::TooSlow(_) => Status::RequestTimeout,
            NoBody::GaveWay => return Problem::unavailable(format!("nothing was stored: {error}")).into(),
            NoBody::Broken(_) => Status::BadRequest,
            NoBody::NoLength => {
                return Problem::new(Status::LengthRequired, format!("nothing was stored: {error}")).into();
            }
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

impl From<Unreadable> for Refused {
    fn from(error: Unreadable) -> Self {
        let status = match error {
            Unreadable::NotUtf8 => Status::BadRequest,
            // Telegraf halves a batch that is too large.
            Unreadable::TooMany(_) => Status::PayloadTooLarge,
        };
        Self::Other(Problem::new(status, format!("nothing was stored: {error}")))
    }
}
