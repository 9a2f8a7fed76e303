use super::*;
use crate::time::{HOUR_MS, MINUTE_MS};
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn sun(latitude: f64, longitude: f64, zone: &str, day: &str) -> Daylight {
    let zone = Zone::inside(zone).expect("a zone");
    Daylight::of(Coordinates::new(latitude, longitude).expect("a place"), &zone, date(day)).expect("a day")
}

fn clock(zone: &str, at: Option<Timestamp>) -> String {
    let zone = Zone::inside(zone).expect("a zone");
    at.map_or_else(
        || "–".to_owned(),
        |at| at.plus(MINUTE_MS / 2).to_utc().with_timezone(&zone).format("%H:%M").to_string(),
    )
}

/// The example of NREL's report on its Solar Position Algorithm (TP-560-34302, appendix A.5): Golden, Colorado. The report works on days of
/// UTC, on which this set is that of the evening before.
#[test]
fn the_sun_rises_and_sets_when_nrel_says() {
    let golden = |day: &str| sun(39.742476, -105.1786, "America/Denver", day);
    for (computed, published) in [
        (golden("2003-10-17").rise, "2003-10-17T06:12:43-07:00"),
        (golden("2003-10-16").set, "2003-10-16T17:20:19-07:00"),
    ] {
        let published: Timestamp = chrono::DateTime::parse_from_rfc3339(published).expect("a time").into();
        let off_ms = computed.map_or(i64::MAX, |at| at.since(published));
        assert!(off_ms.abs() <= 2_000, "{off_ms} ms");
    }
}

/// As tables of the U.S. Naval Observatory and the Royal Observatory print it, to the minute; one minute of rounding is let pass.
#[test]
fn the_sun_rises_and_sets_when_almanacs_say() {
    for (latitude, longitude, zone, day, rise, set) in [
        (38.9, -77.03, "America/New_York", "2024-06-20", "05:43", "20:37"),
        (38.9, -77.03, "America/New_York", "2024-12-21", "07:23", "16:50"),
        (51.4779, 0.0, "Europe/London", "2024-06-20", "04:43", "21:21"),
        (51.4779, 0.0, "Europe/London", "2024-12-21", "08:03", "15:53"),
        (-33.87, 151.21, "Australia/Sydney", "2024-12-21", "05:41", "20:05"),
    ] {
        let sun = sun(latitude, longitude, zone, day);
        for (computed, printed) in [(sun.rise, rise), (sun.set, set)] {
            let near = [-MINUTE_MS, 0, MINUTE_MS].map(|by| clock(zone, computed.map(|at| at.plus(by))));
            assert!(near.contains(&printed.to_owned()), "{zone} {day}: {} and not {printed}", near[1]);
        }
    }
}

#[test]
fn beyond_the_polar_circles_it_may_stay_up_or_down() {
    let (north, zone) = ((69.65, 18.96), "Europe/Oslo");
    let summer = sun(north.0, north.1, zone, "2026-06-21");
    assert!(summer.is_midnight_sun() && !summer.is_polar_night());
    assert_eq!((summer.up_ms, summer.day_ms), (DAY_MS, DAY_MS));
    let winter = sun(north.0, north.1, zone, "2026-12-21");
    assert!(winter.is_polar_night() && winter.up_ms == 0);
    assert!(winter.dawn.is_some() && winter.dusk.is_some(), "noon is twilight there");
    let pole = sun(-90.0, 0.0, "Antarctica/South_Pole", "2026-12-21");
    assert!(pole.is_midnight_sun());
}

#[test]
fn a_day_when_clocks_change_is_as_long_as_its_zone_says() {
    let day = sun(52.52, 13.405, "Europe/Berlin", "2026-03-29");
    assert_eq!(day.day_ms, 23 * HOUR_MS);
    let skipped = Zone::inside("Pacific/Apia").expect("a zone");
    let place = Coordinates::new(-13.83, -171.77).expect("a place");
    assert_eq!(Daylight::of(place, &skipped, date("2011-12-30")), None, "Samoa had no such day");
    // Midnight is skipped there.
    let day = sun(-23.55, -46.63, "America/Sao_Paulo", "2018-11-04");
    assert_eq!((day.day_ms, day.rise.is_some(), day.set.is_some()), (23 * HOUR_MS, true, true));
}

proptest! {
    /// Two formulas that know nothing of each other: the sun's height of `sun.rs` at the times of the library.
    #[test]
    fn at_its_rise_and_set_the_sun_stands_at_the_horizon(
        latitude in -65.0..65.0_f64, longitude in -180.0..180.0_f64, day in 0_i64..20_000
    ) {
        let place = Coordinates::new(latitude, longitude).expect("a place");
        let date = date("1990-01-01") + chrono::Days::new(day as u64);
        let sun = Daylight::of(place, &Zone::UTC, date).expect("a day");
        for (at, height) in [(sun.rise, -0.833), (sun.set, -0.833), (sun.dawn, -6.0), (sun.dusk, -6.0)] {
            if let Some(at) = at {
                let computed = place.sun_elevation(at);
                prop_assert!((computed - height).abs() < 0.05, "{latitude} {longitude} {date}: {computed} is not {height}");
            }
        }
        prop_assert!((0..=sun.day_ms).contains(&sun.up_ms));
    }

    #[test]
    fn at_the_equator_days_are_twelve_hours_and_some_minutes(longitude in -180.0..180.0_f64, day in 0_i64..20_000) {
        let place = Coordinates::new(0.0, longitude).expect("a place");
        let sun = Daylight::of(place, &Zone::UTC, date("1990-01-01") + chrono::Days::new(day as u64)).expect("a day");
        let minutes = sun.up_ms as f64 / MINUTE_MS as f64;
        prop_assert!((724.0..=732.0).contains(&minutes), "{minutes} min");
    }
}
