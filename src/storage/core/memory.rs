//! What the writer remembers of the database, so that a commit need not ask: sensors, newest values, days in progress.

use crate::storage::seam::{FoundSensor, Mark, Newest, Range, Rank, SensorDay, SensorId, Stretch};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use weather::day;
use weather::freshness::is_ahead;
use weather::judge::{Held, Reading, Still};
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::rain::Doubt;
use weather::station::{SensorName, StationId};
use weather::time::Timestamp;
use weather::warmth::Warmth;
use weather::zone::Zone;

/// What the writer knows. After a failed transaction it forgets everything and reads again.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Sensors of the stations that were read; a station that is absent here has not been.
    pub stations: HashMap<StationId, BTreeMap<SensorName, SensorId>>,
    /// Every sensor above.
    pub sensors: HashMap<SensorId, Known>,
    /// Extremes of the days that were read, as above.
    pub days: HashMap<SensorDay, Day>,
}

/// What is known of a sensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Known {
    /// The newest instant there is a row for: what comes later needs no look whether it is there already.
    pub high_water: Option<Timestamp>,
    /// Readings from before are gone, and none is taken for that time.
    pub raw_from: Option<Timestamp>,
    /// The local hour of that instant, once something has come.
    pub open: Option<Open>,
    /// The newest value of each quantity.
    pub latest: [Option<Newest>; Quantity::COUNT],
    /// What the next readings of its rain counter will tell. A restart forgets it.
    pub rain_doubt: Option<Doubt>,
    /// Its rain counter was read since the last restart, so that nothing else is in doubt.
    pub is_rain_heard: bool,
    /// Steps that wait for the next value of their quantity, in the order of time; at most [`weather::judge::RUN_MAX`] a quantity.
    pub waiting: Vec<(Timestamp, Mark)>,
    /// Temperatures of the last half day, if there is a barometer that is reduced by them.
    pub warmth: Warmth,
    /// For how long values have not changed. A restart forgets it, but for what was found to be frozen.
    pub held: Vec<(Quantity, Held)>,
    /// For how long nothing has changed. A restart forgets it as above.
    pub still: Option<Still>,
    /// The newest values are to be written.
    pub is_touched: bool,
}

/// A local hour, and its day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Open {
    pub hour: Stretch,
    pub date: NaiveDate,
}

/// A sensor's extremes on a local day.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Day {
    pub ranges: [Option<Range>; Quantity::COUNT],
    /// Quantities whose range is to be written.
    pub touched: u32,
}

const _: () = assert!(Quantity::COUNT <= u32::BITS as usize, "`touched` has a bit for each quantity");

/// Days that are remembered at most; beyond, all are forgotten and read again. About 13 MiB; 32 stations with all the
/// sensors that they may have need two each when they cross midnight together.
const DAYS_MAX: usize = 16_384;

/// Sensors a station may have: a misread field must not become ten thousand of them.
pub(super) const SENSORS_MAX: usize = 256;

impl Memory {
    /// The main sensor of a station.
    pub(super) fn main(&self, station: StationId) -> Option<&Known> {
        let sensor = self.stations.get(&station)?.get(&SensorName::main())?;
        self.sensors.get(sensor)
    }

    /// Whether a sensor surely has no row of that instant yet: it is newer than all that it has.
    pub(super) fn is_new(&self, sensor: SensorId, observed_at: Timestamp) -> bool {
        self.sensors.get(&sensor).is_none_or(|known| Some(observed_at) > known.high_water)
    }

    /// The local days of steps that wait: they may be found to count.
    pub(super) fn waiting_days(&self, sensor: SensorId, zone: &Zone) -> impl Iterator<Item = NaiveDate> {
        let waiting = self.sensors.get(&sensor).into_iter().flat_map(|known| &known.waiting);
        waiting.map(move |(at, _)| day::date_at(zone, *at))
    }

    /// Takes in a station's sensors as the database has them.
    pub(super) fn learn_station(&mut self, station: StationId, found: Vec<FoundSensor>) {
        let sensors = self.stations.entry(station).or_default();
        for FoundSensor { id, name, high_water, raw_from, latest, marks, warmth } in found {
            let mut known = Known { high_water, raw_from, ..Known::default() };
            for (quantity, newest) in latest {
                known.latest[quantity.index()] = Some(newest);
            }
            marks.into_iter().for_each(|(at, mark)| known.recall(at, mark));
            warmth.into_iter().for_each(|(at, celsius)| known.warmth.take(at, celsius));
            sensors.insert(name, id);
            self.sensors.insert(id, known);
        }
    }

    /// Takes in a sensor that has just been made.
    pub(super) fn learn_new_sensor(&mut self, station: StationId, name: SensorName, id: SensorId) {
        self.stations.entry(station).or_default().insert(name, id);
        self.sensors.insert(id, Known::default());
    }

    /// Takes in the extremes of the days that were asked for. A day without any is known to have none.
    pub(super) fn learn_days(&mut self, asked: BTreeSet<SensorDay>, found: Vec<(SensorDay, Quantity, Range)>) {
        for day in asked {
            self.days.entry(day).or_default();
        }
        for (day, quantity, range) in found {
            self.days.entry(day).or_default().ranges[quantity.index()] = Some(range);
        }
    }

    /// Keeps the days in bounds; not to be called between reading days and using them.
    pub(super) fn trim(&mut self) {
        if self.days.len() > DAYS_MAX {
            self.days.clear();
        }
    }

    /// Forgets what concerns a station.
    pub(super) fn forget(&mut self, station: StationId) {
        let Some(sensors) = self.stations.remove(&station) else { return };
        let gone: HashSet<SensorId> = sensors.into_values().collect();
        self.sensors.retain(|sensor, _| !gone.contains(sensor));
        self.days.retain(|(sensor, _), _| !gone.contains(sensor));
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Known {
    /// Takes a value in that arrived at `now`. True if it is the newest of its quantity. What counts as newest from the
    /// future came while the server's clock was wrong, and gives way; so does what was derived for the same instant.
    pub(super) fn fold(&mut self, quantity: Quantity, value: f64, rank: Rank, now: Timestamp) -> bool {
        if quantity == Quantity::Temperature && self.latest[Quantity::StationPressure.index()].is_some() {
            self.warmth.take(rank.observed_at, value);
        }
        let slot = &mut self.latest[quantity.index()];
        let is_newer = |newest: Newest| newest.rank > rank || (newest.rank == rank && newest.value == value);
        if slot.is_some_and(|newest| is_newer(newest) && !is_ahead(newest.rank.rank, now)) {
            return false;
        }
        *slot = Some(Newest { rank, value });
        self.is_touched = true;
        true
    }

    /// Takes in a mark that an earlier run has left. It says something only if nothing that counts is newer.
    pub(super) fn recall(&mut self, at: Timestamp, mark: Mark) {
        let quantity = mark.quantity;
        if self.latest[quantity.index()].is_some_and(|newest| newest.rank.observed_at >= at) {
            return;
        }
        match mark.reason {
            Reason::Step => self.waiting.push((at, mark)),
            Reason::Unchanged => {
                self.held.retain(|(of, _)| *of != quantity);
                self.held.push((quantity, Held::frozen(quantity, Reading { at, value: mark.value })));
            }
            Reason::Frozen => self.still = Some(Still::frozen(at)),
            _ => {}
        }
    }

    /// The newest value of a quantity that a report may repeat.
    pub(super) fn newest_of(&self, sent_as: Quantity) -> Option<f64> {
        let quantity = match sent_as {
            Quantity::Precipitation if self.latest[Quantity::PrecipitationCounted.index()].is_some() => {
                Quantity::PrecipitationCounted
            }
            other => other,
        };
        self.latest[quantity.index()].map(|newest| newest.value)
    }

    /// The rank of the newest observation of any quantity, as of `now`.
    pub(super) fn newest(&self, now: Timestamp) -> Option<Rank> {
        self.latest.iter().flatten().map(|newest| newest.rank).filter(|rank| !is_ahead(rank.rank, now)).max()
    }
}

impl Day {
    /// Takes a value in; of equal values the first observed counts, whichever came first.
    pub(super) fn fold(&mut self, quantity: Quantity, value: f64, at: Timestamp) {
        let slot = &mut self.ranges[quantity.index()];
        let old = *slot;
        let range = slot.get_or_insert(Range { low: value, low_at: at, high: value, high_at: at });
        if value < range.low || (value == range.low && at < range.low_at) {
            (range.low, range.low_at) = (value, at);
        }
        if value > range.high || (value == range.high && at < range.high_at) {
            (range.high, range.high_at) = (value, at);
        }
        if *slot != old {
            self.touched |= 1 << quantity.index();
        }
    }
}
