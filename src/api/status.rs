//! `GET /api/v1/status`: how the server is, from memory.

use super::query::Query;
use super::shape::ServerStatus;
use crate::storage::Storage;
use crate::web::error::Problem;
use crate::web::head::Head;
use weather::time::{SECOND_MS, Timestamp};

/// The status.
#[utoipa::path(get, path = "/api/v1/status", tag = "server", operation_id = "status",
    summary = "How the server is",
    responses((status = 200, body = ServerStatus, description = "Its version, how long it runs, and whom it has heard")))]
pub(super) fn status(
    storage: &Storage,
    head: &dyn Head,
    started: Timestamp,
    now: Timestamp,
) -> Result<ServerStatus, Problem> {
    Query::of(head, &[]).finish()?;
    let directory = storage.directory();
    let heard: Vec<Timestamp> = directory.iter().filter_map(|station| storage.heard(station.id).at).collect();
    let newest = heard.iter().max();
    Ok(ServerStatus {
        version: env!("CARGO_PKG_VERSION"),
        started_at: started.rfc3339(),
        started_unix_ms: started.0,
        uptime_s: now.since(started).max(0) / SECOND_MS,
        now_at: now.rfc3339(),
        now_unix_ms: now.0,
        stations: directory.count(),
        heard: heard.len(),
        heard_at: newest.map(|at| at.rfc3339()),
        heard_unix_ms: newest.map(|at| at.0),
        reports_stored: storage.stats().reports_stored,
    })
}
