//! The temperatures of the last half day, one an hour: pressure at sea level is reduced by the mean of now and twelve hours ago, so
//! that it does not follow the sun (the rule of the US National Weather Service).

use crate::time::{HOUR_MS, Timestamp};

/// The mean is of now and of so long ago, ms.
pub const AGO_MS: i64 = 12 * HOUR_MS;
/// Hours that are kept: twelve, one that is not over, and one for a report that is a little late.
pub const HOURS_KEPT: i64 = 14;

/// The first temperature of each of the last hours, °C.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Warmth(Vec<(Timestamp, f64)>);

impl Warmth {
    /// Takes a temperature in, in whatever order they come.
    pub fn take(&mut self, at: Timestamp, celsius: f64) {
        let newest = self.0.iter().map(|(at, _)| hour(*at)).max().unwrap_or(i64::MIN).max(hour(at));
        match self.0.iter_mut().find(|(other, _)| hour(*other) == hour(at)) {
            Some(first) if first.0 > at => *first = (at, celsius),
            Some(_) => return,
            None => self.0.push((at, celsius)),
        }
        self.0.retain(|(at, _)| newest - hour(*at) < HOURS_KEPT);
        self.0.sort_unstable_by_key(|(at, _)| *at);
    }

    /// The temperature that pressure is reduced by: the mean of this one and that of twelve hours ago; this one alone if that is not
    /// known to the hour.
    pub fn mean(&self, at: Timestamp, celsius: f64) -> f64 {
        let ago = hour(at.plus(-AGO_MS));
        let then = self.0.iter().find(|(at, _)| hour(*at) == ago).map(|(_, celsius)| *celsius);
        then.map_or(celsius, |then| f64::midpoint(celsius, then))
    }
}

fn hour(at: Timestamp) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE_MS;

    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    #[test]
    fn pressure_is_reduced_by_the_mean_of_now_and_twelve_hours_ago() {
        let mut warmth = Warmth::default();
        assert_eq!(warmth.mean(NOON, 20.0), 20.0, "nothing is known of the night");
        // Every five minutes of a day, backwards and forwards: a degree an hour.
        for forwards in [false, true] {
            for five in 0..=288 {
                let minutes = 5 * if forwards { five } else { 288 - five };
                let at = NOON.plus((minutes - 24 * 60) * MINUTE_MS);
                warmth.take(at, (minutes / 60) as f64);
            }
            assert_eq!(warmth.0.len() as i64, HOURS_KEPT);
            assert_eq!(warmth.mean(NOON, 24.0), 18.0);
            assert_eq!(warmth.mean(NOON.plus(59 * MINUTE_MS), 24.0), 18.0, "the same hour");
            assert_eq!(warmth.mean(NOON.plus(-3 * HOUR_MS), 21.0), 21.0, "too long ago");
        }
    }
}
