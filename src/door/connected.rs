//! A connection between two requests, what a request comes to, and how a connection is closed.

use super::register::{Doing, Seat};
use crate::api::{Sending, StationEvents, Waiting};
use crate::live::socket::Opening;
use crate::live::{Events, Trip};
use crate::web::answer::Answer;
use socket2::SockRef;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What is read at once.
pub(crate) const READ_BYTES: usize = 2 * 1_024;

/// A connection between two requests.
pub(crate) struct Connected {
    pub stream: TcpStream,
    /// What has been read of the next request.
    pub ahead: Vec<u8>,
    pub peer: SocketAddr,
    pub seat: Seat,
    /// The client speaks HTTP/1.0: its connection ends with the answer.
    pub is_old: bool,
}

impl Connected {
    /// Reads more into what is read ahead; 0: the client has closed its side.
    pub(crate) async fn read(&mut self, most: usize) -> io::Result<usize> {
        if self.ahead.is_empty() {
            // Nothing is held while nothing comes.
            self.ahead = Vec::new();
            self.stream.readable().await?;
        }
        self.ahead.reserve(most);
        // `try_read_buf` would ask the system once more for each request, only to hear that nothing is left.
        let read = self.stream.read_buf(&mut self.ahead).await?;
        if self.seat.slot.doing() == Doing::Idle {
            self.seat.slot.does(Doing::Head);
        }
        Ok(read)
    }
}

/// What a request has come to. The flag says whether the connection goes on after it.
pub(crate) enum Come {
    /// An answer.
    Answered(Answer, bool),
    /// A truck, which may be parked.
    Parks(Trip, bool),
    /// A stream of events.
    Events(Flow, bool),
    /// A program that waits for news of a station.
    Waits(Box<Waiting>, bool),
    /// A file that is made as it is sent, compressed if the flag that comes first says so.
    Sends(Sending, bool, bool),
    /// A WebSocket.
    Socket(Opening),
}

/// After an answer that closes, what the client still sends is read for so long: a reset would take the answer with it.
pub(crate) const LINGER: Duration = Duration::from_secs(1);
/// And so much of it.
const LINGER_BYTES: usize = 256 * 1_024;

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
    if SockRef::from(stream).shutdown(Shutdown::Write).is_ok() {
        let _ = timeout(LINGER, read).await;
    }
}

/// Events, of the dock or of one station.
pub(crate) enum Flow {
    Dock(Events),
    Station(StationEvents),
}

impl Flow {
    /// The headers of the answer.
    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Dock(_) => Events::HEADERS.to_vec(),
            Self::Station(events) => events.headers().collect(),
        }
    }

    /// The next event, however long it takes; `None` when they have ended.
    pub(crate) async fn next(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Dock(events) => events.next().await,
            Self::Station(events) => events.next().await,
        }
    }
}
