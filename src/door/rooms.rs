//! Who answers: the dock and the readings here, everything else by Rocket, in process.

use super::access::Asked;
use super::compress::compress;
use super::head::Read;
use super::stats::{Counters, PageEnd};
use crate::api::{self, Api, Wanted};
use crate::ingest::readings::{self, Entrance, Readings, Sender};
use crate::live::{Door, Live, Trip, Truck};
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::turns::{Body, Turns};
use crate::web::{self, client, hosts};
use crate::{ingest, metrics};
use channel::crowd::Source;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use rocket::http::uri::Origin;
use rocket::http::{Cookie, Header, Status};
use rocket::local::asynchronous::Client;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use weather::station::StationId;

/// Pages that are made at once: as many as there are readers of the database by default. More would wait for those, in vain
/// after ten seconds, and each of them would stand before a truck or a post that is ready to go on.
const PAGES_AT_ONCE: usize = 4;
/// The longest wait for a turn. People leave before.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pages that are made at once for one address (IPv6: for one /64). This machine may have all, because it may be a proxy
/// that speaks for everybody.
fn pages_at_once(source: Option<Source>) -> usize {
    source.map_or(PAGES_AT_ONCE, |_| PAGES_AT_ONCE / 2)
}

/// Said to a client whose page got no turn in time.
const LATE: &str = "Too many pages are asked for right now. Please come again in a moment.\n";

/// All rooms behind the door.
pub struct Rooms {
    /// The dock's doors.
    pub live: Live,
    /// The door for readings as JSON.
    pub readings: Readings,
    /// The doors for programs.
    pub api: Api,
    /// Everything else.
    pub rocket: Client,
    /// The names of this server, and whose word on them counts.
    pub web: web::Options,
    /// The limits of a body that Rocket gets: a form, or the upload of a station.
    pub rocket_body: BodyLimit,
    /// Whether answered requests are told of.
    pub access_log: bool,
    /// The turns of whatever takes some on its way to Rocket, by address; `None` is this machine.
    pub turns: Arc<Turns<Option<Source>>>,
}

/// Someone whose head is good, and whose body comes next.
pub(crate) enum Guest {
    Truck(Truck),
    Sender(Sender),
}

impl Rooms {
    /// The guest with this head, if that can be told at once; `None`: somebody else has to find out.
    pub(crate) fn guest(&self, head: &dyn Head) -> Option<Result<Guest, Answer>> {
        if let Err(refused) = self.is_meant(head) {
            return Some(Err(refused));
        }
        match Door::of(head.path()) {
            Some((Door::Trucks, bay)) => Some(self.live.truck(bay, head).map(Guest::Truck)),
            Some(_) => None,
            None if head.path() == readings::PATH => self.readings.known_sender(head).map(Guest::Sender).map(Ok),
            None => None,
        }
    }

    /// What the access log will tell of a request; `None` if nobody has asked for that log, and of those who watch the server: they
    /// ask every few seconds.
    pub(crate) fn asked(&self, head: &dyn Head) -> Option<Box<Asked>> {
        (self.access_log && !api::HEALTH.contains(&head.path())).then(|| Asked::of(head, &self.web))
    }

    /// Whether the request is for this server by a name of its own; if not, its answer.
    pub(crate) fn is_meant(&self, head: &dyn Head) -> Result<(), Answer> {
        let host = client::host(head, &self.web);
        if hosts::is_ours(host, &self.web) {
            return Ok(());
        }
        let host = host.unwrap_or_default();
        let detail = format!("{host:?} is no name of this server; `hosts` in [web] of the configuration lists them");
        Err(Problem::new(Status::MisdirectedRequest, detail).into())
    }

    /// The turns of pages.
    pub fn turns() -> Arc<Turns<Option<Source>>> {
        Turns::new(PAGES_AT_ONCE, PATIENCE)
    }

    /// What a program asked for, compressed. Of an answer to HEAD hyper writes the head alone.
    pub(crate) async fn program(&self, wanted: Wanted<'_>, parts: &Parts, peer: SocketAddr) -> Response<Full<Bytes>> {
        self.compressed(self.api.answer(wanted, &Read { parts, peer }).await, parts).await
    }

    /// An answer, compressed if its client takes that.
    pub(crate) async fn compressed(&self, mut answer: Answer, parts: &Parts) -> Response<Full<Bytes>> {
        let body = Bytes::from(std::mem::take(&mut answer.body));
        let mut response = response(answer);
        let body = self.leaves(&parts.headers, response.headers_mut(), body).await;
        *response.body_mut() = Full::new(body);
        response
    }

    /// A body on its way out: a page with the base in its addresses; compressed if its client takes that.
    async fn leaves(&self, asked: &HeaderMap, headers: &mut HeaderMap, body: Bytes) -> Bytes {
        let base = &self.web.base;
        let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let body = match std::str::from_utf8(&body) {
            Ok(page) if is_page && !base.is_none() => Bytes::from(base.html(page)),
            _ => body,
        };
        compress(asked, headers, body).await
    }

    /// Rocket's answer, and what became of the page. Uploads of stations are short and must not wait behind pages, and the
    /// metrics are for who wants to know why pages wait: both take no turns.
    pub(crate) async fn page(
        &self,
        parts: &Parts,
        body: Vec<u8>,
        peer: SocketAddr,
        counters: &Counters,
    ) -> Response<Full<Bytes>> {
        let path = parts.uri.path();
        if ingest::takes(path, self.readings.options()) || path == metrics::PATH {
            return self.rocket(parts, body, peer).await;
        }
        let mut asked = counters.page();
        let source = client::address(&Read { parts, peer }, &self.web).and_then(Source::of);
        let Some(_turn) = self.turns.turn(source, pages_at_once(source)).await else {
            asked.end = PageEnd::Late;
            let mut late = plain(StatusCode::SERVICE_UNAVAILABLE, LATE);
            late.headers_mut().insert("retry-after", HeaderValue::from_static("5"));
            return late;
        };
        let answer = self.rocket(parts, body, peer).await;
        asked.end = PageEnd::Made;
        answer
    }

    /// Rocket's answer, compressed.
    async fn rocket(&self, parts: &Parts, body: Vec<u8>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let Ok(method) = parts.method.as_str().parse::<rocket::http::Method>() else {
            return plain(StatusCode::NOT_IMPLEMENTED, "This server does not know that method.\n");
        };
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let Some(target) = origin(target) else {
            return plain(StatusCode::BAD_REQUEST, "The address is not well-formed.\n");
        };
        let mut cookies = Vec::new();
        Read { parts, peer }.each("Cookie", &mut |list| {
            cookies.extend(list.split(';').filter_map(|pair| Cookie::parse_encoded(pair.trim().to_owned()).ok()));
        });
        let mut request = self.rocket.req(method, target).remote(peer).cookies(cookies).body(body);
        for (name, value) in &parts.headers {
            // A value that is no text is as good as absent.
            if let Ok(value) = std::str::from_utf8(value.as_bytes()) {
                request.add_header(Header::new(name.as_str().to_owned(), value.to_owned()));
            }
        }
        let answer = request.dispatch().await;
        let status = StatusCode::from_u16(answer.status().code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        for header in answer.headers().iter() {
            let name = HeaderName::from_bytes(header.name().as_str().as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(header.value())) {
                response.headers_mut().append(name, value);
            }
        }
        // With a base, a page is longer than what Rocket made.
        let size = answer.body().preset_size().filter(|_| self.web.base.is_none());
        if let Some(length) = head_length(&parts.method, &parts.headers, size) {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let body = Bytes::from(answer.into_bytes().await.unwrap_or_default());
        let body = self.leaves(&parts.headers, response.headers_mut(), body).await;
        *response.body_mut() = Full::new(body);
        response
    }
}

/// The length that an answer to HEAD tells: that of the body which a GET would get. None if it might be compressed: nobody knows
/// the length then before it is (RFC 9110 8.6).
fn head_length(method: &Method, asked: &HeaderMap, size: Option<usize>) -> Option<usize> {
    size.filter(|_| *method == Method::HEAD && !asked.contains_key(ACCEPT_ENCODING))
}

/// A target as Rocket takes it: what hyper lets pass and Rocket's own parser does not is percent-encoded.
fn origin(target: &str) -> Option<Origin<'static>> {
    if let Ok(origin) = Origin::parse_owned(target.to_owned()) {
        return Some(origin);
    }
    let mut encoded = String::with_capacity(target.len() + 16);
    for byte in target.bytes() {
        let fits = byte.is_ascii_alphanumeric() || b"/?&=%-._~!$'()*+,;:@".contains(&byte);
        if fits { encoded.push(char::from(byte)) } else { encoded.push_str(&format!("%{byte:02X}")) }
    }
    Origin::parse_owned(encoded).ok()
}

pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    for (name, value) in [("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The way to the base with its slash.
pub(crate) fn moved(to: &str) -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, "");
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert("location", to);
    }
    response
}

/// An answer that hyper writes.
pub(crate) fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let more = answer.more.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
    let fixed = answer.headers.iter().map(|(name, value)| (*name, HeaderValue::from_static(value)));
    for (name, value) in fixed.chain(more) {
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    if answer.closes {
        response.headers_mut().insert("connection", HeaderValue::from_static("close"));
    }
    response
}

impl Guest {
    /// Tells the access log whose request it is, if that is known.
    pub(crate) fn names(&self, asked: &mut Option<Box<Asked>>) {
        if let (Guest::Sender(sender), Some(asked)) = (self, asked) {
            asked.is_of(sender.slug());
        }
    }

    /// How much of the body is read; the answer if the head says that there is more, or something else.
    pub(crate) fn takes(&self) -> Result<BodyLimit, Answer> {
        match self {
            Guest::Truck(truck) => truck.takes(),
            Guest::Sender(sender) => Ok(sender.takes()),
        }
    }

    /// Notes that the body comes, if others may wait for it.
    pub(crate) fn body(&self) -> Option<Body<StationId>> {
        match self {
            Guest::Truck(_) => None,
            Guest::Sender(sender) => sender.body(),
        }
    }

    /// The body has come: a truck that stays, or an answer.
    pub(crate) async fn comes(self, body: Result<Vec<u8>, NoBody>) -> Result<Trip, Answer> {
        match self {
            Guest::Truck(truck) => truck.arrives(body).await,
            // Boxed: parsing and storing is large.
            Guest::Sender(sender) => Err(Box::pin(sender.posts(body)).await),
        }
    }
}

/// The entrance for readings at this method and path: Rocket is not asked at all.
pub(crate) fn entrance<'p>(method: &Method, path: &'p str) -> Option<Entrance<'p>> {
    Entrance::of(path).filter(|_| method == Method::POST)
}
