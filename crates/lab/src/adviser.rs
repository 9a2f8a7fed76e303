//! The adviser: the cheapest fleet for a page, by the formulas.

use super::formula::{Conditions, Prediction, predict};
use super::scenario::PERIOD_S;
use channel::fleet::{Down, FLEETS, Fleet};

/// What is known of the page, and what is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Traffic, road, parking time; the period does not matter: the adviser chooses that of polling.
    pub conditions: Conditions,
    /// How old news may be at worst, seconds; `None`: it may wait until somebody speaks.
    pub fresh_s: Option<f64>,
}

/// What to take.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// The cheapest fleet.
    pub fleet: &'static Fleet,
    /// With this period, if it goes by the clock, seconds.
    pub period_s: Option<f64>,
    /// What it should cost.
    pub prediction: Prediction,
    /// Why, in one or two sentences.
    pub why: String,
}

/// Costs closer than this are the same.
const SAME: f64 = 0.01;
/// A clipboard and an empty load together, bytes of bodies; heads come on top, and do not differ between the fleets.
const TRIP_BYTES: f64 = 260.0;
/// A word, on its way up and in its confirmation.
const WORD_BYTES: f64 = 140.0;
/// A report.
const NEWS_BYTES: f64 = 240.0;

/// Bytes of bodies a second, near enough to compare.
pub fn bytes_per_s(prediction: &Prediction, conditions: &Conditions) -> f64 {
    prediction.trips_per_s * TRIP_BYTES + conditions.words * WORD_BYTES + conditions.news * NEWS_BYTES
}

/// The cheapest of the six fleets that is fresh enough: by trips, then by bytes, then by connections kept parked. `None`
/// if none is: nothing comes sooner than half a round trip, and a truck may be on its way when there is news.
pub fn advise(wish: &Wish) -> Option<Advice> {
    let mut best: Option<(&Fleet, Option<f64>, Prediction)> = None;
    for fleet in FLEETS.iter().filter(|fleet| fleet.down == Down::Trucks) {
        let Some((period_s, prediction)) = cost(fleet, wish) else { continue };
        if best.as_ref().is_none_or(|(_, _, than)| cheaper(&prediction, than, &wish.conditions)) {
            best = Some((fleet, period_s, prediction));
        }
    }
    let (fleet, period_s, prediction) = best?;
    let why = why(fleet, period_s, &prediction, wish);
    Some(Advice { fleet, period_s, prediction, why })
}

/// What a fleet costs, with its period, if it is fresh enough.
fn cost(fleet: &Fleet, wish: &Wish) -> Option<(Option<f64>, Prediction)> {
    let Conditions { round_trip_s, .. } = wish.conditions;
    let period_s = wish.fresh_s.map_or(PERIOD_S.1, |fresh_s| fresh_s - round_trip_s / 2.0).min(PERIOD_S.1);
    let polls = fleet.every_ms.is_some();
    if polls && period_s < PERIOD_S.0.max(round_trip_s) {
        return None;
    }
    let prediction = predict(fleet, &Conditions { period_s, ..wish.conditions });
    let fresh = wish.fresh_s.is_none_or(|fresh_s| prediction.age_worst_s.is_some_and(|worst| worst <= fresh_s + 1e-9));
    fresh.then_some((polls.then_some(period_s), prediction))
}

fn cheaper(a: &Prediction, b: &Prediction, conditions: &Conditions) -> bool {
    let less = |a: f64, b: f64| (a < b * (1.0 - SAME), a > b * (1.0 + SAME));
    let costs = [
        less(a.trips_per_s, b.trips_per_s),
        less(bytes_per_s(a, conditions), bytes_per_s(b, conditions)),
        less(a.parked, b.parked),
    ];
    costs.into_iter().find(|(less, more)| *less || *more).is_some_and(|(less, _)| less)
}

fn why(fleet: &Fleet, period_s: Option<f64>, prediction: &Prediction, wish: &Wish) -> String {
    let Conditions { news, words, .. } = wish.conditions;
    let trips = prediction.trips_per_s * 3_600.0;
    match (fleet.name, wish.fresh_s, period_s) {
        ("polling", _, Some(period_s)) => format!(
            "Every {period_s:.1} s is often enough, and there is news or a word every {:.1} s: trucks on the clock carry \
             several at once, with {trips:.0} trips an hour. A parked truck would leave with each of them.",
            1.0 / (news + words)
        ),
        ("stay-home" | "wait-for-reply", ..) => format!(
            "News may wait until somebody speaks, so no truck has to go for it alone: {trips:.0} trips an hour."
        ),
        ("slow-and-fast", ..) => format!(
            "A parked truck brings news at once, with {trips:.0} trips an hour. Nobody speaks here, so that one truck for \
             words beside it costs nothing, and ping-pong would gain nothing."
        ),
        ("expanding", ..) => format!(
            "Every word leaves a truck parked, and up to four of them wait for news: {trips:.0} trips an hour, for \
             {:.1} connections held on average.",
            prediction.parked
        ),
        _ => format!(
            "A parked truck brings news at once, and each word takes its place: {trips:.0} trips an hour, with {:.2} \
             connections held on average.",
            prediction.parked
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(news: f64, words: f64, fresh_s: Option<f64>) -> Option<Advice> {
        let conditions = Conditions { news, words, round_trip_s: 0.1, park_s: 25.0, period_s: 5.0 };
        advise(&Wish { conditions, fresh_s })
    }

    fn name(news: f64, words: f64, fresh_s: Option<f64>) -> Option<&'static str> {
        advice(news, words, fresh_s).map(|advice| advice.fleet.name)
    }

    #[test]
    fn a_page_in_a_hurry_parks_a_truck() {
        assert!(matches!(name(1.0 / 60.0, 1.0 / 60.0, Some(1.0)), Some("ping-pong" | "expanding")));
        let silent = advice(1.0 / 60.0, 0.0, Some(1.0)).expect("a fleet");
        assert!(silent.prediction.parked > 0.9 && silent.period_s.is_none(), "{silent:?}");
    }

    #[test]
    fn a_page_that_has_time_for_several_events_polls() {
        let busy = advice(1.0, 0.5, Some(5.0)).expect("a fleet");
        assert_eq!((busy.fleet.name, busy.period_s), ("polling", Some(4.95)));
        assert!(busy.why.starts_with("Every 5.0 s is often enough"), "{}", busy.why);
        assert_ne!(name(0.01, 0.01, Some(5.0)), Some("polling"), "but not for a few");
    }

    #[test]
    fn a_page_that_does_not_care_waits_for_a_word() {
        assert!(matches!(name(0.1, 0.01, None), Some("stay-home" | "wait-for-reply")));
    }

    #[test]
    fn nothing_is_sooner_than_the_road() {
        assert_eq!(name(0.1, 0.1, Some(0.05)), None);
    }
}
