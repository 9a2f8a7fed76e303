//! The socket as hyper and WebSockets see it: what has been read ahead comes first, and the register knows what happens.

use super::register::{Doing, Slot};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// A client that has closed its side waits at most so long for the answer to something that it has sent to be stored: the
/// limits of the rooms end before.
const STORING_GRACE: Duration = Duration::from_secs(60);

/// A socket.
pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    /// Bytes that were read before, and how many of them have been given.
    ahead: (Vec<u8>, usize),
    slot: Arc<Slot>,
    speaks: Speaks,
    /// The time that a client has which has closed its side.
    half_closed: Duration,
    /// When it has closed it, and the end of its time.
    closed: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Whether all that was written has gone to the system.
    is_flushed: bool,
}

/// The protocol on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Requests and answers.
    Http,
    /// Frames.
    WebSocket,
}

impl Wire {
    pub(crate) fn new(
        stream: TcpStream,
        ahead: Vec<u8>,
        slot: Arc<Slot>,
        speaks: Speaks,
        half_closed: Duration,
    ) -> Self {
        Self { stream, ahead: (ahead, 0), slot, speaks, half_closed, closed: None, is_flushed: true }
    }

    /// Whether all that was written has gone to the system.
    pub(crate) fn is_flushed(&self) -> bool {
        self.is_flushed
    }

    /// The bytes that were read before and not given yet.
    pub(crate) fn into_parts(self) -> (TcpStream, Vec<u8>) {
        let (mut ahead, given) = self.ahead;
        ahead.drain(..given);
        (self.stream, ahead)
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if self.speaks == Speaks::WebSocket {
            let doing = if written.is_pending() { Doing::Writing } else { Doing::Busy };
            if self.slot.doing() != doing {
                self.slot.does(doing);
            }
        }
        self.is_flushed = false;
        written
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let (ahead, given) = &mut this.ahead;
        if *given < ahead.len() {
            let some = (ahead.len() - *given).min(buffer.remaining());
            buffer.put_slice(&ahead[*given..*given + some]);
            *given += some;
            if *given == ahead.len() {
                this.ahead = (Vec::new(), 0);
            }
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        if this.speaks == Speaks::WebSocket {
            return Poll::Ready(Ok(()));
        }
        if buffer.filled().len() > before {
            if this.slot.doing() == Doing::Idle {
                this.slot.does(Doing::Head);
            }
            return Poll::Ready(Ok(()));
        }
        // The client has closed its side. Some do so and still read, so it has its answer if that comes soon.
        let doing = this.slot.doing();
        if doing != Doing::Idle {
            let grace = if doing == Doing::Storing { STORING_GRACE } else { this.half_closed };
            let (since, end) = this.closed.get_or_insert_with(|| {
                #[expect(clippy::disallowed_methods, reason = "a timer")]
                let now = Instant::now();
                (now, Box::pin(tokio::time::sleep_until(now + grace)))
            });
            // What it sent may have come whole only just now.
            if end.deadline() != *since + grace {
                end.as_mut().reset(*since + grace);
            }
            ready!(end.as_mut().poll(cx));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_flushed = true;
        if self.speaks == Speaks::Http && self.slot.doing() == Doing::Writing {
            self.slot.does(Doing::Idle);
            if self.closed.is_some() {
                // Its answer is out: the end is read now, and not when its time is over.
                cx.waker().wake_by_ref();
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
