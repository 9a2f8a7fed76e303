//! The writer task: the only one who writes. It takes what waits, commits it together, answers, then tells.

use super::commit::Scribe;
use super::error::Error;
use super::keys::Key;
use super::observations::Appended;
use super::stations::NewStation;
use crate::weather::report::Report;
use crate::weather::station::{Slug, Station, StationId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::MissedTickBehavior;

/// What the writer is asked to do.
pub(super) enum Job {
    Append(Append),
    Add(NewStation, Answer<(Arc<Station>, Key)>),
    Renew(Slug, Answer<Key>),
    Remove(Slug, Answer<()>),
    Close(oneshot::Sender<()>),
}

/// Reports that wait for their commit.
pub(super) struct Append {
    pub station: StationId,
    pub reports: Vec<Report>,
    pub answer: Answer<Appended>,
    /// Its place in the queue, given back when it is answered.
    pub _room: OwnedSemaphorePermit,
}

impl Append {
    /// Answers with an error. Who asked may have gone.
    pub fn fail(self, error: &Error) {
        drop(self.answer.send(Err(error.share())));
    }
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// How often an idle writer looks whether another process has written: a station that was added on the command line
/// shows up within a blink.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    pub scribe: Scribe,
    pub queue: mpsc::Receiver<Job>,
    pub batch_reports: usize,
}

impl Writer {
    /// Works until storage is closed, or until its last handle is gone; then the file is closed.
    pub async fn run(mut self) {
        let mut next = None;
        let mut closed = None;
        loop {
            let job = match next.take() {
                Some(job) => job,
                None => match self.wait().await {
                    Some(job) => job,
                    None => break,
                },
            };
            match job {
                Job::Append(first) => {
                    let (appends, other) = self.gather(first);
                    next = other;
                    if let Err(locked) = self.scribe.store(appends).await
                        && next.is_none()
                    {
                        next = self.fail_all(&locked);
                    }
                }
                // Who asked may have gone; the work is done all the same.
                Job::Add(new, answer) => drop(answer.send(self.scribe.add_station(new).await)),
                Job::Renew(slug, answer) => drop(answer.send(self.scribe.renew_key(slug).await)),
                Job::Remove(slug, answer) => drop(answer.send(self.scribe.remove_station(slug).await)),
                Job::Close(answer) => {
                    self.queue.close();
                    closed = Some(answer);
                }
            }
            self.scribe.purge_some().await;
        }
        self.scribe.close().await;
        if let Some(answer) = closed {
            let _ = answer.send(());
        }
    }

    /// The next job; in the meantime looks after the house.
    async fn wait(&mut self) -> Option<Job> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        loop {
            while self.scribe.has_orphans() {
                match self.queue.try_recv() {
                    Ok(job) => return Some(job),
                    Err(TryRecvError::Disconnected) => return None,
                    Err(TryRecvError::Empty) => self.scribe.purge_some().await,
                }
            }
            tokio::select! {
                job = self.queue.recv() => return job,
                _ = look.tick() => self.scribe.look_around().await,
            }
        }
    }

    /// Takes everything that waits already, up to a full batch; no artificial delay. Also returns the first job that
    /// is something else: order is kept.
    fn gather(&mut self, first: Append) -> (Vec<Append>, Option<Job>) {
        let mut reports = first.reports.len();
        let mut appends = vec![first];
        while reports < self.batch_reports {
            match self.queue.try_recv() {
                Ok(Job::Append(append)) => {
                    reports += append.reports.len();
                    appends.push(append);
                }
                Ok(other) => return (appends, Some(other)),
                Err(_) => break,
            }
        }
        (appends, None)
    }

    /// Answers everyone who waits with an error; returns the first job that is something else.
    fn fail_all(&mut self, error: &Error) -> Option<Job> {
        loop {
            match self.queue.try_recv() {
                Ok(Job::Append(append)) => append.fail(error),
                Ok(other) => return Some(other),
                Err(_) => return None,
            }
        }
    }
}
