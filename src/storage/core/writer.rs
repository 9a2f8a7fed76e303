//! The writer task: the only one who writes. It takes what waits, commits it together, answers, then tells.

use super::jobs::{Batch, Job, Write};
use super::scribe::Scribe;
use super::{forget, list, store};
use crate::storage::error::Error;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::time::MissedTickBehavior;

/// How often an idle writer looks whether another process has written: a station that was added on the command line
/// shows up within a blink.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The writer and its queue.
pub(in crate::storage) struct Writer {
    pub scribe: Scribe,
    pub queue: mpsc::Receiver<Job>,
    pub batch_reports: usize,
}

impl Writer {
    /// Works until storage is closed, or until its last handle is gone; then the file is closed.
    pub(in crate::storage) async fn run(mut self) {
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
                Job::Write(first) => {
                    let (batch, other) = self.gather(first);
                    next = other;
                    if let Err(locked) = store::store(&mut self.scribe, batch).await {
                        next = self.fail_all(&locked, next);
                    }
                }
                // The asker may have gone; the work is done all the same.
                Job::Add(new, answer) => drop(answer.send(list::add_station(&mut self.scribe, new).await)),
                Job::Renew(slug, answer) => drop(answer.send(list::renew_key(&mut self.scribe, slug).await)),
                Job::Remove(slug, answer) => drop(answer.send(list::remove_station(&mut self.scribe, slug).await)),
                Job::RemoveSensor(slug, name, answer) => {
                    drop(answer.send(list::remove_sensor(&mut self.scribe, slug, name).await));
                }
                Job::Forget(what, answer) => {
                    let done = forget::forget_conversation(&mut self.scribe, &what).await;
                    if let Err(locked @ Error::Locked(_)) = &done {
                        next = self.fail_all(locked, None);
                    }
                    drop(answer.send(done));
                }
                Job::Close(answer) => {
                    self.queue.close();
                    closed = Some(answer);
                }
            }
            self.scribe.tidy_some().await;
            self.scribe.wipe_if_due().await;
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
                    Err(TryRecvError::Empty) => self.scribe.tidy_some().await,
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
    fn gather(&mut self, first: Write) -> (Batch, Option<Job>) {
        let mut size = first.size();
        let mut batch = Batch::default();
        batch.add(first);
        while size < self.batch_reports {
            match self.queue.try_recv() {
                Ok(Job::Write(write)) => {
                    size += write.size();
                    batch.add(write);
                }
                Ok(other) => return (batch, Some(other)),
                Err(_) => break,
            }
        }
        (batch, None)
    }

    /// Answers everyone who waits with an error, `job` first; returns the first job that is something else.
    fn fail_all(&mut self, error: &Error, mut job: Option<Job>) -> Option<Job> {
        loop {
            match job {
                Some(Job::Write(write)) => write.fail(error),
                Some(Job::Forget(_, answer)) => drop(answer.send(Err(error.share()))),
                Some(other) => return Some(other),
                None => {}
            }
            job = Some(self.queue.try_recv().ok()?);
        }
    }
}
