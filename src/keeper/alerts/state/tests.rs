use super::*;
use crate::storage::Side;
use proptest::prelude::*;
use weather::time::{HOUR_MS, MINUTE_MS};

const NOON: Timestamp = Timestamp(1_795_348_800_000);

fn below(limit: f64) -> Rule {
    let quantity = Quantity::Temperature;
    Rule::Beyond(Beyond::new(Side::Below, SensorName::main(), quantity, limit, quantity.unit()).expect("possible"))
}

fn rain() -> Rule {
    Rule::Rain { sensor: SensorName::main() }
}

fn reading(minute: i64, quantity: Quantity, value: f64) -> Reading {
    Reading { at: NOON.plus(minute * MINUTE_MS), values: vec![(SensorName::main(), quantity, value)] }
}

/// Feeds readings as they are; returns the minutes of the events.
fn run(rule: &Rule, readings: &[Reading]) -> (AlertState, Vec<(i64, Event)>) {
    let mut events = Vec::new();
    let state = readings.iter().fold(AlertState::default(), |state, reading| {
        let (state, event) = state.feed(rule, Input::Reading(reading), reading.at);
        events.extend(event.map(|event| (reading.at.since(NOON) / MINUTE_MS, event)));
        state
    });
    (state, events)
}

fn temperatures(values: &[(i64, f64)]) -> Vec<Reading> {
    values.iter().map(|(minute, value)| reading(*minute, Quantity::Temperature, *value)).collect()
}

#[test]
fn a_night_below_zero_rings_once_and_keeps_its_worst() {
    let night =
        temperatures(&[(0, 0.4), (5, -0.3), (10, -2.1), (15, -0.1), (20, 0.6), (25, 0.7), (30, 0.9), (35, 1.0)]);
    let (state, events) = run(&below(0.0), &night);
    assert_eq!(events, [(5, Event::Began), (30, Event::Ended)]);
    let episode = &state.untold[0];
    assert_eq!((episode.began, episode.began_at), (-0.3, NOON.plus(5 * MINUTE_MS)));
    assert_eq!((episode.worst, episode.worst_at), (-2.1, NOON.plus(10 * MINUTE_MS)));
    assert_eq!(episode.ended_at, Some(NOON.plus(20 * MINUTE_MS)), "since when it is back, not since when it counts");
}

#[test]
fn back_for_a_moment_or_by_a_hair_is_not_back() {
    let (_, events) =
        run(&below(0.0), &temperatures(&[(0, -1.0), (5, 0.6), (10, 0.3), (15, 0.6), (20, 0.6), (24, 0.6)]));
    assert_eq!(events, [(0, Event::Began)]);
    let (_, events) = run(&below(0.0), &temperatures(&[(0, -1.0), (5, 0.6), (15, 0.6)]));
    assert_eq!(events, [(0, Event::Began), (15, Event::Ended)]);
}

#[test]
fn exactly_the_limit_does_not_ring() {
    assert!(run(&below(0.0), &temperatures(&[(0, 0.0), (1, -0.0)])).1.is_empty());
}

#[test]
fn late_and_repeated_readings_do_not_ring() {
    let (_, events) = run(&below(0.0), &temperatures(&[(10, 5.0), (5, -5.0), (10, -5.0), (11, 4.0)]));
    assert!(events.is_empty());
}

#[test]
fn rain_rings_at_the_first_tip_and_ends_after_half_an_hour_without() {
    let counter = |minute, mm| reading(minute, Quantity::Precipitation, mm);
    let (state, events) = run(
        &rain(),
        &[counter(0, 3.0), counter(5, 3.0), counter(10, 3.2), counter(30, 4.0), counter(59, 4.0), counter(60, 4.0)],
    );
    assert_eq!(events, [(10, Event::Began), (60, Event::Ended)]);
    assert!((state.untold[0].worst - 1.0).abs() < 1e-9, "{:?}", state.untold);
    assert_eq!(state.untold[0].ended_at, Some(NOON.plus(30 * MINUTE_MS)));
}

#[test]
fn a_counter_that_starts_anew_at_midnight_is_no_rain() {
    let counter = |minute, mm| reading(minute, Quantity::Precipitation, mm);
    assert!(run(&rain(), &[counter(0, 7.0), counter(5, 0.0), counter(10, 0.02)]).1.is_empty());
    assert_eq!(run(&rain(), &[counter(0, 7.0), counter(5, 0.0), counter(10, 0.2)]).1, [(10, Event::Began)]);
}

#[test]
fn a_rate_alone_is_rain_too() {
    let rate = |minute, mm| reading(minute, Quantity::PrecipitationRate, mm);
    assert_eq!(
        run(&rain(), &[rate(0, 0.0), rate(1, 2.0), rate(20, 0.0), rate(31, 0.0)]).1,
        [(1, Event::Began), (31, Event::Ended)]
    );
}

#[test]
fn silence_counts_from_when_somebody_listens() {
    let tick = |state: AlertState, minutes: i64, since: i64| {
        let input = Input::Tick { silent_after_ms: 15 * MINUTE_MS, since: NOON.plus(since * MINUTE_MS) };
        state.feed(&Rule::Silence, input, NOON.plus(minutes * MINUTE_MS))
    };
    let (state, _) = run(&Rule::Silence, &temperatures(&[(0, 1.0)]));
    assert_eq!(tick(state.clone(), 15, -100).1, None);
    assert_eq!(tick(state.clone(), 200, 190).1, None, "the server was away, not the station");
    let (state, event) = tick(state, 16, -100);
    assert_eq!((event, state.ringing.as_ref().map(|e| e.began_at)), (Some(Event::Began), Some(NOON)));
    let (state, event) = tick(state, 17, -100);
    assert_eq!(event, None, "once");
    let old = reading(1, Quantity::Temperature, 1.0);
    let (state, event) = state.feed(&Rule::Silence, Input::Reading(&old), NOON.plus(2 * HOUR_MS));
    assert_eq!(event, None, "an old report is no sign of life");
    let fresh = reading(120, Quantity::Temperature, 1.0);
    assert_eq!(state.feed(&Rule::Silence, Input::Reading(&fresh), NOON.plus(2 * HOUR_MS)).1, Some(Event::Ended));
}

#[test]
fn what_waits_to_be_told_is_bounded() {
    let mut values = Vec::new();
    for day in 0..20 {
        values.extend([(day * 100, -1.0), (day * 100 + 10, 5.0), (day * 100 + 30, 5.0)]);
    }
    let (mut state, events) = run(&below(0.0), &temperatures(&values));
    assert_eq!(events.len(), 40);
    assert_eq!((state.untold.len(), state.dropped), (UNTOLD_MAX, 15));
    let json = serde_json::to_string(&state).expect("JSON");
    assert_eq!(serde_json::from_str::<AlertState>(&json).expect("a state"), state);
    state.told();
    assert!(!state.is_due() && state.dropped == 0);
    assert_eq!(serde_json::from_str::<AlertState>("{}").expect("an old state"), AlertState::default());
}

/// Readings in order, and which of them are said again after which.
fn doubled() -> impl Strategy<Value = (Vec<Reading>, Vec<Reading>)> {
    prop::collection::vec((1..20i64, -2.0..2.0f64), 1..60).prop_flat_map(|steps| {
        let mut minute = 0;
        let readings: Vec<Reading> = steps
            .into_iter()
            .map(|(step, value)| {
                minute += step;
                reading(minute, Quantity::Temperature, value)
            })
            .collect();
        let repeats = prop::collection::vec((0..readings.len(), 0..3usize), 0..40);
        (Just(readings), repeats).prop_map(|(readings, repeats)| {
            let mut more = Vec::new();
            for (place, reading) in readings.iter().enumerate() {
                more.push(reading.clone());
                // Anything that was said before may come again.
                more.extend(
                    repeats
                        .iter()
                        .filter(|(at, _)| *at == place)
                        .map(|(at, back)| readings[at.saturating_sub(*back)].clone()),
                );
            }
            (readings, more)
        })
    })
}

proptest! {
    #[test]
    fn readings_that_come_again_change_nothing((once, again) in doubled(), limit in -1.0..1.0f64) {
        for rule in [below(limit), rain(), Rule::Silence] {
            let ((one, rings), (other, rings_again)) = (run(&rule, &once), run(&rule, &again));
            prop_assert_eq!(rings, rings_again);
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn hovering_within_the_band_rings_once(
        values in prop::collection::vec((1..60i64, -0.49..0.49f64), 1..200),
        limit in -20.0..20.0f64,
    ) {
        let mut minute = 0;
        let mut hovering = vec![reading(0, Quantity::Temperature, limit - 0.1)];
        for (step, value) in values {
            minute += step;
            hovering.push(reading(minute, Quantity::Temperature, limit + value));
        }
        let (_, events) = run(&below(limit), &hovering);
        prop_assert_eq!(events, vec![(0, Event::Began)]);
    }
}
