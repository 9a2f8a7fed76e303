//! Posts one letter: one connection, one request, no redirects, within a time.

use super::address::Address;
use super::patience::asked_ms;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use weather::time::Timestamp;

/// The longest time from the name to the answer's head: a slow receiver is waited for, one that hangs is not.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// The longest time for the answer's body, which only explains.
const BODY_MAX: Duration = Duration::from_secs(5);
/// So much of the body is read, bytes.
const BODY_MAX_BYTES: usize = 2_048;
/// So much of it is told, characters.
const TOLD_MAX_CHARS: usize = 200;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Taken {
        /// Its answer, for people.
        answer: String,
    },
    /// It may take it later.
    Later {
        /// Why not now, for people.
        why: String,
        /// What it asks to wait, ms.
        asked_ms: Option<i64>,
    },
    /// It will never take this letter.
    Refused {
        /// Why, for people.
        why: String,
    },
}

/// Posts a body. `now`: the time, for a date in the answer.
pub(super) async fn post(
    to: &Address,
    tls: Option<&Arc<ClientConfig>>,
    headers: &[(&'static str, String)],
    body: String,
    now: Timestamp,
) -> Outcome {
    let later = |why: String| Outcome::Later { why, asked_ms: None };
    let response = match tokio::time::timeout(ANSWER_MAX, answered(to, tls, headers, body)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return later(error),
        Err(_) => return later(format!("no answer within {} s", ANSWER_MAX.as_secs())),
    };
    let (status, head) = (response.status().as_u16(), response.headers().clone());
    let text = tokio::time::timeout(BODY_MAX, told(response.into_body())).await.unwrap_or_default();
    let text: String = without_secrets(text, headers).chars().take(TOLD_MAX_CHARS).collect();
    judged(status, &head, &text, now)
}

/// What an answer means.
fn judged(status: u16, headers: &HeaderMap, text: &str, now: Timestamp) -> Outcome {
    let answer = if text.is_empty() { status.to_string() } else { format!("{status}: {text}") };
    let asked_ms = headers.get(RETRY_AFTER).and_then(|value| asked_ms(value.to_str().ok()?, now));
    match status {
        200..=299 => Outcome::Taken { answer },
        // The letter itself is at fault, and stays as it is.
        400 | 405 | 410 | 411 | 413..=417 | 422 => Outcome::Refused { why: answer },
        300..=399 => {
            Outcome::Later { why: format!("{status}: it redirects, and redirects are not followed"), asked_ms }
        }
        // Also 401, 403 and 404: the owner may mend the address or the token before the letter is too old.
        _ => Outcome::Later { why: answer, asked_ms },
    }
}

async fn answered(
    to: &Address,
    tls: Option<&Arc<ClientConfig>>,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<Response<Incoming>, String> {
    let stream = TcpStream::connect((to.host.as_str(), to.port)).await.map_err(|error| told_io(&error))?;
    let mut request = Request::post(&to.path)
        .header(HOST, &to.authority)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("stevenson/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::from(body)).map_err(|error| error.to_string())?;
    match tls {
        None => sent(stream, request).await,
        Some(config) => {
            let name = ServerName::try_from(to.host.clone()).map_err(|error| error.to_string())?;
            let stream = TlsConnector::from(config.clone()).connect(name, stream).await;
            sent(stream.map_err(|error| format!("no TLS: {error}"))?, request).await
        }
    }
}

async fn sent(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<bytes::Bytes>>,
) -> Result<Response<Incoming>, String> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| cause(&error).to_string())?;
    // It ends with the answer's body, or when that is dropped.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| format!("no answer: {}", cause(&error)))
}

/// The beginning of a body as one line without signs that control a terminal.
async fn told(mut body: Incoming) -> String {
    let mut read = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        read.extend_from_slice(frame.data_ref().map_or(&[], |data| &data[..]));
        if read.len() >= BODY_MAX_BYTES {
            break;
        }
    }
    read.truncate(BODY_MAX_BYTES);
    let text: String = String::from_utf8_lossy(&read).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().to_owned()
}

/// An answer without what the letter must not tell: some receivers send back what they were sent.
fn without_secrets(text: String, headers: &[(&'static str, String)]) -> String {
    let secrets = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let secrets = secrets.flat_map(|(_, value)| value.split(' ').skip(1)).filter(|secret| !secret.is_empty());
    secrets.fold(text, |text, secret| text.replace(secret, "…"))
}

/// The innermost cause says what happened.
fn cause<'e>(error: &'e (dyn std::error::Error + 'static)) -> &'e (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}

fn told_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_does_not_tell_the_token_that_it_was_sent() {
        let headers = [("authorization", "Bearer tk_secret".to_owned()), ("webhook-id", "a".to_owned())];
        let text = without_secrets("you sent: Bearer tk_secret, a".to_owned(), &headers);
        assert_eq!(text, "you sent: Bearer …, a");
    }

    #[test]
    fn an_answer_is_taken_later_or_never() {
        let of = |status| judged(status, &HeaderMap::new(), "", Timestamp(0));
        assert!(matches!(of(200), Outcome::Taken { .. }) && matches!(of(204), Outcome::Taken { .. }));
        for status in [302, 401, 403, 404, 408, 425, 429, 500, 503] {
            assert!(matches!(of(status), Outcome::Later { asked_ms: None, .. }), "{status}");
        }
        for status in [400, 410, 413, 422] {
            assert!(matches!(of(status), Outcome::Refused { .. }), "{status}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a value"));
        let answer = judged(429, &headers, "slow down", Timestamp(0));
        assert_eq!(answer, Outcome::Later { why: "429: slow down".to_owned(), asked_ms: Some(7_000) });
    }
}
