//! How pressure has changed within three hours: by how much, and how. It is what stations report to weather services.

use crate::judge::Reading;
use crate::quantity::Quantity;
use crate::time::{HOUR_MS, MINUTE_MS};

/// The stretch that a tendency is of, ms.
pub const BACK_MS: i64 = 3 * HOUR_MS;
/// A value may lie so far from the time that it stands for, ms.
const TOLERANCE_MS: i64 = 30 * MINUTE_MS;
/// Less than this is no change, hPa: barometers tell tenths.
const STEADY_HPA: f64 = 0.05;

/// How pressure has changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tendency {
    /// By so much, hPa; negative: it fell.
    pub change_hpa: f64,
    /// How: the characteristic, 0 to 8, of WMO code table 0200.
    pub code: u8,
}

/// Whether a quantity has a tendency: it is a pressure.
pub const fn is_of(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::StationPressure | Quantity::AltimeterSetting | Quantity::SeaLevelPressure)
}

impl Tendency {
    /// That of the three hours up to `newest`, from values in the order of time; `None` without one of three hours before it. Without
    /// one of the middle it is as if pressure had changed evenly.
    pub fn of(values: &[Reading], newest: Reading) -> Option<Self> {
        let near = |ago_ms: i64| {
            let at = newest.at.plus(-ago_ms);
            let near = values.iter().min_by_key(|value| value.at.since(at).abs())?;
            (near.at.since(at).abs() <= TOLERANCE_MS).then_some(near.value)
        };
        let first = near(BACK_MS)?;
        let middle = near(BACK_MS / 2).unwrap_or(f64::midpoint(first, newest.value));
        let change_hpa = newest.value - first;
        Some(Self { change_hpa, code: characteristic(middle - first, newest.value - middle) })
    }

    /// What people read: `rising, then falling`.
    pub fn words(self) -> &'static str {
        [
            "rising, then falling",
            "rising, then steady",
            "rising",
            "falling or steady, then rising",
            "steady",
            "falling, then rising",
            "falling, then steady",
            "falling",
            "steady or rising, then falling",
        ][usize::from(self.code.min(8))]
    }
}

/// The characteristic of two halves (WMO-No. 306, code table 0200). 0 to 3 are of pressure that is higher than before, 5 to 8 of pressure
/// that is lower; 0 and 5 also of the same.
fn characteristic(earlier: f64, later: f64) -> u8 {
    let way = |change: f64| {
        if change.abs() < STEADY_HPA {
            0
        } else if change > 0.0 {
            1
        } else {
            -1
        }
    };
    let whole = way(earlier + later);
    match (way(earlier), way(later)) {
        (0, 0) => 4,
        (1, -1) if whole >= 0 => 0,
        (1, 0) => 1,
        (1, 1) => 2,
        (-1 | 0, 1) if whole > 0 => 3,
        (-1, 1) => 5,
        (-1, 0) => 6,
        (-1, -1) => 7,
        (1 | 0, -1) => 8,
        // A half that is steady and one that hardly is, together no change.
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    fn of(values: &[(i64, f64)]) -> Option<(f64, u8)> {
        let readings: Vec<_> =
            values.iter().map(|(minute, value)| Reading { at: NOON.plus(minute * MINUTE_MS), value: *value }).collect();
        let found = Tendency::of(&readings, *readings.last()?)?;
        Some(((found.change_hpa * 10.0).round() / 10.0, found.code))
    }

    #[test]
    fn every_characteristic_of_the_code_table_is_found() {
        for (middle, last, expected) in [
            (1002.0, 1001.0, (1.0, 0)),
            (1002.0, 1000.0, (0.0, 0)),
            (1002.0, 1002.0, (2.0, 1)),
            (1001.0, 1002.0, (2.0, 2)),
            (1000.0, 1001.5, (1.5, 3)),
            (999.0, 1001.0, (1.0, 3)),
            (1000.0, 1000.0, (0.0, 4)),
            (999.0, 1000.0, (0.0, 5)),
            (998.0, 999.0, (-1.0, 5)),
            (998.5, 998.5, (-1.5, 6)),
            (999.0, 998.0, (-2.0, 7)),
            (1000.0, 998.0, (-2.0, 8)),
            (1001.0, 999.0, (-1.0, 8)),
        ] {
            assert_eq!(of(&[(-180, 1000.0), (-90, middle), (0, last)]), Some(expected), "{middle} {last}");
        }
        assert_eq!(Tendency { change_hpa: -1.0, code: 8 }.words(), "steady or rising, then falling");
    }

    #[test]
    fn a_tendency_needs_a_value_of_three_hours_before() {
        assert_eq!(of(&[(-149, 1000.0), (0, 1001.0)]), None);
        assert_eq!(of(&[(-211, 1000.0), (0, 1001.0)]), None);
        assert_eq!(of(&[(-150, 1000.0), (0, 1001.0)]), Some((1.0, 2)), "it is as if it rose evenly");
        assert_eq!(of(&[]), None);
    }
}
