//! Sun and moon of today.

use crate::pages::clock;
use weather::day;
use weather::daylight::{Daylight, hours_and_minutes};
use weather::moon;
use weather::station::Station;
use weather::time::{MINUTE_MS, SECOND_MS, Timestamp};
use weather::units::format_half_up;
use weather::zone::Zone;

/// Names with their texts, and sentences.
#[derive(Debug)]
pub(crate) struct Sky {
    /// Of the sun; none if nobody knows where the station stands.
    pub sun: Vec<(&'static str, String)>,
    /// What is to be said instead of rise and set, or of the length of the day.
    pub sentence: String,
    pub moon: Vec<(&'static str, String)>,
}

impl Sky {
    /// As of today.
    pub(crate) fn of(station: &Station, now: Timestamp) -> Self {
        let zone = &station.zone;
        let today = day::date_at(zone, now);
        let place = station.coordinates;
        let sun = place.and_then(|place| Daylight::of(place, zone, today));
        let yesterday = place.zip(today.pred_opt()).and_then(|(place, date)| Daylight::of(place, zone, date));
        let moon = vec![
            ("Phase", moon::phase(day::bounds(zone, today)).name().to_owned()),
            ("Lit", format!("{} %", format_half_up(moon::illuminated(now) * 100.0, 0))),
            ("Next full moon", clock::day(zone, moon::next(180.0, now))),
            ("Next new moon", clock::day(zone, moon::next(0.0, now))),
        ];
        Self {
            sun: sun.map_or_else(Vec::new, |sun| facts(&sun, zone)),
            sentence: sun.map_or_else(String::new, |sun| sentence(&sun, yesterday.as_ref())),
            moon,
        }
    }
}

fn facts(sun: &Daylight, zone: &Zone) -> Vec<(&'static str, String)> {
    let time = |at: Option<Timestamp>| at.map(|at| clock::hour_minute(zone, at.plus(MINUTE_MS / 2)));
    let times = [("Civil dawn", sun.dawn), ("Sunrise", sun.rise), ("Sunset", sun.set), ("Civil dusk", sun.dusk)];
    let times = times.into_iter().filter_map(|(name, at)| Some((name, time(at)?)));
    times.chain([("Day length", hours_and_minutes(sun.up_ms))]).collect()
}

fn sentence(sun: &Daylight, yesterday: Option<&Daylight>) -> String {
    if sun.is_midnight_sun() {
        return "The sun does not set today.".to_owned();
    }
    if sun.is_polar_night() {
        return "The sun does not rise today.".to_owned();
    }
    let Some(yesterday) = yesterday else { return String::new() };
    let by_s = (sun.up_ms - yesterday.up_ms) / SECOND_MS;
    let (seconds, word) = (by_s.abs(), if by_s < 0 { "shorter" } else { "longer" });
    match (seconds / 60, seconds % 60) {
        (0, 0) => "The day is as long as yesterday.".to_owned(),
        (0, seconds) => format!("The day is {seconds} s {word} than yesterday."),
        (minutes, seconds) => format!("The day is {minutes} min {seconds} s {word} than yesterday."),
    }
}
