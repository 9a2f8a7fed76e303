//! The times of a file's lines.

use crate::ingest::time;
use chrono::format::{Item, Parsed, StrftimeItems};
use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, NaiveTime, TimeZone};
use std::ops::RangeInclusive;
use weather::time::Timestamp;
use weather::zone::Zone;

/// Reads the times of a file, each after the one before.
#[derive(Debug)]
pub(super) struct Times {
    zone: Zone,
    /// How local times are written: said by the caller, or found at the first line.
    format: Option<Written>,
    is_said: bool,
    /// True if the caller says that times are Unix times.
    is_unix: bool,
    last: Option<Timestamp>,
}

/// A way to write times. It is taken apart once, and not for each line.
type Written = Vec<Item<'static>>;

/// Ways to write a local time that mean one thing only.
const FORMATS: [&str; 13] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%y %H:%M",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
    "%Y/%m/%d %I:%M %p",
    "%d %b %Y %H:%M",
];
/// The same in digits only, by how many there are. A Unix time has as many in years that no such text names.
const DIGITS: [(usize, &str); 3] = [(8, "%Y%m%d"), (12, "%Y%m%d%H%M"), (14, "%Y%m%d%H%M%S")];
/// Years that digits only may name.
const YEARS: RangeInclusive<i32> = 1_900..=2_100;
/// A year before it was read from two digits.
const FIRST_YEAR: i32 = 1_700;
/// A Unix time within so many seconds of 1970 is something else: a number of days, a year, or the mark of a value that is missing.
const UNIX_MIN_S: f64 = 31_536_000.0;
const NO_UNIX_TIME: &str = "no Unix time of weather: it lies within a year of 1970. A year, a number of days or of the line is \
    no time; a clock that was not set says 0";
const NO_TIME: &str =
    "not a time that is known here: say how it is written with --time-format, such as \"%d/%m/%Y %H:%M\"";
const NEVER_SHOWN: &str = "clocks went forward then, and never showed that time. If those of the file do not, say their zone \
    with --zone, such as Etc/GMT-1 for an hour ahead of UTC";
const WHICH_FIRST: &str =
    "day or month first? Say --time-format \"%d/%m/%Y %H:%M\" or \"%m/%d/%Y %H:%M\" (%y: two digits of a year)";

impl Times {
    pub(super) fn new(zone: Zone, format: Option<String>) -> Self {
        let is_unix = matches!(format.as_deref(), Some("unix" | "%s"));
        Self { zone, is_said: format.is_some(), is_unix, format: format.as_deref().map(written), last: None }
    }

    /// Reads a time: with its offset, a Unix time, or a local time of the zone.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn read(&mut self, text: &str) -> Result<Timestamp, &'static str> {
        let text = text.trim();
        let at = if self.is_said { self.as_said(text)? } else { self.as_found(text)? };
        self.last = Some(at);
        Ok(at)
    }

    fn as_said(&self, text: &str) -> Result<Timestamp, &'static str> {
        if self.is_unix {
            return unix(text).unwrap_or_else(|| time::instant(text));
        }
        let format = self.format.as_deref().unwrap_or_default();
        if let Some(at) = parsed(text, format).and_then(|parsed| parsed.to_datetime().ok()) {
            return Ok(at.into());
        }
        let local = naive(text, format).ok_or("not written as --time-format says")?;
        self.local(local)
    }

    fn as_found(&mut self, text: &str) -> Result<Timestamp, &'static str> {
        if let Some(local) = self.format.as_deref().and_then(|format| naive(text, format)) {
            return self.local(local);
        }
        if text.is_empty() {
            return Err("has no time");
        }
        if let Some((format, local)) = of_digits(text) {
            self.format = Some(written(format));
            return self.local(local);
        }
        if let Some(unix) = unix(text) {
            return unix;
        }
        if let Ok(at) = time::instant(text) {
            return Ok(at);
        }
        let read = |format| naive(text, &written(format)).filter(|local| local.year() >= FIRST_YEAR);
        let found = FORMATS.iter().find_map(|format| Some((*format, read(format)?)));
        match found {
            Some((format, local)) => {
                self.format = Some(written(format));
                self.local(local)
            }
            None if text.matches('/').count() == 2 => Err(WHICH_FIRST),
            None => Err(NO_TIME),
        }
    }

    /// The instant of a local time. In the hour that comes twice it is the first one that is not before the last line. The hour
    /// that clocks leave out is refused: nobody knows whether the logger's clock did not go forward, or was wrong.
    pub(super) fn local(&self, local: NaiveDateTime) -> Result<Timestamp, &'static str> {
        let instant = |time: DateTime<Zone>| Timestamp::from(time.to_utc());
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(one) => Ok(instant(one)),
            LocalResult::Ambiguous(first, second) => {
                let is_second =
                    self.last.is_some_and(|last| instant(first.clone()) <= last && last < instant(second.clone()));
                Ok(instant(if is_second { second } else { first }))
            }
            LocalResult::None => Err(NEVER_SHOWN),
        }
    }

    /// The last time that was read is that one.
    pub(super) fn note(&mut self, at: Timestamp) {
        self.last = Some(at);
    }
}

/// A Unix time that may be one of weather; `None` if it is no number.
fn unix(text: &str) -> Option<Result<Timestamp, &'static str>> {
    let number: f64 = text.parse().ok()?;
    Some(if number.abs() < UNIX_MIN_S { Err(NO_UNIX_TIME) } else { time::instant(text) })
}

/// A local time that is written in digits only, and how.
fn of_digits(text: &str) -> Option<(&'static str, NaiveDateTime)> {
    let (_, format) = DIGITS.into_iter().find(|(digits, _)| *digits == text.len())?;
    let local = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| naive(text, &written(format))).flatten()?;
    YEARS.contains(&local.year()).then_some((format, local))
}

/// A local time; a date alone is its midnight.
fn naive(text: &str, format: &[Item<'static>]) -> Option<NaiveDateTime> {
    let parsed = parsed(text, format)?;
    let at_midnight = || Some(parsed.to_naive_date().ok()?.and_time(NaiveTime::MIN));
    parsed.to_naive_datetime_with_offset(0).ok().or_else(at_midnight)
}

/// What a text says, if it is written so.
fn parsed(text: &str, format: &[Item<'static>]) -> Option<Parsed> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, format.iter()).ok()?;
    Some(parsed)
}

fn written(format: &str) -> Written {
    StrftimeItems::new(format).map(Item::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: Option<&str>, texts: &[&str]) -> Vec<String> {
        let mut times = Times::new(Zone::inside("Europe/Berlin").expect("a zone"), format.map(str::to_owned));
        texts.iter().map(|text| times.read(text).map_or_else(str::to_owned, Timestamp::rfc3339)).collect()
    }

    #[test]
    fn times_are_read_as_programs_write_them() {
        for (text, instant) in [
            ("2026-11-22T14:00:00Z", "2026-11-22T14:00:00.000Z"),
            ("1795356000", "2026-11-22T14:00:00.000Z"),
            ("2026-11-22 15:00:00", "2026-11-22T14:00:00.000Z"),
            ("2026-11-22 15:00", "2026-11-22T14:00:00.000Z"),
            ("22.11.2026 15:00", "2026-11-22T14:00:00.000Z"),
            ("2026/11/22 03:00 PM", "2026-11-22T14:00:00.000Z"),
            ("22.11.26 15:00", "2026-11-22T14:00:00.000Z"),
            ("20261122150000", "2026-11-22T14:00:00.000Z"),
            ("202611221500", "2026-11-22T14:00:00.000Z"),
            ("20261122", "2026-11-21T23:00:00.000Z"),
            ("946684800000", "2000-01-01T00:00:00.000Z"),
            ("-315619200", "1960-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(read(None, &[text]), [instant], "{text}");
        }
        for absurd in ["0", "1", "-1", "2026", "46713", "46713.625", "1e-300"] {
            assert_eq!(read(None, &[absurd]), [NO_UNIX_TIME], "{absurd}");
            assert_eq!(read(Some("unix"), &[absurd]), [NO_UNIX_TIME], "{absurd}");
        }
        assert_eq!(read(None, &["20261122", "1795356000"]), ["2026-11-21T23:00:00.000Z", "2026-11-22T14:00:00.000Z"]);
        assert_eq!(read(None, &["11/22/2026 15:00"]), [WHICH_FIRST]);
        assert_eq!(read(Some("%m/%d/%Y %H:%M"), &["11/22/2026 15:00"]), ["2026-11-22T14:00:00.000Z"]);
        assert_eq!(read(Some("%d/%m/%Y"), &["22/11/2026"]), ["2026-11-21T23:00:00.000Z"]);
    }

    #[test]
    fn an_hour_that_comes_twice_is_read_in_order() {
        let texts =
            ["2026-10-25 02:30", "2026-10-25 02:45", "2026-10-25 02:30", "2026-10-25 02:45", "2026-10-25 03:00"];
        let minutes = ["00:30", "00:45", "01:30", "01:45", "02:00"].map(|time| format!("2026-10-25T{time}:00.000Z"));
        assert_eq!(read(None, &texts), minutes);
    }

    #[test]
    fn an_hour_that_clocks_leave_out_is_refused_and_the_hours_beside_it_are_not() {
        let texts = ["2026-03-29 01:59", "2026-03-29 02:00", "2026-03-29 02:59", "2026-03-29 03:00"];
        let read = read(None, &texts);
        assert_eq!(read, ["2026-03-29T00:59:00.000Z", NEVER_SHOWN, NEVER_SHOWN, "2026-03-29T01:00:00.000Z"]);
    }
}
