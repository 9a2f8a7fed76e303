//! One connection: requests are read by the fast lane or by hyper, and answered one after the other.

use super::access::Asked;
use super::connected::{Come, Connected, Flow, LINGER, READ_BYTES, linger};
use super::lane::{self, Verdict};
use super::register::{Doing, Seat};
use super::rooms::{Guest, Rooms};
use super::wire::{Speaks, Wire};
use super::{compress, http, write};
use crate::api::Sending;
use crate::live::socket::Opening;
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How often the door looks whether a client has left that has sent more than is read.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Serves a connection to its end.
pub(crate) async fn serve(stream: TcpStream, peer: SocketAddr, seat: Seat, rooms: &Rooms) {
    let mut line = Connected { stream, ahead: Vec::new(), peer, seat, is_old: false };
    loop {
        let Some(request) = line.head(rooms).await else { return };
        let (come, asked) = match request {
            Some(Plain { head, body, guest, asked }) => (line.plain(head, body, guest).await, asked),
            // Boxed, and gone before a truck parks: hyper is large, waiting is small.
            None => match Box::pin(http::serve(line, rooms)).await {
                Some((next, come, asked)) => {
                    line = next;
                    (come, asked)
                }
                None => return,
            },
        };
        let keep = match come {
            Come::Answered(answer, keep) => line.tells(&answer, keep, asked).await,
            Come::Waits(waiting, keep) => match line.parked(Box::pin(waiting.answer())).await {
                Some(answer) => line.tells(&answer, keep, asked).await,
                None => false,
            },
            Come::Parks(trip, keep) => match line.parked(trip.answer()).await {
                Some(answer) => line.tells(&answer, keep, asked).await,
                None => false,
            },
            Come::Events(events, keep) => {
                told(asked, 200);
                Box::pin(line.events(events, keep)).await
            }
            Come::Sends(sending, gzip, keep) => {
                told(asked, 200);
                Box::pin(line.sends(sending, gzip, keep)).await
            }
            Come::Socket(opening) => {
                told(asked, 101);
                return Box::pin(line.socket(opening)).await;
            }
        };
        if !keep || line.seat.register().is_closing() {
            line.seat.slot.does(Doing::Busy);
            return linger(&line.stream).await;
        }
        line.seat.slot.does(if line.ahead.is_empty() { Doing::Idle } else { Doing::Head });
    }
}

/// A plain request: the lengths of its head and its body, who comes, or why not, and what the access log will tell.
struct Plain {
    head: usize,
    body: usize,
    guest: Result<Guest, Answer>,
    asked: Option<Box<Asked>>,
}

/// Tells the access log of an answer that begins now.
fn told(asked: Option<Box<Asked>>, status: u16) {
    if let Some(asked) = asked {
        asked.answered(status, None);
    }
}

impl Connected {
    /// Waits for a head. `None`: the connection has ended; a head of `None` is hyper's.
    async fn head(&mut self, rooms: &Rooms) -> Option<Option<Plain>> {
        loop {
            // What was read ahead comes first.
            if !self.ahead.is_empty() {
                match lane::look(&self.ahead, rooms, self.peer) {
                    Verdict::More => {}
                    Verdict::Unusual => return Some(None),
                    Verdict::Plain { head, body, guest, asked } => {
                        return Some(Some(Plain { head, body, guest, asked }));
                    }
                }
            }
            if self.read(READ_BYTES).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Reads the body of a plain request, and lets the guest in.
    async fn plain(&mut self, head: usize, body: usize, guest: Result<Guest, Answer>) -> Come {
        self.seat.slot.does(Doing::Busy);
        self.seat.register().counters.by_lane();
        let (guest, body) = match guest.and_then(|guest| guest.takes().map(|limit| (guest, limit))) {
            // Mostly it came together with the head.
            Ok((guest, _)) if self.ahead.len() >= head + body => (guest, Ok(self.take(head, body))),
            Ok((guest, limit)) => {
                let read = Box::pin(timeout(limit.patience, self.body(head, body))).await;
                (guest, read.unwrap_or(Err(NoBody::TooSlow(limit.patience))))
            }
            // The body is read over, so that the next request can be found.
            Err(answer) => {
                let read = Box::pin(timeout(LINGER, self.body(head, body))).await;
                let keep = matches!(read, Ok(Ok(_))) && !answer.closes;
                return Come::Answered(answer, keep);
            }
        };
        let is_whole = body.is_ok();
        match guest.comes(body).await {
            Ok(trip) => Come::Parks(trip, true),
            Err(answer) => {
                let keep = is_whole && !answer.closes;
                Come::Answered(answer, keep)
            }
        }
    }

    /// Takes a request out of what is read ahead; returns its body, which is waited for.
    async fn body(&mut self, head: usize, body: usize) -> Result<Vec<u8>, NoBody> {
        while self.ahead.len() < head + body {
            let missing = head + body - self.ahead.len();
            if self.read(missing).await? == 0 {
                return Err(NoBody::Broken(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        Ok(self.take(head, body))
    }

    /// Takes a request that is there in full out of what is read ahead; returns its body.
    fn take(&mut self, head: usize, body: usize) -> Vec<u8> {
        let rest = self.ahead.split_off(head + body);
        let mut request = std::mem::replace(&mut self.ahead, rest);
        request.drain(..head);
        request
    }

    /// Waits for an answer that takes its time; `None`: whoever asked has left.
    async fn parked(&mut self, answer: impl Future<Output = Answer>) -> Option<Answer> {
        let Self { stream, ahead, .. } = self;
        tokio::select! {
            biased;
            answer = answer => Some(answer),
            () = gone(stream, ahead) => None,
        }
    }

    /// Writes an answer; says whether the connection goes on.
    async fn answer(&mut self, answer: &Answer, keep: bool) -> bool {
        let register = self.seat.register();
        let keep = keep && !register.is_closing();
        let head = write::of_answer(register, answer, self.is_old, keep);
        write::all(&self.stream, &self.seat.slot, [&head, &answer.body, &[]]).await.is_ok() && keep
    }

    /// The same, and tells the access log.
    async fn tells(&mut self, answer: &Answer, keep: bool, asked: Option<Box<Asked>>) -> bool {
        let keep = self.answer(answer, keep).await;
        if let Some(asked) = asked {
            asked.answered(answer.status, Some(answer.body.len()));
        }
        keep
    }

    /// Writes events until their stream ends or the page leaves; says whether the connection goes on.
    async fn events(&mut self, mut events: Flow, keep: bool) -> bool {
        let Self { stream, ahead, seat, is_old, .. } = self;
        let (register, slot) = (seat.register(), &seat.slot);
        let chunked = !*is_old;
        let body = if chunked { write::Body::Chunked } else { write::Body::Rest };
        let head = write::head(register, *is_old, 200, events.headers().into_iter(), body, keep);
        if write::all(stream, slot, [&head, &[], &[]]).await.is_err() {
            return false;
        }
        drop(head);
        loop {
            slot.does(Doing::Busy);
            let event = tokio::select! {
                biased;
                event = events.next() => event,
                () = gone(stream, ahead) => return false,
            };
            let Some(event) = event else { break };
            let written = if chunked {
                let length = format!("{:x}\r\n", event.len());
                write::all(stream, slot, [length.as_bytes(), &event, b"\r\n"]).await
            } else {
                write::all(stream, slot, [&event, &[], &[]]).await
            };
            if written.is_err() {
                return false;
            }
        }
        // Without its last chunk the answer would look cut.
        let is_whole = !chunked || write::all(stream, slot, [b"0\r\n\r\n", &[], &[]]).await.is_ok();
        is_whole && keep
    }

    /// Writes a file piece by piece as the client takes it; says whether the connection goes on. The register ends it if one
    /// piece takes too long, and it gives way to others if it is slow.
    async fn sends(&mut self, mut sending: Sending, gzip: bool, keep: bool) -> bool {
        let Self { stream, ahead, seat, is_old, .. } = self;
        let (register, slot) = (seat.register(), &seat.slot);
        let chunked = !*is_old;
        let body = if chunked { write::Body::Chunked } else { write::Body::Rest };
        let mut gzip = gzip.then(compress::Pieces::default);
        let coding = gzip.iter().map(|_| ("content-encoding", "gzip"));
        let named = sending.headers();
        let named = named.iter().map(|(name, value)| (*name, value.as_str())).chain(coding);
        let head = write::head(register, *is_old, 200, named, body, keep);
        if write::all(stream, slot, [&head, &[], &[]]).await.is_err() || sending.is_head {
            return keep && sending.is_head;
        }
        loop {
            slot.does(Doing::Busy);
            let piece = tokio::select! {
                biased;
                piece = sending.next() => piece,
                () = gone(stream, ahead) => return false,
            };
            // Without its last chunk the answer is cut, and the client knows it.
            let Ok(piece) = piece else { return false };
            let is_last = piece.is_none();
            let piece = piece.unwrap_or_default();
            let made = match gzip.take() {
                None => piece,
                Some(pieces) => match pieces.take(piece, is_last).await {
                    Some((more, made)) => {
                        gzip = Some(more);
                        made
                    }
                    None => return false,
                },
            };
            let length = format!("{:x}\r\n", made.len());
            let parts: [&[u8]; 3] = match (chunked, made.is_empty()) {
                (_, true) => [&[]; 3],
                (true, _) => [length.as_bytes(), &made, b"\r\n"],
                (false, _) => [&made, &[], &[]],
            };
            let written = tokio::select! {
                biased;
                written = write::all(stream, slot, parts) => written.is_ok(),
                () = sending.gives_way() => false,
            };
            if !written {
                return false;
            }
            sending.taken(made.len());
            if is_last {
                break;
            }
        }
        let is_whole = !chunked || write::all(stream, slot, [b"0\r\n\r\n", &[], &[]]).await.is_ok();
        is_whole && keep
    }

    /// Opens a WebSocket and talks until one side ends it.
    async fn socket(self, opening: Opening) {
        let Self { stream, ahead, seat, .. } = self;
        let headers = opening.headers();
        let named = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let head = write::head(seat.register(), false, 101, named, write::Body::Switched, true);
        if write::all(&stream, &seat.slot, [&head, &[], &[]]).await.is_err() {
            return;
        }
        seat.slot.does(Doing::Busy);
        let wire = Wire::new(stream, ahead, seat.slot.clone(), Speaks::WebSocket, Duration::ZERO);
        opening.talk(wire).await;
    }
}

/// Ends when the client has closed its side. What it sends in the meantime is kept for the next request.
async fn gone(stream: &TcpStream, ahead: &mut Vec<u8>) {
    loop {
        if ahead.len() >= lane::HEAD_MAX_BYTES {
            // The rest is not read before it has its answer.
            return closed(stream).await;
        }
        if stream.readable().await.is_err() {
            return;
        }
        let mut some = [0; 512];
        match stream.try_read(&mut some) {
            Ok(0) => return,
            Ok(read) => ahead.extend_from_slice(&some[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Ends when the client has closed its side, although something that it sent lies there unread: the system tells of both in
/// one word, so this has to look again and again.
async fn closed(stream: &TcpStream) {
    while stream.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
