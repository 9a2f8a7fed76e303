//! What a page knows about a station, and what follows from it.

use super::freshness::Freshness;
use super::lead::{self, Datastream};
use crate::storage::{Bucket, Extreme, Latest, Marked};
use std::borrow::Cow;
use std::sync::Arc;
use weather::clock::Off;
use weather::derived::Follows;
use weather::freshness::is_ahead;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, Station};
use weather::station_state::StationState;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// How far from an hour ago a value may lie and still be the value of an hour ago, ms.
const HOUR_AGO_TOLERANCE_MS: i64 = 15 * MINUTE_MS;

/// The last 24 hours of the main temperature.
#[derive(Debug, Clone)]
pub struct Series {
    /// First instant, a multiple of the bucket's length.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
    /// Length of a bucket, ms.
    pub bucket_ms: i64,
    /// Buckets with values, in order.
    pub buckets: Vec<Bucket>,
}

impl Series {
    /// An empty series of 24 hours whose last bucket is the one that `now` lies in.
    pub fn ending(now: Timestamp, bucket_ms: i64) -> Self {
        let to = Timestamp((now.0.div_euclid(bucket_ms) + 1) * bucket_ms);
        Self { from: to.plus(-DAY_MS), to, bucket_ms, buckets: Vec::new() }
    }
}

/// One station as storage knows it.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The station.
    pub station: Arc<Station>,
    /// The newest value of each datastream.
    pub latest: Vec<Latest>,
    /// Lows and highs of its local day.
    pub extremes: Vec<Extreme>,
    /// Its usual distance between observations, ms.
    pub interval_ms: Option<i64>,
    /// Its temperatures.
    pub series: Series,
    /// What else it measures, in the same buckets; of those datastreams that a page draws.
    pub courses: Vec<(Datastream, Vec<Bucket>)>,
    /// Its clock, if that is off.
    pub clock: Option<Off>,
    /// The newest time that its reports were of since the start, whether their values count or not.
    pub newest_at: Option<Timestamp>,
    /// The newest of its values of that time that do not count, oldest first.
    pub marked: Vec<Marked>,
}

impl Facts {
    /// The newest value of a quantity of the main sensor.
    pub fn main(&self, quantity: Quantity) -> Option<&Latest> {
        self.latest.iter().find(|latest| latest.quantity == quantity && latest.sensor == SensorName::main())
    }

    /// Low and high of a quantity of the main sensor today.
    pub fn extreme(&self, quantity: Quantity) -> Option<&Extreme> {
        self.extremes.iter().find(|extreme| extreme.quantity == quantity && extreme.sensor == SensorName::main())
    }

    /// The same without values from ahead of `now`: the server noted them while its clock was wrong, and they are not known yet.
    /// If there are no others, they stay, and count as old: a page says what it has, and that its time is in the future.
    pub(crate) fn known_at(&self, now: Timestamp) -> Cow<'_, Self> {
        let is_known = |latest: &Latest| !is_ahead(latest.observed_at, now);
        if self.latest.iter().all(is_known) || !self.latest.iter().any(is_known) {
            return Cow::Borrowed(self);
        }
        let mut known = self.clone();
        Latest::keep_known(&mut known.latest, now);
        Cow::Owned(known)
    }

    /// When the newest value of its main sensor was observed; if that has none, of any sensor.
    pub fn observed_at(&self) -> Option<Timestamp> {
        Latest::newest_at(&self.latest)
    }

    /// The newest time that it spoke of: of a value that counts, or of one that does not.
    pub fn spoke_at(&self) -> Option<Timestamp> {
        self.observed_at().map(|at| self.newest_at.map_or(at, |newest| newest.max(at)))
    }

    /// How the station is: a sensor that is dead, or frozen, does not make it silent.
    pub fn state(&self, now: Timestamp) -> StationState {
        StationState::of(self.spoke_at(), self.clock, now, self.interval_ms)
    }

    /// The newest value of a quantity of the main sensor that may stand beside a value of `at`.
    pub fn main_beside(&self, quantity: Quantity, at: Option<Timestamp>, now: Timestamp) -> Option<&Latest> {
        self.main(quantity).filter(|latest| at.is_some_and(|at| self.may_stand_beside(latest, at, now)))
    }

    /// True if a value is as fresh as one of `at`, whose age will be read as that of both.
    pub fn may_stand_beside(&self, latest: &Latest, at: Timestamp, now: Timestamp) -> bool {
        let state = |at: Timestamp, now: Timestamp| Freshness::of(Some(at), now, self.interval_ms);
        let own = latest.observed_at;
        state(own.min(at), at) == Freshness::Live && state(own, now) <= state(at, now)
    }

    /// What follows from values that are as young as the temperature.
    pub fn follows(&self) -> Follows {
        let Some(temperature) = self.main(Quantity::Temperature) else { return Follows::default() };
        let mut values = Values::default();
        for quantity in Follows::FROM {
            if let Some(latest) = self.main(quantity)
                && Freshness::of(
                    Some(latest.observed_at.min(temperature.observed_at)),
                    temperature.observed_at,
                    self.interval_ms,
                ) == Freshness::Live
            {
                values.restore(quantity, latest.value);
            }
        }
        Follows::of(&values)
    }

    /// The datastream that leads its page.
    pub(crate) fn lead(&self) -> Option<Datastream> {
        lead::of(&self.latest)
    }

    /// What is drawn large and titles the page: what leads; of a station with nothing but wind, the wind.
    pub(crate) fn large(&self) -> Datastream {
        let wind = self.main(Quantity::WindSpeed).map(|_| Quantity::WindSpeed);
        self.lead().unwrap_or(Datastream::main(wind.unwrap_or(Quantity::Temperature)))
    }

    /// The newest value of a datastream.
    pub(crate) fn newest(&self, of: &Datastream) -> Option<&Latest> {
        self.latest.iter().find(|latest| of.is_of(latest))
    }

    /// Low and high of a datastream today.
    pub(crate) fn extreme_of(&self, of: &Datastream) -> Option<&Extreme> {
        self.extremes.iter().find(|extreme| extreme.quantity == of.quantity && extreme.sensor == of.sensor)
    }

    /// How a datastream went, in buckets; none if it is not drawn.
    pub(crate) fn course(&self, of: &Datastream) -> &[Bucket] {
        if *of == Datastream::main(Quantity::Temperature) {
            return &self.series.buckets;
        }
        self.courses.iter().find(|(drawn, _)| drawn == of).map_or(&[], |(_, buckets)| buckets)
    }

    /// How much more of it there is than an hour before its newest value, canonical unit.
    pub(crate) fn trend(&self, of: &Datastream) -> Option<f64> {
        let latest = self.newest(of)?;
        let then = latest.observed_at.plus(-HOUR_MS);
        let distance = |bucket: &&Bucket| bucket.start.plus(self.series.bucket_ms / 2).since(then).abs();
        let hour_ago = self.course(of).iter().min_by_key(distance)?;
        (distance(&hour_ago) <= HOUR_AGO_TOLERANCE_MS).then_some(latest.value - hour_ago.mean)
    }

    /// Two buckets further apart than this have a gap between them, ms: a station that reports every half hour has none
    /// just because the buckets are finer.
    pub fn gap_ms(&self) -> i64 {
        self.series.bucket_ms.max(self.interval_ms.unwrap_or(0).saturating_mul(5) / 2)
    }
}
