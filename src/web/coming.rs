//! Bodies that hold a turn while they come. If others wait, one of them has to give its turn up, so that no group of parties
//! keeps the others out by sending slowly.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Someone who takes turns.
pub trait Party: Hash + Eq + Clone {}

impl<P: Hash + Eq + Clone> Party for P {}

/// A body keeps its turn for so long, whoever waits: then it can be told how fast it comes.
pub(super) const MOMENT: Duration = Duration::from_secs(1);
/// A body that comes faster than this, bytes a second, gives way only to who has fewer turns. A small upload over the
/// worst radio link is slower, and is sent again when there is room.
const LEAST_PACE: f64 = 16.0 * 1_024.0;
/// A pace is that of the last one to two stretches of this length. What was fast at first, as into the buffers of a socket, does
/// not count for ever.
const STRETCH: Duration = Duration::from_secs(2);

/// The bodies that come.
#[derive(Debug)]
pub(super) struct Coming<P>(Mutex<Bodies<P>>);

#[derive(Debug)]
struct Bodies<P> {
    bodies: HashMap<u64, Known<P>>,
    next: u64,
}

/// What is known of a body.
#[derive(Debug)]
struct Known<P> {
    party: P,
    since: Instant,
    /// Where the last two stretches began: when, and how many bytes had come.
    stretches: [(Instant, u64); 2],
    progress: Arc<Progress>,
}

impl<P> Known<P> {
    /// Begins another stretch, if the last one is over.
    fn measure(&mut self, now: Instant) {
        let [_, last] = self.stretches;
        if now.duration_since(last.0) >= STRETCH {
            self.stretches = [last, (now, self.progress.bytes.load(Relaxed))];
        }
    }

    /// Bytes a second of late.
    fn pace(&self, now: Instant) -> f64 {
        let [(from, before), _] = self.stretches;
        let bytes = self.progress.bytes.load(Relaxed) - before;
        bytes as f64 / now.duration_since(from).max(MOMENT).as_secs_f64()
    }
}

/// What is shared with the one who reads it.
#[derive(Debug, Default)]
struct Progress {
    bytes: AtomicU64,
    gives_way: Notify,
}

/// A body that holds a turn while it comes; it has come, or is given up, when this is dropped.
#[derive(Debug)]
pub struct Body<P: Party> {
    coming: Arc<Coming<P>>,
    number: u64,
    progress: Arc<Progress>,
}

impl<P: Party> Body<P> {
    /// So many bytes more have come.
    pub fn came(&self, bytes: usize) {
        self.progress.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Ends when the body has to give up its turn.
    pub async fn gives_way(&self) {
        self.progress.gives_way.notified().await;
    }
}

impl<P: Party> Drop for Body<P> {
    fn drop(&mut self) {
        self.coming.lock().bodies.remove(&self.number);
    }
}

impl<P> Default for Coming<P> {
    fn default() -> Self {
        Self(Mutex::new(Bodies { bodies: HashMap::new(), next: 0 }))
    }
}

#[expect(clippy::disallowed_methods, reason = "a timer")]
fn now() -> Instant {
    Instant::now()
}

impl<P: Party> Coming<P> {
    /// A body of this party comes from now on.
    pub(super) fn body(self: &Arc<Self>, party: P) -> Body<P> {
        let progress = Arc::<Progress>::default();
        let since = now();
        let mut all = self.lock();
        let number = all.next;
        all.next += 1;
        all.bodies.insert(number, Known { party, since, stretches: [(since, 0); 2], progress: progress.clone() });
        Body { coming: self.clone(), number, progress }
    }

    /// Makes the body that comes most slowly give way to someone of `waiting`: of a party that has more coming even then than
    /// the one who waits, or one that comes too slowly for anybody.
    pub(super) fn make_way(&self, waiting: &P) {
        let now = now();
        let mut all = self.lock();
        all.bodies.values_mut().for_each(|known| known.measure(now));
        let mut counts: HashMap<&P, usize> = HashMap::new();
        for known in all.bodies.values() {
            *counts.entry(&known.party).or_default() += 1;
        }
        let fair = counts.get(waiting).map_or(0, |count| *count) + 1;
        let has_more = |known: &Known<P>| counts.get(&known.party).is_some_and(|count| *count > fair);
        let old = all.bodies.iter().filter(|(_, known)| now.duration_since(known.since) >= MOMENT);
        let may = old.filter(|(_, known)| has_more(known) || known.pace(now) < LEAST_PACE);
        let slowest = may.min_by(|(_, one), (_, other)| one.pace(now).total_cmp(&other.pace(now)));
        if let Some(number) = slowest.map(|(number, _)| *number)
            && let Some(known) = all.bodies.remove(&number)
        {
            known.progress.gives_way.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bodies<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
