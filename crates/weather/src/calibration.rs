//! Calibration: from a time on, what a sensor says is multiplied by a factor, and an offset is added.

use crate::derived;
use crate::moment;
use crate::quantity::Quantity;
use crate::station::SensorName;
use crate::time::{SECOND_MS, SERIES_BEGIN, Timestamp};
use crate::units::{Unit, without_noise};
use crate::values::Values;
use crate::zone::Zone;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A sensor that shows less than a tenth of what is there is broken.
pub const FACTOR_MIN: f64 = 0.1;
/// Likewise of one that shows ten times as much.
pub const FACTOR_MAX: f64 = 10.0;
/// An offset may be so large a part of what weather can be: more is a slip of the pen.
pub const OFFSET_MAX_PART: f64 = 0.5;
/// Calibrations that a station may have: four for each year of a dozen sensors that a careful owner compares.
pub const CALIBRATIONS_MAX: usize = 200;

/// What holds from here on holds for all that was ever recorded.
pub const EVER: Timestamp = SERIES_BEGIN;

/// Reads from when on a calibration holds: `now` or nothing, `ever`, or a time as [`moment::read`] reads it, whose first instant
/// it is.
///
/// # Errors
/// What is wrong, for the person who wrote it.
pub fn read_start(zone: &Zone, text: &str, now: Timestamp) -> Result<Timestamp, String> {
    match text.trim() {
        // To the second, so that a person can write it.
        "" | "now" => Ok(Timestamp(now.0 - now.0.rem_euclid(SECOND_MS))),
        "ever" => Ok(EVER),
        text if text.contains("..") => Err("a calibration holds from one time on: write that".to_owned()),
        text => moment::read(zone, text).map(|stretch| stretch.from),
    }
}

/// The same as people read it, and as [`read_start`] reads it back.
pub fn shown_start(zone: &Zone, from: Timestamp) -> String {
    if from == EVER {
        return "ever".to_owned();
    }
    from.to_utc().with_timezone(zone).format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// The same inside a sentence: `from 2026-11-22T14:05:00+01:00 on`.
pub fn told_start(zone: &Zone, from: Timestamp) -> String {
    if from == EVER { "from the beginning on".to_owned() } else { format!("from {} on", shown_start(zone, from)) }
}

/// How a datastream is put right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    factor: f64,
    offset: f64,
}

/// What cannot be a calibration.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BadCalibration {
    /// One of the numbers is none.
    #[error("a factor and an offset are finite numbers")]
    NotFinite,
    /// The factor is zero, negative, or absurd.
    #[error("a factor lies between {FACTOR_MIN} and {FACTOR_MAX}")]
    Factor,
    /// The offset is absurd; the largest, with its unit.
    #[error("an offset of {quantity} lies between -{most} and {most}{space}{unit}", space = if unit.is_empty() { "" } else { " " })]
    Offset {
        /// Of which quantity.
        quantity: &'static str,
        /// The largest, canonical unit.
        most: f64,
        /// The canonical unit's symbol.
        unit: &'static str,
    },
    /// A vane was turned: there is nothing to multiply.
    #[error("a wind direction has an offset and no factor")]
    Direction,
    /// A gauge counts tips: a bucket is larger or smaller than the gauge believes, and that is a factor.
    #[error("rain has a factor and no offset: the factor applies to the amount that falls")]
    Rain,
    /// It goes with the gauge's rain.
    #[error("a rain gauge has one factor for all that it says: calibrate precipitation")]
    OfGauge,
    /// It is counted, or a state.
    #[error("{0} is no measure: there is nothing to calibrate")]
    Counted(&'static str),
}

impl Calibration {
    /// A calibration of a quantity; the offset is in its canonical unit.
    ///
    /// # Errors
    /// What is wrong with it, for the person who made it.
    pub fn new(quantity: Quantity, factor: f64, offset: f64) -> Result<Self, BadCalibration> {
        if !factor.is_finite() || !offset.is_finite() {
            return Err(BadCalibration::NotFinite);
        }
        match quantity {
            Quantity::LightningCount => return Err(BadCalibration::Counted(quantity.name())),
            _ if quantity.states().is_some() => return Err(BadCalibration::Counted(quantity.name())),
            Quantity::Precipitation if offset != 0.0 => return Err(BadCalibration::Rain),
            _ if holder(quantity) != Some(quantity) => return Err(BadCalibration::OfGauge),
            _ if quantity.is_circular() && factor != 1.0 => return Err(BadCalibration::Direction),
            _ => {}
        }
        if !(FACTOR_MIN..=FACTOR_MAX).contains(&factor) {
            return Err(BadCalibration::Factor);
        }
        let limits = quantity.limits();
        let most = (limits.end() - limits.start()) * OFFSET_MAX_PART;
        if offset.abs() > most {
            return Err(BadCalibration::Offset { quantity: quantity.name(), most, unit: quantity.unit().symbol() });
        }
        Ok(Self { factor, offset: if offset == 0.0 { 0.0 } else { offset } })
    }

    /// What is multiplied.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// What is added then, canonical unit.
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// What is done, as people read it: `× 1.02 − 0.4 °C`.
    pub fn shown(&self, quantity: Quantity) -> String {
        let factor = (self.factor != 1.0).then(|| format!("× {}", self.factor));
        let sign = if self.offset < 0.0 { '−' } else { '+' };
        let unit = quantity.unit().symbol();
        let space = if unit.is_empty() { "" } else { " " };
        let offset = (self.offset != 0.0).then(|| format!("{sign} {}{space}{unit}", self.offset.abs()));
        let both: Vec<_> = factor.into_iter().chain(offset).collect();
        if both.is_empty() { "as it is sent".to_owned() } else { both.join(" ") }
    }

    /// Whether values of a quantity can be calibrated.
    pub fn is_for(quantity: Quantity) -> bool {
        Self::new(quantity, 1.0, 0.0).is_ok()
    }

    fn is_identity(&self) -> bool {
        self.factor == 1.0 && self.offset == 0.0
    }

    /// A value as it was sent, put right: without the noise of the arithmetic. What cannot be less than nothing, or more than
    /// all, is not. It may lie outside the gross limits.
    pub fn of(&self, quantity: Quantity, sent: f64) -> f64 {
        if self.is_identity() {
            return sent;
        }
        let right = without_noise(sent * self.factor + self.offset);
        if quantity.is_circular() {
            return right.rem_euclid(360.0);
        }
        let limits = quantity.limits();
        if !limits.contains(&sent) {
            return right;
        }
        let least = if *limits.start() == 0.0 { 0.0 } else { f64::NEG_INFINITY };
        let most = if quantity.unit() == Unit::Percent { *limits.end() } else { f64::INFINITY };
        right.clamp(least, most)
    }
}

/// The quantity whose calibration holds for a quantity. None holds for what a gauge's counter says: its factor applies to
/// what falls between two readings.
pub const fn holder(quantity: Quantity) -> Option<Quantity> {
    match quantity {
        Quantity::PrecipitationCounted | Quantity::PrecipitationTotal | Quantity::LightningCount => None,
        Quantity::PrecipitationRate | Quantity::PrecipitationHour => Some(Quantity::Precipitation),
        _ => Some(quantity),
    }
}

/// The calibrations of a sensor, by quantity and by the time from which each holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OfSensor(BTreeMap<u8, BTreeMap<Timestamp, Calibration>>);

/// The calibrations of a station.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibrations(BTreeMap<SensorName, OfSensor>);

/// What a sensor said at an instant, put right.
#[derive(Debug, Default, PartialEq)]
pub struct Calibrated {
    /// What counts.
    pub values: Values,
    /// What lies outside the gross limits now.
    pub beyond: Vec<(Quantity, f64)>,
    /// What was sent, where that is something else.
    pub sent: Vec<(Quantity, f64)>,
}

impl Calibrated {
    /// What was sent of a quantity, if that is something else than what is kept.
    pub fn sent_as(&self, quantity: Quantity) -> Option<f64> {
        self.sent.iter().find(|(of, _)| *of == quantity).map(|(_, sent)| *sent)
    }
}

impl Calibrations {
    /// Adds one; it holds from that time on, until the next one of the same datastream does.
    pub fn add(&mut self, sensor: SensorName, quantity: Quantity, from: Timestamp, calibration: Calibration) {
        self.0.entry(sensor).or_default().0.entry(quantity.number()).or_default().insert(from, calibration);
    }

    /// Takes one away, if it is there.
    pub fn remove(&mut self, sensor: &SensorName, quantity: Quantity, from: Timestamp) -> Option<Calibration> {
        let Entry::Occupied(mut of) = self.0.entry(sensor.clone()) else { return None };
        of.get_mut().0.get_mut(&quantity.number())?.remove(&from)
    }

    /// Those of a sensor; `None` if it has none.
    pub fn of(&self, sensor: &SensorName) -> Option<&OfSensor> {
        if self.0.is_empty() { None } else { self.0.get(sensor) }
    }
}

impl OfSensor {
    /// The calibration of a quantity that holds at an instant.
    pub fn at(&self, quantity: Quantity, at: Timestamp) -> Option<Calibration> {
        let steps = self.0.get(&holder(quantity)?.number())?;
        steps.range(..=at).next_back().map(|(_, calibration)| *calibration).filter(|it| !it.is_identity())
    }

    /// What the rain that falls at an instant is multiplied by.
    pub fn rain_factor(&self, at: Timestamp) -> f64 {
        self.at(Quantity::Precipitation, at).map_or(1.0, |calibration| calibration.factor)
    }

    /// Whether values of two instants can be compared: the same calibration holds at both.
    pub fn is_same(&self, quantity: Quantity, one: Timestamp, other: Timestamp) -> bool {
        self.at(quantity, one) == self.at(quantity, other)
    }

    /// Puts right what a sensor sent at an instant. `has_fallen`: its precipitation is what has fallen, as files say it, and
    /// no counter.
    ///
    /// A dew point that a console has computed follows its temperature and humidity, unless it is calibrated itself.
    pub fn put_right(&self, at: Timestamp, sent: &Values, has_fallen: bool) -> Calibrated {
        let mut done = Calibrated::default();
        for (quantity, value) in sent.iter() {
            let is_counter = quantity == Quantity::Precipitation && !has_fallen;
            let calibration = self.at(quantity, at).filter(|_| !is_counter);
            let right = calibration.map_or(value, |calibration| calibration.of(quantity, value));
            done.put(quantity, value, right);
        }
        let moves = |quantity| self.at(quantity, at).is_some();
        let follows = moves(Quantity::Temperature) || moves(Quantity::Humidity);
        if follows
            && !moves(Quantity::DewPoint)
            && let Some(said) = sent.get(Quantity::DewPoint)
            && let Some(temperature) = done.values.get(Quantity::Temperature)
            && let Some(humidity) = done.values.get(Quantity::Humidity)
            && let Some(dew_point) = derived::dew_point(temperature, humidity)
        {
            done.values.take(Quantity::DewPoint);
            done.put(Quantity::DewPoint, said, without_noise(dew_point));
        }
        done
    }
}

impl Calibrated {
    fn put(&mut self, quantity: Quantity, sent: f64, right: f64) {
        if right != sent {
            self.sent.push((quantity, sent));
        }
        // What was stored before limits were narrower stays as it is.
        if right == sent || quantity.limits().contains(&right) {
            self.values.restore(quantity, right);
        } else {
            self.beyond.push((quantity, right));
        }
    }
}

#[cfg(test)]
mod tests;
