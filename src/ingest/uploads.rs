//! Large uploads take turns, so that what they hold in memory is bounded and no station takes all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use weather::station::StationId;

/// Longer bodies, in bytes, are large. A report has some hundred bytes, so a station that sends as it measures never waits.
pub(crate) const LARGE_BYTES: u64 = 64 * 1_024;
/// Large uploads at once: each holds its body and its reports, some four times `json_limit_kib`, so 256 MiB in all.
const AT_ONCE: usize = 32;
/// Large uploads of one station at once. One is read while another is stored; more gain nothing.
const AT_ONCE_BY_STATION: usize = 4;
/// The longest wait for a turn. Senders wait a minute for an answer, and the body may take half of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The turns. The body of an upload is read once it has one.
#[derive(Debug)]
pub(crate) struct Uploads {
    all: Arc<Semaphore>,
    /// A station stays here once it has sent a large upload; there are only so many stations.
    by_station: Mutex<HashMap<StationId, Arc<Semaphore>>>,
}

/// A turn. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _of_station: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), by_station: Mutex::default() }
    }
}

impl Uploads {
    /// Waits for a turn; `None` if none comes in time.
    pub(crate) async fn turn(&self, station: StationId) -> Option<Turn> {
        let of_station = {
            let mut by_station = self.by_station.lock().unwrap_or_else(PoisonError::into_inner);
            by_station.entry(station).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_BY_STATION))).clone()
        };
        // A station waits among its own first, so that it stands in the queue of all only so many times.
        let turns = async {
            let of_station = of_station.acquire_owned().await.ok()?;
            let of_all = self.all.clone().acquire_owned().await.ok()?;
            Some(Turn { _of_station: of_station, _of_all: of_all })
        };
        timeout(PATIENCE, turns).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "a clock that stands still measures the wait")]
    async fn who_gets_no_turn_in_time_is_told_so() {
        let uploads = Uploads::default();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE_BY_STATION {
            turns.push(uploads.turn(StationId(1)).await.expect("a turn"));
        }
        let began = Instant::now();
        assert!(uploads.turn(StationId(1)).await.is_none());
        assert_eq!(began.elapsed(), PATIENCE);
        // Another one has not waited, and the first gets the place of one that ends.
        assert!(uploads.turn(StationId(2)).await.is_some());
        turns.pop();
        assert!(uploads.turn(StationId(1)).await.is_some());
        assert_eq!(began.elapsed(), PATIENCE);
    }

    proptest! {
        #[test]
        fn no_more_are_read_at_once_than_may(stations in proptest::collection::vec(0_i64..20, 1..200)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.expect("a runtime").block_on(async {
                let uploads = Uploads::default();
                let (mut turns, mut by_station) = (Vec::new(), HashMap::<i64, usize>::new());
                for station in stations {
                    let turn = uploads.turn(StationId(station)).await;
                    let held = by_station.entry(station).or_default();
                    assert_eq!(turn.is_some(), *held < AT_ONCE_BY_STATION && turns.len() < AT_ONCE);
                    *held += usize::from(turn.is_some());
                    turns.extend(turn);
                }
            });
        }
    }
}
