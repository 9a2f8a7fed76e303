//! Counts the frames of a WebSocket as they come. A message may come in many, and only the last of them is seen elsewhere.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Most frames of one message. No clipboard needs more: even cut into frames of a kilobyte, the largest has as many.
pub(crate) const FRAMES_MAX: u32 = 64;

/// A connection whose client sends more frames for one message than there may be gets [`io::ErrorKind::QuotaExceeded`].
pub(crate) struct Counted<S> {
    line: S,
    counter: Counter,
}

impl<S> Counted<S> {
    pub(crate) fn new(line: S) -> Self {
        Self { line, counter: Counter::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.line).poll_read(cx, buffer))?;
        let most = self.counter.read(&buffer.filled()[before..]);
        Poll::Ready(if most > FRAMES_MAX { Err(io::ErrorKind::QuotaExceeded.into()) } else { Ok(()) })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}

/// Follows the frames' heads (RFC 6455, 5.2), and skips what they hold.
#[derive(Default)]
struct Counter {
    /// The head that is being read, and how much of it is there.
    head: [u8; HEAD_MAX_BYTES],
    have: usize,
    /// Bytes of the frame that are still to come, after its head.
    rest: u64,
    /// Frames since the last message was complete.
    frames: u32,
}

/// Two bytes and a length of eight. The mask behind them counts as a part of the rest.
const HEAD_MAX_BYTES: usize = 10;
/// In the first byte: the frame is the last of its message.
const LAST: u8 = 0x80;
/// In the first byte: the frame is none of a message, such as a ping. It is seen elsewhere.
const CONTROL: u8 = 0x08;
/// In the second byte: a mask of four bytes follows the length.
const MASKED: u8 = 0x80;
const MASK_BYTES: u64 = 4;

impl Counter {
    /// Goes on with these bytes. Returns the most frames that one message has had in them.
    fn read(&mut self, mut bytes: &[u8]) -> u32 {
        let mut most = 0;
        loop {
            let skipped = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
            self.rest -= skipped as u64;
            let Some((first, others)) = bytes[skipped..].split_first() else { return most };
            self.head[self.have] = *first;
            self.have += 1;
            bytes = others;
            if let Some(length) = self.length() {
                let mask = if self.head[1] & MASKED == 0 { 0 } else { MASK_BYTES };
                self.rest = length.saturating_add(mask);
                self.have = 0;
                let first = self.head[0];
                if first & CONTROL == 0 {
                    self.frames = if first & LAST == 0 { self.frames.saturating_add(1) } else { 0 };
                    most = most.max(self.frames);
                }
            }
        }
    }

    /// The length that a complete head tells.
    fn length(&self) -> Option<u64> {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let long = match (self.have, self.head[1] & !MASKED) {
            (0 | 1, _) => return None,
            (_, 126) => 2,
            (_, 127) => 8,
            (_, short) => return Some(short.into()),
        };
        (self.have == 2 + long).then(|| number(&self.head[2..self.have]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(first: u8, length: usize, masked: bool) -> Vec<u8> {
        let mask = if masked { MASKED } else { 0 };
        let mut frame = vec![first];
        match length {
            0..126 => frame.push(mask | length as u8),
            126..65_536 => frame.extend([&[mask | 126][..], &(length as u16).to_be_bytes()].concat()),
            _ => frame.extend([&[mask | 127][..], &(length as u64).to_be_bytes()].concat()),
        }
        // What a frame holds may look like the head of another.
        frame.extend(std::iter::repeat_n(1, length + if masked { 4 } else { 0 }));
        frame
    }

    proptest! {
        #[test]
        fn frames_are_counted_however_the_bytes_come(
            messages in proptest::collection::vec(
                (1..6_u32, prop_oneof![0..130_usize, Just(300), Just(66_000)], any::<bool>(), any::<bool>()), 1..8),
            cut in 1..700_usize,
        ) {
            let mut bytes = Vec::new();
            for (frames, length, masked, ping) in &messages {
                for number in 1..=*frames {
                    let kind = if number == 1 { 1 } else { 0 };
                    bytes.extend(frame(kind | if number == *frames { LAST } else { 0 }, *length, *masked));
                    if *ping {
                        bytes.extend(frame(LAST | 9, 3, *masked));
                    }
                }
            }
            let mut counter = Counter::default();
            let most = bytes.chunks(cut).map(|some| counter.read(some)).max();
            // The last frame of a message ends the count.
            prop_assert_eq!(most, messages.iter().map(|(frames, ..)| frames - 1).max());
            prop_assert_eq!((counter.frames, counter.have, counter.rest), (0, 0, 0));
        }
    }
}
