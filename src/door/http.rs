//! The long way: hyper reads a request. Rooms that keep a connection for long get the socket back from hyper, so that no
//! buffer waits with them.

use super::compress;
use super::connected::{Come, Connected, linger};
use super::head::Read;
use super::register::{Doing, Slot};
use super::rooms::{Guest, Rooms, entrance, plain, response};
use super::stats::Counters;
use super::wire::{Speaks, Wire};
use crate::live::Door;
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::turns::Body;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Bytes, Incoming};
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
use tokio::time::timeout;
use weather::station::StationId;

/// Longest head, bytes: browsers send one, many cookies some ten thousand.
const HEAD_MAX_BYTES: usize = 32 * 1_024;
/// What is read of a body that is larger than its limit, in limits: a sender that is cut off in the middle of its body often
/// never reads the reason. One that sends even more than this is cut off.
const SPILL_LIMITS: usize = 4;

/// Where a service leaves what takes the socket over.
type HandOff = Arc<Mutex<Option<Come>>>;

/// Serves requests by hyper until one takes the socket over; `None`: the connection has ended.
pub(crate) async fn serve(line: Connected, rooms: &Rooms) -> Option<(Connected, Come)> {
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
            let answer = handle(request, rooms, peer, (slot, &register.counters)).await;
            let mut answer = match answer {
                Done::Answer(answer) => answer,
                Done::Takes(come) => {
                    *hand_off.lock().unwrap_or_else(PoisonError::into_inner) = Some(*come);
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
    let come = poll_fn(|cx| {
        if let Poll::Ready(ended) = connection.poll_without_shutdown(cx) {
            return Poll::Ready(Err(ended));
        }
        match hand_off.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(come) => Poll::Ready(Ok(come)),
            None => Poll::Pending,
        }
    });
    let come = come.await;
    let parts = connection.into_parts();
    let wire = parts.io.into_inner();
    let is_flushed = wire.is_flushed();
    let (stream, rest) = wire.into_parts();
    match come {
        // An answer to an earlier request that is not out yet would be lost: only a client that sends requests ahead of
        // answers gets here, and it has to send this one again.
        Ok(_) if !is_flushed => None,
        Ok(come) => {
            let ahead = [&parts.read_buf[..], &rest[..]].concat();
            drop(parts.read_buf);
            let is_old = is_old.load(Relaxed);
            Some((Connected { stream, ahead, peer, seat, is_old }, come))
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
    request: Request<Incoming>,
    rooms: &Rooms,
    peer: SocketAddr,
    (slot, counters): (&Slot, &Counters),
) -> Done {
    let (parts, body) = request.into_parts();
    let then = if parts.method.is_safe() { Doing::Busy } else { Doing::Storing };
    let body = Sent { body, slot, then };
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
    if matches!(Door::of(parts.uri.path()), Some((Door::Events | Door::Socket, _))) && !body.body.is_end_stream() {
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
                Ok(events) => takes(Come::Events(events, keep)),
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
    if let Some(slug) = rooms.api.exports(&parts.method, parts.uri.path()) {
        let keep = keep && body.body.is_end_stream();
        return match rooms.api.export(slug, &head).await {
            Ok(sending) => takes(Come::Sends(sending, compress::accepts_gzip(&parts.headers), keep)),
            Err(answer) => answer.into(),
        };
    }
    if let Some(entrance) = entrance(&parts.method, parts.uri.path()) {
        let sender = rooms.readings.sender(entrance, &head).await.map(Guest::Sender);
        return match guest(sender, body).await {
            Ok(trip) => takes(Come::Parks(trip, keep)),
            Err(answer) => answer.into(),
        };
    }
    let body = match body.read(rooms.rocket_body, None).await {
        Ok(body) => body,
        Err(error) => {
            let status = match error {
                NoBody::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                NoBody::TooSlow(_) | NoBody::GaveWay => StatusCode::REQUEST_TIMEOUT,
                NoBody::Broken(_) => StatusCode::BAD_REQUEST,
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

/// A body that is on its way.
struct Sent<'a> {
    body: Incoming,
    slot: &'a Slot,
    /// What the connection does once the body is there.
    then: Doing,
}

impl Sent<'_> {
    /// Reads it. `coming` may have to give way to others meanwhile.
    async fn read(self, limit: BodyLimit, coming: Option<&Body<StationId>>) -> Result<Vec<u8>, NoBody> {
        let came = |bytes| coming.iter().for_each(|coming| coming.came(bytes));
        let gives_way = async {
            match coming {
                Some(coming) => coming.gives_way().await,
                None => std::future::pending().await,
            }
        };
        let read = tokio::select! {
            biased;
            read = timeout(limit.patience, Self::all(self.body, limit.bytes, came)) => read,
            () = gives_way => Ok(Err(NoBody::GaveWay)),
        };
        self.slot.does(self.then);
        read.unwrap_or(Err(NoBody::TooSlow(limit.patience)))
    }

    async fn all(mut body: Incoming, limit_bytes: usize, came: impl Fn(usize)) -> Result<Vec<u8>, NoBody> {
        let (mut all, mut spilled) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(std::io::Error::other)?;
            let Ok(data) = frame.into_data() else { continue };
            came(data.len());
            if spilled == 0 && all.len() + data.len() <= limit_bytes {
                all.extend_from_slice(&data);
                continue;
            }
            all = Vec::new();
            spilled += data.len();
            if spilled > limit_bytes.saturating_mul(SPILL_LIMITS) {
                break;
            }
        }
        if spilled > 0 { Err(NoBody::TooLarge(limit_bytes)) } else { Ok(all) }
    }
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
