//! Storage on real files: what is appended is there, once, in its place, and told only when it is committed.

use chrono::NaiveDate;
use chrono_tz::Tz;
use std::path::Path;
use std::sync::Arc;
use stevenson::storage::{Appended, Commits, Durability, Entry, Error, Latest, NewStation, Options, Storage};
use stevenson::weather::quantity::Quantity::{self, Humidity, Temperature};
use stevenson::weather::report::{Draft, Report};
use stevenson::weather::station::{SensorName, Slug, Station};
use stevenson::weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// 2026-11-22 12:00 UTC.
const NOON: Timestamp = Timestamp(1_795_348_800_000);

struct House {
    folder: tempfile::TempDir,
    storage: Storage,
    commits: Commits,
    station: Arc<Station>,
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = options(folder.path());
        change(&mut options);
        let (storage, mut commits) = Storage::open(options).await.expect("opens");
        let (station, _) = storage.add_station(new_station("town-hall")).await.expect("added");
        commits.next().await.expect("the station is news");
        Self { folder, storage, commits, station }
    }

    async fn append(&self, reports: Vec<Report>) -> Appended {
        self.storage.append(self.station.id, reports).await.expect("stored")
    }

    async fn news(&mut self) -> Vec<serde_json::Value> {
        bodies(&self.commits.next().await.expect("open").into_entries())
    }

    async fn latest(&self, quantity: Quantity) -> Latest {
        let all = self.storage.latest(self.station.id).await.expect("read");
        all.into_iter().find(|l| l.quantity == quantity && l.sensor == SensorName::main()).expect("is there")
    }

    fn other_connection(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("stevenson.db")).expect("opens")
    }
}

fn options(folder: &Path) -> Options {
    Options { file: folder.join("stevenson.db"), readers: 2, ..Options::default() }
}

fn new_station(slug: &str) -> NewStation {
    let slug = Slug::new(slug).expect("a slug");
    NewStation { slug, name: "Town Hall".into(), zone: Tz::Europe__Berlin, elevation_m: Some(214.0) }
}

fn bodies(entries: &[Entry]) -> Vec<serde_json::Value> {
    entries.iter().map(|entry| serde_json::from_slice(&entry.body).expect("JSON")).collect()
}

/// A report that arrived as soon as it was observed.
fn report(at: Timestamp, values: &[(&str, f64)]) -> Report {
    arrived(at, at, values)
}

fn arrived(observed_at: Timestamp, received_at: Timestamp, values: &[(&str, f64)]) -> Report {
    let mut draft = Draft::new(received_at);
    for (key, value) in values {
        let (sensor, name) = key.split_once('/').unwrap_or(("", key));
        let quantity = Quantity::from_name(name).expect("a quantity");
        draft.take_number(&SensorName::new(sensor).expect("a name"), quantity, quantity.unit(), key, *value);
    }
    draft.finish(Some(observed_at)).report.expect("it has values")
}

#[tokio::test]
async fn what_is_appended_is_the_latest_and_in_the_days_extremes() {
    let house = House::new().await;
    let answer = house.append(vec![report(NOON, &[("temperature", 21.4), ("indoor/temperature", 20.1)])]).await;
    assert_eq!(answer, Appended { stored: 1, ..Appended::default() });
    let latest = house.storage.latest(house.station.id).await.expect("read");
    let values: Vec<_> = latest.iter().map(|l| (l.sensor.as_str(), l.quantity, l.observed_at, l.value)).collect();
    assert_eq!(values, [("", Temperature, NOON, 21.4), ("indoor", Temperature, NOON, 20.1)]);
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
    let extremes = house.storage.extremes(house.station.id, day).await.expect("read");
    assert_eq!((extremes.len(), extremes[0].low, extremes[0].high), (2, 21.4, 21.4));
}
