//! Times as the keeper says them: on the station's clock, with the day when it is another one.

use chrono::{DateTime, Datelike, NaiveDate, Weekday};
use weather::time::Timestamp;
use weather::zone::Zone;

fn local(zone: &Zone, at: Timestamp) -> DateTime<Zone> {
    at.to_utc().with_timezone(zone)
}

/// `at 14:20`, `yesterday at 14:20`, `on Tue 17 Nov at 14:20`, `on 17 Nov 2025 at 14:20`.
pub fn at(zone: &Zone, at: Timestamp, now: Timestamp) -> String {
    let (then, today) = (local(zone, at), local(zone, now).date_naive());
    let clock = then.format("%H:%M");
    match (today - then.date_naive()).num_days() {
        0 => format!("at {clock}"),
        1 => format!("yesterday at {clock}"),
        _ if then.year() == today.year() => format!("on {} at {clock}", then.format("%a %-d %b")),
        _ => format!("on {} at {clock}", then.format("%-d %b %Y")),
    }
}

/// The same without the first `at`, behind `since` and `of`: `14:20`, `yesterday at 14:20`, `Tue 17 Nov at 14:20`.
pub fn bare(zone: &Zone, when: Timestamp, now: Timestamp) -> String {
    let text = at(zone, when, now);
    text.strip_prefix("at ").or_else(|| text.strip_prefix("on ")).unwrap_or(&text).to_owned()
}

/// `Monday`.
pub fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// `Sat 14 Nov 2026`.
pub fn date(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_says_its_day_when_it_is_another_one() {
        let now = Timestamp(1_795_348_800_000); // Sunday, 2026-11-22 12:00 UTC, 13:00 in Berlin
        let hours = |hours: i64| now.plus(-hours * 3_600_000);
        for (when, text, short) in [
            (now, "at 13:00", "13:00"),
            (hours(12), "at 01:00", "01:00"),
            (hours(14), "yesterday at 23:00", "yesterday at 23:00"),
            (hours(40), "on Fri 20 Nov at 21:00", "Fri 20 Nov at 21:00"),
            (hours(24 * 330), "on 27 Dec 2025 at 13:00", "27 Dec 2025 at 13:00"),
        ] {
            assert_eq!(at(&Zone::inside("Europe/Berlin").expect("a zone"), when, now), text);
            assert_eq!(bare(&Zone::inside("Europe/Berlin").expect("a zone"), when, now), short);
        }
    }
}
