//! What is known of stations now.

use super::shape::StationEntry;
use crate::storage::{Error, Latest, Storage};
use crate::web::base::Base;
use std::sync::Arc;
use weather::clock::Heard;
use weather::freshness::Freshness;
use weather::station::{Station, StationId};
use weather::station_state::StationState;
use weather::time::{MINUTE_MS, SECOND_MS, Timestamp};

/// What is known of a station.
pub(super) struct Known {
    pub station: Arc<Station>,
    /// Its newest values.
    pub latest: Vec<Latest>,
    pub interval_ms: Option<i64>,
    heard: Heard,
}

impl Known {
    /// One station, with the values of all its sensors.
    pub(super) async fn one(storage: &Storage, station: Arc<Station>, now: Timestamp) -> Result<Self, Error> {
        let (mut latest, interval_ms) = tokio::try_join!(storage.latest(station.id), storage.interval_ms(station.id))?;
        Latest::keep_known(&mut latest, now);
        let heard = storage.heard(station.id);
        Ok(Self { station, latest, interval_ms, heard })
    }

    /// Some stations, with the values of their main sensors, or of those that stand in.
    pub(super) async fn several(
        storage: &Storage,
        stations: &[Arc<Station>],
        now: Timestamp,
    ) -> Result<Vec<Self>, Error> {
        let ids: Vec<StationId> = stations.iter().map(|station| station.id).collect();
        let (mut latest, intervals) = tokio::try_join!(storage.latest_of(&ids, now), storage.intervals_ms(&ids))?;
        let known = |station: &Arc<Station>| {
            let mut latest = latest.remove(&station.id).unwrap_or_default();
            Latest::keep_known(&mut latest, now);
            let interval_ms = intervals.get(&station.id).copied();
            Self { station: Arc::clone(station), latest, interval_ms, heard: storage.heard(station.id) }
        };
        Ok(stations.iter().map(known).collect())
    }

    /// The newest time that it spoke of: of a value that counts, or of one that does not.
    fn spoke_at(&self) -> Option<Timestamp> {
        Latest::newest_at(&self.latest).map(|at| self.heard.newest.map_or(at, |newest| newest.max(at)))
    }

    /// Whether a value of `at` is the weather of now.
    pub(super) fn freshness(&self, at: Timestamp, now: Timestamp) -> StationState {
        Freshness::of(Some(at), now, self.interval_ms).into()
    }

    /// The station as answers tell it.
    pub(super) fn entry(&self, now: Timestamp, base: &Base) -> StationEntry {
        let (station, spoke_at, off) = (&self.station, self.spoke_at(), self.heard.off());
        StationEntry {
            slug: station.slug.to_string(),
            name: station.name.clone(),
            zone: station.zone.to_string(),
            elevation_m: station.elevation_m,
            interval_s: self.interval_ms.map(|ms| ms as f64 / SECOND_MS as f64),
            state: StationState::of(spoke_at, off, now, self.interval_ms).into(),
            observed_at: spoke_at.map(Timestamp::rfc3339),
            observed_unix_ms: spoke_at.map(|at| at.0),
            age_min: spoke_at.map(|at| age_min(at, now)),
            clock_off_s: off.map(|off| off.by_ms / SECOND_MS),
            url: base.of(&path(station, "")),
        }
    }
}

/// Whole minutes from `at` to `now`. A little ahead of us counts as now.
pub(super) fn age_min(at: Timestamp, now: Timestamp) -> i64 {
    now.since(at).max(0) / MINUTE_MS
}

/// The path of something of a station, within this server.
pub(super) fn path(station: &Station, of: &str) -> String {
    format!("/api/v1/stations/{}{of}", station.slug)
}
