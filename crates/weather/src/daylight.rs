//! When the sun rises and sets.

use crate::day;
use crate::sun::Coordinates;
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::zone::Zone;
use chrono::{Datelike, NaiveDate};
use solar_positioning::{Events, Horizon, HorizonState, Location, SolarEvents, delta_t};

/// The sun on a local day at a place with a flat horizon at the height of the sea.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Daylight {
    /// When its upper edge appears: 0.833° below the horizon, for air bends light.
    pub rise: Option<Timestamp>,
    /// When its upper edge disappears.
    pub set: Option<Timestamp>,
    /// When it comes within 6° of the horizon: civil dawn.
    pub dawn: Option<Timestamp>,
    /// When it goes 6° below the horizon: civil dusk.
    pub dusk: Option<Timestamp>,
    /// How long it is up on that day, ms. On a day without rise and set this is nothing, or the whole day.
    pub up_ms: i64,
    /// How long that day is, ms.
    pub day_ms: i64,
}

/// What the clocks of the earth's turning are behind those of the planets, s, where the library has no estimate.
const DELTA_T_S: f64 = 69.0;
/// The Julian day on which Unix time begins.
const UNIX_JD: f64 = 2_440_587.5;

impl Daylight {
    /// The sun on a date there. `None` on a date that the zone has skipped, and in years of which nobody can say it.
    ///
    /// It is NREL's Solar Position Algorithm (Reda and Andreas, Solar Energy 76, 2004) of the library `solar-positioning`.
    pub fn of(place: Coordinates, zone: &Zone, date: NaiveDate) -> Option<Self> {
        let (from, to) = day::bounds(zone, date);
        if from >= to {
            return None;
        }
        let location = Location { latitude: place.latitude(), longitude: place.longitude() };
        let delta_t_s = delta_t::estimate_from_date(date.year(), date.month()).unwrap_or(DELTA_T_S);
        let events = |horizon| {
            let sun = SolarEvents::new();
            sun.for_interval_from_julian(julian(from), julian(to), location, delta_t_s, horizon).ok()
        };
        let (sun, twilight) = (events(Horizon::SunriseSunset)?, events(Horizon::CivilTwilight)?);
        Some(Self {
            rise: sun.rises.first().copied().map(instant),
            set: sun.sets.last().copied().map(instant),
            dawn: twilight.rises.first().copied().map(instant),
            dusk: twilight.sets.last().copied().map(instant),
            up_ms: up_ms(&sun, (from, to)),
            day_ms: to.since(from),
        })
    }

    /// True if it does not set on that day.
    pub fn is_midnight_sun(&self) -> bool {
        self.rise.is_none() && self.set.is_none() && self.up_ms > 0
    }

    /// True if it does not rise on that day.
    pub fn is_polar_night(&self) -> bool {
        self.rise.is_none() && self.set.is_none() && self.up_ms == 0
    }
}

/// A length of time as people read it, to the minute: `8 h 12 min`.
pub fn hours_and_minutes(ms: i64) -> String {
    let minutes = ms.saturating_add(MINUTE_MS / 2) / MINUTE_MS;
    format!("{} h {} min", minutes / 60, minutes % 60)
}

fn julian(at: Timestamp) -> f64 {
    at.0 as f64 / DAY_MS as f64 + UNIX_JD
}

fn instant(julian: f64) -> Timestamp {
    Timestamp(((julian - UNIX_JD) * DAY_MS as f64).round() as i64)
}

/// How long the sun is up. Beyond the polar circles it may rise or set twice on a day.
fn up_ms(sun: &Events<f64>, (from, to): (Timestamp, Timestamp)) -> i64 {
    let rises = sun.rises.iter().map(|at| (instant(*at), true));
    let mut changes: Vec<(Timestamp, bool)> = rises.chain(sun.sets.iter().map(|at| (instant(*at), false))).collect();
    changes.sort_unstable();
    // Before the first change it was the other way round.
    let mut is_up = match changes.first() {
        Some((_, rises)) => !rises,
        None => sun.state_at_start == HorizonState::Above,
    };
    let (mut since, mut up_ms) = (from, 0);
    for (at, rises) in changes.into_iter().chain([(to, false)]) {
        if is_up {
            up_ms += at.since(since);
        }
        (since, is_up) = (at, rises);
    }
    up_ms
}

#[cfg(test)]
mod tests;
