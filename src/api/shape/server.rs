//! The server itself, and what goes wrong.

use serde::Serialize;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerStatus {
    /// Its version.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// When it was started.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// The same.
    pub started_unix_ms: i64,
    /// Whole seconds since then.
    pub uptime_s: i64,
    /// Its clock.
    #[schema(format = DateTime)]
    pub now_at: String,
    /// The same.
    pub now_unix_ms: i64,
    /// How many stations there are.
    pub stations: usize,
    /// How many of them were heard since the start.
    pub heard: usize,
    /// When one of them was heard last.
    #[schema(format = DateTime)]
    pub heard_at: Option<String>,
    /// The same.
    pub heard_unix_ms: Option<i64>,
    /// Reports since the start that added something.
    pub reports_stored: u64,
}

/// What went wrong (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: the status says it.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    #[schema(example = "Bad Request")]
    pub title: &'static str,
    /// The status.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong, for the person who reads it.
    pub detail: String,
    /// The parameters that are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<WrongParameter>>,
}

/// A parameter that is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WrongParameter {
    /// Its name.
    pub field: String,
    /// What was sent.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}
