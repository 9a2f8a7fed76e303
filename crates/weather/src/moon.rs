//! The phases of the moon.
//!
//! It is J. Meeus, Astronomical Algorithms (2nd edition, 1998), chapters 47 and 48: the mean elongation with the seven largest terms of formula
//! 48.4, good to some tenths of a degree, so to an hour of a phase. No kept library on crates.io does this without an ephemeris of
//! planets beside it.

use crate::time::{DAY_MS, HOUR_MS, Timestamp};

/// A phase as calendars name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// On the day of new moon.
    New,
    /// Between new moon and the first quarter.
    WaxingCrescent,
    /// On the day of the first quarter.
    FirstQuarter,
    /// Between the first quarter and full moon.
    WaxingGibbous,
    /// On the day of full moon.
    Full,
    /// Between full moon and the last quarter.
    WaningGibbous,
    /// On the day of the last quarter.
    LastQuarter,
    /// Between the last quarter and new moon.
    WaningCrescent,
}

/// Phases in the order of a month, new moon first: at each quarter of the way a day, between them a week.
const PHASES: [Phase; 8] = [
    Phase::New,
    Phase::WaxingCrescent,
    Phase::FirstQuarter,
    Phase::WaxingGibbous,
    Phase::Full,
    Phase::WaningGibbous,
    Phase::LastQuarter,
    Phase::WaningCrescent,
];

impl Phase {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new moon",
            Self::WaxingCrescent => "waxing crescent",
            Self::FirstQuarter => "first quarter",
            Self::WaxingGibbous => "waxing gibbous",
            Self::Full => "full moon",
            Self::WaningGibbous => "waning gibbous",
            Self::LastQuarter => "last quarter",
            Self::WaningCrescent => "waning crescent",
        }
    }
}

/// How far the moon has gone from the sun, degrees eastwards: 0 at new moon, 180 at full moon.
pub fn elongation(at: Timestamp) -> f64 {
    /// The Julian day on which Unix time begins, the epoch J2000.0, and the days of a Julian century.
    const UNIX_JD: f64 = 2_440_587.5;
    const J2000_JD: f64 = 2_451_545.0;
    const CENTURY_DAYS: f64 = 36_525.0;
    /// What the clocks of the earth's turning are behind those of the planets, days: a minute and some seconds.
    const DELTA_T_DAYS: f64 = 69.0 / 86_400.0;
    let t = (at.0 as f64 / DAY_MS as f64 + DELTA_T_DAYS + UNIX_JD - J2000_JD) / CENTURY_DAYS;
    let from_sun = 297.850_192_1 + t * (445_267.111_403_4 - t * 0.001_881_9);
    let anomaly = (357.529_109_2 + t * (35_999.050_290_9 - t * 0.000_153_6)).to_radians();
    let of_moon = (134.963_396_4 + t * (477_198.867_505_5 + t * 0.008_741_4)).to_radians();
    let d = from_sun.to_radians();
    let terms = 6.289 * of_moon.sin() - 2.100 * anomaly.sin()
        + 1.274 * (2.0 * d - of_moon).sin()
        + 0.658 * (2.0 * d).sin()
        + 0.214 * (2.0 * of_moon).sin()
        + 0.110 * d.sin();
    (from_sun + terms).rem_euclid(360.0)
}

/// The part of its disc that is lit, 0 to 1.
pub fn illuminated(at: Timestamp) -> f64 {
    (1.0 - elongation(at).to_radians().cos()) / 2.0
}

/// The phase of a day: a quarter on the day on which it falls, else what lies between two of them.
pub fn phase((from, to): (Timestamp, Timestamp)) -> Phase {
    let quarter = |at: Timestamp| elongation(at) / 90.0;
    let (start, end) = (quarter(from), quarter(to.plus(-1)));
    let place = match start.floor() == end.floor() {
        true => 2 * start as usize + 1,
        false => 2 * end as usize,
    };
    PHASES[place % PHASES.len()]
}

/// When the moon is next as far from the sun as that, degrees.
pub fn next(degrees: f64, after: Timestamp) -> Timestamp {
    /// The moon needs 29.8 days for a round at most.
    const ROUND_MS: i64 = 30 * DAY_MS;
    let ahead = |at: Timestamp| (degrees - elongation(at)).rem_euclid(360.0);
    let (mut low, mut high) = (after, after);
    // It goes on by 15° a day at most: a step of six hours never passes it by.
    let is_past = |from: Timestamp, to: Timestamp| ahead(to) > ahead(from);
    while !is_past(low, high) && high.since(after) < ROUND_MS {
        (low, high) = (high, high.plus(6 * HOUR_MS));
    }
    /// To the minute, though the formula is good to an hour only.
    const ENOUGH_MS: i64 = 60_000;
    while high.since(low) > ENOUGH_MS {
        let middle = low.plus(high.since(low) / 2);
        if is_past(low, middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(rfc3339: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(rfc3339).expect("a time").to_utc().into()
    }

    /// From the tables of the U.S. Naval Observatory; those of new moon in April 2024 and August 2026 are solar eclipses.
    #[test]
    fn phases_fall_when_almanacs_say() {
        for (degrees, time) in [
            (0.0, "2024-04-08T18:21:00Z"),
            (90.0, "2024-04-15T19:13:00Z"),
            (180.0, "2024-04-23T23:49:00Z"),
            (270.0, "2024-05-01T11:27:00Z"),
            (0.0, "2026-08-12T17:37:00Z"),
            (180.0, "2026-03-03T11:38:00Z"),
            (0.0, "1977-02-18T03:37:00Z"),
        ] {
            let found = next(degrees, at(time).plus(-5 * DAY_MS));
            let off_h = found.since(at(time)) as f64 / HOUR_MS as f64;
            assert!(off_h.abs() < 1.0, "{degrees}° at {}, not {time}: {off_h} h", found.rfc3339());
        }
    }

    /// Meeus, example 48.a.
    #[test]
    fn the_lit_part_is_that_of_the_book() {
        let lit = illuminated(at("1992-04-12T00:00:00Z"));
        assert!((lit - 0.680).abs() < 0.005, "{lit}");
    }

    #[test]
    fn a_quarter_is_the_phase_of_its_day_alone() {
        let day = |text: &str| (at(text), at(text).plus(DAY_MS));
        for (start, phase_there) in [
            ("2024-04-07T00:00:00Z", Phase::WaningCrescent),
            ("2024-04-08T00:00:00Z", Phase::New),
            ("2024-04-09T00:00:00Z", Phase::WaxingCrescent),
            ("2024-04-15T00:00:00Z", Phase::FirstQuarter),
            ("2024-04-20T00:00:00Z", Phase::WaxingGibbous),
            ("2024-04-23T12:00:00Z", Phase::Full),
            ("2024-04-27T00:00:00Z", Phase::WaningGibbous),
            ("2024-05-01T00:00:00Z", Phase::LastQuarter),
        ] {
            assert_eq!(phase(day(start)), phase_there, "{start}");
        }
    }

    proptest! {
        #[test]
        fn the_next_phase_is_ahead_within_a_month(after in 0_i64..4_000_000_000_000, degrees in 0.0..360.0_f64) {
            let after = Timestamp(after);
            let found = next(degrees, after);
            prop_assert!(found.since(after) >= 0 && found.since(after) <= 30 * DAY_MS);
            let off = (elongation(found) - degrees + 180.0).rem_euclid(360.0) - 180.0;
            prop_assert!(off.abs() < 0.05, "{off}");
        }
    }
}
