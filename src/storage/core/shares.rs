//! Who fills the database: all together, and each station, which may fill a share only.

use super::memory::Memory;
use crate::storage::error::Error;
use crate::storage::options::Options;
use crate::storage::room::{Room, Told};
use crate::storage::seam::{Gone, MarkChange, Observed, SensorId};
use crate::storage::stations::Directory;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weather::station::{Station, StationId};

/// A row of observations takes about so much, and so much more for each value.
const ROW_BYTES: u64 = 24;
/// See [`ROW_BYTES`].
const VALUE_BYTES: u64 = 9;
/// A value that is marked takes about so much.
const MARK_BYTES: u64 = 64;
/// A value that is kept as it was sent, too, takes about so much.
pub(super) const SENT_BYTES: u64 = 32;
/// A datastream's low and high of a day take about so much.
const DAY_BYTES: u64 = 64;

/// What a datastream was in an hour takes about so much.
const HOUR_BYTES: u64 = 48;

/// How full the database is, shared by handles and the writer.
#[derive(Debug, Default)]
pub(in crate::storage) struct Shares {
    used_bytes: AtomicU64,
    filled: Mutex<Filled>,
}

#[derive(Debug, Default)]
struct Filled {
    stations: HashMap<StationId, HashMap<SensorId, Size>>,
    /// What was said in the log last, of the database and of stations.
    told: Told,
    told_stations: HashMap<StationId, Told>,
}

/// About how much belongs to a sensor.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Bytes, as the database has noted: what all servers have written, less what has gone.
    noted: u64,
    /// Bytes that this server has written since.
    since: u64,
}

impl Filled {
    /// About so many bytes belong to the station.
    fn of(&self, station: StationId) -> u64 {
        self.stations.get(&station).map_or(0, |sensors| sensors.values().map(|size| size.noted + size.since).sum())
    }

    /// So many bytes of each of these sensors are noted now.
    fn noted(&mut self, more: &[(SensorId, u64)]) {
        let more: HashMap<SensorId, u64> = more.iter().copied().collect();
        for (sensor, size) in self.stations.values_mut().flatten() {
            let bytes = more.get(sensor).copied().unwrap_or(0);
            *size = Size { noted: size.noted + bytes, since: size.since.saturating_sub(bytes) };
        }
    }
}

impl Shares {
    /// How full the database is.
    pub(in crate::storage) fn room(&self, options: &Options) -> Room {
        Room { used_bytes: self.used_bytes.load(Relaxed), limit_bytes: options.limit_bytes() }
    }

    /// Lets a station's reports in, or says that the station has filled its share. The only station shares with nobody.
    pub(in crate::storage) fn admit(
        &self,
        station: StationId,
        stations: usize,
        options: &Options,
    ) -> Result<(), Error> {
        let filled = self.lock().of(station);
        let is_full = stations > 1 && filled >= options.station_share_bytes();
        if is_full { Err(Error::StationFull(options.station_share_percent)) } else { Ok(()) }
    }

    /// How full each station's share is. The only station shares with nobody: then there are no shares.
    pub(in crate::storage) fn rooms(&self, directory: &Directory, options: &Options) -> Vec<(Arc<Station>, Room)> {
        if directory.count() < 2 {
            return Vec::new();
        }
        let (filled, limit_bytes) = (self.lock(), options.station_share_bytes());
        let room = |station: &Arc<Station>| Room { used_bytes: filled.of(station.id), limit_bytes };
        directory.iter().map(|station| (station.clone(), room(station))).collect()
    }

    /// The database was measured; says in the log, once, that it or a station's share of it grows full.
    pub(super) fn measured(&self, used_bytes: u64, directory: &Directory, options: &Options) {
        self.used_bytes.store(used_bytes, Relaxed);
        let (room, rooms) = (self.room(options), self.rooms(directory, options));
        let mut filled = self.lock();
        if filled.told.is_news(room) {
            tracing::warn!("{}", room.warning().unwrap_or_default());
        }
        filled.told_stations.retain(|id, _| directory.by_id(*id).is_some());
        for (station, room) in rooms {
            if filled.told_stations.entry(station.id).or_default().is_news(room) {
                tracing::warn!("{}", room.station_warning(&station.name).unwrap_or_default());
            }
        }
    }

    /// Takes in what the database has noted of its sensors. What was written since stays.
    pub(super) fn learn(&self, found: Vec<(StationId, SensorId, u64)>) {
        let mut filled = self.lock();
        let mut before = std::mem::take(&mut filled.stations);
        for (station, sensor, noted) in found {
            let size = before.get_mut(&station).and_then(|sensors| sensors.remove(&sensor)).unwrap_or_default();
            filled.stations.entry(station).or_default().insert(sensor, Size { noted, ..size });
        }
    }

    /// Takes in what a batch has written.
    pub(super) fn wrote(&self, growth: &[(StationId, SensorId, u64)]) {
        let mut filled = self.lock();
        for (station, sensor, bytes) in growth {
            filled.stations.entry(*station).or_default().entry(*sensor).or_default().since += bytes;
        }
    }

    /// Takes in that readings of a sensor have gone, as the database has noted it.
    pub(super) fn pruned(&self, gone: &Gone) {
        let mut filled = self.lock();
        let size = filled.stations.get_mut(&gone.station).and_then(|sensors| sensors.get_mut(&gone.sensor));
        size.into_iter().for_each(|size| size.noted = size.noted.saturating_sub(weight(gone)));
    }

    /// So many bytes more belong to each of these sensors than the database has noted.
    pub(super) fn unnoted(&self) -> Vec<(SensorId, u64)> {
        let filled = self.lock();
        let sizes = filled.stations.values().flatten();
        sizes.filter(|(_, size)| size.since > 0).map(|(sensor, size)| (*sensor, size.since)).collect()
    }

    /// The database has noted what [`Shares::unnoted`] has told.
    pub(super) fn noted(&self, more: &[(SensorId, u64)]) {
        self.lock().noted(more);
    }

    fn lock(&self) -> MutexGuard<'_, Filled> {
        self.filled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About so many bytes readings took that have gone: as many as they were counted for when they came.
pub(super) fn weight(gone: &Gone) -> u64 {
    ROW_BYTES * gone.rows + VALUE_BYTES * gone.values + MARK_BYTES * gone.marks + SENT_BYTES * gone.sent
}

/// About so many bytes a batch of these stations writes, by sensor.
pub(super) fn growth(
    stations: impl Iterator<Item = StationId>,
    memory: &Memory,
    observed: &Observed,
) -> Vec<(StationId, SensorId, u64)> {
    let mut grown: HashMap<SensorId, u64> = HashMap::new();
    for ((sensor, _), values) in &observed.rows {
        *grown.entry(*sensor).or_default() += ROW_BYTES + VALUE_BYTES * values.iter().count() as u64;
    }
    for mark in &observed.marks {
        if let MarkChange::Put((sensor, _), _) = mark {
            *grown.entry(*sensor).or_default() += MARK_BYTES;
        }
    }
    for ((sensor, _), ..) in &observed.sent {
        *grown.entry(*sensor).or_default() += SENT_BYTES;
    }
    // Low and high came at the same instant: it is the day's first value.
    for (sensor, ..) in observed.extremes.iter().filter(|(.., range)| range.low_at == range.high_at) {
        *grown.entry(*sensor).or_default() += DAY_BYTES;
    }
    for sensor in &observed.ended {
        let datastreams = memory.sensors.get(sensor).map_or(0, |known| known.latest.iter().flatten().count());
        *grown.entry(*sensor).or_default() += HOUR_BYTES * datastreams as u64;
    }
    let mut growth = Vec::with_capacity(grown.len());
    for station in stations {
        for sensor in memory.stations.get(&station).into_iter().flat_map(|sensors| sensors.values()) {
            growth.extend(grown.remove(sensor).map(|bytes| (station, *sensor, bytes)));
        }
    }
    growth
}
