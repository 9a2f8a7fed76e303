//! The lookout: the worker that tells the log what an operator wants to know of stations. A station is silent here when its page
//! says that it is offline, but not before the server has run as long as that takes.

mod roll;

pub use roll::Event;

use crate::inbox::Inbox;
use crate::storage::{Directory, Error, Storage};
use roll::{Heard, Roll};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use weather::freshness::age;
use weather::station::{Station, StationId};
use weather::time::Timestamp;

/// The lookout looks so often: whoever adds a station waits for its first reading, and looks at the log.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Lines of one look, most: when a network is down, all stations fall silent together.
const LINES_MAX: usize = 20;

/// The time, as the lookout asks it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The worker.
pub struct Lookout {
    storage: Storage,
    inbox: Inbox,
    clock: Clock,
    roll: Roll,
    /// What was seen last.
    directory: Option<Arc<Directory>>,
}

impl Lookout {
    /// The lookout over this database. `inbox` knows what was refused.
    pub fn new(storage: Storage, inbox: Inbox, clock: Clock) -> Self {
        Self { storage: storage.in_background(), inbox, clock, roll: Roll::default(), directory: None }
    }

    /// The lookout that reads the machine's clock.
    #[expect(clippy::disallowed_methods, reason = "a worker: it passes the time on")]
    pub fn open(storage: Storage, inbox: Inbox) -> Self {
        Self::new(storage, inbox, Arc::new(|| chrono::Utc::now().into()))
    }

    /// Looks until `stop`; then what was counted of refusals is told.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let lead = self.storage.lead();
        let looks = async {
            loop {
                look.tick().await;
                match self.look().await {
                    // All servers see it, one tells it.
                    Ok(_) if !lead.is_leading() => {}
                    Ok(happened) => tell_all(&happened, (self.clock)()),
                    Err(Error::Closed) => return,
                    // Whoever waits for an answer hears of it, and tells the log.
                    Err(error) => tracing::debug!(%error, "the lookout sees nothing"),
                }
                self.inbox.tell_due((self.clock)(), false);
            }
        };
        tokio::select! {
            () = stop => {}
            () = looks => {}
        }
        self.inbox.tell_due((self.clock)(), true);
    }

    /// What has happened since the last look. The first one only learns who is there.
    ///
    /// # Errors
    /// Those of storage; the next look sees it all.
    pub async fn look(&mut self) -> Result<Vec<(Arc<Station>, Event)>, Error> {
        let (now, directory) = ((self.clock)(), self.storage.directory());
        let is_first = self.directory.is_none();
        let mut happened = Vec::new();
        if !self.directory.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &directory)) {
            let unknown = self.roll.unknown(&directory);
            let latest = self.storage.latest_of(&unknown, now).await?;
            let newest = |of: Vec<crate::storage::Latest>| of.iter().map(|latest| latest.observed_at).max();
            let newest = latest.into_iter().filter_map(|(id, of)| Some((id, newest(of)?))).collect();
            happened = self.roll.sees(&directory, &newest, now);
            if is_first {
                happened.clear();
            }
            self.directory = Some(directory);
        }
        let hears = |station| heard(&self.storage, station);
        let new = self.roll.new_ones(hears);
        let stored = match new.is_empty() {
            true => HashSet::new(),
            false => self.storage.latest_of(&new, now).await?.into_keys().collect(),
        };
        happened.extend(self.roll.hears(hears, &stored));
        let doubted = self.roll.doubted(now);
        if !doubted.is_empty() {
            let intervals = self.storage.intervals_ms(&doubted).await?;
            self.roll.reports_every(&doubted, &intervals, now);
        }
        happened.extend(self.roll.falls_silent(now));
        Ok(happened)
    }
}

/// When a station was heard since the start, as pages judge it: by the newest time that it spoke of; if its clock is off, by its
/// arrival.
fn heard(storage: &Storage, station: StationId) -> Heard {
    let heard = storage.heard(station);
    let by_arrival = heard.off().map(|off| off.heard_at);
    Heard { is_heard: heard.at.is_some(), at: heard.newest.max(by_arrival) }
}

/// Writes to the log what has happened.
fn tell_all(happened: &[(Arc<Station>, Event)], now: Timestamp) {
    for (station, event) in happened.iter().take(LINES_MAX) {
        tell(station, event, now);
    }
    let more = happened.len().saturating_sub(LINES_MAX);
    if more > 0 {
        tracing::warn!(more, "the same happened to more stations; the overview shows them");
    }
}

fn tell(of: &Station, event: &Event, now: Timestamp) {
    let (station, name) = (of.slug.as_str(), of.name.as_str());
    match event {
        Event::Added => tracing::info!(station, name, "a station was added"),
        Event::Removed => tracing::info!(station, name, "a station was removed"),
        Event::Renamed { slug, name: before } => {
            tracing::info!(station, name, was = slug, was_named = before, "a station was renamed");
        }
        Event::Changed => tracing::info!(station, "the settings of a station were changed"),
        Event::NewKey => tracing::info!(station, "a station has a new key; the old one is void"),
        Event::Devices(devices) if devices.is_empty() => {
            tracing::info!(station, "no device is bound to a station any more");
        }
        Event::Devices(devices) => {
            let devices = devices.iter().map(|kind| kind.words()).collect::<Vec<_>>().join("; ");
            tracing::info!(station, devices, "a device was bound to a station, or taken from it");
        }
        Event::First => tracing::info!(station, name, "the first reading of a station has come"),
        Event::Again => tracing::debug!(station, "the first reading of a station since the start has come"),
        Event::Silent { last } => {
            tracing::warn!(station, last = %last.rfc3339(), age = age(*last, now), "a station is silent");
        }
        Event::Back { last } => {
            tracing::info!(station, last = %last.rfc3339(), after = age(*last, now), "a station is back");
        }
    }
}
