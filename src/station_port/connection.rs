//! One connection of a console: one upload, one answer, and its end.

use super::options::Options;
use super::request::{Length, Limits, Look, Request, look};
use super::stats::Counters;
use crate::ingest::console::{Dialect, Target};
use crate::ingest::uploads::{self, Arriving, Outcome, Uploads};
use crate::web::answer::Answer;
use rocket::http::Status;
use std::io::Write;
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Some consoles announce a body and send none. If the pairs stand in the request line, a body is waited for so long only.
const BODY_GRACE: Duration = Duration::from_secs(1);
/// The longest time in which a console takes its answer, and in which it may still send what nobody reads: a reset would take
/// the answer with it.
const WRITE_LIMIT: Duration = Duration::from_secs(5);
const LINGER: Duration = Duration::from_secs(1);
/// And so much of it.
const LINGER_BYTES: usize = 64 * 1_024;

/// The way of its uploads, for people.
const WAY: &str = "station port";

/// Where an upload goes, and where it comes from.
pub(super) struct Rooms {
    pub uploads: Uploads,
    pub from: IpAddr,
}

/// Reads one upload and answers it.
pub(super) async fn serve(mut stream: TcpStream, rooms: &Rooms, options: &Options, counters: &Counters) {
    let Some((answer, is_old)) = answer(&mut stream, rooms, options).await else { return };
    counters.answered(answer.status);
    let bytes = written(&answer, is_old);
    let told = async { stream.write_all(&bytes).await.is_ok() && stream.shutdown().await.is_ok() };
    if timeout(WRITE_LIMIT, told).await.unwrap_or(false) {
        let rest = async {
            let (mut some, mut read) = ([0; 1_024], 0);
            while read < LINGER_BYTES {
                match stream.read(&mut some).await {
                    Ok(more @ 1..) => read += more,
                    _ => return,
                }
            }
        };
        let _ = timeout(LINGER, rest).await;
    }
}

impl Rooms {
    /// The answer to what nobody can read, not even its target.
    fn refuse(&self, outcome: Outcome) -> Answer {
        let (now, dialect) = (uploads::now(), Dialect::at(None));
        if let Some(why) = outcome.refusal() {
            self.uploads.inbox.refused(now, Some(self.from), (dialect.name(), WAY), &why);
        }
        uploads::answer(dialect, outcome, now)
    }

    fn came<'a>(&self, request: &'a Request<'_>) -> Arriving<'a> {
        let (path, query) = request.parts();
        Arriving {
            way: WAY,
            from: Some(self.from),
            sure: Some(self.from),
            asked: &request.target,
            target: Target::anywhere(path),
            query,
            body: request.body,
        }
    }
}

/// How much of an upload has come.
enum Came {
    /// Something, and nothing more comes.
    All,
    /// Something, and more may come.
    Part,
    TooLarge,
    /// The connection broke.
    Nothing,
}

/// The answer to what comes; `None` if nothing has come.
async fn answer(stream: &mut TcpStream, rooms: &Rooms, options: &Options) -> Option<(Answer, bool)> {
    let limits = options.limits();
    let mut bytes = Vec::new();
    let came = timeout(options.read_limit(), read(stream, &mut bytes, limits)).await.unwrap_or(Came::Part);
    let is_all = match came {
        Came::All => true,
        Came::Part => false,
        Came::TooLarge => return Some((rooms.refuse(Outcome::TooLarge), false)),
        Came::Nothing => return None,
    };
    match look(&bytes, is_all, limits) {
        Look::Head(request) if request.is_cut() => {
            let why = || Outcome::BadRequest("the body is shorter than its Content-Length".to_owned());
            let outcome = if is_all { why() } else { Outcome::TooSlow };
            Some((rooms.came(&request).refuse(outcome, &rooms.uploads.inbox), request.is_old))
        }
        // A part may be all that there is.
        Look::Head(request) if request.is_whole(is_all) || has_pairs(&request) || has_body(&request) => {
            Some(take(&request, rooms).await)
        }
        _ if is_all => None,
        _ => Some((rooms.refuse(Outcome::TooSlow), false)),
    }
}

/// Reads an upload, or as much as there is.
async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>, limits: Limits) -> Came {
    loop {
        let has_pairs = match look(bytes, false, limits) {
            Look::TooLarge => return Came::TooLarge,
            Look::Head(request) if request.is_whole(false) => return Came::Part,
            Look::Head(request) => has_pairs(&request) && request.body.is_empty(),
            Look::More => false,
        };
        let more = stream.read_buf(bytes);
        let more = if has_pairs { timeout(BODY_GRACE, more).await } else { Ok(more.await) };
        match more {
            Ok(Ok(1..)) => {}
            Ok(Ok(0)) => return Came::All,
            Ok(Err(_)) => return Came::Nothing,
            Err(_) => return Came::Part,
        }
    }
}

fn has_pairs(request: &Request<'_>) -> bool {
    request.target.contains('=')
}

/// Whether there is a body that need not be cut off: nobody has said how long it is.
fn has_body(request: &Request<'_>) -> bool {
    request.length == Length::UntilTheEnd && !request.body.is_empty()
}

/// Hands the pairs on, wherever they stand.
async fn take(request: &Request<'_>, rooms: &Rooms) -> (Answer, bool) {
    let (came, is_old) = (rooms.came(request), request.is_old);
    let refuse = |outcome| (came.refuse(outcome, &rooms.uploads.inbox), is_old);
    match (&*request.method, request.length) {
        ("GET" | "POST" | "", Length::Bytes(_) | Length::UntilTheEnd) => {}
        ("GET" | "POST" | "", Length::Chunked) => {
            return refuse(Outcome::BadRequest("send the body with a Content-Length, not in chunks".to_owned()));
        }
        _ => return refuse(Outcome::OtherMethod),
    }
    (uploads::take(&came, &rooms.uploads).await, is_old)
}

/// An answer as bytes.
fn written(answer: &Answer, is_old: bool) -> Vec<u8> {
    let reason = Status::new(answer.status).reason();
    let mut bytes = Vec::with_capacity(512);
    // Writing to a Vec does not fail.
    let version = if is_old { "1.0" } else { "1.1" };
    let _ = write!(bytes, "HTTP/{version} {} {}\r\n", answer.status, reason.unwrap_or("-"));
    let more = answer.more.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in answer.headers.iter().copied().chain(more) {
        let _ = write!(bytes, "{name}: {value}\r\n");
    }
    let _ = write!(bytes, "Content-Length: {}\r\nConnection: close\r\n\r\n", answer.body.len());
    bytes.extend_from_slice(&answer.body);
    bytes
}
