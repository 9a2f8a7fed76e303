//! What hours still tell where readings have gone.

use super::Storage;
use super::error::Error;
use super::observations::{Bucket, Extreme, Side};
use super::seam::{Cell, Datastream, Stretch};
use weather::quantity::Fold;
use weather::rollup::Rollup;
use weather::time::Timestamp;

/// The hours of a stretch whose readings have gone, and from when on there are readings.
pub(super) struct Retained {
    pub hours: Vec<Cell>,
    pub raw_from: Timestamp,
}

impl Storage {
    /// `None` if no reading of the stretch has gone: for most questions, memory knows.
    pub(super) async fn retained(&self, of: Datastream<'_>, stretch: Stretch) -> Result<Option<Retained>, Error> {
        if !self.shared.may_be_gone(stretch.from) {
            return Ok(None);
        }
        let Some(extent) = self.readers.extent(of).await? else { return Ok(None) };
        let Some(raw_from) = extent.raw_from.filter(|raw_from| stretch.from < *raw_from) else { return Ok(None) };
        let stretch = Stretch { to: stretch.to.min(raw_from), ..stretch };
        let hours = self.readers.hourly((extent.sensor, of.quantity), stretch).await?;
        Ok(Some(Retained { hours, raw_from }))
    }
}

impl Retained {
    /// Buckets of whole hours: each is where it began.
    pub(super) fn buckets(&self, fold: Fold, bucket_ms: i64) -> Vec<Bucket> {
        let mut joined: Vec<Cell> = Vec::new();
        for Cell { from, rollup } in &self.hours {
            let start = Timestamp(from.0.div_euclid(bucket_ms) * bucket_ms);
            match joined.last_mut() {
                Some(last) if last.from == start => last.rollup.join(rollup),
                _ => joined.push(Cell { from: start, rollup: *rollup }),
            }
        }
        let bucket = |Cell { from: start, rollup }: Cell| {
            let Rollup { low: min, high: max, count, .. } = rollup;
            Some(Bucket { start, mean: rollup.mean(fold)?, min, max, count })
        };
        joined.into_iter().filter_map(bucket).collect()
    }

    /// Low and high of all of them.
    pub(super) fn extreme(&self, of: Datastream<'_>) -> Option<Extreme> {
        let mut all = None;
        self.hours.iter().for_each(|hour| Rollup::join_to(&mut all, &hour.rollup));
        let (sensor, quantity) = (of.sensor.clone(), of.quantity);
        let extreme =
            |Rollup { low, low_at, high, high_at, .. }| Extreme { sensor, quantity, low, low_at, high, high_at };
        all.map(extreme)
    }

    /// The newest hour with a value beyond a limit: the farthest of them.
    pub(super) fn newest(&self, (side, limit): (Side, f64)) -> Option<(Timestamp, f64)> {
        let farthest = |Cell { rollup, .. }: &Cell| match side {
            Side::Below => (rollup.low < limit).then_some((rollup.low_at, rollup.low)),
            Side::Above => (rollup.high > limit).then_some((rollup.high_at, rollup.high)),
        };
        self.hours.iter().rev().find_map(farthest)
    }
}

/// Joins what hours tell to what readings tell after it.
pub(super) fn join_buckets(mut hours: Vec<Bucket>, readings: Vec<Bucket>) -> Vec<Bucket> {
    let mut readings = readings.into_iter();
    if let Some((last, first)) = hours.last_mut().zip(readings.as_slice().first())
        && last.start == first.start
    {
        let (one, other) = (f64::from(last.count), f64::from(first.count));
        last.mean = (last.mean * one + first.mean * other) / (one + other);
        (last.min, last.max) = (last.min.min(first.min), last.max.max(first.max));
        last.count = last.count.saturating_add(first.count);
        readings.next();
    }
    hours.extend(readings);
    hours
}

/// The same of low and high; of equal ones the first counts.
pub(super) fn join_extremes(hours: Option<Extreme>, readings: Option<Extreme>) -> Option<Extreme> {
    let (Some(mut all), Some(later)) = (hours.clone(), readings.clone()) else { return hours.or(readings) };
    if later.low < all.low {
        (all.low, all.low_at) = (later.low, later.low_at);
    }
    if later.high > all.high {
        (all.high, all.high_at) = (later.high, later.high_at);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::{HOUR_MS, MINUTE_MS};

    fn retained() -> Retained {
        let hour = |hour: i64, low: f64, high: f64| {
            let (from, at) = (Timestamp(hour * HOUR_MS), |minute: i64| Timestamp(hour * HOUR_MS + minute * MINUTE_MS));
            let mut rollup = Rollup::of(Fold::Mean, low, at(10), 1.0);
            rollup.join(&Rollup::of(Fold::Mean, high, at(20), 1.0));
            Cell { from, rollup }
        };
        Retained {
            hours: vec![hour(0, 1.0, 5.0), hour(1, -2.0, 4.0), hour(3, 0.0, 2.0)],
            raw_from: Timestamp(4 * HOUR_MS),
        }
    }

    #[test]
    fn hours_make_buckets_and_what_follows_is_joined() {
        let buckets = retained().buckets(Fold::Mean, 2 * HOUR_MS);
        let short: Vec<_> = buckets.iter().map(|one| (one.start.0 / HOUR_MS, one.mean, one.min, one.count)).collect();
        assert_eq!(short, [(0, 2.0, -2.0, 4), (2, 1.0, 0.0, 2)]);
        let later = Bucket { start: Timestamp(2 * HOUR_MS), mean: 4.0, min: 3.0, max: 9.0, count: 1 };
        let joined = join_buckets(buckets, vec![later.clone(), Bucket { start: Timestamp(4 * HOUR_MS), ..later }]);
        assert_eq!(joined.len(), 3);
        assert_eq!((joined[1].mean, joined[1].max, joined[1].count), (2.0, 9.0, 3));
    }

    #[test]
    fn the_newest_hour_beyond_a_limit_is_found() {
        let at = |hour: i64, minute: i64| Timestamp(hour * HOUR_MS + minute * MINUTE_MS);
        assert_eq!(retained().newest((Side::Below, 0.0)), Some((at(1, 10), -2.0)));
        assert_eq!(retained().newest((Side::Above, 3.0)), Some((at(1, 20), 4.0)));
        assert_eq!(retained().newest((Side::Above, 9.0)), None);
    }
}
