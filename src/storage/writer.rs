//! The writer task: the only one who writes. It takes what waits, commits it together, answers, then tells.

use super::commit::Scribe;
use super::error::Error;
use super::keys::Key;
use super::observations::Appended;
use super::stations::NewStation;
use super::words::{Forgetting, Talk};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use weather::report::Report;
use weather::station::{Slug, Station, StationId};

/// What the writer is asked to do.
pub(super) enum Job {
    Write(Write),
    Forget(Forgetting, Answer<()>),
    Add(NewStation, Answer<(Arc<Station>, Key)>),
    Renew(Slug, Answer<Key>),
    Remove(Slug, Answer<()>),
    Close(oneshot::Sender<()>),
}

/// What may be committed together with what waits beside it.
pub(super) enum Write {
    Append(Append),
    Talk(Talk),
}

impl Write {
    /// Reports or words.
    fn size(&self) -> usize {
        match self {
            Write::Append(append) => append.reports.len(),
            Write::Talk(talk) => talk.size(),
        }
    }

    fn fail(self, error: &Error) {
        match self {
            Write::Append(append) => append.fail(error),
            Write::Talk(talk) => talk.fail(error),
        }
    }
}

/// What is committed together: reports in the order of the queue, and words. Nobody who is in it has been answered, so
/// nobody can tell which of a report and a word came first.
#[derive(Default)]
pub(super) struct Batch {
    pub appends: Vec<Append>,
    pub talks: Vec<Talk>,
}

impl Batch {
    fn add(&mut self, write: Write) {
        match write {
            Write::Append(append) => self.appends.push(append),
            Write::Talk(talk) => self.talks.push(talk),
        }
    }

    pub fn len(&self) -> usize {
        self.appends.len() + self.talks.len()
    }

    /// The same, one by one.
    pub fn split(self) -> impl Iterator<Item = Batch> {
        let appends = self.appends.into_iter().map(|append| Batch { appends: vec![append], talks: Vec::new() });
        let talks = self.talks.into_iter().map(|talk| Batch { appends: Vec::new(), talks: vec![talk] });
        appends.chain(talks)
    }

    /// Answers everyone with an error.
    pub fn fail(self, error: &Error) {
        self.appends.into_iter().for_each(|append| append.fail(error));
        self.talks.into_iter().for_each(|talk| talk.fail(error));
    }
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
                Job::Write(first) => {
                    let (batch, other) = self.gather(first);
                    next = other;
                    if let Err(locked) = self.scribe.store(batch).await {
                        next = self.fail_all(&locked, next);
                    }
                }
                // Who asked may have gone; the work is done all the same.
                Job::Add(new, answer) => drop(answer.send(self.scribe.add_station(new).await)),
                Job::Renew(slug, answer) => drop(answer.send(self.scribe.renew_key(slug).await)),
                Job::Remove(slug, answer) => drop(answer.send(self.scribe.remove_station(slug).await)),
                Job::Forget(what, answer) => {
                    let done = self.scribe.forget_conversation(&what).await;
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
