//! Stations that fall silent and come back, by a clock of the test.

use crate::kit::program::add_station;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use stevenson::inbox::Inbox;
use stevenson::lookout::{Event, Lookout};
use stevenson::storage::{Options, Storage};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, StationId};
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};

const START: Timestamp = Timestamp(1_795_356_000_000);

fn report(at: Timestamp, value: f64) -> Report {
    let mut draft = Draft::new(at);
    draft.take_number(&SensorName::main(), Quantity::Temperature, Quantity::Temperature.unit(), "temperature", value);
    draft.finish(Some(at)).report.expect("a report")
}

struct House {
    storage: Storage,
    station: StationId,
    lookout: Lookout,
    now: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open(before: &[Timestamp]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        add_station(folder.path(), "roof");
        let options = Options { file: folder.path().join("stevenson.db"), ..Options::default() };
        let (storage, _) = Storage::open(options.clone()).await.expect("it opens");
        let station = storage.directory().by_slug("roof").expect("there").id;
        let storage = match before {
            [] => storage,
            before => {
                // They came before the server's start.
                let reports = before.iter().enumerate().map(|(n, at)| report(*at, 20.0 + n as f64 / 10.0)).collect();
                storage.append(station, reports).await.expect("stored");
                storage.close().await;
                Storage::open(options).await.expect("it opens").0
            }
        };
        let now = Arc::new(AtomicI64::new(START.0));
        let clock = now.clone();
        let lookout = Lookout::new(storage.clone(), Inbox::default(), Arc::new(move || Timestamp(clock.load(Relaxed))));
        Self { storage, station, lookout, now, _folder: folder }
    }

    /// What has happened by then.
    async fn sees(&mut self, after_ms: i64) -> Vec<Event> {
        self.now.store(START.0 + after_ms, Relaxed);
        self.lookout.look().await.expect("it looks").into_iter().map(|(_, event)| event).collect()
    }

    async fn measures(&self, after_ms: i64) {
        self.storage.append(self.station, vec![report(START.plus(after_ms), 20.0)]).await.expect("stored");
    }
}

#[tokio::test]
async fn a_station_that_falls_silent_is_told_once_and_that_it_is_back_too() {
    let mut house = House::open(&[]).await;
    assert_eq!(house.sees(0).await, []);
    assert_eq!(house.sees(5 * HOUR_MS).await, [], "one that was never heard is not silent: it waits");
    house.measures(5 * HOUR_MS).await;
    assert_eq!(house.sees(5 * HOUR_MS).await, [Event::First]);
    assert_eq!(house.sees(5 * HOUR_MS + 15 * MINUTE_MS).await, []);
    let last = START.plus(5 * HOUR_MS);
    assert_eq!(house.sees(5 * HOUR_MS + 15 * MINUTE_MS + 1).await, [Event::Silent { last }]);
    assert_eq!(house.sees(9 * HOUR_MS).await, [], "once");
    house.measures(9 * HOUR_MS).await;
    assert_eq!(house.sees(9 * HOUR_MS).await, [Event::Back { last }]);
    house.measures(9 * HOUR_MS + MINUTE_MS).await;
    assert_eq!(house.sees(9 * HOUR_MS + MINUTE_MS).await, []);
}

#[tokio::test]
async fn after_a_start_stations_get_the_time_that_they_need_to_be_heard() {
    // It reports every half hour, and the server was down for a day.
    let before: Vec<_> = (48..60).rev().map(|half| START.plus(-half * HOUR_MS / 2)).collect();
    let mut house = House::open(&before).await;
    assert_eq!(house.sees(0).await, []);
    assert_eq!(house.sees(150 * MINUTE_MS).await, [], "five of its intervals");
    let last = START.plus(-24 * HOUR_MS);
    assert_eq!(house.sees(156 * MINUTE_MS).await, [Event::Silent { last }]);
    let mut house = House::open(&before).await;
    assert_eq!(house.sees(0).await, []);
    house.measures(20 * MINUTE_MS).await;
    assert_eq!(house.sees(20 * MINUTE_MS).await, [Event::Again], "which is worth a line only to who looks for it");
}
