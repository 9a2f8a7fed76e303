//! Times in the query of a request.

use chrono::{DateTime, NaiveDate};
use weather::time::{DAY_MS, SECOND_MS, SERIES_BEGIN, Timestamp};

/// 9999-12-31, the last day that a time with its offset can name.
const END: Timestamp = Timestamp(253_402_214_400_000 + DAY_MS - 1);
/// Numbers below this are seconds, others milliseconds: seconds until the year 5138, milliseconds since March 1973.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// Reads a date, a time with its offset, or seconds or milliseconds since 1970.
///
/// # Errors
/// How to write it.
pub(super) fn read(text: &str, of_date: impl Fn(NaiveDate) -> Timestamp) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse() {
        return within(of_date(date));
    }
    if let Ok(number) = text.parse::<i64>() {
        let is_seconds = number.checked_abs().is_some_and(|number| number < SECONDS_BELOW);
        return within(Timestamp(if is_seconds { number * SECOND_MS } else { number }));
    }
    // A plus sign that nobody has escaped is a blank.
    let at = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
    at.map(Timestamp::from).map_err(|_| WRITE.to_owned()).and_then(within)
}

const WRITE: &str = "no time: use a date (2026-11-22), a time with its offset (2026-11-22T14:00:00Z), or seconds or milliseconds \
    since 1970";

fn within(at: Timestamp) -> Result<Timestamp, String> {
    let fits = (SERIES_BEGIN..=END).contains(&at);
    if fits { Ok(at) } else { Err("use a time from 1700 to 9999".to_owned()) }
}

/// Reads a date.
///
/// # Errors
/// How to write it.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    let date = text.parse::<NaiveDate>().map_err(|_| "no date: write it as 2026-11-22".to_owned())?;
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
    within(midnight.into()).map(|_| date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(date: NaiveDate) -> Timestamp {
        date.and_time(chrono::NaiveTime::MIN).and_utc().into()
    }

    #[test]
    fn a_time_is_written_in_four_ways() {
        let at = Timestamp(1_795_356_000_000);
        for text in ["2026-11-22T14:00:00Z", "2026-11-22T15:00:00 01:00", "1795356000", "1795356000000"] {
            assert_eq!(read(text, midnight), Ok(at), "{text}");
        }
        assert_eq!(read("2026-11-22", midnight), Ok(Timestamp(1_795_305_600_000)));
        assert_eq!(date("2026-11-22"), NaiveDate::from_ymd_opt(2026, 11, 22).ok_or(String::new()));
    }

    #[test]
    fn a_time_that_nobody_could_write_again_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-22T14:00:00",
            "1e9",
            "99999999999999999999",
            "9223372036854775807",
            "-9223372036854775808",
            "+262142-01-01",
            "1699-12-31",
            "-62135596801",
        ] {
            assert!(read(text, midnight).is_err(), "{text}");
        }
        for text in ["", "22.11.2026", "+262142-01-01", "1600-01-01"] {
            assert!(date(text).is_err(), "{text}");
        }
        assert_eq!(END.rfc3339(), "9999-12-31T23:59:59.999Z");
    }
}
