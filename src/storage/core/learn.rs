//! Makes the writer's memory know what a batch is about to touch. What is asked for is decided here, without a database.

use super::memory::{Memory, SENSORS_MAX};
use super::merge::Upload;
use crate::storage::engine::Engine;
use crate::storage::error::Error;
use crate::storage::seam::{FoundRow, Place, SensorDay, SensorId};
use std::collections::{BTreeSet, HashMap};
use weather::day;
use weather::judge::GAP_MAX_MS;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;

/// Makes memory know what [`super::merge::Merging`] asks of it; returns the rows that exist at the uploads' places, and those
/// around the places that are new among old ones.
pub(super) async fn learn(
    engine: &mut Engine,
    memory: &mut Memory,
    uploads: &[Upload<'_>],
) -> Result<HashMap<Place, FoundRow>, Error> {
    memory.trim();
    let unknown: BTreeSet<_> =
        uploads.iter().map(|upload| upload.station.id).filter(|id| !memory.stations.contains_key(id)).collect();
    if !unknown.is_empty() {
        let mut found = engine.sensors(&unknown).await?;
        for station in unknown {
            memory.learn_station(station, found.remove(&station).unwrap_or_default());
        }
    }
    let missing = missing_sensors(memory, uploads);
    if !missing.is_empty() {
        for (station, name, id) in engine.add_sensors(&missing).await? {
            memory.learn_new_sensor(station, name, id);
        }
    }
    let (days, places) = wanted(memory, uploads);
    if !days.is_empty() {
        let found = engine.days(&days).await?;
        memory.learn_days(days, found);
    }
    if places.is_empty() { Ok(HashMap::new()) } else { engine.rows(&places).await }
}

/// Sensors that are to be made: those that memory does not know, as many as their stations may still have.
fn missing_sensors<'a>(memory: &Memory, uploads: &[Upload<'a>]) -> Vec<(StationId, &'a SensorName)> {
    let mut missing: BTreeSet<(StationId, &SensorName)> = BTreeSet::new();
    for upload in uploads {
        let id = upload.station.id;
        let sensors = &memory.stations[&id];
        for name in upload.reports.iter().flat_map(|report| report.sensors().keys()) {
            if !sensors.contains_key(name) {
                missing.insert((id, name));
            }
        }
    }
    let mut room: HashMap<StationId, usize> = HashMap::new();
    let has_room = |(station, name): &(StationId, &SensorName)| {
        // The station's own weather has room, however many others there are.
        if name.is_main() {
            return true;
        }
        let left = room.entry(*station).or_insert_with(|| SENSORS_MAX.saturating_sub(memory.stations[station].len()));
        let has = *left > 0;
        *left = left.saturating_sub(1);
        has
    };
    missing.into_iter().filter(has_room).collect()
}

/// Days that memory does not know, and places that may have a row already, or have rows after them.
fn wanted(memory: &Memory, uploads: &[Upload<'_>]) -> (BTreeSet<SensorDay>, BTreeSet<Place>) {
    let (mut days, mut places) = (BTreeSet::new(), BTreeSet::new());
    let mut newest: HashMap<SensorId, Timestamp> = HashMap::new();
    for upload in uploads {
        let sensors = &memory.stations[&upload.station.id];
        for report in upload.reports {
            let observed_at = report.observed_at();
            let date = day::date_at(&upload.station.zone, observed_at);
            for sensor in report.sensors().keys().filter_map(|name| sensors.get(name)) {
                let newest = newest.entry(*sensor).or_insert(observed_at);
                let is_late = observed_at < *newest || !memory.is_new(*sensor, observed_at);
                *newest = observed_at.max(*newest);
                // A late value may settle a step of the day before, or of the day after.
                let beside = |ms| is_late.then(|| day::date_at(&upload.station.zone, observed_at.plus(ms)));
                let beside = [beside(-GAP_MAX_MS), beside(GAP_MAX_MS)].into_iter().flatten();
                for date in memory.waiting_days(*sensor, &upload.station.zone).chain([date]).chain(beside) {
                    if !memory.days.contains_key(&(*sensor, date)) {
                        days.insert((*sensor, date));
                    }
                }
                if is_late {
                    places.insert((*sensor, observed_at));
                }
            }
        }
    }
    (days, places)
}
