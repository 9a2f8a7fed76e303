//! Observations as they are appended and read.

use weather::freshness::is_ahead;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Warning;
use weather::station::SensorName;
use weather::time::Timestamp;

/// What became of reports that were appended; counts are reports.
#[derive(Debug, Default, PartialEq)]
pub struct Appended {
    /// Reports that added at least one value.
    pub stored: usize,
    /// Reports that were known already, to the last value.
    pub duplicate: usize,
    /// Values that contradict what is stored for the same sensor and instant; the stored value stands.
    pub warnings: Vec<Warning>,
    /// Values that are kept and do not count.
    pub set_aside: SetAside,
}

/// How many values were set aside, by reason. A step that waited and was settled is taken off again, maybe by a later
/// answer: only the sum of all answers is a count.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SetAside([i64; Reason::COUNT]);

impl SetAside {
    /// One more for this reason.
    pub(super) fn add(&mut self, reason: Reason) {
        self.0[reason as usize] += 1;
    }

    /// One less: it counts, or it is set aside for another reason now.
    pub(super) fn take_off(&mut self, reason: Reason) {
        self.0[reason as usize] -= 1;
    }

    /// Takes in what another answer says.
    pub fn join(&mut self, more: &Self) {
        self.0.iter_mut().zip(more.0).for_each(|(count, more)| *count += more);
    }

    /// Whether a value was set aside for this reason.
    pub(super) fn has(&self, reason: Reason) -> bool {
        self.0[reason as usize] > 0
    }

    /// The reasons that values were set aside for, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> {
        let counts = Reason::all().zip(self.0);
        counts.filter_map(|(reason, count)| Some((reason, u64::try_from(count).ok().filter(|count| *count > 0)?)))
    }
}

/// Why a value of a sensor that is one too many is not stored.
pub(super) const TOO_MANY_SENSORS: &str = "the station has as many sensors as it may have; nothing stored";

/// Why a value is not stored that comes when the readings of its time have gone: its hour could not be made anew.
pub(super) const READINGS_GONE: &str =
    "the readings of that time are gone by raw_days, and its hours and days stay as they are; nothing stored";

impl Appended {
    /// The warnings about values that contradict what is stored; the others are about values for which there is no place.
    pub fn into_contradictions(self) -> Vec<Warning> {
        let contradicts = |one: &Warning| one.reason != TOO_MANY_SENSORS && one.reason != READINGS_GONE;
        self.warnings.into_iter().filter(contradicts).collect()
    }

    /// How many of the listed warnings are about good values for which there was no sensor any more; and why.
    pub fn without_sensor(&self) -> (usize, &'static str) {
        (self.warnings.iter().filter(|warning| warning.reason == TOO_MANY_SENSORS).count(), TOO_MANY_SENSORS)
    }
}

/// The newest value of a datastream.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Canonical unit.
    pub value: f64,
}

impl Latest {
    /// When the newest of these values of the main sensor was observed; if that has none, of any sensor.
    pub fn newest_at(of_station: &[Self]) -> Option<Timestamp> {
        let newest = |of: fn(&&Self) -> bool| of_station.iter().filter(of).map(|latest| latest.observed_at).max();
        newest(|latest| latest.sensor.is_main()).or_else(|| newest(|_| true))
    }

    /// Takes values from ahead of `now` away: the server noted them while its clock was wrong, and they are not known yet. If there
    /// are no others, they stay.
    pub fn keep_known(of_station: &mut Vec<Self>, now: Timestamp) {
        let is_known = |latest: &Self| !is_ahead(latest.observed_at, now);
        if of_station.iter().any(is_known) {
            of_station.retain(is_known);
        }
    }
}

/// Low and high of a datastream on one local day, with the time of the first occurrence of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Extreme {
    /// Which sensor.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
    /// The lowest value, canonical unit.
    pub low: f64,
    /// When it was first observed.
    pub low_at: Timestamp,
    /// The highest value, canonical unit.
    pub high: f64,
    /// When it was first observed.
    pub high_at: Timestamp,
}

/// A stretch of a datastream.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Its first instant, a multiple of the bucket's length since the epoch.
    pub start: Timestamp,
    /// Mean of its values, canonical unit.
    pub mean: f64,
    /// Lowest.
    pub min: f64,
    /// Highest.
    pub max: f64,
    /// How many values.
    pub count: u32,
}

/// The quantities of which a page draws the last day.
pub const CHARTED: [Quantity; 8] = [
    Quantity::Temperature,
    Quantity::WindSpeed,
    Quantity::WindGust,
    Quantity::SeaLevelPressure,
    Quantity::AltimeterSetting,
    Quantity::StationPressure,
    Quantity::Humidity,
    Quantity::Precipitation,
];

/// Beyond which side of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below it.
    Below,
    /// Above it.
    Above,
}
