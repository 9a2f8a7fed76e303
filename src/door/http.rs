//! The long way: hyper reads a request. Rooms that keep a connection for long get the socket back from hyper, so that no
//! buffer waits with them.

use super::access::Asked;
use super::compress;
use super::connected::{Come, Connected, Flow, linger};
use super::head::{Read, enters, leaves};
use super::register::{Doing, Slot};
use super::rooms::{Guest, Rooms, entrance, moved, plain, response};
use super::sent::{Coming, Sent};
use super::stats::Counters;
use super::wire::{Speaks, Wire};
use super::write;
use crate::api::{Opened, Wanted};
use crate::live::Door;
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

/// Longest head, bytes: browsers send one, many cookies some ten thousand.
const HEAD_MAX_BYTES: usize = 32 * 1_024;

/// What takes the socket over from hyper.
enum Taken {
    /// A room, and what the access log will tell.
    Room(Come, Option<Box<Asked>>),
    /// A request with a body that ends where the client ends it: hyper, which goes by the rules, takes it for one without.
    Endless(Parts),
}

/// The connection, what it has come to, and what the access log will tell.
pub(crate) type Next = (Connected, Come, Option<Box<Asked>>);

/// Where a service leaves what takes the socket over.
type HandOff = Arc<Mutex<Option<Taken>>>;

/// Serves requests by hyper until one takes the socket over; `None`: the connection has ended.
pub(crate) async fn serve(line: Connected, rooms: &Rooms) -> Option<Next> {
    let Connected { stream, ahead, peer, seat, .. } = line;
    let slot = &seat.slot;
    let register = seat.register().clone();
    let wire = Wire::new(stream, ahead, slot.clone(), Speaks::Http, register.options().half_closed());
    let (hand_off, is_old) = (HandOff::default(), AtomicBool::new(false));
    let service = service_fn(|request: Request<Incoming>| {
        let (hand_off, register) = (hand_off.clone(), &register);
        is_old.store(request.version() < Version::HTTP_11, Relaxed);
        // Here, and not when the future runs: hyper reads on before that, and if the client has closed its side, only a
        // connection that is busy goes on.
        slot.does(Doing::Busy);
        Box::pin(async move {
            register.counters.by_hyper();
            let (mut parts, body) = request.into_parts();
            let bare = enters(&mut parts, &rooms.web.base);
            let done = match (bare, is_endless(&parts)) {
                (Err(to), _) => Ok(moved(&rooms.web.base.of(&to))),
                (Ok(()), true) => Err(Taken::Endless(parts)),
                (Ok(()), false) => {
                    let mut asked = rooms.asked(&Read { parts: &parts, peer });
                    let body = Coming::Framed(body);
                    match handle(parts, body, rooms, peer, (slot, &register.counters), &mut asked).await {
                        Done::Answer(mut answer) => {
                            leaves(answer.headers_mut(), &rooms.web.base);
                            told(asked, &answer);
                            Ok(answer)
                        }
                        Done::Takes(come) => Err(Taken::Room(*come, asked)),
                    }
                }
            };
            let mut answer = match done {
                Ok(answer) => answer,
                Err(taken) => {
                    *hand_off.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
                    // The socket is taken away from hyper, and this future with it.
                    return std::future::pending().await;
                }
            };
            if register.is_closing() {
                answer.headers_mut().insert("connection", hyper::header::HeaderValue::from_static("close"));
            }
            slot.does(Doing::Writing);
            Ok::<_, Infallible>(answer)
        })
    });
    let mut builder = http1::Builder::new();
    builder.half_close(false).header_read_timeout(None).max_buf_size(HEAD_MAX_BYTES);
    let mut connection = builder.serve_connection(TokioIo::new(wire), service);
    let taken = poll_fn(|cx| {
        if let Poll::Ready(ended) = connection.poll_without_shutdown(cx) {
            return Poll::Ready(Err(ended));
        }
        match hand_off.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(taken) => Poll::Ready(Ok(taken)),
            None => Poll::Pending,
        }
    });
    let taken = taken.await;
    let parts = connection.into_parts();
    let wire = parts.io.into_inner();
    let is_flushed = wire.is_flushed();
    let (stream, rest) = wire.into_parts();
    match taken {
        // An answer to an earlier request that is not out yet would be lost: only a client that sends requests ahead of
        // answers gets here, and it has to send this one again.
        Ok(_) if !is_flushed => None,
        Ok(taken) => {
            let ahead = [&parts.read_buf[..], &rest[..]].concat();
            drop(parts.read_buf);
            let is_old = is_old.load(Relaxed);
            let line = Connected { stream, ahead, peer, seat, is_old };
            match taken {
                Taken::Room(come, asked) => Some((line, come, asked)),
                Taken::Endless(head) => endless(line, head, rooms).await,
            }
        }
        Err(ended) => {
            if let Err(error) = ended {
                tracing::trace!(%error, "a connection ended");
            }
            seat.slot.does(Doing::Busy);
            linger(&stream).await;
            None
        }
    }
}

/// Whether the body of a request ends where its client ends it: HTTP/1.0 without a length. In HTTP/1.1 such a request has no
/// body.
fn is_endless(parts: &Parts) -> bool {
    parts.version < Version::HTTP_11 && !parts.method.is_safe() && !says_length(parts)
}

/// Whether a head says how its body ends.
fn says_length(parts: &Parts) -> bool {
    parts.headers.contains_key("content-length") || parts.headers.contains_key("transfer-encoding")
}

/// Reads a body that ends where its client ends it, and answers. The connection ends, too: where such a body ends is a
/// guess, and what comes behind it must not be taken for a request.
async fn endless(mut line: Connected, parts: Parts, rooms: &Rooms) -> Option<Next> {
    let (slot, register, peer) = (line.seat.slot.clone(), line.seat.register().clone(), line.peer);
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let has_pairs = target.contains('=') && entrance(&parts.method, parts.uri.path()).is_none();
    let mut asked = rooms.asked(&Read { parts: &parts, peer });
    let coming = Coming::endless(&mut line, has_pairs);
    let answer = match handle(parts, coming, rooms, peer, (&slot, &register.counters), &mut asked).await {
        Done::Takes(come) => return Some((line, *come, asked)),
        Done::Answer(mut answer) => {
            leaves(answer.headers_mut(), &rooms.web.base);
            answer
        }
    };
    told(asked, &answer);
    if write::of_response(&line, answer).await.is_ok() {
        slot.does(Doing::Busy);
        linger(&line.stream).await;
    }
    None
}

/// Tells the access log of an answer.
fn told(asked: Option<Box<Asked>>, answer: &Response<Full<Bytes>>) {
    if let Some(asked) = asked {
        let bytes = answer.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
        asked.answered(answer.status().as_u16(), bytes);
    }
}

/// What becomes of a request.
enum Done {
    Answer(Response<Full<Bytes>>),
    Takes(Box<Come>),
}

impl From<Answer> for Done {
    fn from(answer: Answer) -> Self {
        Done::Answer(response(answer))
    }
}

async fn handle(
    parts: Parts,
    body: Coming<'_>,
    rooms: &Rooms,
    peer: SocketAddr,
    (slot, counters): (&Slot, &Counters),
    asked: &mut Option<Box<Asked>>,
) -> Done {
    let then = if parts.method.is_safe() { Doing::Busy } else { Doing::Storing };
    let body = Sent { body, slot, then, is_asked: false };
    if let Err(why) = one_host(&parts).and_then(|()| is_text(&parts)) {
        return Done::Answer(plain(StatusCode::BAD_REQUEST, why));
    }
    if !is_chunked_at_most(&parts) {
        return Done::Answer(closing(plain(StatusCode::NOT_IMPLEMENTED, ONLY_CHUNKED)));
    }
    if let Err(refused) = rooms.is_meant(&Read { parts: &parts, peer }) {
        return refused.into();
    }
    let takes = |come| Done::Takes(Box::new(come));
    let head = Read { parts: &parts, peer };
    let keep = keeps(&parts);
    let get = parts.method == Method::GET;
    // A body that comes after the socket was handed on would be taken for the next request.
    if matches!(Door::of(parts.uri.path()), Some((Door::Events | Door::Socket, _))) && !body.is_none() {
        return Done::Answer(closing(plain(
            StatusCode::BAD_REQUEST,
            "A stream or a socket is opened without a body.\n",
        )));
    }
    match Door::of(parts.uri.path()) {
        Some((Door::Trucks, bay)) if parts.method == Method::POST => {
            let truck = rooms.live.truck(bay, &head).map(Guest::Truck);
            return match guest(truck, body).await {
                Ok(trip) => takes(Come::Parks(trip, keep)),
                Err(answer) => answer.into(),
            };
        }
        Some((Door::Events, bay)) if get => {
            return match rooms.live.events(bay, &head) {
                Ok(events) => takes(Come::Events(Flow::Dock(events), keep)),
                Err(answer) => answer.into(),
            };
        }
        Some((Door::Socket, _)) if get && parts.version < Version::HTTP_11 => {
            return Done::Answer(plain(StatusCode::BAD_REQUEST, NO_OLD_SOCKET));
        }
        Some((Door::Socket, bay)) if get => {
            return match rooms.live.socket(bay, &head) {
                Ok(opening) => takes(Come::Socket(opening)),
                Err(answer) => answer.into(),
            };
        }
        _ => {}
    }
    if let Some(wanted) = Wanted::of(parts.uri.path()) {
        let keep = keep && body.is_none();
        if let Some(slug) = wanted.stream(parts.method.as_str()) {
            return match rooms.api.stream(slug, &head).await {
                Opened::Answer(answer) if keep => Done::Answer(rooms.compressed(answer, &parts).await),
                Opened::Answer(answer) => Done::Answer(closing(rooms.compressed(answer, &parts).await)),
                Opened::Waits(waiting) => takes(Come::Waits(waiting, keep)),
                Opened::Events(events) => takes(Come::Events(Flow::Station(events), keep)),
            };
        }
        let Some(slug) = wanted.export(parts.method.as_str()) else {
            let answer = rooms.program(wanted, &parts, peer).await;
            return Done::Answer(if body.is_none() { answer } else { closing(answer) });
        };
        return match rooms.api.export(slug, &head).await {
            Ok(sending) => takes(Come::Sends(sending, compress::accepts_gzip(&parts.headers), keep)),
            Err(answer) => answer.into(),
        };
    }
    if let Some(entrance) = entrance(&parts.method, parts.uri.path()) {
        let sender = rooms.readings.sender(entrance, &head).await.map(Guest::Sender);
        if let Ok(sender) = &sender {
            sender.names(asked);
        }
        let body = Sent { is_asked: is_endless(&parts), ..body };
        return match guest(sender, body).await {
            Ok(trip) => takes(Come::Parks(trip, keep)),
            Err(answer) => answer.into(),
        };
    }
    let body = match body.read(rooms.rocket_body, None).await {
        Ok(body) => body,
        Err(error) => {
            rooms.readings.unread(&head, &error);
            let status = match error {
                NoBody::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                NoBody::TooSlow(_) | NoBody::GaveWay => StatusCode::REQUEST_TIMEOUT,
                NoBody::Broken(_) => StatusCode::BAD_REQUEST,
                NoBody::NoLength => StatusCode::LENGTH_REQUIRED,
            };
            let mut answer = plain(status, "");
            *answer.body_mut() = Full::from(format!("{error}\n"));
            return Done::Answer(closing(answer));
        }
    };
    Done::Answer(rooms.page(&parts, body, peer, counters).await)
}

/// The same answer; the connection ends after it.
fn closing(mut answer: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    answer.headers_mut().insert("connection", hyper::header::HeaderValue::from_static("close"));
    answer
}

/// Lets a guest in with its body.
async fn guest(guest: Result<Guest, Answer>, body: Sent<'_>) -> Result<crate::live::Trip, Answer> {
    let guest = guest?;
    let limit = guest.takes()?;
    let coming = guest.body();
    let body = body.read(limit, coming.as_ref()).await;
    drop(coming);
    guest.comes(body).await
}

/// Headers whose values nobody here relies on, and which some send in letters of their own.
const FREE: [&str; 3] = ["cookie", "referer", "user-agent"];

/// The values of headers are text: a guard would take one that is not for absent.
fn is_text(parts: &Parts) -> Result<(), &'static str> {
    let is_odd = |value: &hyper::header::HeaderValue| std::str::from_utf8(value.as_bytes()).is_err();
    let odd = parts.headers.iter().any(|(name, value)| is_odd(value) && !FREE.contains(&name.as_str()));
    if odd { Err("A header has a value that is not UTF-8.\n") } else { Ok(()) }
}

/// HTTP/1.1 names the host, once: who reads the first of two and who reads the second would not agree.
fn one_host(parts: &Parts) -> Result<(), &'static str> {
    let host = parts.headers.get("host").map(|host| host.as_bytes());
    if let (Some(target), Some(host)) = (parts.uri.authority(), host)
        && !target.as_str().as_bytes().eq_ignore_ascii_case(host)
    {
        return Err("The request's target and its Host header name different hosts.\n");
    }
    match parts.headers.get_all("host").iter().count() {
        1 => Ok(()),
        0 if parts.version < Version::HTTP_11 => Ok(()),
        0 => Err("The request has no Host header.\n"),
        _ => Err("The request has more than one Host header.\n"),
    }
}

/// Said to a client whose body has another transfer coding.
const ONLY_CHUNKED: &str = "The only Transfer-Encoding here is chunked. Say compression in Content-Encoding.\n";
/// Said to a client, or a proxy, that opens a WebSocket over HTTP/1.0.
const NO_OLD_SOCKET: &str =
    "A WebSocket needs HTTP/1.1. If a proxy stands between, it must pass requests on as HTTP/1.1.\n";

/// Whether a body has no transfer coding but chunks. Hyper undoes the last coding of a list, and no other.
fn is_chunked_at_most(parts: &Parts) -> bool {
    let mut codings = parts.headers.get_all("transfer-encoding").iter();
    let is_chunked = |value: &hyper::header::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"chunked");
    codings.next().is_none_or(is_chunked) && codings.next().is_none()
}

/// Whether the connection can go on after this request.
fn keeps(parts: &Parts) -> bool {
    let options = parts.headers.get_all("connection").iter().filter_map(|list| list.to_str().ok());
    let closes = options.flat_map(|list| list.split(',')).any(|option| option.trim().eq_ignore_ascii_case("close"));
    parts.version == Version::HTTP_11 && !closes
}
