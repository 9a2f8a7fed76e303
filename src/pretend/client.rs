//! Posts reports to a server, and tells the pretend station what an answer means.

use super::plan::Error;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{StatusCode, Url, redirect};
use serde_json::Value;
use std::time::{Duration, Instant};
use weather::quality::Sent;

/// The path of the ingest door, below the server's address.
const DOOR: &str = "/api/v1/readings";
/// A server that has not answered after this time counts as away. Common stations wait as long.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest pause that a server may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);
/// The part of an answer's text that is repeated in messages, characters.
const ECHO_MAX_CHARS: usize = 300;

/// The outcome of a post.
pub(super) struct Outcome {
    /// The answer's status; `None` if there was no answer.
    pub(super) status: Option<u16>,
    /// From just before the post until the whole answer was there.
    pub(super) took: Duration,
    pub(super) answer: Answer,
}

/// The meaning of an answer for the station.
pub(super) enum Answer {
    /// The server has stored the reports, or had them already.
    Taken { stored: u64, duplicate: u64, warnings: Vec<String> },
    /// Post the same again later: after this time, if the server named one.
    Later { after: Option<Duration>, why: String },
    /// The post was too large.
    TooBig,
    /// The server will never take this report, but may take the next.
    Refused(String),
    /// The server will never take a report of this station.
    Stop(Error),
}

/// Posts to one server with one key.
pub(super) struct Client {
    http: reqwest::Client,
    door: Url,
    key: String,
}

impl Client {
    pub(super) fn new(url: &str, key: &str) -> Result<Self, Error> {
        let bad = |reason: String| Error::Url { given: url.to_owned(), reason };
        let base = Url::parse(url).map_err(|error| bad(error.to_string()))?;
        match base.scheme() {
            "http" => {}
            "https" => return Err(Error::NoTls(url.to_owned())),
            other => return Err(bad(format!("the scheme {other}: is not supported, use http:"))),
        }
        let door = format!("{}{DOOR}", base.as_str().trim_end_matches('/'));
        let door = Url::parse(&door).map_err(|error| bad(error.to_string()))?;

        let mut builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // A redirected POST becomes a GET on the way. The error names the right address instead.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("stevenson-simulate/", env!("CARGO_PKG_VERSION")));
        if base.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127.") || host == "[::1]") {
            builder = builder.no_proxy(); // no proxy has this machine's loopback
        }
        Ok(Self { http: builder.build().map_err(Error::Client)?, door, key: key.to_owned() })
    }

    /// Posts a JSON body.
    pub(super) async fn post(&self, body: String) -> Outcome {
        #[expect(clippy::disallowed_methods, reason = "a worker: it measures an answer")]
        let started = Instant::now();
        let request = self.http.post(self.door.clone()).bearer_auth(&self.key).header(CONTENT_TYPE, "application/json");
        let answered = async {
            let response = request.body(body).send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok((status, headers, response.bytes().await?))
        };
        match answered.await {
            Ok((status, headers, body)) => Outcome {
                status: Some(status.as_u16()),
                took: started.elapsed(),
                answer: self.understand(status, &headers, &body),
            },
            Err(error) => Outcome { status: None, took: started.elapsed(), answer: not_answered(error) },
        }
    }

    fn understand(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answer {
        match status.as_u16() {
            200 | 201 => match taken(body) {
                Some(answer) => answer,
                // For instance a proxy's page: it does not say that the reports are stored.
                None => Answer::Later { after: None, why: format!("{status} without counts: {}", text(body)) },
            },
            401 | 403 => Answer::Stop(Error::KeyRefused { door: self.door.to_string(), status: status.as_u16() }),
            404 | 405 => Answer::Stop(Error::NoDoor { door: self.door.to_string(), status: status.as_u16() }),
            413 => Answer::TooBig,
            408 | 425 | 429 | 500..=599 => {
                Answer::Later { after: retry_after(headers), why: format!("{status}: {}", text(body)) }
            }
            300..=399 => {
                let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere").to_owned();
                Answer::Stop(Error::Redirected { door: self.door.to_string(), to })
            }
            _ => Answer::Refused(format!("{status}: {}", text(body))),
        }
    }
}

fn not_answered(error: reqwest::Error) -> Answer {
    if error.is_builder() {
        return Answer::Stop(Error::Client(error));
    }
    // The outermost message only repeats the URL; the innermost says what happened.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let why = if error.is_timeout() { format!("no answer within {} s", TIMEOUT.as_secs()) } else { cause.to_string() };
    Answer::Later { after: None, why }
}

fn taken(body: &[u8]) -> Option<Answer> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let one = |warning: &Value| match (warning.get("field").and_then(Value::as_str), warning.get("reason")) {
        (Some(field), Some(reason)) => format!("{field}: {}", reason.as_str().unwrap_or_default()),
        _ => warning.to_string(),
    };
    let warnings = body.get("warnings").and_then(Value::as_array).map(|all| all.iter().map(one).collect());
    Some(Answer::Taken {
        stored: body.get("stored")?.as_u64()?,
        duplicate: body.get("duplicate")?.as_u64()?,
        warnings: warnings.unwrap_or_default(),
    })
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    match weather::quality::read_text(text) {
        Sent::Number(seconds) if seconds >= 0.0 => {
            Some(Duration::from_secs_f64(seconds.min(RETRY_AFTER_MAX.as_secs_f64())))
        }
        _ => None, // the form with a date: our own pace will do
    }
}

/// The text of an answer for people: a problem's detail, or the beginning of the body.
fn text(body: &[u8]) -> String {
    let detail = serde_json::from_slice::<Value>(body).ok().and_then(|v| Some(v.get("detail")?.as_str()?.to_owned()));
    detail.unwrap_or_else(|| String::from_utf8_lossy(body).trim().to_owned()).chars().take(ECHO_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_https_address_is_refused_with_what_to_do() {
        let error = Client::new("https://weather.example", "stv_x").err().expect("no TLS").to_string();
        assert!(error.contains("http://") && error.contains("TLS"), "{error}");
        assert!(Client::new("ftp://weather.example", "k").is_err() && Client::new("weather", "k").is_err());
    }

    #[test]
    fn the_door_is_found_below_any_address() {
        for (url, door) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/api/v1/readings"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/api/v1/readings"),
            ("http://town.example/weather/", "http://town.example/weather/api/v1/readings"),
        ] {
            assert_eq!(Client::new(url, "k").expect("good").door.as_str(), door);
        }
    }

    #[test]
    fn an_answer_tells_the_station_what_to_do() {
        let client = Client::new("http://127.0.0.1:8000", "k").expect("good");
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a header"));
        let hear = |status: u16, body: &str| {
            client.understand(StatusCode::from_u16(status).expect("a status"), &headers, body.as_bytes())
        };
        let known = r#"{"stored":1,"duplicate":2,"warnings":[{"field":"a","value":"1","reason":"odd"}]}"#;
        assert!(
            matches!(hear(201, known), Answer::Taken { stored: 1, duplicate: 2, warnings } if warnings == ["a: odd"])
        );
        assert!(matches!(hear(200, "<html>Sign in to the network</html>"), Answer::Later { .. }));
        let later = hear(503, r#"{"detail":"the queue is full"}"#);
        assert!(matches!(later, Answer::Later { after: Some(after), why }
            if after == Duration::from_secs(7) && why.contains("the queue is full")));
        assert!(matches!(hear(413, ""), Answer::TooBig));
        assert!(matches!(hear(401, ""), Answer::Stop(Error::KeyRefused { .. })));
        assert!(matches!(hear(301, ""), Answer::Stop(Error::Redirected { .. })));
        assert!(matches!(hear(404, ""), Answer::Stop(Error::NoDoor { .. })));
        assert!(matches!(hear(400, "no"), Answer::Refused(_)));
    }
}
