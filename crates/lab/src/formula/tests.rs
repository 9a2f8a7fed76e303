//! The formulas against the plain ones, which know neither round trips nor the spread of tickets.

use super::*;
use channel::fleet::FLEETS;

fn fleet(name: &str) -> &'static Fleet {
    Fleet::named(name).expect("a fleet")
}

fn at(name: &str, news: f64, words: f64) -> Prediction {
    let conditions = Conditions { news, words, round_trip_s: 0.0, park_s: 25.0, period_s: 5.0 };
    predict(fleet(name), &conditions)
}

#[track_caller]
fn near(is: f64, should_be: f64, share: f64) {
    assert!((is - should_be).abs() <= share * should_be.abs().max(1e-9), "{is}, not {should_be}");
}

#[test]
fn without_a_round_trip_the_plain_formulas_are_the_limit() {
    for news in [1.0 / 300.0, 1.0 / 60.0, 0.2] {
        for words in [1e-9, 1.0 / 120.0, 0.1] {
            let all = news + words;
            // The mean stay at its full time is 0.95 of H.
            let plain = |x: f64| x / ((x * 0.95 * 25.0).exp() - 1.0);
            near(at("ping-pong", news, words).trips_per_s, all + plain(all), 0.003);
            near(at("slow-and-fast", news, words).trips_per_s, all + plain(news), 0.003);
            near(at("ping-pong", news, words).empty_share.expect("legs"), (1.0 + (-all * 23.75).exp()) / 2.0, 0.003);
            near(at("polling", news, words).trips_per_s, words / (1.0 - (-words * 5.0f64).exp()), 1e-6);
        }
    }
}

#[test]
fn a_silent_page_costs_all_holding_fleets_the_same() {
    let ping_pong = at("ping-pong", 1.0 / 60.0, 0.0);
    for name in ["slow-and-fast", "expanding"] {
        near(at(name, 1.0 / 60.0, 0.0).trips_per_s, ping_pong.trips_per_s, 1e-4);
        near(at(name, 1.0 / 60.0, 0.0).tickets_per_h, ping_pong.tickets_per_h, 1e-4);
    }
    for name in ["stay-home", "wait-for-reply"] {
        let silent = at(name, 1.0 / 60.0, 0.0);
        assert_eq!((silent.trips_per_s, silent.age_mean_s), (0.0, None), "its page never hears a thing");
    }
}

#[test]
fn the_expanding_fleet_has_both_of_its_limits() {
    // Few words: as if any number might park.
    let (news, words, h) = (0.02, 0.01, 23.75);
    let rare = (words - news) / f64::exp_m1((words - news) * h);
    near(at("expanding", news, words).trips_per_s, words + rare, 0.002);
    // Much of both: a queue of at most four, whose tickets do not count.
    let (news, words) = (1.0, 2.0);
    near(at("expanding", news, words).trips_per_s, words + news / 15.0, 1e-3);
}

#[test]
fn polling_is_the_cheapest_once_there_is_more_than_one_event_a_period() {
    assert!(at("polling", 0.3, 0.0).trips_per_s < at("ping-pong", 0.3, 0.0).trips_per_s);
    assert!(at("polling", 0.1, 0.0).trips_per_s > at("ping-pong", 0.1, 0.0).trips_per_s);
}

#[test]
fn the_formulas_stand_in_the_order_of_the_fleets() {
    assert_eq!(FORMULAS.map(|(name, _)| name), FLEETS.each_ref().map(|fleet| fleet.name));
}

#[test]
fn every_fleet_has_a_formula_for_all_conditions() {
    for fleet in &FLEETS {
        for news in [0.0, 0.01, 10.0] {
            for words in [0.0, 0.01, 10.0] {
                for (round_trip_s, park_s) in [(0.0, 5.0), (5.0, 45.0)] {
                    let conditions = Conditions { news, words, round_trip_s, park_s, period_s: 0.5 };
                    let Prediction { trips_per_s, empty_share, age_mean_s, .. } = predict(fleet, &conditions);
                    assert!(trips_per_s.is_finite() && trips_per_s >= 0.0, "{fleet} {conditions:?}");
                    assert!(
                        empty_share.is_none_or(|share| (0.0..=1.0 + 1e-9).contains(&share)),
                        "{fleet} {conditions:?} {empty_share:?}"
                    );
                    assert!(age_mean_s.is_none_or(|age| age.is_finite() && age >= 0.0), "{fleet} {conditions:?}");
                }
            }
        }
    }
}
