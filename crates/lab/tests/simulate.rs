//! The comparison of the fleets: the simulation, over the real dock core and home's real rules, against the formulas.

use channel::fleet::{FLEETS, Fleet};
use lab::comparison::Comparison;
use lab::drive::machine::Machine;
use lab::formula::{Conditions, Prediction, predict};
use lab::measured::Measured;
use lab::scenario::Scenario;
use lab::simulate;

/// What a formula may be off.
const OFF: f64 = 0.03;
/// Trips of a run: enough that chance moves their rate by hardly more than one per cent, and few enough for a debug build.
const TRIPS: f64 = 8_000.0;
/// Standard deviations that chance is given.
const SIGMAS: f64 = 3.0;

fn fleet(name: &str) -> &'static Fleet {
    Fleet::named(name).expect("a fleet")
}

fn run(scenario: &Scenario, name: &str) -> Measured {
    simulate::run(scenario, fleet(name), &mut |_| (), &mut |_| ()).expect("the promises hold")
}

/// λs, λc, R, H.
fn grid() -> impl Iterator<Item = Scenario> {
    let roads = [(0.1, 25.0), (0.5, 10.0)];
    let news = [1.0 / 60.0, 0.1];
    let words = [0.0, 1.0 / 30.0, 0.1];
    news.into_iter().flat_map(move |news_per_s| {
        words.into_iter().flat_map(move |words_per_s| {
            roads.into_iter().map(move |(round_trip_s, park_s)| {
                let jitter_s = round_trip_s / 5.0;
                Scenario { news_per_s, words_per_s, round_trip_s, jitter_s, park_s, ..Scenario::default() }
            })
        })
    })
}

/// Fails if they are further apart than the formula may be, or than chance may have moved `count` independent events
/// that are spread by `spread` of their mean.
#[track_caller]
fn agree(what: &str, at: &str, is: f64, should: f64, count: f64, spread: f64) {
    if should == 0.0 {
        return assert_eq!(is, 0.0, "{what} {at}");
    }
    let may = OFF.max(SIGMAS * spread / count.max(1.0).sqrt());
    let off = is / should - 1.0;
    assert!(off.abs() <= may, "{what} {at}: {is} is {:+.1} % off {should}, may be {:.1} %", off * 100.0, may * 100.0);
}

/// Holds a fleet to its formula over the grid. `age_spread` is that of the sum of waits from one departure to the next.
fn holds(name: &str, age_spread: f64) {
    for mut scenario in grid() {
        let p: Prediction = predict(fleet(name), &Conditions::of(&scenario));
        // Of a stream, legs.
        let rate = p.trips_per_s.max(p.legs_per_s / 2.0);
        scenario.seconds = TRIPS / rate.max(1.0 / 60.0);
        let m = run(&scenario, name);
        let Scenario { news_per_s, words_per_s, round_trip_s, park_s, seconds, .. } = scenario;
        let at = format!("of {name} at λs {news_per_s:.4} λc {words_per_s:.4} R {round_trip_s} H {park_s}");
        let count = |per_s: f64| per_s * seconds;
        // What opens a stream is one trip in all, as is home's first truck.
        let trips = if m.trips == 1 { 0.0 } else { m.trips_per_s() };
        agree("trips", &at, trips, p.trips_per_s, count(p.trips_per_s), 1.0);
        let empty = p.empty_share.unwrap_or(0.0);
        agree("empty legs", &at, m.empty_share().unwrap_or(0.0), empty, count(empty * p.legs_per_s), 1.0);
        agree("tickets", &at, m.tickets_per_h(), p.tickets_per_h, count(p.tickets_per_h / 3_600.0), 1.0);
        // How many trucks the expanding fleet parks is known to a tenth only, in between its two exact limits.
        let apart = (m.parked - p.parked).abs();
        let may = if name == "expanding" { 0.1 * p.parked } else { OFF * p.parked };
        assert!(apart <= may, "parked {at}: {} instead of {}", m.parked, p.parked);
        match (m.age, p.age_mean_s) {
            (Some(age), Some(mean_s)) => {
                agree("the age of news", &at, age.mean_ms / 1e3, mean_s, count(news_per_s.min(rate)), age_spread)
            }
            (age, mean_s) => assert_eq!((age, mean_s), (None, None), "the age of news {at}"),
        }
        if let (Some(age), Some(worst_s)) = (m.age, p.age_worst_s) {
            // Jitter, and the milliseconds in which home and dock count.
            let worst_ms = (worst_s + 1.5 * scenario.jitter_s) * 1e3 + 2.0;
            assert!(age.worst_ms <= worst_ms, "{} ms at worst {at}, more than {worst_ms}", age.worst_ms);
        }
    }
}

/// Pauses are exponential at worst: their squares, which news waits for, are spread by √5 of their mean.
const PAUSES: f64 = 2.24;

#[test]
fn stay_home_costs_what_the_formula_says() {
    holds("stay-home", PAUSES);
}

#[test]
fn wait_for_reply_costs_what_the_formula_says() {
    holds("wait-for-reply", 2.0 * PAUSES);
}

#[test]
fn polling_costs_what_the_formula_says() {
    holds("polling", 1.0);
}

#[test]
fn expanding_costs_what_the_formula_says() {
    holds("expanding", 1.0);
}

#[test]
fn slow_and_fast_costs_what_the_formula_says() {
    holds("slow-and-fast", 1.0);
}

#[test]
fn ping_pong_costs_what_the_formula_says() {
    holds("ping-pong", 1.0);
}

#[test]
fn the_streams_cost_what_the_formulas_say() {
    holds("sse", 1.0);
    holds("websocket", 1.0);
}

/// The greatest distance between the sample's distribution and the uniform one, times √n (Kolmogorov and Smirnov).
fn distance_from_uniform(mut sample: Vec<f64>, from: f64, to: f64) -> f64 {
    sample.sort_unstable_by(f64::total_cmp);
    let n = sample.len() as f64;
    let apart = |(index, value): (usize, &f64)| {
        let uniform = ((value - from) / (to - from)).clamp(0.0, 1.0);
        (uniform - index as f64 / n).abs().max((uniform - (index + 1) as f64 / n).abs())
    };
    sample.iter().enumerate().map(apart).fold(0.0, f64::max) * n.sqrt()
}

/// Ages in seconds.
fn ages(scenario: &Scenario, name: &str) -> Vec<f64> {
    let mut ages = Vec::new();
    simulate::run(scenario, fleet(name), &mut |_| (), &mut |us| ages.push(us as f64 / 1e6)).expect("the promises hold");
    ages
}

#[test]
fn the_age_of_polled_news_is_uniform_between_half_a_round_trip_and_a_period_more() {
    /// One sample of a hundred is further away by chance.
    const HARDLY_EVER: f64 = 1.63;
    let scenario =
        Scenario { news_per_s: 0.5, words_per_s: 0.0, round_trip_s: 0.3, seconds: 40_000.0, ..Scenario::default() };
    let (from, to) = (0.15, 5.15);
    let silent = ages(&scenario, "polling");
    assert!(silent.len() > 15_000 && silent.iter().all(|age| (from..=to + 0.001).contains(age)));
    let distance = distance_from_uniform(silent, from, to);
    assert!(distance < HARDLY_EVER, "{distance}");
    // Words leave at once and bring news along: then it is not uniform, and the test sees it.
    let talkative = Scenario { words_per_s: 0.1, ..scenario };
    let distance = distance_from_uniform(ages(&talkative, "polling"), from, to);
    assert!(distance > 3.0 * HARDLY_EVER, "{distance}");
}

#[test]
fn a_word_saves_ping_pong_a_ticket_and_slow_and_fast_none() {
    // λs = 1/60, stays of 25 s on average: the server shortens 26.3 s by 5 % on average.
    let news_per_s = 1.0 / 60.0;
    for (words_per_s, ping_pong) in [(0.0, 116.0), (1.0 / 30.0, 72.0), (0.1, 24.0)] {
        let scenario = Scenario { news_per_s, words_per_s, park_s: 25.0 / 0.95, seconds: 4e5, ..Scenario::default() };
        for (name, tickets) in [("slow-and-fast", 116.0), ("ping-pong", ping_pong)] {
            let m = run(&scenario, name);
            agree("tickets", name, m.tickets_per_h(), tickets, tickets / 3_600.0 * scenario.seconds, 1.0);
        }
    }
}

#[test]
fn the_same_seed_is_the_same_comparison_to_the_byte() {
    let json = |seed: u64| {
        let scenario = Scenario {
            seed,
            loss: 0.01,
            jitter_s: 0.05,
            cut_s: Some(20.0),
            words_per_s: 0.05,
            seconds: 20_000.0,
            ..Scenario::default()
        };
        let measured = FLEETS.iter().map(|fleet| (fleet, run(&scenario, fleet.name))).collect();
        let machine = Machine { cpu: String::new(), cores: 1, system: String::new() };
        Comparison::of_simulation(String::new(), machine, scenario, measured).json().expect("JSON")
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}

#[test]
fn on_a_bad_road_everything_arrives_once_and_in_order_all_the_same() {
    let scenario = Scenario {
        news_per_s: 0.2,
        words_per_s: 0.1,
        round_trip_s: 0.4,
        jitter_s: 0.4,
        loss: 0.05,
        cut_s: Some(12.0),
        seconds: 20_000.0,
        ..Scenario::default()
    };
    for fleet in &FLEETS {
        // That nothing came twice or out of order, the simulation itself watches.
        let m = run(&scenario, fleet.name);
        assert!(m.lost > 0, "{fleet}: {m:?}");
        assert_eq!((m.reloads, m.unsaid), (0, 0), "{fleet}");
        assert!(m.news > 3_500 && m.news_delivered + 60 > m.news, "{fleet}: {m:?}");
        assert!(m.words_delivered > 1_800, "{fleet}: {m:?}");
    }
}

#[test]
fn a_proxy_that_cuts_too_early_costs_trips() {
    let calm = Scenario { words_per_s: 0.0, seconds: 50_000.0, ..Scenario::default() };
    let cut = Scenario { cut_s: Some(10.0), ..calm.clone() };
    let (calm, cut) = (run(&calm, "ping-pong"), run(&cut, "ping-pong"));
    assert_eq!((calm.lost, cut.tickets), (0, 0));
    // Of each 10 s one truck is cut, and another asks whether the road is open.
    assert!(cut.trips > 3 * calm.trips && cut.lost > 3_000, "{} {} {}", cut.trips, calm.trips, cut.lost);
}
