//! A limit on what is read for one record: a file whose lines do not end must not fill the memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A record or a line is at most so long, bytes. The widest report, of a station with all the sensors that it may have, takes
/// a tenth of it.
pub(super) const RECORD_MAX_BYTES: usize = 1 << 20;
/// What a reader of CSV reads ahead, bytes.
const AHEAD_BYTES: u64 = 64 * 1_024;

/// Reads no further than it may.
pub(super) struct Bounded {
    inner: Box<dyn Read + Send>,
    read: u64,
    end: Reach,
}

/// How far a file may be read, bytes from its start. Clones share it.
#[derive(Clone)]
pub(super) struct Reach(Arc<AtomicU64>);

impl Reach {
    /// The start of a record is known: as much may be read from there as a record is long, and what is read ahead.
    pub(super) fn record_begins(&self, at: u64) {
        self.0.store(at.saturating_add(RECORD_MAX_BYTES as u64 + AHEAD_BYTES), Relaxed);
    }
}

impl Bounded {
    /// The first record may be read, and how far the next may be is said by what is returned.
    pub(super) fn new(inner: Box<dyn Read + Send>) -> (Self, Reach) {
        let end = Reach(Arc::default());
        end.record_begins(0);
        (Self { inner, read: 0, end: end.clone() }, end)
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.0.load(Relaxed).saturating_sub(self.read);
        if left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..room])?;
        self.read += read as u64;
        Ok(read)
    }
}
