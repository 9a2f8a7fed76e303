//! What many values of a datastream are together.

use crate::quantity::{Fold, Quantity};
use crate::time::Timestamp;
use crate::values::Values;

/// Many values of a datastream. It holds at least one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rollup {
    /// How many.
    pub count: u32,
    /// The lowest, and when that was first observed.
    pub low: f64,
    /// See [`Rollup::low`].
    pub low_at: Timestamp,
    /// The highest, and when that was first observed.
    pub high: f64,
    /// See [`Rollup::high`].
    pub high_at: Timestamp,
    /// The sum of the values; of a direction, that of its vectors' parts to the east.
    pub a: f64,
    /// Of a direction, the sum of its vectors' parts to the north; else zero.
    pub b: f64,
}

/// Vectors that add up to less than this for each of them have no direction.
const NOWHERE: f64 = 1e-9;

impl Rollup {
    /// A single value. `weight`: of a direction, how long its vector is.
    pub fn of(fold: Fold, value: f64, at: Timestamp, weight: f64) -> Self {
        let (a, b) = match fold {
            Fold::Mean | Fold::Fallen => (value, 0.0),
            Fold::Direction => {
                let (east, north) = value.to_radians().sin_cos();
                (weight * east, weight * north)
            }
        };
        Self { count: 1, low: value, low_at: at, high: value, high_at: at, a, b }
    }

    /// Takes other values in. The order does not matter, but for the last digits of sums.
    pub fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        if other.low < self.low || (other.low == self.low && other.low_at < self.low_at) {
            (self.low, self.low_at) = (other.low, other.low_at);
        }
        if other.high > self.high || (other.high == self.high && other.high_at < self.high_at) {
            (self.high, self.high_at) = (other.high, other.high_at);
        }
        self.a += other.a;
        self.b += other.b;
    }

    /// The same, where there may be none yet.
    pub fn join_to(slot: &mut Option<Self>, other: &Self) {
        match slot {
            Some(rollup) => rollup.join(other),
            None => *slot = Some(*other),
        }
    }

    /// The mean; of directions, that of their vectors, from 0 to below 360. `None`: directions that cancel each other, and those of
    /// calm air.
    pub fn mean(&self, fold: Fold) -> Option<f64> {
        let count = f64::from(self.count.max(1));
        match fold {
            Fold::Mean | Fold::Fallen => Some(self.a / count),
            Fold::Direction if self.a.hypot(self.b) <= NOWHERE * count => None,
            Fold::Direction => {
                let degrees = self.a.atan2(self.b).to_degrees().rem_euclid(360.0);
                // Of what lies just below zero, `rem_euclid` makes 360.
                Some(if degrees < 360.0 { degrees } else { 0.0 })
            }
        }
    }
}

/// How much a row's direction weighs: as much as the wind was fast. Calm air has no direction.
pub fn weight(row: &Values) -> f64 {
    row.get(Quantity::WindSpeed).unwrap_or(UNKNOWN_WEIGHT)
}

/// A direction without a speed weighs as much as one of 1 m/s.
pub const UNKNOWN_WEIGHT: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(fold: Fold, values: &[(f64, i64, f64)]) -> Option<Rollup> {
        let mut all = None;
        for (value, at, weight) in values {
            Rollup::join_to(&mut all, &Rollup::of(fold, *value, Timestamp(*at), *weight));
        }
        all
    }

    fn mean_direction(values: &[(f64, f64)]) -> Option<f64> {
        let values: Vec<_> = values.iter().map(|(degrees, weight)| (*degrees, 0, *weight)).collect();
        all(Fold::Direction, &values)?.mean(Fold::Direction)
    }

    fn near(one: Option<f64>, other: f64) -> bool {
        one.is_some_and(|one| (one - other).abs() < 1e-6)
    }

    #[test]
    fn directions_are_vectors_as_long_as_the_wind_is_fast() {
        assert!(near(mean_direction(&[(350.0, 1.0), (20.0, 1.0)]), 5.0));
        assert!(near(mean_direction(&[(90.0, 3.0), (180.0, 3.0)]), 135.0));
        assert!(near(mean_direction(&[(0.0, 1.0), (90.0, 3.0_f64.sqrt())]), 60.0));
        assert!(near(mean_direction(&[(200.0, 5.0), (90.0, 0.0)]), 200.0), "calm air has no direction");
        assert_eq!(mean_direction(&[(90.0, 0.0)]), None);
        assert_eq!(mean_direction(&[(90.0, 4.0), (270.0, 4.0)]), None, "they cancel each other");
        assert!(mean_direction(&[(360.0, 1.0), (-1e-300, 1.0)]).is_some_and(|degrees| (0.0..360.0).contains(&degrees)));
    }

    #[test]
    fn the_first_of_equal_values_counts() {
        let rollup =
            all(Fold::Mean, &[(4.0, 30, 0.0), (2.0, 20, 0.0), (4.0, 10, 0.0), (2.0, 40, 0.0)]).expect("values");
        assert_eq!((rollup.low, rollup.low_at.0, rollup.high, rollup.high_at.0), (2.0, 20, 4.0, 10));
        assert_eq!((rollup.count, rollup.mean(Fold::Mean)), (4, Some(3.0)));
    }

    fn values() -> impl Strategy<Value = Vec<(f64, i64, f64)>> {
        prop::collection::vec(((-20_i32..20).prop_map(f64::from), 0_i64..50, 0.0..9.0), 1..40)
    }

    proptest! {
        #[test]
        fn neither_the_order_nor_the_parts_matter(values in values(), cut in 0_usize..40, turn in 0_usize..40) {
            for fold in [Fold::Mean, Fold::Fallen, Fold::Direction] {
                let whole = all(fold, &values).expect("values");
                let mut turned = values.clone();
                turned.rotate_left(turn % values.len());
                let (one, other) = turned.split_at(cut % values.len());
                let mut joined = all(fold, other).expect("values");
                all(fold, one).iter().for_each(|one| joined.join(one));
                prop_assert!((joined.a - whole.a).abs() < 1e-9 && (joined.b - whole.b).abs() < 1e-9);
                prop_assert_eq!(Rollup { a: 0.0, b: 0.0, ..joined }, Rollup { a: 0.0, b: 0.0, ..whole });
            }
        }
    }
}
