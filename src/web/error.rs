//! Turns every part's error into a status and a body, RFC 9457 `application/problem+json`. No other file does.

use super::answer::Answer;
use super::secrets::masked;
use crate::storage;
use rocket::Request;
use rocket::http::Status;
use rocket::response::{self, Responder};
use serde::Serialize;
use std::borrow::Cow;
use weather::report::Warning;

/// An error as a client receives it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: Status,
    detail: String,
    errors: Vec<Warning>,
    retry_after_s: Option<u32>,
    header: Option<(&'static str, String)>,
}

/// A problem's body. People read it in a terminal, so the keys stand in this order.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<Warned<'a>>>,
}

/// A sender should wait so long after a 503, seconds. A lock or a queue clears in that time, and a station still waits.
const RETRY_AFTER_S: u32 = 5;

/// The same after a 507: somebody has to make room.
const FULL_RETRY_AFTER_S: u32 = 60;

impl Problem {
    /// A problem of `status`; `detail` names what is wrong, for the person who reads it.
    pub fn new(status: Status, detail: impl Into<String>) -> Self {
        let detail = masked(&detail.into()).into_owned();
        Self { status, detail, errors: Vec::new(), retry_after_s: None, header: None }
    }

    /// 400, with the fields that are wrong.
    pub fn bad_request(detail: impl Into<String>, errors: Vec<Warning>) -> Self {
        Self { errors, ..Self::new(Status::BadRequest, detail) }
    }

    /// 503 with `Retry-After`.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after_s: Some(RETRY_AFTER_S), ..Self::new(Status::ServiceUnavailable, detail) }
    }

    /// 429 with `Retry-After`.
    pub fn too_many(detail: impl Into<String>, retry_after_s: u32) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(Status::TooManyRequests, detail) }
    }

    /// The status, for doors whose protocol has bodies of its own.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The detail, likewise.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The fields that are wrong, likewise.
    pub fn errors(&self) -> &[Warning] {
        &self.errors
    }

    /// Seconds to wait, likewise.
    pub fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// The same with a header of its own.
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }

    /// The header of its own.
    pub fn header(&self) -> Option<&(&'static str, String)> {
        self.header.as_ref()
    }

    fn body(&self) -> Vec<u8> {
        let body = Body {
            kind: "about:blank",
            title: self.status.reason_lossy(),
            status: self.status.code,
            detail: &self.detail,
            errors: (!self.errors.is_empty()).then(|| warnings(&self.errors)),
        };
        serde_json::to_vec(&body).unwrap_or_else(|_| b"null".to_vec())
    }
}

/// Warnings as JSON: an array of `{"field", "value", "reason"}`.
pub fn warnings(warnings: &[Warning]) -> Vec<Warned<'_>> {
    warnings.iter().map(|w| Warned { field: masked(&w.field), value: masked(&w.value), reason: &w.reason }).collect()
}

/// A warning as JSON.
#[derive(Serialize)]
pub struct Warned<'a> {
    field: Cow<'a, str>,
    value: Cow<'a, str>,
    reason: &'a str,
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        use storage::Error::*;
        match &error {
            Overloaded(_) | Locked(_) | Away(_) | Closed => {
                tracing::warn!(error = &error as &dyn std::error::Error, "storage is away");
                Self::unavailable(error.to_string())
            }
            // The log has said it once, when the limit was near.
            Full(_) | DiskFull(_) | NoRoom(_) | StationFull(_) => Self {
                retry_after_s: Some(FULL_RETRY_AFTER_S),
                ..Self::new(Status::InsufficientStorage, error.to_string())
            },
            TooManyWords(seconds) => Self::too_many(error.to_string(), *seconds),
            Crowded(seconds) => Self { retry_after_s: Some(*seconds), ..Self::unavailable(error.to_string()) },
            NoStation(_) | NoSensor(..) | NoDevice(_) | NoCalibration(_) | NoMapping(_) => {
                Self::new(Status::NotFound, error.to_string())
            }
            Stretch(_) => Self::new(Status::BadRequest, error.to_string()),
            SlugTaken(_)
            | SlugLeadsOn(..)
            | SlugChanged(..)
            | TooManySlugs(..)
            | DeviceTaken(_)
            | TooManyAlerts
            | TooManyCalibrations(_)
            | TooManyMappings(_) => Self::new(Status::Conflict, error.to_string()),
            BadName(_) | File(_) | Database(_) | Migrate(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "storage failed");
                Self::unavailable(error.to_string())
            }
        }
    }
}

/// The headers of every problem.
const HEADERS: [(&str, &str); 3] = [
    ("content-type", "application/problem+json"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
];

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let mut answer = Answer::new(problem.status.code, &HEADERS, problem.body());
        answer.more.extend(problem.header);
        match problem.retry_after_s {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Answer::from(self).respond_to(request)
    }
}
