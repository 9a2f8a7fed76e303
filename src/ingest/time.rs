//! Times as devices write them.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use weather::time::{HOUR_MS, Timestamp};
use weather::zone::Zone;

/// Unix times below this are seconds (up to the year 5138), from here on milliseconds (from March 1973).
const SECONDS_BELOW: f64 = 1e11;
/// Unix times from here on are micro- or nanoseconds, which are refused: else they would be stored in the year 5138
/// and later.
const MILLISECONDS_BELOW: f64 = 1e14;

const NO_TIME: &str = "not a time: use RFC 3339 with an offset (2026-11-22T14:00:00Z) or Unix seconds or milliseconds";
const NO_OFFSET: &str = "has no offset from UTC: append Z or one like +01:00";
const TOO_FINE: &str = "looks like micro- or nanoseconds: use Unix seconds or milliseconds";

/// Reads RFC 3339 with its offset, or Unix seconds or milliseconds with or without a fraction, also as text.
pub fn instant(text: &str) -> Result<Timestamp, &'static str> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return unix(number);
    }
    // The offset may lack its colon.
    let read = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(&dated(text), "%FT%T%.f%z"));
    match read {
        Ok(instant) => Ok(instant.into()),
        Err(_) if dated(text).parse::<NaiveDateTime>().is_ok() => Err(NO_OFFSET),
        Err(_) => Err(NO_TIME),
    }
}

/// The same with the `T` that some write as a blank.
fn dated(text: &str) -> String {
    text.replacen(' ', "T", 1)
}

fn unix(number: f64) -> Result<Timestamp, &'static str> {
    match number.abs() {
        size if size < SECONDS_BELOW => Ok(Timestamp((number * 1_000.0).round() as i64)),
        size if size < MILLISECONDS_BELOW => Ok(Timestamp(number.round() as i64)),
        size if size.is_finite() => Err(TOO_FINE),
        _ => Err(NO_TIME),
    }
}

/// Reads a local time of `zone`, `2026-11-22T14:00:00`, that arrived at `received`. In the hour that comes twice when clocks go
/// back it is the one nearer to the arrival; in the hour that clocks leave out it is that of a clock that did not go forward.
/// `None` if it is no time without an offset.
pub fn local(text: &str, zone: &Zone, received: Timestamp) -> Option<Timestamp> {
    let time = dated(text.trim()).parse::<NaiveDateTime>().ok()?;
    let instant = |time: DateTime<Zone>| Timestamp::from(time.to_utc());
    let distance = |time: &Timestamp| received.since(*time).unsigned_abs();
    match zone.from_local_datetime(&time) {
        LocalResult::Single(one) => Some(instant(one)),
        LocalResult::Ambiguous(first, second) => [instant(first), instant(second)].into_iter().min_by_key(distance),
        LocalResult::None => {
            let before = zone.from_local_datetime(&time.checked_sub_signed(TimeDelta::hours(1))?).single()?;
            Some(instant(before).plus(HOUR_MS))
        }
    }
}

/// Reads `YYYY-MM-DD hh:mm:ss` in UTC as stations write it: months and hours without leading zeros, blanks in odd
/// places, `T` or an escaped `+` between date and time, a fraction behind them, and a name of UTC. `None` if it is none of
/// that.
pub fn dateutc(text: &str) -> Option<Timestamp> {
    let text = without_zone(text.trim());
    let (date, time) = text.split_once([' ', 'T', 't', '+'])?;
    let [year, month, day] = parts(date, '-')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = parts(time, ':')?;
    number(fraction)?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_hms_opt(hour, minute, second)?.and_utc().into())
}

/// How UTC is written behind a time. The `+` is a blank if nobody has escaped it.
const UTC: [&str; 7] = ["+00:00", " 00:00", "+0000", " 0000", "UTC", "GMT", "Z"];

fn without_zone(text: &str) -> &str {
    let zone = UTC.iter().find_map(|utc| {
        let (time, zone) = text.split_at_checked(text.len().checked_sub(utc.len())?)?;
        // In a blank's place, the time itself could end so: 2024-02-08 00:00 is no zone of nothing.
        let is_behind = zone.eq_ignore_ascii_case(utc) && time.matches(':').count() >= 2;
        is_behind.then_some(time)
    });
    zone.unwrap_or(text).trim_end()
}

fn parts(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator).map(number);
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// One to nine digits, blanks around them.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let fits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_is_rfc_3339_or_unix_time_by_its_size() {
        for (text, ms) in [
            ("2026-11-22T14:00:00Z", 1_795_356_000_000),
            ("2026-11-22T15:00:00.250+01:00", 1_795_356_000_250),
            ("2026-11-22t14:00:00z", 1_795_356_000_000),
            ("2026-11-22 14:00:00+00:00", 1_795_356_000_000),
            ("2026-11-22 15:00:00+0100", 1_795_356_000_000),
            ("2026-11-22T15:00:00.250+0100", 1_795_356_000_250),
            (" 2026-11-22T14:00:00Z ", 1_795_356_000_000),
            ("1795356000", 1_795_356_000_000),
            ("1795356000.25", 1_795_356_000_250),
            ("1795356000250", 1_795_356_000_250),
            ("1795356000250.4", 1_795_356_000_250),
            ("1.795356e9", 1_795_356_000_000),
            ("0", 0),
            ("-1", -1_000),
            ("99999999999", 99_999_999_999_000),
            ("100000000000", 100_000_000_000),
        ] {
            assert_eq!(instant(text), Ok(Timestamp(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_says_what_is_missing() {
        for text in ["2026-11-22T14:00:00", "2026-11-22T14:00:00.5", "2026-11-22 14:00:00"] {
            assert_eq!(instant(text), Err(NO_OFFSET), "{text}");
        }
        for text in ["1795356000250000", "1795356000250000000", "1e300"] {
            assert_eq!(instant(text), Err(TOO_FINE), "{text}");
        }
        for text in ["", "now", "nan", "inf", "2026-11-22", "22.11.2026 14:00", "2026-13-01T00:00:00Z", "true"] {
            assert_eq!(instant(text), Err(NO_TIME), "{text}");
        }
    }

    #[test]
    fn dateutc_is_read_however_stations_write_it() {
        for text in [
            "2024-02-08 10:36:28",
            "2024-2-8 10:36:28",
            "2024-02-08 10: 36: 28",
            " 2024-02-08  10:36:28 ",
            "2024-02-08+10:36:28",
            "2024-02-08T10:36:28",
            "2024-02-08T10:36:28Z",
            "2024-02-08 10:36:28.000",
            "2024-02-08 10:36:28+00:00",
            "2024-02-08 10:36:28 00:00",
            "2024-02-08T10:36:28+0000",
            "2024-02-08 10:36:28 UTC",
            "2024-02-08T10:36:28.5z",
        ] {
            assert_eq!(dateutc(text), Some(Timestamp(1_707_388_588_000)), "{text}");
        }
        assert_eq!(dateutc("2016-4-30 21:5:1"), Some(Timestamp(1_462_050_301_000)));
    }

    #[test]
    fn a_garbled_dateutc_is_none() {
        for text in [
            "",
            "2024-02-08",
            "10:36:28",
            "2024-02-30 10:36:28",
            "2024-02-08 24:00:00",
            "2024-02-08 10:36",
            "2024-02-08 10:36:28:1",
            "2024/02/08 10:36:28",
            "2024-02-08 10:36:28 +0200",
            "2024-02-08 10:36:28+01:00",
            "2024-02-08+00:00",
            "2024-02-08 00:00",
            "-1-1 1:1:1",
            "999999999-1-1 0:0:0",
            "08-02-2024 10:36:28",
            "yesterday",
        ] {
            assert_eq!(dateutc(text), None, "{text}");
        }
    }

    #[test]
    fn a_local_time_that_comes_twice_is_the_one_nearer_to_the_arrival() {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let at = |text: &str| instant(text).expect("a time");
        for (text, received, expected) in [
            ("2024-02-11T23:49:43", "2024-02-11T22:49:44Z", "2024-02-11T22:49:43Z"),
            ("2026-10-25T02:30:00", "2026-10-25T00:30:01Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T02:30:00", "2026-10-25T01:30:01Z", "2026-10-25T01:30:00Z"),
            ("2026-03-29T02:30:00", "2026-03-29T01:30:01Z", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(local(text, &berlin, at(received)), Some(at(expected)), "{text} at {received}");
        }
        for text in ["2024-02-11T23:49:43Z", "1795356000", "", "noon"] {
            assert_eq!(local(text, &berlin, Timestamp(0)), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_clock_panic(text in "\\PC{0,40}|[0-9TZ:. +-]{0,30}") {
            let _ = (instant(&text), dateutc(&text), local(&text, &Zone::inside("Europe/Berlin").expect("a zone"), Timestamp(0)));
        }
    }
}
