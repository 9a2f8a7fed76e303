//! Is it weather? Numbers as devices write them, sentinels, gross limits and the time guard: value by value.

use crate::quantity::Quantity;
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

/// Longest text that can be a number; longer ones are noise.
pub const NUMBER_MAX_BYTES: usize = 32;
/// Texts that devices and bridges send for "no value", lower case.
const MISSING_TEXTS: [&str; 18] = [
    "",
    "-",
    "--",
    "---",
    "null",
    "none",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "+inf",
    "infinity",
    "-infinity",
    "+infinity",
    "unavailable",
    "unknown",
    "n/a",
    "na",
];
/// Numbers that stand for "no value" whatever was measured, as sent, before any conversion: loggers' fillers, and
/// integers of 16 and 32 bits at their ends, also as a float of 32 bits holds them. Other dashes (±127 °C, 3276.7, 13107 mm/h)
/// are faults of the quantity that they stand in, and fine numbers elsewhere: a wind from 127°.
const MISSING_NUMBERS: [f64; 12] = [
    -9999.0,
    -9900.0,
    -999.0,
    -999.9,
    -99.0,
    32_767.0,
    -32_768.0,
    4_294_967_295.0,
    4_294_967_296.0,
    2_147_483_647.0,
    2_147_483_648.0,
    -2_147_483_648.0,
];

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sent {
    /// A finite number.
    Number(f64),
    /// One of the ways to say "no value".
    Missing,
    /// Neither.
    Unreadable,
}

/// Reads a number as devices write it: trimmed `[+-]digits[.digits][e…]`, at most [`NUMBER_MAX_BYTES`].
/// A comma is never guessed to be a decimal point: it may be a thousands mark.
pub fn read_text(text: &str) -> Sent {
    let text = text.trim();
    if MISSING_TEXTS.iter().any(|missing| text.eq_ignore_ascii_case(missing)) {
        return Sent::Missing;
    }
    let numeric = text.len() <= NUMBER_MAX_BYTES
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(number) if numeric => read_number(number),
        _ => Sent::Unreadable,
    }
}

/// Tells a number that was sent from a sentinel; also anything not finite is missing.
pub fn read_number(number: f64) -> Sent {
    if !number.is_finite() || MISSING_NUMBERS.contains(&number) { Sent::Missing } else { Sent::Number(number) }
}

/// Why a value is not weather.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Outside the gross limits.
    #[error("outside {low} to {high} {unit}")]
    OutOfRange {
        /// Lowest admitted, canonical unit.
        low: f64,
        /// Highest admitted, canonical unit.
        high: f64,
        /// The canonical unit's symbol.
        unit: &'static str,
    },
    /// A number that stands for a fault of the device, and which.
    #[error("{0}")]
    Sentinel(&'static str),
    /// The sensor is broken, so nothing it said counts.
    #[error("its sensor is faulty: {0}")]
    Fault(&'static str),
}

/// Admits a canonical value or says why not. A saturated sensor's value comes back as the highest.
pub fn admit(quantity: Quantity, canonical: f64) -> Result<f64, Refusal> {
    // Before the limits: a fault is named, wherever it lies.
    if let Some(fault) = quantity.fault(canonical) {
        return Err(if fault.of_sensor { Refusal::Fault(fault.why) } else { Refusal::Sentinel(fault.why) });
    }
    let limits = quantity.limits();
    if canonical > *limits.end() && quantity.saturates_at().is_some_and(|highest| canonical <= highest) {
        return Ok(*limits.end());
    }
    if limits.contains(&canonical) {
        return Ok(if canonical == 0.0 { 0.0 } else { canonical });
    }
    Err(Refusal::OutOfRange { low: *limits.start(), high: *limits.end(), unit: quantity.unit().symbol() })
}

/// A device clock may run this far ahead; further is not believed.
pub const AHEAD_MAX_MS: i64 = 5 * MINUTE_MS;
/// Older than this at arrival is not believed: a clock that was never set. Older data has an import of its own.
pub const BEHIND_MAX_MS: i64 = 366 * DAY_MS;

/// What the time guard did with a device's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The device's time stands.
    Believed,
    /// The device's time was out of bounds: the time of arrival stands instead.
    Replaced,
}

/// The time an observation counts for: the device's, unless it is more than [`AHEAD_MAX_MS`] ahead of or
/// [`BEHIND_MAX_MS`] behind its arrival. One wrong clock thus never blocks what follows.
pub fn guard_time(observed: Option<Timestamp>, received: Timestamp) -> (Timestamp, Clock) {
    match observed {
        None => (received, Clock::Believed),
        Some(observed) if (-BEHIND_MAX_MS..=AHEAD_MAX_MS).contains(&observed.since(received)) => {
            (observed, Clock::Believed)
        }
        Some(_) => (received, Clock::Replaced),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentinels_are_missing_and_never_zero() {
        for text in [
            "-9999",
            "-9999.0",
            "-99",
            "-999",
            "-999.9",
            "-9900",
            "--",
            "---",
            "",
            " ",
            "null",
            "None",
            "nan",
            "NaN",
            "inf",
            "-inf",
            "-nan",
            "Infinity",
            "-Infinity",
            "unavailable",
            "unknown",
            "N/A",
            "NA",
            "32767",
            "-32768",
            "4294967295",
            "2147483647",
        ] {
            assert_eq!(read_text(text), Sent::Missing, "{text:?}");
        }
        assert_eq!(read_number(f64::NAN), Sent::Missing);
        assert_eq!(read_number(f64::INFINITY), Sent::Missing);
    }

    #[test]
    fn dashes_that_are_numbers_elsewhere_are_refused_only_where_they_are_no_weather() {
        for (quantity, dash) in [
            (Quantity::Temperature, -127.0),
            (Quantity::Temperature, 127.0),
            (Quantity::Temperature, 3276.7),
            (Quantity::SoilTemperature, 127.0),
            (Quantity::PrecipitationRate, 13_107.0),
        ] {
            assert_eq!(read_number(dash), Sent::Number(dash));
            assert!(admit(quantity, dash).is_err(), "{dash} is no {}", quantity.name());
        }
        assert_eq!(admit(Quantity::WindDirection, 127.0), Ok(127.0));
        assert_eq!(admit(Quantity::SolarRadiation, 127.0), Ok(127.0));
    }

    #[test]
    fn numbers_are_read_as_devices_write_them() {
        for (text, number) in [
            ("080", 80.0),
            ("+21.5", 21.5),
            (".5", 0.5),
            ("5.", 5.0),
            (" 21.5 ", 21.5),
            ("1e1", 10.0),
            ("-0.0", 0.0),
            ("0", 0.0),
        ] {
            assert_eq!(read_text(text), Sent::Number(number), "{text:?}");
        }
        let long = "1".repeat(400);
        for text in ["0x10", "21.5C", "21,5", "1,013", "warm", "1 2", "e", "infinite", long.as_str()] {
            assert_eq!(read_text(text), Sent::Unreadable, "{text:?}");
        }
    }

    #[test]
    fn broken_probes_are_refused_with_the_reason() {
        for value in [85.0, -143.2, -146.9, 180.4, -3273.0] {
            assert!(admit(Quantity::Temperature, value).is_err(), "{value}");
        }
        assert!(matches!(admit(Quantity::SoilTemperature, 85.0), Err(Refusal::Sentinel(_))));
        assert_eq!(
            admit(Quantity::Temperature, 61.0).map_err(|r| r.to_string()),
            Err("outside -80 to 60 °C".to_owned())
        );
        for (quantity, value, what) in [
            (Quantity::Pm2_5, 999.9, "SDS011"),
            (Quantity::Pm10, 1_999.9, "SDS011"),
            (Quantity::Co2, 0.0, "before its first"),
        ] {
            assert!(admit(quantity, value).is_err_and(|why| why.to_string().contains(what)), "{value}");
            assert!(admit(quantity, value + 1.0).is_ok());
        }
        assert!(Quantity::Humidity.fault(-6.0).is_some_and(|fault| fault.of_sensor));
        let of_sensor = |value| Quantity::Temperature.fault(value).is_some_and(|fault| fault.of_sensor);
        assert!(of_sensor(-145.0) && of_sensor(180.4) && !of_sensor(21.0) && !of_sensor(181.0));
    }

    #[test]
    fn a_saturated_hygrometer_means_a_hundred() {
        assert_eq!(admit(Quantity::Humidity, 104.0), Ok(100.0));
        assert!(admit(Quantity::Humidity, 105.1).is_err());
        assert!(admit(Quantity::Humidity, -1.0).is_err());
    }

    #[test]
    fn one_wrong_clock_is_replaced_by_the_time_of_arrival() {
        let now = Timestamp(1_800_000_000_000);
        for (skew, clock) in [
            (0, Clock::Believed),
            (AHEAD_MAX_MS, Clock::Believed),
            (AHEAD_MAX_MS + 1, Clock::Replaced),
            (9 * 60 * MINUTE_MS, Clock::Replaced),
            (-BEHIND_MAX_MS, Clock::Believed),
            (-BEHIND_MAX_MS - 1, Clock::Replaced),
        ] {
            let (time, did) = guard_time(Some(now.plus(skew)), now);
            assert_eq!(did, clock, "skew {skew}");
            assert_eq!(time, if clock == Clock::Replaced { now } else { now.plus(skew) });
        }
        assert_eq!(guard_time(Some(Timestamp(i64::MIN)), now), (now, Clock::Replaced));
        assert_eq!(guard_time(None, now), (now, Clock::Believed));
    }
}
