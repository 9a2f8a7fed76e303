//! What clients of InfluxDB ask beside writing, and the answers that they understand.

use super::tongue::Tongue;
use crate::web::answer::Answer;
use crate::web::error::Problem;
use rocket::http::Status;
use rocket::{FromForm, Route, form::Form, get, post, routes};
use serde_json::json;

pub(super) fn routes() -> Vec<Route> {
    routes![ping, health, query, query_by_form]
}

/// Paths of the routes, for the door: they are short and take no turns.
const PATHS: [&str; 3] = ["/ping", "/health", "/query"];

/// True if the routes answer at this path.
pub(super) fn takes(path: &str) -> bool {
    PATHS.contains(&path)
}

/// The headers of every answer. Some clients read the version and fail without one.
const HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-influxdb-build", "Stevenson"),
    ("x-influxdb-version", concat!("1.8-stevenson-", env!("CARGO_PKG_VERSION"))),
];
/// Longest reason in a header, bytes.
const REASON_MAX_BYTES: usize = 120;

/// Everything is stored, or known already.
pub(super) fn done() -> Answer {
    Answer::new(Status::NoContent.code, &HEADERS[1..], Vec::new())
}

/// A problem in the words of InfluxDB. Clients of version 1 drop a batch at any 4xx, so what passes is a 503.
pub(super) fn refusal(problem: &Problem, tongue: Tongue) -> Answer {
    let status =
        if problem.status() == Status::InsufficientStorage { Status::ServiceUnavailable } else { problem.status() };
    let code = match status.code {
        401 => "unauthorized",
        413 => "request too large",
        408 | 503 => "unavailable",
        _ => "invalid",
    };
    let mut answer = said(status.code, code, problem.detail(), tongue);
    answer.more.extend(problem.header().cloned());
    match problem.retry_after_s() {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}

/// Some lines are wrong; the others are stored.
pub(super) fn partial_write(wrong: &[String], dropped: usize, tongue: Tongue) -> Answer {
    let text = format!("partial write: {} dropped={dropped}", wrong.join("\n"));
    said(Status::BadRequest.code, "invalid", &text, tongue)
}

fn said(status: u16, code: &str, text: &str, tongue: Tongue) -> Answer {
    let body = match tongue {
        Tongue::InfluxV2 => json!({"code": code, "message": text}),
        _ => json!({"error": text}),
    };
    let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    let reason: String = text.chars().take(REASON_MAX_BYTES).map(printable).collect();
    Answer::new(status, &HEADERS, format!("{body}\n").into_bytes()).with("x-influxdb-error", reason)
}

/// Clients of both versions ask whether there is a server.
#[get("/ping")]
fn ping() -> Answer {
    done()
}

/// Clients of version 2 do.
#[get("/health")]
fn health() -> Answer {
    let body = json!({
        "name": "stevenson", "message": "ready for queries and writes", "status": "pass", "checks": [],
        "version": env!("CARGO_PKG_VERSION"),
    });
    Answer::new(Status::Ok.code, &HEADERS, body.to_string().into_bytes())
}

/// A question in a form.
#[derive(FromForm)]
struct Question<'r> {
    q: &'r str,
}

/// Telegraf makes its database at the start. Here a key chooses the station, so there is nothing to make.
#[post("/query?<q>", rank = 1)]
fn query(q: &str) -> Answer {
    answer(q)
}

/// The same, and `q` is in the body.
#[post("/query", data = "<question>", rank = 2)]
fn query_by_form(question: Form<Question<'_>>) -> Answer {
    answer(question.q)
}

fn answer(question: &str) -> Answer {
    let mut results = Vec::new();
    for (place, statement) in statements(question).enumerate() {
        let mut result = json!({"statement_id": place});
        let words: Vec<String> = statement.split_whitespace().map(str::to_ascii_uppercase).collect();
        match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["CREATE", "DATABASE", _, ..] => {}
            ["SHOW", "DATABASES"] => {
                let names = json!({"name": "databases", "columns": ["name"], "values": [["stevenson"]]});
                result["series"] = json!([names]);
            }
            // There are none of whatever is asked for.
            ["SHOW", _, ..] => {}
            _ => {
                let begin: String = statement.chars().take(STATEMENT_MAX_CHARS).collect();
                let text = format!(
                    "{begin:?} is not answered here, only CREATE DATABASE and SHOW are; readings are at /s/<station>"
                );
                return said(Status::BadRequest.code, "invalid", &text, Tongue::Influx);
            }
        }
        results.push(result);
    }
    if results.is_empty() {
        return said(Status::BadRequest.code, "invalid", "missing required parameter \"q\"", Tongue::Influx);
    }
    let body = json!({"results": results});
    Answer::new(Status::Ok.code, &HEADERS, body.to_string().into_bytes())
}

/// So much of a statement is repeated.
const STATEMENT_MAX_CHARS: usize = 40;

/// The statements of a question; a semicolon in quotes ends none.
fn statements(question: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let ends = move |c: char| match (quote, c) {
        (None, ';') => true,
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), c) if open == c => {
            quote = None;
            false
        }
        _ => false,
    };
    question.split(ends).map(str::trim).filter(|statement| !statement.is_empty())
}
