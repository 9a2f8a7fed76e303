//! Storage on real databases: what is appended is there, once, in its place, and told only when it is committed.

#[path = "storage/alerts.rs"]
mod alerts;
#[path = "storage/calibrating.rs"]
mod calibrating;
#[path = "storage/forgetting.rs"]
mod forgetting;
#[path = "storage/journal.rs"]
mod journal;
#[path = "storage/limits.rs"]
mod limits;
#[path = "storage/merging.rs"]
mod merging;
#[path = "storage/mishaps.rs"]
mod mishaps;
#[path = "storage/opener.rs"]
mod opener;
#[path = "storage/postgres.rs"]
mod postgres;
#[path = "storage/processes.rs"]
mod processes;
#[path = "storage/quality.rs"]
mod quality;
#[path = "storage/reading.rs"]
mod reading;
#[path = "storage/retention.rs"]
mod retention;
#[path = "storage/rollups.rs"]
mod rollups;
#[path = "storage/setting.rs"]
mod setting;
#[path = "storage/sqlite.rs"]
mod sqlite;
#[path = "storage/stations.rs"]
mod stations;
#[path = "storage/talkers.rs"]
mod talkers;
#[path = "storage/telling.rs"]
mod telling;
#[path = "storage/words.rs"]
mod words;

use crate::kit::connection::PATIENCE;
use opener::{Opener, Outside};
use std::sync::Arc;
use stevenson::storage::{Appended, Commits, Entry, Extreme, Latest, NewStation, Options, Storage};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug, Station};
use weather::time::Timestamp;
use weather::zone::Zone;

/// 2026-11-22 12:00 UTC.
const NOON: Timestamp = Timestamp(1_795_348_800_000);

/// A database with one station.
struct House {
    opener: Opener,
    storage: Storage,
    commits: Option<Commits>,
    station: Arc<Station>,
}

/// Waits until chores are done by this one: over a PostgreSQL a moment passes before it leads.
async fn leads(storage: &Storage) {
    let lead = storage.lead();
    tokio::time::timeout(PATIENCE, lead.gained()).await.expect("nobody else leads");
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let opener = Opener::fresh();
        let (storage, mut commits) = opener.open(change).await;
        leads(&storage).await;
        let (station, _) = storage.add_station(new_station("town-hall")).await.expect("added");
        commits.next().await.expect("the station is news");
        Self { opener, storage, commits: Some(commits), station }
    }

    /// Closes the database and opens it again.
    async fn reopened(self, change: impl FnOnce(&mut Options)) -> Self {
        self.storage.close().await;
        let (storage, commits) = self.opener.open(change).await;
        leads(&storage).await;
        Self { storage, commits: Some(commits), ..self }
    }

    /// Nobody listens any more: the writer must not wait.
    fn unheard(mut self) -> Self {
        self.commits = None;
        self
    }

    async fn append(&self, reports: Vec<Report>) -> Appended {
        self.storage.append(self.station.id, reports).await.expect("stored")
    }

    async fn entries(&mut self) -> Vec<Entry> {
        let commits = self.commits.as_mut().expect("someone listens");
        commits.next().await.expect("open").into_entries()
    }

    async fn news(&mut self) -> Vec<serde_json::Value> {
        bodies(&self.entries().await)
    }

    /// The main sensor's newest value.
    async fn latest(&self, quantity: Quantity) -> Latest {
        let all = self.storage.latest(self.station.id).await.expect("read");
        all.into_iter().find(|l| l.quantity == quantity && l.sensor == SensorName::main()).expect("is there")
    }

    /// The main sensor's extremes of a day.
    async fn extreme(&self, quantity: Quantity, (y, m, d): (i32, u32, u32)) -> Option<Extreme> {
        let day = chrono::NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        let all = self.storage.extremes(self.station.id, day).await.expect("read");
        all.into_iter().find(|e| e.quantity == quantity && e.sensor == SensorName::main())
    }

    /// A connection that does not belong to storage.
    fn outside(&self) -> Outside {
        self.opener.outside()
    }
}

fn new_station(slug: &str) -> NewStation {
    let slug = Slug::new(slug).expect("a slug");
    NewStation {
        slug,
        name: "Town Hall".into(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: Some(214.0),
        coordinates: None,
    }
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
