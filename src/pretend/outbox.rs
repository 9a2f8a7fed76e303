//! Readings that the server has not confirmed yet.

use std::collections::VecDeque;
use std::time::Duration;
use weather::time::{MINUTE_MS, Timestamp};

/// Most reports in one post.
pub(super) const BATCH_MAX: usize = 1_000;
/// Most readings that wait for a server that is away: six days at one a 5 s. The oldest give way.
const WAITING_MAX: usize = 100_000;
/// The first pause after a failure; each further one in a row doubles it.
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The times of readings that wait to be sent, oldest first. The values follow from the time.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: VecDeque<Timestamp>,
    /// The next minute to send of the past, while there is one.
    past: Option<Timestamp>,
    batch_max: usize,
    failures: u32,
    pushed_out: u64,
}

impl Outbox {
    /// An empty outbox; with `since`, every whole minute from then on is sent first.
    pub(super) fn new(since: Option<Timestamp>) -> Self {
        let past = since.map(|since| Timestamp((since.0 + MINUTE_MS - 1).div_euclid(MINUTE_MS) * MINUTE_MS));
        Self { waiting: VecDeque::new(), past, batch_max: BATCH_MAX, failures: 0, pushed_out: 0 }
    }

    /// A reading was taken.
    pub(super) fn push(&mut self, at: Timestamp) {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            self.pushed_out += 1;
        }
        self.waiting.push_back(at);
    }

    /// Takes what to send next, oldest first; `None` if there is nothing. The past ends at `now`.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Vec<Timestamp>> {
        while let Some(minute) = self.past.filter(|_| self.waiting.len() < self.batch_max) {
            if minute > now {
                self.past = None;
            } else {
                self.waiting.push_back(minute);
                self.past = Some(minute.plus(MINUTE_MS));
            }
        }
        let count = self.waiting.len().min(self.batch_max);
        (count > 0).then(|| self.waiting.drain(..count).collect())
    }

    /// Ends a batch that the server took or refused.
    pub(super) fn done(&mut self) {
        self.failures = 0;
    }

    /// Puts a batch back, to be sent again after the returned pause.
    pub(super) fn again(&mut self, batch: Vec<Timestamp>, asked: Option<Duration>) -> Duration {
        self.put_back(batch);
        let pause = PAUSE_MIN.saturating_mul(1 << self.failures.min(10)).min(PAUSE_MAX);
        self.failures += 1;
        asked.unwrap_or(pause)
    }

    /// Puts a batch back, to be sent in halves. False if it has one reading: then that is dropped.
    pub(super) fn halve(&mut self, batch: Vec<Timestamp>) -> bool {
        if batch.len() < 2 {
            return false;
        }
        self.batch_max = batch.len() / 2;
        self.put_back(batch);
        true
    }

    fn put_back(&mut self, batch: Vec<Timestamp>) {
        let room = WAITING_MAX.saturating_sub(self.waiting.len());
        let keep = batch.len().min(room);
        self.pushed_out += (batch.len() - keep) as u64;
        for at in batch.into_iter().rev().take(keep) {
            self.waiting.push_front(at);
        }
    }

    /// True while minutes of the past are still to be taken.
    pub(super) fn has_past(&self) -> bool {
        self.past.is_some()
    }

    /// Failures in a row.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Readings that wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Readings that gave way to newer ones.
    pub(super) fn pushed_out(&self) -> u64 {
        self.pushed_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_every_whole_minute_once_until_now() {
        let (since, now) = (Timestamp(1_800_000_030_000), Timestamp(1_800_000_030_000 + 2_500 * MINUTE_MS));
        let mut outbox = Outbox::new(Some(since));
        let mut sent = Vec::new();
        while let Some(batch) = outbox.take(now) {
            assert!(batch.len() <= BATCH_MAX);
            sent.extend(batch);
        }
        assert_eq!((sent.len(), sent[0]), (2_500, Timestamp(1_800_000_060_000)));
        assert!(sent.windows(2).all(|two| two[1].since(two[0]) == MINUTE_MS));
        assert!(sent[2_499] <= now && !outbox.has_past());
    }

    #[test]
    fn what_failed_is_sent_again_in_its_place_after_ever_longer_pauses() {
        let mut outbox = Outbox::new(None);
        (0..3).for_each(|n| outbox.push(Timestamp(n)));
        let batch = outbox.take(Timestamp(9)).expect("three");
        outbox.push(Timestamp(3));
        assert_eq!(outbox.again(batch, None), PAUSE_MIN);
        let batch = outbox.take(Timestamp(9)).expect("four");
        assert_eq!(batch, [0, 1, 2, 3].map(Timestamp));
        assert_eq!(outbox.again(batch, None), PAUSE_MIN * 2);
        for _ in 0..40 {
            let batch = outbox.take(Timestamp(9)).expect("four");
            assert!(outbox.again(batch, None) <= PAUSE_MAX);
        }
        let batch = outbox.take(Timestamp(9)).expect("four");
        assert_eq!(outbox.again(batch, Some(Duration::from_secs(7))), Duration::from_secs(7), "the server knows best");
        outbox.done();
        assert_eq!(outbox.failures(), 0);
    }

    #[test]
    fn the_oldest_give_way_when_the_server_is_away_for_too_long() {
        let mut outbox = Outbox::new(None);
        (0..5).for_each(|n| outbox.push(Timestamp(n)));
        let batch = outbox.take(Timestamp(9)).expect("five");
        (5..WAITING_MAX as i64 + 3).for_each(|n| outbox.push(Timestamp(n)));
        outbox.again(batch, None);
        assert_eq!((outbox.len(), outbox.pushed_out()), (WAITING_MAX, 3));
        assert_eq!(outbox.take(Timestamp(9)).expect("many")[0], Timestamp(3));
    }

    #[test]
    fn too_much_at_once_is_halved_until_it_fits() {
        let mut outbox = Outbox::new(None);
        (0..5).for_each(|n| outbox.push(Timestamp(n)));
        let batch = outbox.take(Timestamp(9)).expect("five");
        assert!(outbox.halve(batch));
        assert_eq!(outbox.take(Timestamp(9)).expect("two"), [0, 1].map(Timestamp));
        assert!(!outbox.halve(vec![Timestamp(7)]), "one cannot be halved");
    }
}
