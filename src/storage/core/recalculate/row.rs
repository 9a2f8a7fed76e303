//! What becomes of a row when it is made anew of what was sent. Pure: rows come in the order of time.
//!
//! What a check has set aside stays so: it was judged beside what was there then. Only the gross limits are looked at again,
//! so that a calibration that was wrong leaves nothing behind when it is removed.

use crate::storage::core::merge::SAME_HPA;
use crate::storage::seam::{KeptRow, Mark, MarkChange, Rewritten, SensorId};
use weather::calibration::OfSensor;
use weather::derived;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::time::Timestamp;

pub(super) use crate::storage::core::merge::DERIVE_MAX_AGE_MS;

/// Makes the rows of a sensor anew, one after the other.
pub(super) struct Recalculation<'a> {
    of: &'a OfSensor,
    /// Of a main sensor: its pressure at sea level may be made of its barometer's.
    elevation_m: Option<f64>,
    /// The newest temperature and humidity, as they were and as they are now.
    was: Beside,
    is: Beside,
}

#[derive(Default)]
struct Beside([Option<(Timestamp, f64)>; 2]);

const BESIDE: [Quantity; 2] = [Quantity::Temperature, Quantity::Humidity];

impl Beside {
    fn learn(&mut self, at: Timestamp, values: &Values) {
        for (newest, quantity) in self.0.iter_mut().zip(BESIDE) {
            *newest = values.get(quantity).map(|value| (at, value)).or(*newest);
        }
    }

    fn reduced(&self, at: Timestamp, row: &Values, elevation_m: f64) -> Option<(Quantity, f64)> {
        let mut values = *row;
        for (newest, quantity) in self.0.iter().zip(BESIDE) {
            if let Some((since, value)) = newest
                && row.get(quantity).is_none()
                && at.since(*since) <= DERIVE_MAX_AGE_MS
            {
                values.restore(quantity, *value);
            }
        }
        derived::reduced_pressure(&values, elevation_m)
    }
}

impl<'a> Recalculation<'a> {
    pub(super) fn new(of: &'a OfSensor, elevation_m: Option<f64>) -> Self {
        Self { of, elevation_m, was: Beside::default(), is: Beside::default() }
    }

    /// True if the rows shortly before the first one matter.
    pub(super) fn looks_back(&self) -> bool {
        self.elevation_m.is_some()
    }

    /// Takes in a row from before, which stays as it is.
    pub(super) fn learn(&mut self, row: &KeptRow) {
        self.was.learn(row.at, &row.values);
        self.is.learn(row.at, &row.values);
    }

    /// What becomes of the next row; `None` if it stays as it is.
    pub(super) fn again(&mut self, sensor: SensorId, row: &KeptRow) -> Option<Rewritten> {
        let reduced = self.reduced(row);
        let (mut sent, mut next) = (Values::default(), row.values);
        for quantity in Quantity::all() {
            let is_made = reduced == Some(quantity) || (quantity == Quantity::Precipitation && row.counts_rain());
            if let Some(value) = row.said(quantity).filter(|_| !is_made) {
                sent.restore(quantity, value);
            }
        }
        let right = self.of.put_right(row.at, &sent, true);
        let mut done = Rewritten { at: row.at, values: Vec::new(), marks: Vec::new(), sent: Vec::new() };
        for (quantity, said) in sent.iter() {
            let beyond = || right.beyond.iter().find(|(of, _)| *of == quantity).map(|(_, value)| *value);
            let Some(value) = right.values.get(quantity).or_else(beyond) else { continue };
            let sent_as = right.sent_as(quantity);
            if sent_as != row.sent_as(quantity) {
                // What was sent is known already, and stays what it is.
                done.sent.push((quantity, sent_as));
            }
            put(&mut done, &mut next, sensor, row, (quantity, said, value));
        }
        self.was.learn(row.at, &row.values);
        self.is.learn(row.at, &next);
        if let (Some(quantity), Some(elevation_m)) = (reduced, self.elevation_m)
            && let Some((of, value)) = self.is.reduced(row.at, &with_marked(&next, row, &done), elevation_m)
            && of == quantity
        {
            put(&mut done, &mut next, sensor, row, (quantity, value, value));
        }
        (!done.is_empty()).then_some(done)
    }

    /// The pressure of a row that was made of its barometer's.
    fn reduced(&self, row: &KeptRow) -> Option<Quantity> {
        let mut values = row.values;
        if let Some(mark) = row.mark(Quantity::StationPressure) {
            values.restore(Quantity::StationPressure, mark.value);
        }
        let (quantity, made) = self.was.reduced(row.at, &values, self.elevation_m?)?;
        let stored = row.values.get(quantity).or_else(|| row.mark(quantity).map(|mark| mark.value))?;
        let is_own = row.sent_as(quantity).is_none() && (made - stored).abs() <= SAME_HPA;
        is_own.then_some(quantity)
    }
}

/// The row as it is now, with a barometer's reading that does not count.
fn with_marked(next: &Values, row: &KeptRow, done: &Rewritten) -> Values {
    let mut values = *next;
    let changed = done.marks.iter().find_map(|change| match change {
        MarkChange::Put(_, mark) if mark.quantity == Quantity::StationPressure => Some(mark.value),
        _ => None,
    });
    let marked = changed.or_else(|| row.mark(Quantity::StationPressure).map(|mark| mark.value));
    if let (None, Some(value)) = (values.get(Quantity::StationPressure), marked) {
        values.restore(Quantity::StationPressure, value);
    }
    values
}

/// Notes what a value becomes, if it becomes something else.
fn put(
    done: &mut Rewritten,
    next: &mut Values,
    sensor: SensorId,
    row: &KeptRow,
    (quantity, said, value): (Quantity, f64, f64),
) {
    let (place, limits) = ((sensor, row.at), quantity.limits());
    let is_weather = limits.contains(&value);
    let counts = |done: &mut Rewritten, next: &mut Values| {
        next.restore(quantity, value);
        done.values.push((quantity, Some(value)));
    };
    match row.mark(quantity) {
        Some(mark) if mark.reason == Reason::Gross && is_weather && limits.contains(&said) => {
            done.marks.push(MarkChange::Lift(place, quantity));
            counts(done, next);
        }
        Some(mark) if mark.value != value => done.marks.push(MarkChange::Put(place, Mark { value, ..*mark })),
        Some(_) => {}
        None if !is_weather && limits.contains(&said) => {
            let mark = Mark { quantity, value, received_at: row.at, reason: Reason::Gross };
            done.marks.push(MarkChange::Put(place, mark));
            next.take(quantity);
            done.values.push((quantity, None));
        }
        None if row.values.get(quantity) != Some(value) => counts(done, next),
        None => {}
    }
}

impl KeptRow {
    pub(super) fn mark(&self, quantity: Quantity) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.quantity == quantity)
    }

    /// What was sent, where something else is kept.
    pub(super) fn sent_as(&self, quantity: Quantity) -> Option<f64> {
        self.sent.iter().find(|(of, _)| *of == quantity).map(|(_, value)| *value)
    }

    /// What was sent, wherever it is kept.
    fn said(&self, quantity: Quantity) -> Option<f64> {
        let kept = || self.values.get(quantity).or_else(|| self.mark(quantity).map(|mark| mark.value));
        self.sent_as(quantity).or_else(kept)
    }

    /// True if its rain is made of what a gauge counted, and was not sent as what has fallen.
    pub(super) fn counts_rain(&self) -> bool {
        let has = |quantity| self.values.get(quantity).is_some();
        self.sent_as(Quantity::Precipitation).is_none()
            && (has(Quantity::PrecipitationCounted) || has(Quantity::PrecipitationTotal))
    }
}
