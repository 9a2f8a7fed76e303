use super::*;
use proptest::prelude::*;

fn at(minute: i64, value: f64) -> Reading {
    Reading { at: Timestamp(1_368_072_000_000 + minute * MINUTE_MS), value }
}

/// Which of the readings do not count in the end, by their place, and why.
fn marked(quantity: Quantity, readings: &[(i64, f64)]) -> Vec<(usize, Reason)> {
    let (mut good, mut waiting, mut marks) = (None, Vec::<(usize, Reading)>::new(), Vec::new());
    for (place, &(minute, value)) in readings.iter().enumerate() {
        let next = at(minute, value);
        let run: Vec<Reading> = waiting.iter().map(|(_, step)| *step).collect();
        let outcome = step(quantity, good, &run, next);
        assert_eq!(outcome.waiting.len(), run.len());
        let mut left = Vec::new();
        for ((place, step), settled) in waiting.into_iter().zip(outcome.waiting) {
            match settled {
                None => left.push((place, step)),
                Some(Settled::Stayed) => good = Some(step),
                Some(Settled::Returned) => marks.push((place, Reason::Spike)),
                Some(Settled::Unknown) => marks.push((place, Reason::Step)),
            }
        }
        waiting = left;
        if outcome.is_step {
            waiting.push((place, next))
        } else {
            good = Some(next)
        }
        assert!(waiting.len() <= RUN_MAX, "{waiting:?}");
    }
    marks.extend(waiting.into_iter().map(|(place, _)| (place, Reason::Step)));
    marks.sort_unstable_by_key(|(place, _)| *place);
    marks
}

fn celsius(fahrenheit: f64) -> f64 {
    (fahrenheit - 32.0) / 1.8
}

#[test]
fn a_spike_of_one_value_is_found_and_a_front_is_not() {
    // Hourly values, °F: one of 13.1 among those of a May night.
    let spike = [59.0, 57.92, 13.1, 57.02, 57.02].map(celsius);
    let hourly = |values: &[f64]| -> Vec<_> { (0..).step_by(60).zip(values.iter().copied()).collect() };
    assert_eq!(marked(Quantity::Temperature, &hourly(&spike)), [(2, Reason::Spike)]);
    for front in [[71.96, 60.08, 57.92, 55.94], [39.92, 50.0, 62.0, 62.06]] {
        assert_eq!(marked(Quantity::Temperature, &hourly(&front.map(celsius))), []);
    }
}

#[test]
fn a_step_waits_for_the_next_value_and_counts_if_it_stays() {
    let front = [(0, 24.0), (5, 24.1), (10, 15.0), (15, 14.6), (20, 14.5)];
    assert_eq!(marked(Quantity::Temperature, &front[..3]), [(2, Reason::Step)], "nobody knows yet");
    assert_eq!(marked(Quantity::Temperature, &front), []);
    let spike = [(0, 24.0), (5, 24.1), (10, 15.0), (15, 24.0)];
    assert_eq!(marked(Quantity::Temperature, &spike), [(2, Reason::Spike)]);
}

#[test]
fn a_step_that_goes_on_counts_and_one_that_overshoots_does_not() {
    assert_eq!(marked(Quantity::Temperature, &[(0, 10.0), (1, 15.0), (2, 20.0), (3, 20.1)]), []);
    assert_eq!(marked(Quantity::Temperature, &[(0, 10.0), (1, 40.0), (2, 30.0), (3, 30.1)]), [(1, Reason::Spike)]);
}

#[test]
fn a_spike_of_several_values_is_found() {
    let spikes = |values: &[f64]| -> Vec<(usize, Reason)> {
        let readings: Vec<_> = (0..).zip(values.iter().copied()).collect();
        marked(Quantity::Temperature, &readings)
    };
    assert_eq!(spikes(&[10.0, 40.0, 55.0, 10.0]), [(1, Reason::Spike), (2, Reason::Spike)]);
    assert_eq!(spikes(&[10.0, -20.0, -40.0, -60.0, 11.0]), [1, 2, 3].map(|place| (place, Reason::Spike)));
    assert_eq!(spikes(&[10.0, 40.0, 55.0]), [(1, Reason::Step), (2, Reason::Step)], "nobody knows yet");
    assert_eq!(spikes(&[10.0, 40.0, 55.0, 40.5, 41.0]), [(2, Reason::Spike)], "it came back to the first of them");
    assert_eq!(spikes(&[10.0, 40.0, 60.0, 50.0, 50.1]), [(2, Reason::Spike)], "it came back to beyond the first");
    assert_eq!(spikes(&[10.0, 40.0, 60.0, 25.0, 25.1]), [(1, Reason::Spike), (2, Reason::Spike)]);
    assert_eq!(spikes(&[10.0, 15.0, 20.0, 25.0, 30.0, 30.1]), [], "a change that goes on");
    assert_eq!(
        spikes(&[10.0, 15.0, 20.0, 25.0, 30.0]),
        [2, 3, 4].map(|place| (place, Reason::Step)),
        "the first counts"
    );
}

#[test]
fn a_value_that_comes_late_is_judged_by_both_sides() {
    let judged = |before: Option<(i64, f64)>, late_one: (i64, f64), after: Option<(i64, f64)>| {
        let reading = |(minute, value)| at(minute, value);
        let (good, after) = (before.map(reading), after.map(reading));
        late(Quantity::Temperature, good, &[], reading(late_one), &[], after).reason
    };
    let before = Some((0, 10.0));
    assert_eq!(judged(before, (5, 40.0), Some((10, 10.2))), Some(Reason::Spike));
    assert_eq!(judged(before, (5, 11.0), Some((10, 10.2))), None);
    assert_eq!(judged(before, (5, 40.0), Some((10, 39.0))), None, "a front");
    assert_eq!(judged(before, (5, 40.0), Some((10, 70.0))), None, "it goes on");
    assert_eq!(judged(before, (5, 40.0), None), Some(Reason::Step), "nothing is after it yet");
    assert_eq!(judged(before, (5, 40.0), Some((200, 10.0))), Some(Reason::Step), "what is after it is too far");
    assert_eq!(judged(None, (5, 40.0), Some((10, 10.2))), None, "nothing is before it");
    let waits = [at(5, 40.0)];
    let settled = |value| {
        let Late { before, reason, .. } =
            late(Quantity::Temperature, Some(at(0, 10.0)), &waits, at(6, value), &[], None);
        (before[0], reason)
    };
    assert_eq!(settled(40.2), (Some(Settled::Stayed), None));
    assert_eq!(settled(10.2), (Some(Settled::Returned), None));
}

#[test]
fn a_late_value_and_the_steps_around_it_are_judged_as_if_they_had_come_in_order() {
    // What is said of the late value, and how many of the steps behind it count from there.
    let of = |late_one: f64, behind: &[(i64, f64)]| {
        let steps: Vec<_> = behind.iter().map(|(minute, value)| at(*minute, *value)).collect();
        let Late { reason, behind, .. } =
            late(Quantity::Temperature, Some(at(-1, 10.0)), &[], at(0, late_one), &steps, None);
        assert_eq!(behind.len(), steps.len());
        (reason, behind.iter().filter(|settled| **settled == Some(Settled::Stayed)).count())
    };
    assert_eq!(of(10.0, &[(1, 12.0), (2, 14.0)]), (None, 2));
    assert_eq!(of(10.0, &[(1, 13.0)]), (None, 0), "a step from there, too");
    assert_eq!(of(10.0, &[(200, 10.0)]), (None, 1), "nothing is judged across a gap");
    assert_eq!(of(30.0, &[(1, 30.5)]), (None, 1), "a front, of which the later half came first");
    assert_eq!(of(30.0, &[(1, 50.0)]), (Some(Reason::Step), 0), "it goes on, and nobody knows yet");
    assert_eq!(of(40.0, &[(1, 20.0)]), (Some(Reason::Spike), 0), "it came back, though not so far");
    assert_eq!(of(40.0, &[(1, 20.0), (2, 20.5)]), (Some(Reason::Spike), 2));
    assert_eq!(of(10.0, &[]), (None, 0));
}

#[test]
fn the_longer_ago_the_larger_a_change_may_be() {
    let changes = |minutes, by| !marked(Quantity::Temperature, &[(0, 10.0), (minutes, 10.0 + by)]).is_empty();
    assert!(!changes(1, 2.4) && changes(1, 2.6));
    assert!(!changes(4, 4.9) && changes(4, 5.1));
    assert!(!changes(60, 19.3) && changes(60, 19.4) && changes(90, 19.4));
    let seconds =
        step(Quantity::Temperature, Some(at(0, 10.0)), &[], Reading { at: at(0, 0.0).at.plus(1_000), value: 12.4 });
    assert!(!seconds.is_step, "within seconds it is as within a minute");
}

#[test]
fn nothing_is_judged_across_a_gap() {
    assert_eq!(marked(Quantity::Temperature, &[(0, 10.0), (91, 59.0)]), []);
    let too_late = [(0, 10.0), (5, 50.0), (200, 11.0)];
    assert_eq!(marked(Quantity::Temperature, &too_late), [(1, Reason::Step)], "nothing speaks for it");
}

#[test]
fn what_jumps_by_nature_is_not_judged() {
    for quantity in [Quantity::WindDirection, Quantity::SolarRadiation, Quantity::PrecipitationCounted, Quantity::Pm2_5]
    {
        assert_eq!(marked(quantity, &[(0, 0.0), (1, 350.0), (2, 0.0)]), [], "{}", quantity.name());
    }
    assert_eq!(marked(Quantity::WindSpeed, &[(0, 3.0), (1, 70.0), (2, 4.0)]), [(1, Reason::Spike)]);
    assert_eq!(marked(Quantity::SeaLevelPressure, &[(0, 1013.0), (1, 950.0), (2, 1013.0)]), [(1, Reason::Spike)]);
}

fn frozen_after(quantity: Quantity, value: f64, beside: &Values, every: i64) -> Option<i64> {
    let mut held = None;
    (0..48 * 60).step_by(every as usize).find(|minute| {
        held = Held::after(held, quantity, at(*minute, value), beside);
        held.is_some_and(|held| held.is_frozen(quantity))
    })
}

#[test]
fn a_value_that_stays_for_hours_is_frozen() {
    let mut windy = Values::default();
    windy.restore(Quantity::WindSpeed, 4.0);
    let calm = Values::default();
    assert_eq!(frozen_after(Quantity::Temperature, 21.3, &calm, 5), Some(365));
    assert_eq!(frozen_after(Quantity::Humidity, 94.0, &calm, 5), Some(305));
    assert_eq!(frozen_after(Quantity::Humidity, 96.0, &calm, 5), None, "fog");
    assert_eq!(frozen_after(Quantity::WindDirection, 270.0, &windy, 1), Some(61));
    assert_eq!(frozen_after(Quantity::WindDirection, 270.0, &calm, 5), None, "no wind turns the vane");
    assert_eq!(frozen_after(Quantity::WindSpeed, 0.0, &calm, 5), None, "a calm");
    assert_eq!(frozen_after(Quantity::Temperature, 21.1, &calm, 60), Some(1_380), "once an hour it takes a day");
    assert_eq!(frozen_after(Quantity::Temperature, 21.0, &calm, 5), None, "whole degrees");
    assert_eq!(frozen_after(Quantity::SeaLevelPressure, 1_013.0, &calm, 5), None, "whole hectopascals");
    assert_eq!(frozen_after(Quantity::SoilTemperature, 9.0, &calm, 5), None, "soil stays as it is");
}

#[test]
fn a_change_or_a_gap_begins_anew() {
    let none = Values::default();
    let mut held = None;
    for minute in (0..360).step_by(5) {
        held = Held::after(held, Quantity::Temperature, at(minute, 21.3), &none);
    }
    let moved = Held::after(held, Quantity::Temperature, at(365, 21.4), &none).expect("judged");
    let silent = Held::after(held, Quantity::Temperature, at(355 + 91, 21.3), &none).expect("judged");
    assert!(!moved.is_frozen(Quantity::Temperature) && !silent.is_frozen(Quantity::Temperature));
    let noted = Held::frozen(Quantity::Temperature, at(355, 21.3));
    let next = |value| Held::after(Some(noted), Quantity::Temperature, at(360, value), &none).expect("judged");
    assert!(next(21.3).is_frozen(Quantity::Temperature) && !next(21.4).is_frozen(Quantity::Temperature));
}

#[test]
fn a_station_of_which_nothing_changes_repeats_itself() {
    let fog = |humidity: f64| {
        let mut values = Values::default();
        let all = [(Quantity::Temperature, 5.0), (Quantity::Humidity, humidity), (Quantity::WindSpeed, 0.0)];
        all.iter().for_each(|(quantity, value)| values.restore(*quantity, *value));
        values
    };
    let found = |values: &dyn Fn(i64) -> Values, every: i64| {
        let (mut still, mut before) = (None, Values::default());
        (0..48 * 60).step_by(every as usize).find(|minute| {
            let next = values(*minute);
            still = Still::after(still, at(*minute, 0.0).at, &next, |of| before.get(of));
            before = next;
            still.is_some_and(|still| still.is_frozen())
        })
    };
    assert_eq!(found(&|_| fog(97.0), 5), Some(725));
    assert_eq!(found(&|_| fog(97.0), 60), Some(23 * 60), "it takes as many readings as for one value");
    assert_eq!(found(&|minute| fog(97.0 + (minute / 600 % 2) as f64), 5), None, "something moves");
    assert_eq!(found(&|_| fog(97.0), 91), None, "nothing is judged across a gap");
    let few = |_| {
        let mut values = fog(97.0);
        values.take(Quantity::WindSpeed);
        values
    };
    assert_eq!(found(&few, 5), None, "two values in whole numbers may stay");
    let mut still = Some(Still::frozen(at(0, 0.0).at));
    still = Still::after(still, at(5, 0.0).at, &fog(97.0), |of| fog(97.0).get(of));
    assert!(still.is_some_and(|still| still.is_frozen()), "it goes on after a restart");
}

#[test]
fn values_that_cannot_stand_together_are_named() {
    let mut beside = Values::default();
    beside.restore(Quantity::Temperature, 10.0);
    beside.restore(Quantity::WindSpeed, 5.0);
    beside.restore(Quantity::Humidity, 59.0);
    for (quantity, good, bad, reason) in [
        (Quantity::DewPoint, 10.5, 10.6, Reason::AboveTemperature),
        (Quantity::WindGust, 4.5, 4.4, Reason::BelowMean),
        (Quantity::PrecipitationRate, 0.0, 0.2, Reason::DryAir),
    ] {
        assert_eq!(contradiction(quantity, good, &beside), None);
        assert_eq!(contradiction(quantity, bad, &beside), Some(reason));
        assert_eq!(contradiction(quantity, bad, &Values::default()), None, "alone it says nothing");
    }
    beside.restore(Quantity::Humidity, 60.0);
    assert_eq!(contradiction(Quantity::PrecipitationRate, 0.2, &beside), None);
}

#[test]
fn a_pressure_is_judged_by_the_height_of_its_barometer() {
    for (elevation_m, hpa, is_not) in [
        (100.0, 833.0, true),
        (0.0, 914.0, false),
        (0.0, 1063.0, false),
        (0.0, 1064.0, true),
        // A pressure at sea level, sent as the barometer's.
        (600.0, 1013.0, true),
        (1650.0, 833.0, false),
        (3000.0, 701.0, false),
        (-400.0, 1062.0, false),
    ] {
        assert_eq!(
            is_not_of_height(Quantity::StationPressure, hpa, elevation_m),
            is_not,
            "{hpa} hPa at {elevation_m} m"
        );
    }
    assert!(!is_not_of_height(Quantity::SeaLevelPressure, 1013.0, 3000.0), "it is none of that height");
}

proptest! {
    #[test]
    fn what_moves_less_than_a_step_is_never_marked(moves in prop::collection::vec(-2.5..2.5_f64, 1..60)) {
        let values = moves.iter().scan(20.0, |value, by| {
            *value += by;
            Some(*value)
        });
        let readings: Vec<_> = (0..).zip(values).collect();
        prop_assert_eq!(marked(Quantity::Temperature, &readings), []);
    }

    #[test]
    fn a_run_of_values_that_do_not_count_ends(values in prop::collection::vec(-80.0..60.0_f64, 2..60)) {
        let readings: Vec<_> = (0..).zip(values).collect();
        let marks = marked(Quantity::Temperature, &readings);
        let spikes: Vec<usize> = marks.iter().filter(|(_, why)| *why == Reason::Spike).map(|(place, _)| *place).collect();
        prop_assert!(marks.len() <= spikes.len() + RUN_MAX, "at most the last ones wait");
        prop_assert!(spikes.iter().all(|place| *place > 0 && *place + 1 < readings.len()));
    }
}

#[test]
fn light_is_judged_by_the_sun_where_the_place_is_known() {
    // Null Island on the day of an equinox: the sun sets at about 18:07 UTC, and twilight ends 24 minutes later.
    let place = crate::sun::Coordinates::new(0.0, 0.0);
    let at = |time: &str| chrono::DateTime::parse_from_rfc3339(time).expect("a time").to_utc().into();
    let [noon, dusk, night] = ["2026-03-20T12:00:00Z", "2026-03-20T18:25:00Z", "2026-03-20T18:40:00Z"].map(at);
    let light = |quantity, value, at| super::light(quantity, value, place, at);
    for time in [noon, dusk] {
        assert_eq!(light(Quantity::SolarRadiation, 300.0, time), None);
        assert_eq!(light(Quantity::UvIndex, 3.0, time), None);
    }
    assert_eq!(light(Quantity::SolarRadiation, 50.1, night), Some(Reason::SunBelow));
    assert_eq!(light(Quantity::SolarRadiation, 50.0, night), None);
    assert_eq!(light(Quantity::UvIndex, 1.0, night), Some(Reason::SunBelow));
    assert_eq!(light(Quantity::UvIndex, 0.9, night), None);
    assert_eq!(light(Quantity::Temperature, 60.0, night), None);
    assert_eq!(super::light(Quantity::SolarRadiation, 300.0, None, night), None);
}
