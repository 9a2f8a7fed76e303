//! Facts from storage that an answer is made of.

use super::topic::Topic;
use crate::storage::{Bucket, Extreme, Latest};
use chrono::NaiveDate;
use weather::climate;
use weather::clock::Off;
use weather::derived::Follows;
use weather::freshness::Freshness;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::SensorName;
use weather::time::Timestamp;

/// What is known of a station for one answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The newest value of each datastream.
    pub latest: Vec<Latest>,
    /// Its usual distance between observations, ms.
    pub interval_ms: Option<i64>,
    /// The station's clock, if it is off.
    pub clock: Option<Off>,
    /// What the question needs besides.
    pub found: Found,
}

/// What one kind of question needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Found {
    /// No more than the newest values.
    #[default]
    Nothing,
    /// Lows and highs by local day, oldest first.
    Days(Vec<(NaiveDate, Extreme)>),
    /// Low and high of a stretch of hours.
    Within(Option<Extreme>),
    /// A series.
    Buckets(Vec<Bucket>),
    /// The newest observation that fits, and the first day of which anything is known.
    Newest(Option<(Timestamp, f64)>, Option<NaiveDate>),
    /// A datastream's local days, oldest first, with how much of them is known.
    Known(Vec<climate::Day>),
    /// All days of the main sensor.
    Years(Box<climate::Days>),
    /// Another station.
    Other(Vec<Latest>, Option<i64>),
}

impl Facts {
    /// The newest value of a datastream.
    pub fn latest(&self, topic: &Topic) -> Option<&Latest> {
        find(&self.latest, topic)
    }

    /// The newest value of a quantity of the main sensor that is as young as `at`.
    pub fn beside(&self, sensor: &SensorName, quantity: Quantity, at: Timestamp) -> Option<f64> {
        let latest = find(&self.latest, &Topic { sensor: sensor.clone(), quantity })?;
        (Freshness::of(Some(latest.observed_at.min(at)), at, self.interval_ms) == Freshness::Live)
            .then_some(latest.value)
    }

    /// When the newest value of its main sensor was observed; if that has none, of any sensor.
    pub fn observed_at(&self) -> Option<Timestamp> {
        let newest = |of: fn(&&Latest) -> bool| self.latest.iter().filter(of).map(|latest| latest.observed_at).max();
        newest(|latest| latest.sensor == SensorName::main()).or_else(|| newest(|_| true))
    }

    /// What follows from values that are as young as the temperature.
    pub fn follows(&self) -> Follows {
        let main = SensorName::main();
        let topic = Topic { sensor: main.clone(), quantity: Quantity::Temperature };
        let Some(temperature) = find(&self.latest, &topic) else { return Follows::default() };
        let mut values = Values::default();
        for quantity in Follows::FROM {
            if let Some(value) = self.beside(&main, quantity, temperature.observed_at) {
                values.restore(quantity, value);
            }
        }
        Follows::of(&values)
    }
}

/// The newest value of a datastream among all of a station.
pub fn find<'a>(latest: &'a [Latest], topic: &Topic) -> Option<&'a Latest> {
    latest.iter().find(|latest| latest.quantity == topic.quantity && latest.sensor == topic.sensor)
}

/// The rain that a gauge counted from one bucket to the next, summed up. Where the gauge fell back to zero at midnight,
/// counting goes on from there.
pub fn rain(buckets: &[Bucket]) -> f64 {
    let first = buckets.first().map_or(0.0, |bucket| bucket.max - bucket.min);
    let steps = buckets.windows(2).map(|pair| match pair[1].max - pair[0].max {
        risen if risen >= 0.0 => risen,
        _ => pair[1].max - pair[1].min,
    });
    first.max(0.0) + steps.sum::<f64>()
}
