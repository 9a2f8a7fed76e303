//! The time of a report: its names, and fields that look like a time and are none.

use crate::ingest::time;
use weather::quality::BEHIND_MAX_MS;
use weather::time::{DAY_MS, Timestamp};

/// Names of the time of a report, in lower case; senders may write them in any.
const NAMES: [&str; 8] = ["observed_at", "time", "timestamp", "ts", "date", "datetime", "phenomenontime", DATE_UTC];
/// This one says the offset that its value lacks.
const DATE_UTC: &str = "dateutc";
/// Parts of names that mean a time, in lower case, in some languages.
const WORDS: [&str; 24] = [
    "time",
    "date",
    "stamp",
    "epoch",
    "utc",
    "clock",
    "when",
    "_at",
    "observed",
    "measured",
    "recorded",
    "created",
    "zeit",
    "datum",
    "uhr",
    "heure",
    "fecha",
    "hora",
    "tijd",
    "tidpunkt",
    "czas",
    "время",
    "時",
    "时间",
];
/// Names whose values are big numbers and no times end so.
const NUMBERS: [&str; 5] = ["id", "serial", "counter", "count", "mac"];
/// The years 2000 to 2100 in Unix seconds: what people mean by a time.
const PLAUSIBLE_S: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;
/// Seconds, and units of Unix time below one.
const FINER: [f64; 4] = [1.0, 1e3, 1e6, 1e9];

/// True if a field of this lower-case name is the time of the report.
pub(crate) fn is_time(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Reads the time of a report: as [`time::instant`], and `dateutc` also as stations write it. `None` is the time of arrival.
///
/// # Errors
/// The reason.
pub(crate) fn read(name: &str, text: &str) -> Result<Option<Timestamp>, &'static str> {
    if name != DATE_UTC {
        return time::instant(text).map(Some);
    }
    if text.trim().eq_ignore_ascii_case("now") {
        return Ok(None);
    }
    time::dateutc(text).map_or_else(|| time::instant(text), Ok).map(Some)
}

/// True if a field that nobody here knows is meant as the time of the report. A report that was measured yesterday would
/// become one of now if nobody said so.
///
/// That is so if the name is a misspelt one, whatever the value is; if the value is a date with a time of day, or a Unix time of
/// the last year; and if both name and value have something of a time.
pub(crate) fn looks_like_time(name: &str, text: &str, received: Timestamp) -> bool {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return false;
    }
    // What is much longer is no misspelling, and a name may be as long as a body.
    let near = |allowed: usize, known: &str| {
        name.len() <= known.len() + allowed && strsim::osa_distance(name, known) <= allowed
    };
    if NAMES.iter().any(|known| known.len() > 6 && near(if known.len() > 8 { 2 } else { 1 }, known)) {
        return true;
    }
    let sounds =
        WORDS.iter().any(|word| name.contains(word)) || NAMES.iter().any(|known| known.len() > 2 && near(1, known));
    if let Ok(number) = text.parse::<f64>() {
        let is_recent = |finer: &f64| {
            let skew_ms = number / finer * 1_000.0 - received.0 as f64;
            (-(BEHIND_MAX_MS as f64)..DAY_MS as f64).contains(&skew_ms)
        };
        let is_big_number = NUMBERS.iter().any(|end| name.ends_with(end));
        let is_plausible = |finer: &f64| PLAUSIBLE_S.contains(&(number / finer));
        return (!is_big_number && FINER.iter().any(is_recent)) || (sounds && FINER.iter().any(is_plausible));
    }
    let (date, rest) = text.split_once([' ', 'T', '_', '+']).unwrap_or((text, ""));
    match (is_date(date), is_time_of_day(rest)) {
        (true, true) => true,
        (true, false) => sounds,
        (false, _) => sounds && is_time_of_day(text),
    }
}

/// `2026-11-22`, `22.11.2026`, `11/22/26`, `20261122`.
fn is_date(text: &str) -> bool {
    let is_number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parted = ['-', '.', '/']
        .into_iter()
        .any(|separator| text.matches(separator).count() == 2 && text.split(separator).all(is_number));
    parted || (text.len() == 8 && text.starts_with("20") && text.bytes().all(|b| b.is_ascii_digit()))
}

/// Begins like `14:00` or `140000Z`.
fn is_time_of_day(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        1 | 2 => text[digits..].starts_with(':') && text[digits + 1..].starts_with(|c: char| c.is_ascii_digit()),
        4 | 6 => text[digits..].is_empty() || text[digits..].starts_with(['Z', '+', '-', '.']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn what_is_meant_as_a_time_is_seen() {
        for (name, text) in [
            ("timestmap", "1795000000"),
            ("timestmap", "yesterday"),
            ("timestamps", "x"),
            ("date_time", "x"),
            ("observedat", "2026-11-22T14:00:00Z"),
            ("created_at", "1795000000"),
            ("created_at", "2026-11-22"),
            ("zeit", "2026-11-22 14:00"),
            ("zeit", "14:00"),
            ("zeit", "1500000000"),
            ("tiem", "1500000000000"),
            ("t", "1799999000"),
            ("t", "1799999000000"),
            ("t", "1799999000000000"),
            ("t", "1799999000000000000"),
            ("x", "22.11.2026 14:00"),
            ("x", "2026/11/22 2:00 pm"),
            ("x", "20261122T140000Z"),
            ("x", "2026-11-22T14:00:00+01:00"),
        ] {
            assert!(looks_like_time(name, text, NOW), "{name} {text}");
        }
        for (name, text) in [
            ("timestmap", "null"),
            ("timestmap", " "),
            ("data", "5"),
            ("rate", "12.5"),
            ("uptime", "12345"),
            ("runtime", "0"),
            ("update", "no"),
            ("chip_id", "1799999000"),
            ("serial", "1799999000"),
            ("heap", "20480"),
            ("energy", "1500000000"),
            ("version", "1.2.3"),
            ("address", "192.168.1.2"),
            ("x", "2026-11-22"),
            ("x", "14:00"),
            ("x", "é_:"),
        ] {
            assert!(!looks_like_time(name, text, NOW), "{name} {text}");
        }
    }
}
