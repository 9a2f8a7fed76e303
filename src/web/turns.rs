//! Turns: so much goes on at once in all, and so much of one party. Who waits stands in line among its own party first, so
//! that no party stands before the others more often than it may. A body that comes slowly gives its turn up to who waits.

pub use super::coming::{Body, Party};
use super::coming::{Coming, MOMENT};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Turns by party.
#[derive(Debug)]
pub struct Turns<P: Party> {
    all: Arc<Semaphore>,
    lines: Mutex<Lines<P>>,
    patience: Duration,
    coming: Arc<Coming<P>>,
}

/// The line of each party that has a turn or waits for one, and how many stand in it or have one.
type Lines<P> = HashMap<P, (Arc<Semaphore>, usize)>;

/// A turn. It ends when this is dropped.
#[derive(Debug)]
pub struct Turn<P: Party> {
    _of_all: OwnedSemaphorePermit,
    _of_party: OwnedSemaphorePermit,
    place: Place<P>,
}

/// A place in the line of a party.
#[derive(Debug)]
struct Place<P: Party> {
    turns: Arc<Turns<P>>,
    party: P,
}

impl<P: Party> Turns<P> {
    /// So many at once in all. Nobody waits longer than `patience`.
    pub fn new(at_once: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self {
            all: Arc::new(Semaphore::new(at_once)),
            lines: Mutex::default(),
            patience,
            coming: Arc::default(),
        })
    }

    /// Waits for a turn of a party, which may have `at_once` of them; `None` if none comes in time. Bodies that come slowly
    /// make way for who stands first in its own line, one each second.
    pub async fn turn(self: &Arc<Self>, party: P, at_once: usize) -> Option<Turn<P>> {
        let (place, own) = self.place(party.clone(), at_once);
        let both = async {
            let of_party = own.acquire_owned().await.ok()?;
            let mut of_all = pin!(self.all.clone().acquire_owned());
            loop {
                match timeout(MOMENT, &mut of_all).await {
                    Ok(of_all) => return Some((of_party, of_all.ok()?)),
                    Err(_) => self.coming.make_way(&party),
                }
            }
        };
        let (of_party, of_all) = timeout(self.patience, both).await.ok().flatten()?;
        Some(Turn { _of_all: of_all, _of_party: of_party, place })
    }

    fn place(self: &Arc<Self>, party: P, at_once: usize) -> (Place<P>, Arc<Semaphore>) {
        let mut lines = self.lines();
        let (own, count) = lines.entry(party.clone()).or_insert_with(|| (Arc::new(Semaphore::new(at_once)), 0));
        *count += 1;
        (Place { turns: self.clone(), party }, own.clone())
    }

    fn lines(&self) -> MutexGuard<'_, Lines<P>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: Party> Turn<P> {
    /// Notes that a body comes on this turn.
    pub fn body(&self) -> Body<P> {
        self.place.turns.coming.body(self.place.party.clone())
    }
}

impl<P: Party> Drop for Place<P> {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        if let Some((_, count)) = lines.get_mut(&self.party) {
            *count -= 1;
            if *count == 0 {
                lines.remove(&self.party);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::task::{Context, Waker};
    use tokio::time::Instant;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "a clock that stands still measures the wait")]
    async fn who_gets_no_turn_in_time_is_told_so() {
        let turns = Turns::new(4, PATIENCE);
        let mut taken = vec![turns.turn('a', 2).await.expect("a turn"), turns.turn('a', 2).await.expect("a turn")];
        let began = Instant::now();
        assert!(turns.turn('a', 2).await.is_none());
        assert_eq!(began.elapsed(), PATIENCE);
        assert!(turns.turn('b', 2).await.is_some(), "another party has not waited");
        taken.pop();
        assert!(turns.turn('a', 2).await.is_some(), "the place of one that ended");
        assert_eq!(began.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_party_that_waits_stands_before_others_only_so_often() {
        let turns = Turns::new(4, PATIENCE);
        let mut first = Vec::new();
        for _ in 0..4 {
            first.push(turns.turn('x', 4).await.expect("a turn"));
        }
        let (greedy, other) = ([(); 20].map(|()| turns.turn('a', 2)), turns.turn('b', 2));
        let mut greedy = pin!(futures_util::future::join_all(greedy));
        let mut other = pin!(other);
        let mut look = Context::from_waker(Waker::noop());
        assert!(greedy.as_mut().poll(&mut look).is_pending() && other.as_mut().poll(&mut look).is_pending());
        // As many end as the greedy may have at once, and one more.
        first.truncate(1);
        assert!(greedy.as_mut().poll(&mut look).is_pending());
        assert!(other.as_mut().poll(&mut look).is_ready());
    }

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "a clock that stands still measures the wait")]
    async fn no_group_of_parties_keeps_another_out_by_sending_slowly() {
        const ALL: usize = 32;
        // How many parties hold how many turns each, how many bytes come each second, and how many have come at once.
        for (parties, each, pace, burst) in [
            (8, 4, 0, 0),
            (8, 4, 1 << 20, 0),
            (32, 1, 0, 0),
            (32, 1, 10_000, 0),
            (16, 2, 1 << 20, 0),
            (32, 1, 0, 8 << 20),
        ] {
            let turns = Turns::new(ALL, PATIENCE);
            let slow = |party: usize| {
                let turns = turns.clone();
                async move {
                    let Some(turn) = turns.turn(party, each).await else { return };
                    let body = turn.body();
                    body.came(burst);
                    let more = async {
                        loop {
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            body.came(pace / 10);
                        }
                    };
                    tokio::select! { () = body.gives_way() => {}, () = more => {} }
                }
            };
            // They never stop, and come again at once; as many more wait.
            let all = (0..parties * each * 2).map(|number| {
                let slow = &slow;
                async move {
                    loop {
                        slow(number % parties).await;
                    }
                }
            });
            let honest = async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                for number in 0..20 {
                    let began = Instant::now();
                    let turn = turns.turn(usize::MAX, each).await;
                    let waited = began.elapsed();
                    assert!(
                        turn.is_some() && waited <= if burst == 0 { 2 } else { 6 } * MOMENT,
                        "{parties} by {each}: {number} waits {waited:?}"
                    );
                }
            };
            tokio::select! { () = honest => {}, _ = futures_util::future::join_all(all) => {} }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_well_keeps_its_turn() {
        let turns = Turns::new(4, PATIENCE);
        let mut held = Vec::new();
        for party in 0..4 {
            let turn = turns.turn(party, 2).await.expect("a turn");
            let body = turn.body();
            held.push((turn, body));
        }
        let comes = async {
            loop {
                held.iter().for_each(|(_, body)| body.came(64 << 10));
                tokio::time::sleep(MOMENT).await;
            }
        };
        tokio::select! {
            biased;
            () = comes => {}
            turn = turns.turn(9, 2) => assert!(turn.is_none(), "all have as many as who waits would have"),
        }
        for (_, body) in &held {
            let mut gives_way = pin!(body.gives_way());
            assert!(gives_way.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
    }

    proptest! {
        #[test]
        fn no_more_have_a_turn_than_may_and_nobody_is_remembered(parties in proptest::collection::vec(0_u8..6, 1..60)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.expect("a runtime").block_on(async {
                let turns = Turns::new(6, PATIENCE);
                let (mut taken, mut by_party) = (Vec::new(), HashMap::<u8, usize>::new());
                for party in parties {
                    let turn = turns.turn(party, 2).await;
                    let held = by_party.entry(party).or_default();
                    assert_eq!(turn.is_some(), *held < 2 && taken.len() < 6);
                    *held += usize::from(turn.is_some());
                    taken.extend(turn);
                }
                taken.clear();
                assert!(turns.lines().is_empty());
            });
        }
    }
}
