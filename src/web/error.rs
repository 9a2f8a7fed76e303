//! Turns every part's error into a status and a body, RFC 9457 `application/problem+json`. No other file does.

use crate::storage;
use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use std::io::Cursor;
use weather::report::Warning;

/// An error as a client receives it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: Status,
    detail: String,
    errors: Vec<Warning>,
    retry_after_s: Option<u32>,
}

/// A sender should wait so long after a 503, seconds. A lock or a queue clears in that time, and a station still waits.
const RETRY_AFTER_S: u32 = 5;

/// The same after a 507: somebody has to make room.
const FULL_RETRY_AFTER_S: u32 = 60;

impl Problem {
    /// A problem of `status`; `detail` names what is wrong, for the person who reads it.
    pub fn new(status: Status, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), retry_after_s: None }
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

    /// Seconds to wait, likewise.
    pub fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    fn body(&self) -> String {
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.reason_lossy(),
            "status": self.status.code,
            "detail": self.detail,
        });
        if !self.errors.is_empty() {
            body["errors"] = warnings(&self.errors);
        }
        body.to_string()
    }
}

/// Warnings as JSON: an array of `{"field", "value", "reason"}`.
pub fn warnings(warnings: &[Warning]) -> serde_json::Value {
    warnings.iter().map(|w| serde_json::json!({"field": w.field, "value": w.value, "reason": w.reason})).collect()
}

impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        use storage::Error::*;
        match &error {
            Overloaded | Locked(_) | Closed => {
                tracing::warn!(error = &error as &dyn std::error::Error, "storage is away");
                Self::unavailable(error.to_string())
            }
            // The log has said it once, when the limit was near.
            Full(_) | StationFull(_) => Self {
                retry_after_s: Some(FULL_RETRY_AFTER_S),
                ..Self::new(Status::InsufficientStorage, error.to_string())
            },
            TooManyWords(seconds) => Self::too_many(error.to_string(), *seconds),
            Crowded(seconds) => Self { retry_after_s: Some(*seconds), ..Self::unavailable(error.to_string()) },
            NoStation(_) | NoSensor(..) => Self::new(Status::NotFound, error.to_string()),
            SlugTaken(_) | TooManyAlerts => Self::new(Status::Conflict, error.to_string()),
            BadName(_) | File(_) | Database(_) | Migrate(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "storage failed");
                Self::unavailable(error.to_string())
            }
        }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let body = self.body();
        let mut response = Response::build();
        response
            .status(self.status)
            .header(ContentType::new("application", "problem+json"))
            .raw_header("Cache-Control", "no-store")
            .sized_body(body.len(), Cursor::new(body));
        if let Some(seconds) = self.retry_after_s {
            response.header(Header::new("Retry-After", seconds.to_string()));
        }
        response.ok()
    }
}
