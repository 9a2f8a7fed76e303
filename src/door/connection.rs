//! One connection: requests are read by the fast lane or by hyper, and answered one after the other.

use super::lane::{self, Verdict};
use super::register::{Doing, Seat};
use super::rooms::Rooms;
use super::wire::{Speaks, Wire};
use super::{http, write};
use crate::live::socket::Opening;
use crate::live::{Events, Trip};
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection between two requests.
pub(crate) struct Line {
    pub stream: TcpStream,
    /// What has been read of the next request.
    pub ahead: Vec<u8>,
    pub peer: SocketAddr,
    pub seat: Seat,
    /// The client speaks HTTP/1.0: its connection ends with the answer.
    pub is_old: bool,
}

/// What a request has come to. The flag says whether the connection goes on after it.
pub(crate) enum Come {
    /// An answer.
    Answered(Answer, bool),
    /// A truck, which may be parked.
    Parks(Trip, bool),
    /// A stream of events.
    Events(Events, bool),
    /// A WebSocket.
    Socket(Opening),
}

/// What is read at once.
const READ_BYTES: usize = 2 * 1_024;
/// After an answer that closes, what the client still sends is read for so long: a reset would take the answer with it.
const LINGER: Duration = Duration::from_secs(1);
/// And so much of it.
const LINGER_BYTES: usize = 256 * 1_024;

/// Serves a connection to its end.
pub(crate) async fn serve(stream: TcpStream, peer: SocketAddr, seat: Seat, rooms: &Rooms) {
    let mut line = Line { stream, ahead: Vec::new(), peer, seat, is_old: false };
    loop {
        // Boxed, and gone before a truck parks: reading is large, waiting is small.
        let Some((next, come)) = Box::pin(come(line, rooms)).await else { return };
        line = next;
        let keep = match come {
            Come::Answered(answer, keep) => line.answer(&answer, keep).await,
            Come::Parks(trip, keep) => match line.parked(trip).await {
                Some(answer) => line.answer(&answer, keep).await,
                None => false,
            },
            Come::Events(events, keep) => Box::pin(line.events(events, keep)).await,
            Come::Socket(opening) => return Box::pin(line.socket(opening)).await,
        };
        if !keep || line.seat.register().is_closing() {
            line.seat.slot.does(Doing::Busy);
            return linger(&line.stream).await;
        }
        line.seat.slot.does(if line.ahead.is_empty() { Doing::Idle } else { Doing::Head });
    }
}

/// Reads the next request; `None`: the connection has ended.
async fn come(mut line: Line, rooms: &Rooms) -> Option<(Line, Come)> {
    loop {
        // What was read ahead comes first.
        let verdict = match line.ahead.is_empty() {
            true => Verdict::More,
            false => lane::look(&line.ahead, rooms, line.peer),
        };
        match verdict {
            Verdict::More => {
                if line.read(READ_BYTES).await.ok()? == 0 {
                    return None;
                }
            }
            Verdict::Unusual => return Box::pin(http::serve(line, rooms)).await,
            Verdict::Plain { head, body, guest } => {
                line.seat.slot.does(Doing::Busy);
                line.seat.register().counters.by_lane();
                let (guest, body) = match guest.and_then(|guest| guest.takes().map(|limit| (guest, limit))) {
                    Ok((guest, limit)) => {
                        let read = timeout(limit.patience, line.body(head, body)).await;
                        (guest, read.unwrap_or(Err(NoBody::TooSlow(limit.patience))))
                    }
                    // The body is read over, so that the next request can be found.
                    Err(answer) => {
                        let read = timeout(LINGER, line.body(head, body)).await;
                        let keep = matches!(read, Ok(Ok(_))) && !answer.closes;
                        return Some((line, Come::Answered(answer, keep)));
                    }
                };
                let is_whole = body.is_ok();
                let come = match guest.comes(body).await {
                    Ok(trip) => Come::Parks(trip, true),
                    Err(answer) => {
                        let keep = is_whole && !answer.closes;
                        Come::Answered(answer, keep)
                    }
                };
                return Some((line, come));
            }
        }
    }
}

impl Line {
    /// Reads more into what is read ahead; 0: the client has closed its side.
    async fn read(&mut self, most: usize) -> io::Result<usize> {
        loop {
            self.ahead.reserve(most);
            match self.stream.try_read_buf(&mut self.ahead) {
                Ok(read) => {
                    if self.seat.slot.doing() == Doing::Idle {
                        self.seat.slot.does(Doing::Head);
                    }
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.ahead.is_empty() {
                        // Nothing is held while nothing comes.
                        self.ahead = Vec::new();
                    }
                    self.stream.readable().await?;
                }
                Err(error) => return Err(error),
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
        let rest = self.ahead.split_off(head + body);
        let mut request = std::mem::replace(&mut self.ahead, rest);
        request.drain(..head);
        Ok(request)
    }

    /// Waits for a truck's load; `None`: the page has left.
    async fn parked(&mut self, trip: Trip) -> Option<Answer> {
        let Self { stream, ahead, .. } = self;
        tokio::select! {
            biased;
            answer = trip.answer() => Some(answer),
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

    /// Writes events until their stream ends or the page leaves; says whether the connection goes on.
    async fn events(&mut self, mut events: Events, keep: bool) -> bool {
        let Self { stream, ahead, seat, is_old, .. } = self;
        let (register, slot) = (seat.register(), &seat.slot);
        let chunked = !*is_old;
        let body = if chunked { write::Body::Chunked } else { write::Body::Rest };
        let head = write::head(register, *is_old, 200, Events::HEADERS.into_iter(), body, keep);
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
        keep && write::all(stream, slot, [b"0\r\n\r\n", &[], &[]]).await.is_ok()
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
        if ahead.len() >= lane::HEAD_MAX_BYTES || stream.readable().await.is_err() {
            // It sends ahead without end, and is not looked at until it has its answer.
            return std::future::pending().await;
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

/// Closes this side, and reads for a moment what the client still sends: a reset would take the last answer with it.
pub(crate) async fn linger(stream: &TcpStream) {
    let read = async {
        let mut read = 0;
        let mut some = [0; 1_024];
        while read < LINGER_BYTES && stream.readable().await.is_ok() {
            match stream.try_read(&mut some) {
                Ok(0) => return,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    };
    if socket2::SockRef::from(stream).shutdown(std::net::Shutdown::Write).is_ok() {
        let _ = timeout(LINGER, read).await;
    }
}
