//! Times as people write them for readings: a day, a minute, a second, or from one to another.

use crate::day;
use crate::time::{MINUTE_MS, SECOND_MS, Timestamp};
use crate::zone::Zone;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone};

/// From (inclusive) to (exclusive).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// Reads a time, or two with dots between them; the second one belongs to it as a whole. Times without an offset are local.
///
/// # Errors
/// What is wrong, for the person who wrote it.
pub fn read(zone: &Zone, text: &str) -> Result<Stretch, String> {
    let stretch = match text.split_once("..") {
        None => one(zone, text)?,
        Some((from, to)) => Stretch { from: one(zone, from)?.from, to: one(zone, to)?.to },
    };
    if stretch.from >= stretch.to {
        return Err(format!("{text:?} ends before it begins"));
    }
    Ok(stretch)
}

fn one(zone: &Zone, text: &str) -> Result<Stretch, String> {
    let text = text.trim();
    if let Ok(date) = text.parse::<NaiveDate>() {
        let (from, to) = day::bounds(zone, date);
        return Ok(Stretch { from, to });
    }
    let length_ms = if text.contains('.') {
        1
    } else if seconds(text) {
        SECOND_MS
    } else {
        MINUTE_MS
    };
    // A time without seconds is none to chrono.
    let whole = if length_ms == MINUTE_MS { with_seconds(text) } else { text.to_owned() };
    let from = match (DateTime::parse_from_rfc3339(&whole), whole.parse::<NaiveDateTime>()) {
        (Ok(instant), _) => Timestamp::from(instant),
        (_, Ok(naive)) => match zone.from_local_datetime(&naive).earliest() {
            Some(instant) => Timestamp::from(instant),
            None => return Err(format!("{text} does not exist in {zone}: the clocks went forward")),
        },
        _ => return Err(format!("{text:?} is neither a day nor a time like 2026-11-22T14:05")),
    };
    Ok(Stretch { from, to: from.plus(length_ms) })
}

/// Where the clock's part ends and an offset begins.
fn clock_end(text: &str) -> usize {
    let clock = text.find('T').map_or(0, |at| at + 1);
    text[clock..].find(['Z', '+', '-']).map_or(text.len(), |at| clock + at)
}

fn seconds(text: &str) -> bool {
    text[..clock_end(text)].matches(':').count() == 2
}

fn with_seconds(text: &str) -> String {
    let end = clock_end(text);
    format!("{}:00{}", &text[..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY_MS;

    fn berlin() -> Zone {
        Zone::inside("Europe/Berlin").expect("a zone")
    }

    #[test]
    fn a_time_is_as_long_as_it_is_vague() {
        let at = Timestamp(1_795_352_700_000);
        for (text, length_ms) in [
            ("2026-11-22T14:05", MINUTE_MS),
            ("2026-11-22T14:05:00", SECOND_MS),
            ("2026-11-22T14:05:00.000", 1),
            ("2026-11-22T13:05Z", MINUTE_MS),
            ("2026-11-22T13:05:00Z", SECOND_MS),
            ("2026-11-22T08:05-05:00", MINUTE_MS),
            ("2026-11-22T08:05:00.000-05:00", 1),
        ] {
            assert_eq!(read(&berlin(), text).expect(text), Stretch { from: at, to: at.plus(length_ms) }, "{text}");
        }
        let day = read(&berlin(), "2026-11-22").expect("a day");
        assert_eq!((day.to.since(day.from), at.since(day.from)), (DAY_MS, 14 * 60 * MINUTE_MS + 5 * MINUTE_MS));
    }

    #[test]
    fn a_stretch_reaches_to_the_end_of_its_second_time() {
        let stretch = read(&berlin(), "2026-11-22T14:05..2026-11-22T14:07").expect("two times");
        assert_eq!(stretch.to.since(stretch.from), 3 * MINUTE_MS);
        let days = read(&berlin(), "2026-11-21..2026-11-22").expect("two days");
        assert_eq!(days.to.since(days.from), 2 * DAY_MS);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "now", "14:05", "2026-11-22T14", "2026-02-30", "2026-11-22T14:05..", "2026-11-22..2026-11-21"]
        {
            assert!(read(&berlin(), text).is_err(), "{text}");
        }
        let skipped = read(&berlin(), "2026-03-29T02:30").expect_err("the clocks go forward");
        assert!(skipped.contains("does not exist"), "{skipped}");
    }
}
