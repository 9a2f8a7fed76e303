//! How times are spread: median and tail.

use serde::Serialize;
use std::time::Duration;

/// Milliseconds that half, 95 %, 99 % and all of the times did not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// How many times.
    pub count: usize,
    /// Half of them.
    pub median_ms: f64,
    /// 95 %.
    pub p95_ms: f64,
    /// 99 %.
    pub p99_ms: f64,
    /// All of them.
    pub max_ms: f64,
}

impl Spread {
    /// Of times in any order; `None` of none.
    pub(super) fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at = |percent| Some(percentile(&times, percent)?.as_secs_f64() * 1_000.0);
        Some(Self {
            count: times.len(),
            median_ms: at(50.0)?,
            p95_ms: at(95.0)?,
            p99_ms: at(99.0)?,
            max_ms: at(100.0)?,
        })
    }
}

/// The smallest of the sorted values that at least `percent` of them do not exceed (nearest rank); `None` of none.
fn percentile<T: Copy>(sorted: &[T], percent: f64) -> Option<T> {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { count, median_ms, p95_ms, p99_ms, max_ms } = self;
        write!(f, "median {median_ms:8.2}   p95 {p95_ms:8.2}   p99 {p99_ms:8.2}   max {max_ms:8.2}  ms   of {count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<u32> = (1..=100).collect();
        for (percent, value) in [(0.0, 1), (1.0, 1), (50.0, 50), (95.0, 95), (99.0, 99), (99.1, 100), (100.0, 100)] {
            assert_eq!(percentile(&hundred, percent), Some(value), "{percent} %");
        }
        assert_eq!(percentile(&[7, 9], 50.0), Some(7));
        assert_eq!(percentile::<u32>(&[], 50.0), None);
    }

    #[test]
    fn times_need_not_be_in_order() {
        let spread = Spread::of([3, 1, 2].map(Duration::from_millis).to_vec()).expect("three");
        assert_eq!((spread.median_ms, spread.max_ms, spread.count), (2.0, 3.0, 3));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
