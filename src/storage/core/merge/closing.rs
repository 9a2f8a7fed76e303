//! Which local hours and days have ended, and which of before have changed.

use crate::storage::core::memory::{Known, Memory, Open};
use crate::storage::core::rolling::{day_of, hour_of};
use crate::storage::seam::{Observed, SensorId, Stretch};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use weather::day;
use weather::time::Timestamp;
use weather::zone::Zone;

/// Hours that something came into, but for those of the newest rows.
#[derive(Default)]
pub(super) struct Closing {
    hours: BTreeMap<(SensorId, Timestamp), Open>,
    /// The sensors of those that have ended.
    ended: Vec<SensorId>,
    zones: BTreeMap<SensorId, Zone>,
}

fn open(zone: &Zone, at: Timestamp) -> Open {
    let hour = hour_of(zone, at);
    Open { hour, date: day::date_at(zone, hour.from) }
}

impl Closing {
    /// Takes note of a value, or of a row. `known` does not know it yet.
    pub(super) fn note(&mut self, known: &mut Known, zone: &Zone, (sensor, at): (SensorId, Timestamp)) {
        let newest = known.open.or_else(|| known.high_water.map(|newest| open(zone, newest)));
        let ended = match newest {
            Some(newest) if at < newest.hour.from => {
                known.open = Some(newest);
                open(zone, at)
            }
            Some(newest) if at < newest.hour.to => {
                known.open = Some(newest);
                return;
            }
            newest => {
                known.open = Some(open(zone, at));
                let Some(ended) = newest else { return };
                self.ended.push(sensor);
                ended
            }
        };
        self.zones.entry(sensor).or_insert_with(|| zone.clone());
        self.hours.insert((sensor, ended.hour.from), ended);
    }

    /// Tells what is to be made anew.
    pub(super) fn finish(self, memory: &Memory, observed: &mut Observed) {
        let mut days: BTreeSet<(SensorId, NaiveDate)> = BTreeSet::new();
        observed.ended = self.ended;
        for ((sensor, _), Open { hour, date }) in self.hours {
            let Some(newest) = memory.sensors.get(&sensor).and_then(|known| known.open) else { continue };
            observed.hours.push((sensor, hour));
            if date < newest.date {
                days.insert((sensor, date));
            }
        }
        let bounds = |(sensor, date): (SensorId, NaiveDate)| {
            let day: Stretch = day_of(self.zones.get(&sensor)?, date);
            Some((sensor, date, day))
        };
        observed.days.extend(days.into_iter().filter_map(bounds));
    }
}
