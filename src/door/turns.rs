//! Pages take turns, and one address has few at once. Trucks and posts of reports take none: they find a free processor
//! however many pages are asked for, and the pages of one address wait for each other and not before those of others.

use channel::crowd::Source;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Pages that are made at once: as many as there are readers of the database by default. More would wait for those, in vain
/// after ten seconds, and each of them would stand before a truck or a post that is ready to go on.
const AT_ONCE: usize = 4;
/// Pages that are made at once for one address (IPv6: for one /64). This machine may have all, because it may be a proxy
/// that speaks for everybody.
const AT_ONCE_BY_ADDRESS: usize = AT_ONCE / 2;
/// The longest wait for a turn. People leave before.
const PATIENCE: Duration = Duration::from_secs(20);

/// The turns of pages.
#[derive(Debug)]
pub struct Turns {
    all: Semaphore,
    by_source: Mutex<BySource>,
}

/// The turns of each address that has a page made or waits for one, and how many pages that are.
type BySource = HashMap<Option<Source>, (Arc<Semaphore>, usize)>;

/// A turn. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'t> {
    _of_all: SemaphorePermit<'t>,
    _of_source: OwnedSemaphorePermit,
    _place: Place<'t>,
}

/// A place in the queue of an address.
#[derive(Debug)]
struct Place<'t> {
    turns: &'t Turns,
    source: Option<Source>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { all: Semaphore::new(AT_ONCE), by_source: Mutex::default() }
    }
}

impl Turns {
    /// Waits for a turn; `None` if none comes in time.
    pub(crate) async fn turn(&self, source: Option<Source>) -> Option<Turn<'_>> {
        let (place, own) = self.place(source);
        // An address waits among its own first, so that it stands in the queue of all only so many times.
        let turns = async {
            let of_source = own.acquire_owned().await.ok()?;
            let of_all = self.all.acquire().await.ok()?;
            Some((of_source, of_all))
        };
        let (of_source, of_all) = timeout(PATIENCE, turns).await.ok().flatten()?;
        Some(Turn { _of_all: of_all, _of_source: of_source, _place: place })
    }

    fn place(&self, source: Option<Source>) -> (Place<'_>, Arc<Semaphore>) {
        let at_once = source.map_or(AT_ONCE, |_| AT_ONCE_BY_ADDRESS);
        let mut by_source = self.by_source();
        let (own, pages) = by_source.entry(source).or_insert_with(|| (Arc::new(Semaphore::new(at_once)), 0));
        *pages += 1;
        (Place { turns: self, source }, own.clone())
    }

    fn by_source(&self) -> MutexGuard<'_, BySource> {
        self.by_source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut by_source = self.turns.by_source();
        if let Some((_, pages)) = by_source.get_mut(&self.source) {
            *pages -= 1;
            if *pages == 0 {
                by_source.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use tokio::time::Instant;

    fn source(number: u8) -> Option<Source> {
        Source::of([192, 0, 2, number].into())
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "a clock that stands still measures the wait")]
    async fn who_gets_no_turn_in_time_is_told_so() {
        let turns = Turns::default();
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE_BY_ADDRESS {
            taken.push(turns.turn(source(1)).await.expect("a turn"));
        }
        let began = Instant::now();
        assert!(turns.turn(source(1)).await.is_none());
        assert_eq!(began.elapsed(), PATIENCE);
        assert!(turns.turn(source(2)).await.is_some(), "another address has not waited");
        taken.pop();
        assert!(turns.turn(source(1)).await.is_some(), "the place of one that ended");
        assert_eq!(began.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_waits_stands_before_others_only_so_often() {
        let turns = Turns::default();
        let mut local = Vec::new();
        for _ in 0..AT_ONCE {
            local.push(turns.turn(None).await.expect("a turn"));
        }
        let (greedy, other) = ([(); 20].map(|()| turns.turn(source(1))), turns.turn(source(2)));
        let mut greedy = pin!(futures_util::future::join_all(greedy));
        let mut other = pin!(other);
        let mut look = Context::from_waker(Waker::noop());
        assert!(greedy.as_mut().poll(&mut look).is_pending() && other.as_mut().poll(&mut look).is_pending());
        // As many end as the greedy may have at once, and one more.
        local.truncate(AT_ONCE - AT_ONCE_BY_ADDRESS - 1);
        assert!(greedy.as_mut().poll(&mut look).is_pending());
        assert!(other.as_mut().poll(&mut look).is_ready());
    }

    proptest! {
        #[test]
        fn no_more_are_made_at_once_than_may_and_nobody_is_remembered(asked in proptest::collection::vec(0_u8..6, 1..60)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.expect("a runtime").block_on(async {
                let turns = Turns::default();
                let (mut taken, mut by_source) = (Vec::new(), HashMap::<u8, usize>::new());
                for number in asked {
                    let turn = turns.turn(source(number)).await;
                    let held = by_source.entry(number).or_default();
                    assert_eq!(turn.is_some(), *held < AT_ONCE_BY_ADDRESS && taken.len() < AT_ONCE);
                    *held += usize::from(turn.is_some());
                    taken.extend(turn);
                }
                taken.clear();
                assert!(turns.by_source().is_empty());
            });
        }
    }
}
