//! All orders of events: random long ones, and every short one.

use crate::reference::{Gate, Limits};
use crate::steps::{Both, Step};
use proptest::prelude::*;
use proptest::sample::select;
use stevenson::dock::fleet::{FLEETS, Fleet};
use stevenson::dock::watch::Watch;

static TABLE: &[Fleet] = &FLEETS;
const TOPICS: [&str; 3] = ["town-hall", "harbour", "mill"];
const NO_LIMITS: Limits = Limits { ring_entries: 1_000, load_items: 1_000, parked: 1_000 };

/// A step before it is known how far the journal has come.
#[derive(Debug, Clone)]
enum Plan {
    /// The truck has seen all but so many of the news; more than all: it is ahead.
    Arrive(Gate, i64),
    Step(Step),
}

fn a_watch() -> impl Strategy<Value = Watch> {
    prop_oneof![
        Just(Watch::all()),
        Just(Watch::of([TOPICS[0]])),
        Just(Watch::of([TOPICS[0], TOPICS[1]])),
        Just(Watch::of(["elsewhere"])),
    ]
}

fn a_plan(fleets: &'static [Fleet]) -> impl Strategy<Value = Plan> {
    let behind = prop_oneof![6 => Just(0), 3 => 1..6i64, 1 => Just(-1)];
    let park_ms = prop_oneof![1 => Just(0u64), 9 => 1..60u64];
    let gate = (0..3usize, 0..fleets.len(), a_watch(), any::<bool>(), park_ms, prop::bool::weighted(0.05));
    let arrive = (gate, behind).prop_map(|((bay, fleet, watch, has_words, park_ms, foreign), behind)| {
        let (fleet, seen) = (&fleets[fleet], (!foreign).then_some(0));
        Plan::Arrive(Gate { bay, fleet, seen, watch, has_words, park_ms }, behind)
    });
    let announce = prop::collection::vec(select(TOPICS.to_vec()), 1..4).prop_map(Step::Announce);
    prop_oneof![
        12 => arrive,
        6 => announce.prop_map(Plan::Step),
        4 => (0..40u64).prop_map(|ms| Plan::Step(Step::Pass(ms))),
        2 => (0..4usize).prop_map(|index| Plan::Step(Step::Leave(index))),
        1 => prop::bool::weighted(0.1).prop_map(|close| Plan::Step(if close { Step::Close } else { Step::Pass(1) })),
    ]
}

fn some_limits() -> impl Strategy<Value = Limits> {
    let small_or_none = |small: usize| prop_oneof![1..=small, Just(1_000)];
    (small_or_none(4), small_or_none(3), small_or_none(5)).prop_map(|(ring_entries, load_items, parked)| Limits {
        ring_entries,
        load_items,
        parked,
    })
}

fn run(limits: Limits, plans: Vec<Plan>) {
    let mut both = Both::new(limits);
    for plan in plans {
        let step = match plan {
            Plan::Arrive(gate, behind) => {
                let seen = gate.seen.map(|_| both.reference.head().saturating_add_signed(-behind));
                Step::Arrive(Gate { seen, ..gate })
            }
            Plan::Step(step) => step,
        };
        both.take(&step);
    }
    both.end();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn each_fleet_keeps_its_promises_in_any_order_of_events(
        plans in (0..TABLE.len()).prop_flat_map(|row| prop::collection::vec(a_plan(&TABLE[row..=row]), 1..80)),
    ) {
        run(NO_LIMITS, plans);
    }

    #[test]
    fn fleets_mixed_in_one_bay_keep_them_too_at_every_limit(
        limits in some_limits(),
        plans in prop::collection::vec(a_plan(TABLE), 1..80),
    ) {
        run(limits, plans);
    }
}

/// What happens in the short orders: trucks that are up to date or one behind, two topics, time, loss.
fn alphabet(fleet: &'static Fleet) -> Vec<Plan> {
    let arrive = |bay, watch: Watch, has_words, behind| {
        Plan::Arrive(Gate { bay, fleet, seen: Some(0), watch, has_words, park_ms: 10 }, behind)
    };
    vec![
        arrive(0, Watch::of([TOPICS[0]]), false, 0),
        arrive(0, Watch::all(), true, 1),
        Plan::Step(Step::Announce(vec![TOPICS[0]])),
        Plan::Step(Step::Announce(vec![TOPICS[1]])),
        Plan::Step(Step::Pass(6)),
        Plan::Step(Step::Leave(0)),
        // Not in the long orders:
        arrive(1, Watch::all(), false, 0),
        Plan::Step(Step::Close),
    ]
}

fn explore(both: &Both, alphabet: &[Plan], depth: usize) -> usize {
    if depth == 0 {
        both.clone().end();
        return 1;
    }
    let mut orders = 0;
    for plan in alphabet {
        let mut next = both.clone();
        let step = match plan {
            Plan::Arrive(gate, behind) => {
                let seen = Some(next.reference.head().saturating_add_signed(-behind));
                Step::Arrive(Gate { seen, ..gate.clone() })
            }
            Plan::Step(step) => step.clone(),
        };
        next.take(&step);
        orders += explore(&next, alphabet, depth - 1);
    }
    orders
}

#[test]
fn every_order_of_five_events_is_right_for_every_fleet() {
    for fleet in TABLE {
        assert_eq!(explore(&Both::new(NO_LIMITS), &alphabet(fleet), 5), 8usize.pow(5), "{}", fleet.name);
    }
}

#[test]
fn every_order_of_six_events_on_one_page_is_right_at_tight_limits() {
    let tight = Limits { ring_entries: 2, load_items: 1, parked: 3 };
    for fleet in TABLE {
        assert_eq!(explore(&Both::new(tight), &alphabet(fleet)[..6], 6), 6usize.pow(6), "{}", fleet.name);
    }
}
