//! The sun, the moon, how many days, and records.

use super::{Facts, Intent, answer, context, said, understand};
use crate::keeper::language::facts::Found;
use std::sync::Arc;
use weather::climate::Day;
use weather::sun::Coordinates;
use weather::time::Timestamp;

#[test]
fn questions_about_the_almanac_mean_what_people_mean_by_them() {
    let context = context();
    for (text, meaning) in [
        ("sunrise?", "sun Rise 2026-11-22"),
        ("when is sunset tomorrow", "sun Set 2026-11-23"),
        ("When does the sun rise?", "sun Rise 2026-11-22"),
        ("sunrise and sunset on 21 June", "sun Length 2026-06-21"),
        ("when does it get dark?", "sun Twilight 2026-11-22"),
        ("how long is the day", "sun Length 2026-11-22"),
        ("sunset this week", "cannot: I tell of the sun and the moon on a single day."),
        ("moon?", "Moon(2026-11-22)"),
        ("when is the next full moon?", "Moon(2026-11-22)"),
        ("how many ice days last month?", "count ice days last month"),
        ("tropical nights ever", "count tropical nights ever"),
        ("number of hot days in the last 3 years", "count hot days in the last 1095 days"),
        ("how many frosts this year", "count frost days this year"),
        ("frost days", "count frost days this year"),
        ("was yesterday a frost day?", "count frost days yesterday"),
        ("frost days in the last 3 hours", "cannot: I count frost days of whole days, not of hours."),
        ("any records today?", "NewRecords"),
        ("new record?", "NewRecords"),
        ("record high?", "above temperature ever"),
        ("highest ever?", "above temperature ever"),
        ("record low", "below temperature ever"),
        ("how strong is the sun?", "now solar_radiation"),
        ("warn me at sunset", "cannot: I warn of what I measure, not of the sun and the moon."),
    ] {
        assert_eq!(said(text, &context), meaning, "{text:?}");
    }
}

#[test]
fn sun_and_moon_are_told_where_the_station_stands() {
    let mut context = context();
    let told = |text: &str, context: &super::Context| answer(&understand(text, context), &Facts::default(), context);
    let nowhere = "Nobody has told me where I stand, so I know no sunrise and no sunset.";
    assert_eq!(told("sunrise?", &context), nowhere);
    let at = |latitude, longitude| Coordinates::new(latitude, longitude);
    Arc::make_mut(&mut context.here).coordinates = at(52.52, 13.405);
    for (text, answer) in [
        ("sunrise?", "Sunrise today: 07:40."),
        ("when does the sun set tomorrow?", "Sunset tomorrow: 16:03."),
        ("day length", "Sunrise today: 07:40, sunset: 16:04. The sun is up for 8 h 24 min."),
        ("dusk?", "Civil dawn today: 07:01, civil dusk: 16:43."),
        (
            "moon?",
            "The moon today: waxing gibbous, 94 % lit. Next full moon: Tue 24 Nov 2026, next new moon: Wed 9 Dec 2026.",
        ),
        (
            "moon yesterday",
            "The moon yesterday: waxing gibbous, 87 % lit. Next full moon: Tue 24 Nov 2026, next new moon: Wed 9 Dec 2026.",
        ),
    ] {
        assert_eq!(told(text, &context), answer, "{text:?}");
    }
    Arc::make_mut(&mut context.here).coordinates = at(78.2, 15.6);
    assert_eq!(told("sunset?", &context), "The sun does not rise today.");
    assert_eq!(told("sunset on 21 June", &context), "The sun does not set on Sun 21 Jun 2026.");
}

#[test]
fn days_are_counted_with_what_is_known_of_them() {
    let context = context();
    let day = |date: &str, low: f64, hours: u32| {
        let at = Timestamp(0);
        let date = date.parse().expect("a date");
        Day { date, mean: low, low, low_at: at, high: low, high_at: at, hours }
    };
    let told = |text: &str, days: Vec<Day>| {
        let facts = Facts { found: Found::Known(days), ..Facts::default() };
        answer(&understand(text, &context), &facts, &context)
    };
    let two = || vec![day("2026-11-21", -2.0, 24), day("2026-11-22", -1.0, 13)];
    assert_eq!(
        told("how many frost days this month?", two()),
        "2 frost days this month (low below 0.0 °C). I have readings of 2 of the 22 days."
    );
    assert_eq!(told("frost days in the last 2 days", two()), "2 frost days in the last 2 days (low below 0.0 °C).");
    // Today's high is to come.
    assert_eq!(
        told("ice days ever", two()),
        "1 ice day ever (high below 0.0 °C). My records begin on Sat 21 Nov 2026."
    );
    assert_eq!(told("hot days in the last 2 days", two()), "No hot days in the last 2 days (high at least 30.0 °C).");
    assert_eq!(told("hot days", Vec::new()), "I have no reading of the temperature this year.");
}

#[test]
fn a_station_without_an_outdoor_thermometer_counts_no_frost_days() {
    let mut context = context();
    context.known.retain(|(sensor, _)| !sensor.is_main());
    assert!(matches!(understand("frost days", &context), Intent::Missing(_)));
}
