//! All orders of events: random long ones, and every short one.

use crate::reference::{Gate, Limits, Word};
use crate::steps::{Both, Step};
use channel::crowd::{Party, Source};
use channel::fleet::{FLEETS, Fleet};
use channel::watch::Watch;
use proptest::prelude::*;
use proptest::sample::select;

static TABLE: &[Fleet] = &FLEETS;
/// What is announced: public news, and what is private to two visitors.
const TOPICS: [&str; 5] = ["north", "south", "west", "@ann", "@bob"];
const NO_LIMITS: Limits =
    Limits { ring_entries: 1_000, load_items: 1_000, parked: 1_000, by_visitor: 1_000, by_address: 1_000 };

/// A step before it is known how far the journal has come.
#[derive(Debug, Clone)]
enum Plan {
    /// The truck has seen all but so many of the news that are announced; more than all: it is ahead.
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

fn a_word() -> impl Strategy<Value = Option<Word>> {
    prop_oneof![Just(None), (0..4u8).prop_map(Some)]
}

fn a_party() -> impl Strategy<Value = Party> {
    let visitor = select(vec![None, Some("ann"), Some("bob"), Some("eve")]);
    let address = select(vec!["127.0.0.1", "192.0.2.1", "2001:db8::1"]);
    (visitor, address).prop_map(|(visitor, address)| party(visitor, address))
}

fn party(visitor: Option<&str>, address: &str) -> Party {
    Party { visitor: visitor.map(Into::into), source: Source::of(address.parse().expect("an address")) }
}

fn a_plan(fleets: &'static [Fleet]) -> impl Strategy<Value = Plan> {
    let behind = prop_oneof![6 => Just(0), 3 => 1..6i64, 2 => -3..0i64];
    let park_ms = prop_oneof![1 => Just(0u64), 9 => 1..60u64];
    let gate = (0..3usize, 0..fleets.len(), a_watch(), a_party(), a_word(), park_ms, prop::bool::weighted(0.05));
    let arrive = (gate, behind).prop_map(|((bay, fleet, watch, party, word, park_ms, foreign), behind)| {
        let (fleet, seen) = (&fleets[fleet], (!foreign).then_some(0));
        Plan::Arrive(Gate { bay, fleet, seen, watch, party, word, park_ms }, behind)
    });
    let fresh = || prop::collection::vec((select(TOPICS.to_vec()), a_word()), 1..4);
    let (commit, announce) = (fresh().prop_map(Step::Commit), fresh().prop_map(Step::Announce));
    prop_oneof![
        12 => arrive,
        6 => announce.prop_map(Plan::Step),
        4 => commit.prop_map(Plan::Step),
        6 => Just(Plan::Step(Step::Looked)),
        3 => (0..3usize, 0..4u8).prop_map(|(bay, word)| Plan::Step(Step::Says(bay, word))),
        3 => (0..3usize).prop_map(|bay| Plan::Step(Step::Said(bay))),
        4 => (0..40u64).prop_map(|ms| Plan::Step(Step::Pass(ms))),
        2 => (0..4usize).prop_map(|index| Plan::Step(Step::Leave(index))),
        1 => prop::bool::weighted(0.1).prop_map(|close| Plan::Step(if close { Step::Close } else { Step::Pass(1) })),
    ]
}

fn some_limits() -> impl Strategy<Value = Limits> {
    let small_or_none = |small: usize| prop_oneof![1..=small, Just(1_000)];
    let ring_and_load = (small_or_none(4), small_or_none(3));
    let places = (small_or_none(5), small_or_none(3), small_or_none(3));
    (ring_and_load, places).prop_map(|((ring_entries, load_items), (parked, by_visitor, by_address))| Limits {
        ring_entries,
        load_items,
        parked,
        by_visitor,
        by_address,
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

fn arrive(fleet: &'static Fleet, bay: usize, watch: Watch, visitor: &str, word: Option<Word>, behind: i64) -> Plan {
    let party = party(Some(visitor), "192.0.2.1");
    Plan::Arrive(Gate { bay, fleet, seen: Some(0), watch, party, word, park_ms: 10 }, behind)
}

fn announce(topic: &'static str, word: Option<Word>) -> Plan {
    Plan::Step(Step::Announce(vec![(topic, word)]))
}

/// What happens in the short orders: trucks that are up to date or one behind, two topics, time, loss. The `second`
/// visitor looks at a page of the first one's bay, which never happens, and at another; `other` is the second topic.
fn alphabet(fleet: &'static Fleet, second: &'static str, other: &'static str) -> Vec<Plan> {
    let arrive = |bay, watch, visitor, word, behind| arrive(fleet, bay, watch, visitor, word, behind);
    vec![
        arrive(0, Watch::of([TOPICS[0]]), "ann", None, 0),
        arrive(0, Watch::all(), second, Some(0), 1),
        announce(TOPICS[0], None),
        announce(other, None),
        Plan::Step(Step::Pass(6)),
        Plan::Step(Step::Leave(0)),
        // Not in the long orders:
        arrive(1, Watch::all(), second, None, 0),
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
        let alphabet = alphabet(fleet, "ann", TOPICS[1]);
        assert_eq!(explore(&Both::new(NO_LIMITS), &alphabet, 5), 8usize.pow(5), "{}", fleet.name);
    }
}

#[test]
fn every_order_of_six_events_on_one_page_is_right_at_tight_limits() {
    let tight = Limits { ring_entries: 2, load_items: 1, parked: 3, by_visitor: 2, by_address: 2 };
    for fleet in TABLE {
        let alphabet = alphabet(fleet, "ann", TOPICS[1]);
        assert_eq!(explore(&Both::new(tight), &alphabet[..6], 6), 6usize.pow(6), "{}", fleet.name);
    }
}

#[test]
fn in_every_order_of_five_events_nobody_gets_a_word_of_another_visitor() {
    for fleet in TABLE {
        let alphabet = alphabet(fleet, "bob", "@ann");
        assert_eq!(explore(&Both::new(NO_LIMITS), &alphabet, 5), 8usize.pow(5), "{}", fleet.name);
    }
}

/// Two pages of one visitor, and the words of the first.
fn words(fleet: &'static Fleet) -> Vec<Plan> {
    vec![
        Plan::Step(Step::Says(0, 0)),
        Plan::Step(Step::Said(0)),
        announce("@ann", Some(0)),
        arrive(fleet, 0, Watch::all(), "ann", Some(0), 0),
        arrive(fleet, 0, Watch::all(), "ann", Some(1), 1),
        arrive(fleet, 0, Watch::all(), "ann", None, 0),
        announce("north", None),
        arrive(fleet, 1, Watch::all(), "ann", None, 0),
    ]
}

#[test]
fn in_every_order_of_five_events_words_come_home_and_send_no_truck_of_their_own_page() {
    let tight = Limits { load_items: 1, ..NO_LIMITS };
    for fleet in TABLE {
        for limits in [NO_LIMITS, tight] {
            assert_eq!(explore(&Both::new(limits), &words(fleet), 5), 8usize.pow(5), "{}", fleet.name);
        }
    }
}

/// A server that lags behind another: what that one commits it hears later, and pages come that have heard it there.
fn lagging(fleet: &'static Fleet) -> Vec<Plan> {
    vec![
        Plan::Step(Step::Commit(vec![(TOPICS[0], None)])),
        Plan::Step(Step::Commit(vec![("@ann", Some(0)), (TOPICS[1], None)])),
        announce(TOPICS[0], None),
        Plan::Step(Step::Looked),
        arrive(fleet, 0, Watch::of([TOPICS[0]]), "ann", None, -1),
        arrive(fleet, 0, Watch::all(), "ann", Some(0), 0),
        arrive(fleet, 0, Watch::all(), "bob", None, -2),
        Plan::Step(Step::Pass(11)),
    ]
}

#[test]
fn in_every_order_of_five_events_a_server_that_lags_takes_no_page_back() {
    let tight = Limits { ring_entries: 2, load_items: 1, parked: 1, ..NO_LIMITS };
    for fleet in TABLE {
        for limits in [NO_LIMITS, tight] {
            assert_eq!(explore(&Both::new(limits), &lagging(fleet), 5), 8usize.pow(5), "{}", fleet.name);
        }
    }
}
