//! The pretend weather has to behave.

use super::*;
use weather::time::SECOND_MS;
use weather::{consistency, quality};

/// 2026-01-01T00:00Z.
const NEW_YEAR: Timestamp = Timestamp(1_767_225_600_000);

fn berlin(seed: u64) -> Climate {
    Climate::new(seed, Zone::inside("Europe/Berlin").expect("a zone"), LATITUDE_DEFAULT, 214.0)
}

fn value(values: &Values, quantity: Quantity) -> f64 {
    values.get(quantity).expect("every sensor works")
}

/// A year of one climate, one instant every 37 minutes, so that all minutes of the hour come up.
fn year(climate: Climate) -> impl Iterator<Item = (Timestamp, Values)> {
    let mut gauge = Gauge::default();
    (0..14_200).map(move |step| {
        let at = NEW_YEAR.plus(step * 37 * MINUTE_MS + step % 60 * SECOND_MS);
        (at, climate.read(at, &mut gauge))
    })
}

#[test]
fn a_year_of_it_is_admitted_everywhere_and_never_contradicts_itself() {
    for (zone, latitude, elevation) in [
        (Zone::inside("Europe/Berlin").expect("a zone"), 50.0, 214.0),
        (Zone::inside("America/Denver").expect("a zone"), 39.7, 1_609.0),
        (Zone::inside("Asia/Singapore").expect("a zone"), 1.3, 15.0),
        (Zone::inside("Australia/Hobart").expect("a zone"), -42.9, 51.0),
    ] {
        let climate = Climate::new(5, zone.clone(), latitude, elevation);
        let mut gauge = Gauge::default();
        for step in 0..2_000 {
            let at = NEW_YEAR.plus(step * 262 * MINUTE_MS);
            let sensed = climate.sense(at, &mut gauge);
            for (quantity, value) in sensed {
                assert!(quality::admit(quantity, value).is_ok(), "{zone}: {} = {value}", quantity.name());
            }
            let mut values = climate.read(at, &mut gauge);
            assert!(consistency::cross_check(&mut values).is_empty());
            assert!(value(&values, DewPoint) <= value(&values, Temperature), "{values:?}");
            assert!(value(&values, WindGust) >= value(&values, WindSpeed), "{values:?}");
            assert!((960.0..=1_045.1).contains(&value(&values, SeaLevelPressure)));
            assert!(value(&values, WindDirection) < 360.0);
        }
    }
}

#[test]
fn an_instant_has_the_same_weather_whenever_one_asks() {
    let mut gauge = Gauge::default();
    for step in 0..500 {
        let at = NEW_YEAR.plus(step * 3 * HOUR_MS + step * 1_234);
        assert_eq!(berlin(9).at(at), berlin(9).read(at, &mut gauge), "with a gauge and without");
    }
    for day in 0..200 {
        let noon = NEW_YEAR.plus(day * DAY_MS + 12 * HOUR_MS);
        for (at, when) in [(noon, "later on another day"), (noon.plus(-4 * HOUR_MS), "earlier on the same day")] {
            assert_eq!(berlin(9).at(at), berlin(9).read(at, &mut gauge), "{when}");
        }
    }
    assert_ne!(berlin(1).at(NEW_YEAR), berlin(2).at(NEW_YEAR));
}

#[test]
fn nothing_jumps_from_one_reading_to_the_next() {
    let limits = [
        (Temperature, 0.4),
        (Humidity, 4.0),
        (SeaLevelPressure, 0.3),
        (StationPressure, 0.3),
        (WindSpeed, 2.0),
        (WindGust, 2.0),
        (WindDirection, 25.0),
        (PrecipitationRate, 2.0),
        (SolarRadiation, 60.0),
        (UvIndex, 0.6),
        (BatteryVoltage, 0.02),
    ];
    for day in [20, 200] {
        let (mut gauge, start) = (Gauge::default(), NEW_YEAR.plus(day * DAY_MS));
        let mut before = berlin(4).read(start, &mut gauge);
        for step in 1..3 * 17_280 {
            let now = berlin(4).read(start.plus(step * 5 * SECOND_MS), &mut gauge);
            for (quantity, limit) in limits {
                let jump = (value(&now, quantity) - value(&before, quantity)).abs();
                let jump = if quantity == WindDirection { jump.min(360.0 - jump) } else { jump };
                assert!(jump <= limit + 1e-9, "{}: {jump} in step {step} of day {day}", quantity.name());
            }
            before = now;
        }
    }
}

#[test]
fn rain_counts_up_from_local_midnight_and_starts_again_there() {
    let climate = berlin(2);
    let (mut gauge, mut before, mut before_day, mut resets) = (Gauge::default(), 0.0, None, 0);
    // Through the end of summer time, 25 October.
    for step in 0..60 * 24 * 6 {
        let at = NEW_YEAR.plus(250 * DAY_MS + step * 10 * MINUTE_MS);
        let (today, now) = (
            day::date_at(&Zone::inside("Europe/Berlin").expect("a zone"), at),
            value(&climate.read(at, &mut gauge), Precipitation),
        );
        if before_day == Some(today) {
            assert!(now >= before, "{before} then {now} at {}", at.rfc3339());
        } else {
            let (midnight, _) = day::bounds(&Zone::inside("Europe/Berlin").expect("a zone"), today);
            assert_eq!(value(&climate.at(midnight), Precipitation), 0.0, "{today}");
            resets += usize::from(now < before);
        }
        (before, before_day) = (now, Some(today));
    }
    assert!(resets > 5, "it rained on {resets} days of sixty");
}

#[test]
fn afternoons_are_warmer_and_drier_than_the_hour_before_dawn() {
    let mean = |hour: i64, quantity: Quantity| {
        let at = |day: i64| NEW_YEAR.plus(day * DAY_MS + hour * HOUR_MS);
        (0..365).map(|day| value(&berlin(3).at(at(day)), quantity)).sum::<f64>() / 365.0
    };
    // Solar time in Berlin's zone is an hour ahead of UTC.
    assert!(mean(14, Temperature) > mean(4, Temperature) + 4.0);
    assert!(mean(14, Humidity) < mean(4, Humidity) - 5.0);
    assert!(mean(0, SolarRadiation) == 0.0 && mean(11, SolarRadiation) > 150.0);
}

#[test]
fn summers_are_warm_winters_cold_and_the_year_is_like_a_real_one() {
    let readings: Vec<_> = year(berlin(6)).collect();
    let mean = |from: usize, to: usize, quantity: Quantity| {
        readings[from..to].iter().map(|(_, values)| value(values, quantity)).sum::<f64>() / (to - from) as f64
    };
    let (winter, summer) = (mean(0, 1_100, Temperature), mean(6_900, 8_200, Temperature));
    assert!((-6.0..5.0).contains(&winter) && (13.0..24.0).contains(&summer), "{winter} and {summer} °C");
    let all = readings.len();
    assert!((1.5..6.0).contains(&mean(0, all, WindSpeed)), "{} m/s", mean(0, all, WindSpeed));
    assert!((55.0..90.0).contains(&mean(0, all, Humidity)), "{} %", mean(0, all, Humidity));
    assert!((1_006.0..1_022.0).contains(&mean(0, all, SeaLevelPressure)), "{} hPa", mean(0, all, SeaLevelPressure));
    let low = readings.iter().map(|(_, values)| value(values, SeaLevelPressure)).fold(f64::MAX, f64::min);
    assert!(low < 1_000.0, "fronts bring low pressure, not {low}");
}

#[test]
fn a_peak_too_high_for_its_barometer_leaves_the_pressure_out() {
    let everest = Climate::new(1, Zone::inside("Asia/Kathmandu").expect("a zone"), 28.0, 8_849.0).at(NEW_YEAR);
    assert_eq!(everest.get(StationPressure), None);
    assert!(everest.get(Temperature).is_some());
}
