//! What a station's own page draws: the last 24 hours of what it measures, in buckets.

use super::CHART_BUCKET_MS;
use super::facts::Series;
use super::lead::Datastream;
use crate::storage::Bucket;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// The buckets of each datastream.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// What it has beside the main sensor's quantities that are always read.
    pub extra: Vec<Datastream>,
    courses: Vec<(Datastream, Vec<Bucket>)>,
}

impl Day {
    /// An empty one whose last bucket is the one that `now` lies in.
    pub(crate) fn ending(now: Timestamp) -> Self {
        let Series { from, to, .. } = Series::ending(now, CHART_BUCKET_MS);
        Self { from, to, extra: Vec::new(), courses: Vec::new() }
    }

    /// The same with these datastreams.
    pub(crate) fn with(self, extra: Vec<Datastream>) -> Self {
        Self { extra, ..self }
    }

    /// The same with what was known before `from`, and what was read from then on.
    pub(crate) fn joined(self, before: Option<Self>, from: Timestamp, read: Vec<(Datastream, Vec<Bucket>)>) -> Self {
        let mut before = before.map(|day| day.courses).unwrap_or_default();
        for (_, buckets) in &mut before {
            buckets.retain(|bucket| self.from <= bucket.start && bucket.start < from);
        }
        for (of, fresh) in read {
            match before.iter_mut().find(|(known, _)| *known == of) {
                Some((_, buckets)) => buckets.extend(fresh),
                None => before.push((of, fresh)),
            }
        }
        before.retain(|(_, buckets)| !buckets.is_empty());
        Self { courses: before, ..self }
    }

    /// The temperatures, and what else is drawn.
    pub(crate) fn split(mut self) -> (Series, Vec<(Datastream, Vec<Bucket>)>) {
        let main = Datastream::main(Quantity::Temperature);
        let place = self.courses.iter().position(|(of, _)| *of == main);
        let buckets = place.map(|place| self.courses.remove(place).1).unwrap_or_default();
        (Series { from: self.from, to: self.to, bucket_ms: CHART_BUCKET_MS, buckets }, self.courses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::DAY_MS;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn bucket(ago: i64, mean: f64) -> Bucket {
        let last = NOW.0.div_euclid(CHART_BUCKET_MS) * CHART_BUCKET_MS;
        Bucket { start: Timestamp(last).plus(-ago * CHART_BUCKET_MS), mean, min: mean, max: mean, count: 1 }
    }

    #[test]
    fn what_was_read_takes_the_place_of_what_was_known_and_the_day_moves_on() {
        let [t, h] = [Quantity::Temperature, Quantity::Humidity].map(Datastream::main);
        let first = Day::ending(NOW).joined(
            None,
            NOW.plus(-DAY_MS),
            vec![
                (t.clone(), vec![bucket(143, 1.0), bucket(1, 2.0), bucket(0, 3.0)]),
                (h.clone(), vec![bucket(2, 60.0)]),
            ],
        );
        let later = Day::ending(NOW.plus(CHART_BUCKET_MS));
        let second = later.joined(Some(first), bucket(0, 0.0).start, vec![(t, vec![bucket(0, 4.0), bucket(-1, 5.0)])]);
        let (series, courses) = second.split();
        assert_eq!(series.buckets, [bucket(1, 2.0), bucket(0, 4.0), bucket(-1, 5.0)]);
        assert_eq!(courses, [(h, vec![bucket(2, 60.0)])]);
        assert_eq!(series.to.since(series.from), DAY_MS);
    }
}
