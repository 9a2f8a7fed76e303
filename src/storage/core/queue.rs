//! The queue of reports before the writer: bounded in rows and in bytes, with a share for each station, and stations
//! take turns. So one that sends much delays itself and nobody else.

use super::jobs::Answer;
use super::merge::WARNINGS_MAX;
use crate::storage::error::{Error, Limit};
use crate::storage::observations::Appended;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec;
use tokio::sync::Notify;
use weather::report::{ARRIVALS_AHEAD_MAX_MS, Report, Values};
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// A station may have this part of the queue: three that flood it leave room for the others.
pub(in crate::storage) const SHARE: usize = 4;
/// The last part of the queue is kept for stations that have nothing else in it and send little: a queue that is full of
/// large uploads still takes a single report.
const RESERVE: usize = 4;
/// Little is at most this part of the queue.
const LITTLE: usize = 64;
/// Rows that a station may write before it is the next one's turn; one report at least. A report of a station with all
/// the sensors that it may have is one turn.
const TURN_ROWS: usize = 256;
/// Stations whose latest arrival is remembered before those of long ago are forgotten.
const ARRIVALS_MAX: usize = 4_096;

/// What waits, and where it is put.
pub(in crate::storage) struct Queue {
    waiting: Mutex<Waiting>,
    /// Something came.
    arrived: Notify,
    limit: Size,
}

/// How much reports are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::storage) struct Size {
    pub reports: usize,
    /// A row is one sensor at one instant.
    pub rows: usize,
    /// In memory.
    pub bytes: usize,
}

#[derive(Default)]
struct Waiting {
    lines: HashMap<StationId, Portion>,
    /// Stations that have something to be taken, in the order of their turns.
    turns: VecDeque<StationId>,
    /// All that is not answered yet, taken or not.
    held: Size,
    /// The latest instant that was given to a station's report for its arrival. Those of long ago are forgotten.
    arrivals: HashMap<StationId, Timestamp>,
    closed: bool,
}

/// What waits of one station.
#[derive(Default)]
struct Portion {
    uploads: VecDeque<Upload>,
    held: Size,
}

/// One upload, of which some may have been taken.
struct Upload {
    rest: vec::IntoIter<Report>,
    sent: usize,
    reply: Arc<Reply>,
}

/// Some reports of one upload, in order: what is merged and written at a time.
pub(super) struct Slice {
    pub station: StationId,
    pub reports: Vec<Report>,
    /// The place of the first of them in the upload; `None` if the upload is a single report.
    pub first: Option<usize>,
    reply: Arc<Reply>,
    room: Room,
}

/// The way back to the sender of an upload, who is answered when all of it is stored or some of it has failed.
struct Reply(Mutex<Pending>);

struct Pending {
    answer: Option<Answer<Appended>>,
    sum: Appended,
    left: usize,
}

/// Room in the queue, given back with this value.
struct Room {
    queue: Arc<Queue>,
    station: StationId,
    size: Size,
}

impl Queue {
    /// A queue for so many rows and bytes.
    pub(in crate::storage) fn new(rows: usize, bytes: usize) -> Self {
        let limit = Size { reports: usize::MAX, rows, bytes };
        Self { waiting: Mutex::default(), arrived: Notify::new(), limit }
    }

    /// Takes an upload in, or says which limit it is beyond. What is larger than its share is let in when nothing else
    /// of its station waits, and what is larger than the queue when nothing at all does.
    pub(in crate::storage) fn offer(
        &self,
        station: StationId,
        mut reports: Vec<Report>,
        answer: Answer<Appended>,
    ) -> Result<(), Error> {
        let size = reports.iter().map(Size::of).fold(Size::default(), Size::plus);
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Error::Closed);
        }
        if let Some(limit) = waiting.beyond(station, size, self.limit) {
            return Err(Error::Overloaded(limit));
        }
        waiting.space_arrivals(station, &mut reports);
        let pending = Pending { answer: Some(answer), sum: Appended::default(), left: reports.len() };
        let reply = Arc::new(Reply(Mutex::new(pending)));
        waiting.held = waiting.held.plus(size);
        let line = waiting.lines.entry(station).or_default();
        line.held = line.held.plus(size);
        let is_first = line.uploads.is_empty();
        line.uploads.push_back(Upload { sent: reports.len(), rest: reports.into_iter(), reply });
        if is_first {
            waiting.turns.push_back(station);
        }
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits until something has come since the last time.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Takes up to so many rows, in turns; at least one report if any waits.
    pub(super) fn take(self: &Arc<Self>, rows_max: usize) -> Vec<Slice> {
        let mut taken = Vec::new();
        let mut left = rows_max;
        let mut waiting = self.lock();
        while left > 0
            && let Some(station) = waiting.turns.pop_front()
        {
            let mut turn = if waiting.turns.is_empty() { left } else { left.min(TURN_ROWS) };
            let Some(line) = waiting.lines.get_mut(&station) else { continue };
            let mut has_begun = false;
            while let Some(upload) = line.uploads.front_mut()
                && (!has_begun || upload.next_rows() <= turn)
            {
                has_begun = true;
                let (first, reports, size) = upload.take(turn);
                let room = Room { queue: self.clone(), station, size };
                taken.push(Slice { station, reports, first, reply: upload.reply.clone(), room });
                (turn, left) = (turn.saturating_sub(size.rows), left.saturating_sub(size.rows));
                if upload.rest.as_slice().is_empty() {
                    line.uploads.pop_front();
                }
            }
            if !line.uploads.is_empty() {
                waiting.turns.push_back(station);
            }
        }
        taken
    }

    /// Takes nothing in any more.
    pub(in crate::storage) fn close(&self) {
        self.lock().closed = true;
    }

    /// How many reports are not answered yet.
    pub(in crate::storage) fn reports(&self) -> usize {
        self.lock().held.reports
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Sees to it that no two reports of a station have the same time of arrival, however many come at once.
    fn space_arrivals(&mut self, station: StationId, reports: &mut [Report]) {
        let Some(latest) = Report::space_arrivals(reports, self.arrivals.get(&station).copied()) else { return };
        if self.arrivals.len() >= ARRIVALS_MAX {
            self.arrivals.retain(|_, last| latest.since(*last) <= ARRIVALS_AHEAD_MAX_MS);
        }
        self.arrivals.insert(station, latest);
    }

    /// The limit that keeps an upload out.
    fn beyond(&self, station: StationId, size: Size, limit: Size) -> Option<Limit> {
        if self.held == Size::default() {
            return None;
        }
        let own = self.lines.get(&station).map_or(Size::default(), |line| line.held);
        if own != Size::default() {
            let after = own.plus(size);
            if after.rows > limit.rows / SHARE {
                return Some(Limit::StationRows);
            }
            if after.bytes > limit.bytes / SHARE {
                return Some(Limit::StationBytes);
            }
        }
        let is_little =
            own == Size::default() && size.rows <= limit.rows / LITTLE && size.bytes <= limit.bytes / LITTLE;
        let open = |limit: usize| if is_little { limit } else { limit - limit / RESERVE };
        let after = self.held.plus(size);
        if after.rows > open(limit.rows) {
            return Some(Limit::Rows);
        }
        (after.bytes > open(limit.bytes)).then_some(Limit::Bytes)
    }
}

impl Upload {
    /// The rows of its next report.
    fn next_rows(&self) -> usize {
        self.rest.as_slice().first().map_or(0, |report| report.sensors().len())
    }

    /// So many rows of it, at least one report: its place, the reports and their size.
    fn take(&mut self, rows_max: usize) -> (Option<usize>, Vec<Report>, Size) {
        let rest = self.rest.as_slice();
        let first = (self.sent > 1).then(|| self.sent - rest.len());
        let mut size = Size::default();
        let mut count = 0;
        for more in rest.iter().map(Size::of) {
            if count > 0 && size.rows + more.rows > rows_max {
                break;
            }
            (size, count) = (size.plus(more), count + 1);
        }
        let reports = if count == rest.len() {
            std::mem::take(&mut self.rest).collect()
        } else {
            self.rest.by_ref().take(count).collect()
        };
        (first, reports, size)
    }
}

/// Entries of a node of the tree that a report keeps its sensors in, and how many of them are used at least.
const NODE_ENTRIES: (usize, usize) = (11, 6);
/// What a sensor's name and its values take.
const ENTRY_BYTES: usize = size_of::<SensorName>() + size_of::<Values>();

impl Size {
    fn of(report: &Report) -> Self {
        let (room, used) = NODE_ENTRIES;
        let rows = report.sensors().len();
        let bytes = size_of::<Report>() + rows.div_ceil(used) * room * ENTRY_BYTES;
        Self { reports: 1, rows, bytes }
    }

    fn plus(self, more: Size) -> Self {
        let Size { reports, rows, bytes } = self;
        Self { reports: reports + more.reports, rows: rows + more.rows, bytes: bytes + more.bytes }
    }

    fn minus(self, less: Size) -> Self {
        let Size { reports, rows, bytes } = self;
        Self { reports: reports - less.reports, rows: rows - less.rows, bytes: bytes - less.bytes }
    }
}

impl Slice {
    /// How many rows it is.
    pub(super) fn rows(&self) -> usize {
        self.room.size.rows
    }

    /// It is stored.
    pub(super) fn succeed(self, appended: Appended) {
        let Slice { reports, reply, room, .. } = self;
        drop(room);
        reply.add(reports.len(), appended);
    }

    /// It is not. What is stored of its upload already stays; the sender will send all of it again.
    pub(super) fn fail(self, error: &Error) {
        let Slice { reply, room, .. } = self;
        drop(room);
        reply.fail(error);
    }
}

impl Reply {
    fn add(&self, reports: usize, appended: Appended) {
        let mut pending = self.lock();
        let Pending { sum, left, .. } = &mut *pending;
        *left -= reports;
        if *left == 0 && sum.stored + sum.duplicate == 0 && sum.warnings.is_empty() {
            *sum = appended;
        } else {
            sum.stored += appended.stored;
            sum.duplicate += appended.duplicate;
            sum.set_aside.join(&appended.set_aside);
            let room = WARNINGS_MAX.saturating_sub(sum.warnings.len());
            sum.warnings.extend(appended.warnings.into_iter().take(room));
        }
        if pending.left == 0
            && let Some(answer) = pending.answer.take()
        {
            // The asker may have gone; the reports are stored all the same.
            let _ = answer.send(Ok(std::mem::take(&mut pending.sum)));
        }
    }

    fn fail(&self, error: &Error) {
        if let Some(answer) = self.lock().answer.take() {
            // The asker may have gone.
            let _ = answer.send(Err(error.share()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut waiting = self.queue.lock();
        waiting.held = waiting.held.minus(self.size);
        if let Some(line) = waiting.lines.get_mut(&self.station) {
            line.held = line.held.minus(self.size);
            if line.held == Size::default() {
                waiting.lines.remove(&self.station);
            }
        }
    }
}

#[cfg(test)]
mod tests;
