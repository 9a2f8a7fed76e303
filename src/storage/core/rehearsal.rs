//! What would become of reports if they were stored: they are judged as they would be, and nothing is written.

use super::memory::{Memory, SENSORS_MAX};
use super::merge::{Merging, Upload};
use crate::storage::observations::Appended;
use crate::storage::seam::SensorId;
use std::sync::Arc;
use weather::calibration::Calibrations;
use weather::report::Report;
use weather::station::Station;

/// Reports of a station, judged in the order in which they come. It knows nothing of what is stored: the first of them are judged
/// as the first that the station ever sent.
pub struct Rehearsal {
    station: Station,
    slug: Arc<str>,
    memory: Memory,
}

impl Rehearsal {
    /// The first reports of a station.
    pub fn new(station: Station) -> Self {
        let slug = station.slug.as_str().into();
        let mut memory = Memory::default();
        memory.learn_station(station.id, Vec::new());
        Self { station, slug, memory }
    }

    /// Judges some reports, after those before.
    pub fn take(&mut self, reports: &[Report]) -> Appended {
        let Self { station, slug, memory } = self;
        for name in reports.iter().flat_map(|report| report.sensors().keys()) {
            let known = &memory.stations[&station.id];
            if !known.contains_key(name) && (known.len() < SENSORS_MAX || name.is_main()) {
                let id = SensorId(known.len() as i64);
                memory.learn_new_sensor(station.id, name.clone(), id);
            }
        }
        let mut merging = Merging::default();
        let upload = Upload { station, slug, calibrations: &Calibrations::default(), reports, first: Some(0) };
        let answer = merging.upload(memory, &upload);
        drop(merging.finish(memory));
        memory.trim();
        answer
    }
}
