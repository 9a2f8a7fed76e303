//! Each fleet within small bounds, and, when asked for, within larger ones.

use crate::actions::{Habit, Hears, World};
use crate::bay::Rules;
use crate::state::Budget;
use channel::fleet::{Down, FLEETS, Fleet};
use stateright::{Checker, Model};

/// The rows whose news comes home on trucks.
fn table() -> impl Iterator<Item = &'static Fleet> {
    const TABLE: &[Fleet] = &FLEETS;
    TABLE.iter().filter(|fleet| fleet.down == Down::Trucks)
}

/// Two words, two news, and so many faults, each of another kind.
pub const fn faults(faults: u8) -> Budget {
    Budget { words: 2, news: 2, lost: 1, doubled: 1, aborted: 1, tickets: 1, restarts: 1, faults }
}

const THREADS: usize = 2;

fn check(fleet: &'static Fleet, budget: Budget, hears: Hears, servers: usize) -> usize {
    let world = World { fleet, budget, home: Habit::Kept, dock: Rules::Kept, hears, servers };
    let began = std::time::Instant::now();
    let checker = world.checker().threads(THREADS).spawn_bfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{}: {states} states, {depth} steps deep, {:.1} s", fleet.name, began.elapsed().as_secs_f32());
    let mut found = checker.discoveries();
    assert!(found.remove("news and words are delivered").is_some(), "{}: nothing happens", fleet.name);
    let waits_ahead = found.remove("a page that is ahead waits").is_some();
    // A truck with words is not ahead of a dock that has just heard of them.
    assert_eq!(waits_ahead, servers > 1 && fleet.keep_one_out, "{}: only where several serve", fleet.name);
    // After a fault; of one server the later truck relieves the one before.
    let all_wait = found.remove("all trucks wait, each at another server");
    assert!(all_wait.is_none() || servers > 1, "{}: {all_wait:?}", fleet.name);
    println!("{}: all of its trucks wait at once: {}", fleet.name, all_wait.is_some());
    let ghost = found.remove("a ghost holds news until its ticket");
    let may_wait = fleet.hold > 1 || hears == Hears::Late || servers > 1;
    assert!(ghost.is_none() || may_wait, "{}: {ghost:?}", fleet.name);
    assert!(ghost.is_some() || fleet.hold < 2 || servers > 1, "{}: no ghost", fleet.name);
    let broken = found.into_iter().map(|(promise, path)| format!("{promise}: {:#?}", path.into_actions()));
    let broken: Vec<_> = broken.collect();
    assert!(broken.is_empty(), "{}:\n{}", fleet.name, broken.join("\n"));
    states
}

/// Fleets of one truck have few orders of events: two faults at once. `expanding` has the most by far: one word.
fn small(fleet: &Fleet) -> Budget {
    match fleet.trucks {
        1 => faults(2),
        2 => faults(1),
        _ => Budget { words: 1, ..faults(1) },
    }
}

fn large(fleet: &Fleet) -> Budget {
    match fleet.trucks {
        1 => faults(4),
        2 => faults(2),
        _ => faults(1),
    }
}

#[test]
fn every_promise_is_kept_by_every_fleet_in_every_order_of_events() {
    let states: usize = table().map(|fleet| check(fleet, small(fleet), Hears::InTime, 1)).sum();
    println!("{states} states in all");
}

/// As on a server whose courier is slow: a truck does not wait until the dock knows its words. Then a word may wait for a
/// ticket. (A fleet that hears only when it speaks does not hear of its last word.)
#[test]
fn a_dock_that_hears_of_words_late_delivers_them_all_the_same() {
    for fleet in table().filter(|fleet| fleet.keep_one_out || fleet.every_ms.is_some()) {
        let budget = Budget { words: 1, news: 1, ..faults(1) };
        let states = check(fleet, budget, Hears::Late, 1);
        assert!(states > 500, "{}: {states}", fleet.name);
    }
}

#[test]
#[ignore = "minutes; `scripts/test --all` runs it in release"]
fn every_promise_is_kept_within_larger_bounds() {
    let states: usize = table().map(|fleet| check(fleet, large(fleet), Hears::InTime, 1)).sum();
    println!("{states} states in all");
}

#[test]
#[ignore = "minutes; `scripts/test --all` runs it in release"]
fn every_promise_is_kept_at_two_servers_within_larger_bounds() {
    let budget = Budget { words: 1, ..faults(1) };
    let states: usize = table().map(|fleet| check(fleet, budget, Hears::InTime, 2)).sum();
    println!("{states} states in all");
}

/// A page whose trucks go to any of two servers, either of which may lag behind what the other commits.
fn two_servers(fleet: &Fleet) -> Budget {
    match fleet.trucks {
        1 => Budget { words: 1, ..faults(1) },
        _ => Budget { words: 1, news: 1, ..faults(1) },
    }
}

#[test]
fn every_promise_is_kept_where_a_page_changes_its_server_at_every_trip() {
    let states: usize = table().map(|fleet| check(fleet, two_servers(fleet), Hears::InTime, 2)).sum();
    println!("{states} states in all");
}

#[test]
fn of_two_servers_either_may_hear_of_words_late() {
    for fleet in table().filter(|fleet| fleet.keep_one_out) {
        let budget = Budget { words: 1, news: 1, ..faults(u8::from(fleet.trucks == 2)) };
        check(fleet, budget, Hears::Late, 2);
    }
}
