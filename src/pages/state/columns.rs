//! Buckets as the page's state has them: by columns, because numbers that are alike compress to half where they stand beside each
//! other.

use crate::storage::Bucket;
use serde::{Serialize, Serializer};

/// Buckets: their places in the window, their means, lowest and highest values, and how many values each has.
#[derive(Debug, Default, Serialize, PartialEq)]
pub(super) struct Columns(Vec<i64>, Vec<Number>, Vec<Number>, Vec<Number>, Vec<u32>);

impl Columns {
    /// The columns of buckets, whose places and values are what these functions make of them.
    pub(super) fn of(buckets: &[Bucket], place: impl Fn(&Bucket) -> i64, value: impl Fn(f64) -> f64) -> Self {
        let column = |of: fn(&Bucket) -> f64| buckets.iter().map(|bucket| Number(value(of(bucket)))).collect();
        Self(
            buckets.iter().map(place).collect(),
            column(|bucket| bucket.mean),
            column(|bucket| bucket.min),
            column(|bucket| bucket.max),
            buckets.iter().map(|bucket| bucket.count).collect(),
        )
    }
}

/// A number that is written without decimals where it has none.
#[derive(Debug, PartialEq)]
struct Number(f64);

/// From here on a whole number may have no exact form.
const WHOLE_MAX: f64 = 9e15;

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < WHOLE_MAX {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::Timestamp;

    #[test]
    fn buckets_stand_by_columns_and_whole_numbers_without_decimals() {
        let bucket = |start: i64, mean: f64| Bucket { start: Timestamp(start), mean, min: -1.0, max: 70.26, count: 3 };
        let columns = Columns::of(
            &[bucket(20, 67.0), bucket(30, 0.5)],
            |b| b.start.0 / 10,
            |value| (value * 10.0).round() / 10.0,
        );
        assert_eq!(serde_json::to_string(&columns).expect("JSON"), "[[2,3],[67,0.5],[-1,-1],[70.3,70.3],[3,3]]");
        let none = Columns::of(&[], |_| 0, |value| value);
        assert_eq!(serde_json::to_string(&none).expect("JSON"), "[[],[],[],[],[]]");
    }
}
