//! The writer task: the only one who writes. Reports have a queue of their own; everything else comes as a job. Both
//! get their turns: after a job the reports that wait, after those the next job.

use super::jobs::{Job, Talk};
use super::reports::{Landed, Reports};
use super::scribe::Scribe;
use super::{admin, correct, enrol, forget, list, outbox, recalculate, retention, store, unmapped};
use crate::storage::error::Error;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Interval, MissedTickBehavior};

/// How often an idle writer looks whether another process has written: a station that was added on the command line
/// shows up within a blink.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The writer and its queues.
pub(in crate::storage) struct Writer {
    pub scribe: Scribe,
    pub reports: Reports,
    pub jobs: mpsc::Receiver<Job>,
    /// Most words in one transaction.
    pub batch_words: usize,
    /// The newest head that other processes have told of, if they can.
    pub bell: Option<watch::Receiver<u64>>,
}

/// What the writer waited for.
enum Event {
    /// A batch of reports was written, or was not.
    Landed(Landed),
    /// A job; `None`: there will be no more.
    Job(Option<Job>),
    /// Reports came.
    Reports,
    /// Time to look for other processes.
    Look,
    /// Nothing: there are chores.
    Chores,
}

impl Writer {
    /// Works until storage is closed, or until its last handle is gone; then the file is closed.
    pub(in crate::storage) async fn run(mut self) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut next, mut ended, mut closed) = (None, false, None);
        loop {
            // While a job waits no more is gathered, so that its turn comes.
            if next.is_none() {
                self.reports.gather(&mut self.scribe);
            }
            if !self.reports.are_under_way() {
                self.scribe.do_chores().await;
                let head = self.scribe.numbering.head();
                let is_busy = self.scribe.recalculating.is_due();
                let leads = self.scribe.leads().await;
                if (leads && recalculate::recalculate_if_due(&mut self.scribe).await)
                    || (leads && !is_busy && retention::prune_if_due(&mut self.scribe).await)
                    || self.scribe.numbering.head() != head
                {
                    self.reports.take_back(&mut self.scribe);
                }
                if self.reports.launch(&mut self.scribe) {
                    continue;
                }
                match self.reports.store_late(&mut self.scribe).await {
                    Ok(false) => {}
                    Ok(true) => continue,
                    Err(locked) => {
                        next = self.fail_all(&locked, next);
                        continue;
                    }
                }
                if let Some(job) = next.take() {
                    next = self.work(job, &mut closed).await;
                    continue;
                }
                if ended {
                    break;
                }
            }
            match self.wait(&mut look, next.is_none() && !ended).await {
                Event::Landed(landed) => {
                    if let Err(locked) = self.reports.settle(&mut self.scribe, landed).await {
                        next = self.fail_all(&locked, next);
                    }
                }
                Event::Job(Some(job)) => next = Some(job),
                Event::Job(None) => ended = true,
                Event::Reports | Event::Chores => {}
                Event::Look => self.scribe.look_around().await,
            }
        }
        self.scribe.close().await;
        if let Some(answer) = closed {
            // The asker may have gone.
            let _ = oneshot::Sender::send(answer, ());
        }
    }

    /// Waits for whatever comes first. `for_jobs`: none waits already.
    async fn wait(&mut self, look: &mut Interval, for_jobs: bool) -> Event {
        let Self { scribe, reports, jobs, bell, .. } = self;
        if reports.are_under_way() {
            // What landed comes first: others wait for it.
            tokio::select! {
                biased;
                landed = reports.landed_or_more() => landed.map_or(Event::Reports, Event::Landed),
                job = jobs.recv(), if for_jobs => Event::Job(job),
            }
        } else {
            tokio::select! {
                biased;
                job = jobs.recv(), if for_jobs => Event::Job(job),
                () = reports.arrived() => Event::Reports,
                () = std::future::ready(()), if scribe.has_chores() => Event::Chores,
                () = rung(bell, scribe.numbering.head()) => Event::Look,
                _ = look.tick() => Event::Look,
            }
        }
    }

    /// Does a job; returns the next one, if it was taken on the way and is something else.
    async fn work(&mut self, job: Job, closed: &mut Option<oneshot::Sender<()>>) -> Option<Job> {
        match job {
            Job::Talk(first) => {
                let (talks, mut next) = self.gather_talks(first);
                if let Err(locked) = store::store_talks(&mut self.scribe, talks).await {
                    next = self.fail_all(&locked, next);
                }
                return next;
            }
            // The asker may have gone; the work is done all the same.
            Job::Add(new, answer) => drop(answer.send(list::add_station(&mut self.scribe, new).await)),
            Job::Renew(slug, answer) => drop(answer.send(list::renew_key(&mut self.scribe, slug).await)),
            Job::Set(slug, settings, answer) => {
                drop(answer.send(list::set_station(&mut self.scribe, slug, settings).await));
            }
            Job::Remove(slug, answer) => drop(answer.send(list::remove_station(&mut self.scribe, slug).await)),
            Job::Bind(slug, device, answer) => {
                drop(answer.send(list::bind_device(&mut self.scribe, slug, device).await));
            }
            Job::Unbind(slug, answer) => drop(answer.send(list::unbind_devices(&mut self.scribe, slug).await)),
            Job::ClaimMain(slug, name, answer) => {
                drop(answer.send(list::claim_main(&mut self.scribe, slug, name).await));
            }
            Job::RemoveSensor(slug, name, answer) => {
                drop(answer.send(list::remove_sensor(&mut self.scribe, slug, name).await));
            }
            Job::Calibrate(of, calibration, author, answer) => {
                drop(answer.send(list::calibrate(&mut self.scribe, of, calibration, author).await));
            }
            Job::Map(of, mapping, author, answer) => {
                drop(answer.send(list::map_field(&mut self.scribe, of, mapping, author).await));
            }
            Job::NoteUnmapped(station, fields) => unmapped::write(&mut self.scribe, station, &fields).await,
            Job::Recalculate(answer) => drop(answer.send(recalculate::recalculate_some(&mut self.scribe).await)),
            Job::Prune(answer) => drop(answer.send(retention::prune_some(&mut self.scribe).await)),
            Job::Admin(change, answer) => drop(answer.send(admin::change(&mut self.scribe, change).await)),
            Job::Outbox(change, answer) => drop(answer.send(outbox::change(&mut self.scribe, change).await)),
            Job::Correct(selection, author, restore, answer) => {
                drop(answer.send(correct::correct(&mut self.scribe, &selection, &author, restore).await));
            }
            Job::Enrol(change, answer) => drop(answer.send(enrol::change(&mut self.scribe, change).await)),
            Job::Forget(what, answer) => {
                let done = forget::forget_conversation(&mut self.scribe, &what).await;
                let next = match &done {
                    Err(locked @ (Error::Locked(_) | Error::Away(_))) => self.fail_all(locked, None),
                    _ => None,
                };
                drop(answer.send(done));
                return next;
            }
            Job::Look(answer) => {
                self.scribe.look_around().await;
                drop(answer.send(Ok(())));
            }
            Job::Close(answer) => {
                self.jobs.close();
                *closed = Some(answer);
            }
        }
        None
    }

    /// Takes the words that wait already, up to a full batch; no artificial delay. Also returns the first job that is
    /// something else: order is kept.
    fn gather_talks(&mut self, first: Talk) -> (Vec<Talk>, Option<Job>) {
        let mut size = first.what.size();
        let mut talks = vec![first];
        while size < self.batch_words {
            match self.jobs.try_recv() {
                Ok(Job::Talk(talk)) => {
                    size += talk.what.size();
                    talks.push(talk);
                }
                Ok(other) => return (talks, Some(other)),
                Err(_) => break,
            }
        }
        (talks, None)
    }

    /// Answers everyone who waits with an error, `job` first; returns the first job that is something else.
    fn fail_all(&mut self, error: &Error, mut job: Option<Job>) -> Option<Job> {
        self.reports.fail_all(error);
        loop {
            match job {
                Some(Job::Talk(talk)) => talk.fail(error),
                Some(Job::Forget(_, answer)) => drop(answer.send(Err(error.share()))),
                Some(other) => return Some(other),
                None => {}
            }
            job = Some(self.jobs.try_recv().ok()?);
        }
    }
}

/// Waits until somebody tells of a head that is newer than this one: each ring is heard once.
async fn rung(bell: &mut Option<watch::Receiver<u64>>, head: u64) {
    while let Some(heard) = bell {
        match heard.changed().await {
            Ok(()) if *heard.borrow_and_update() > head => return,
            Ok(()) => {}
            Err(_) => *bell = None,
        }
    }
    std::future::pending().await
}
