//! Six ways to get it wrong, each found by the same checker.

use crate::actions::{Habit, Hears, World};
use crate::bay::Rules;
use crate::checks::faults;
use crate::state::Budget;
use channel::fleet::Fleet;
use stateright::{Checker, HasDiscoveries, Model};

/// The promises that are found broken; the shortest way to the first of them is printed.
fn broken(home: Habit, dock: Rules, budget: Budget) -> Vec<&'static str> {
    broken_by(home, dock, budget, 1)
}

fn broken_by(home: Habit, dock: Rules, budget: Budget, servers: usize) -> Vec<&'static str> {
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    let world = World { fleet, budget, home, dock, hears: Hears::InTime, servers };
    let checker = world.checker().threads(1).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let mut found: Vec<_> = checker.discoveries().into_iter().filter(|(name, _)| name.contains(": ")).collect();
    found.sort_by_key(|(name, _)| *name);
    for (promise, path) in found.iter().take(1) {
        println!("{home:?}, {dock:?}: broken is {promise}");
        path.clone().into_actions().iter().for_each(|action| println!("    {action:?}"));
    }
    found.into_iter().filter_map(|(promise, _)| Some(promise.split_once(':')?.0)).collect()
}

#[test]
fn a_home_that_sends_a_truck_for_each_that_returns_never_rests() {
    assert_eq!(broken(Habit::SendsOnEveryReturn, Rules::Kept, faults(1)), ["L1"]);
}

#[test]
fn a_dock_where_the_newest_leaves_first_lets_a_ghost_keep_the_place() {
    let silent = Budget { words: 0, ..faults(1) };
    assert_eq!(broken(Habit::Kept, Rules::NewestLeavesFirst, silent), ["L1"]);
}

#[test]
fn a_dock_that_forgets_what_it_has_loaded_loses_news() {
    assert_eq!(broken(Habit::Kept, Rules::DroppedOnLoad, faults(1)), ["S1"]);
}

#[test]
fn a_dock_that_takes_a_pages_own_words_for_news_sends_the_truck_home_that_should_wait() {
    assert_eq!(broken(Habit::Kept, Rules::Echoes, faults(1)), ["L5"]);
}

#[test]
fn of_two_docks_the_slower_one_takes_nobody_back() {
    assert_eq!(broken_by(Habit::Kept, Rules::TakesBack, faults(0), 2), ["S7"]);
}

#[test]
fn of_two_docks_the_slower_one_has_to_let_trucks_wait() {
    assert_eq!(broken_by(Habit::Kept, Rules::TurnsAhead, faults(0), 2), ["L1"]);
}

/// Not wrong, but a price: of a fleet that parks several, a truck that nobody waits for any more may be the one that
/// waited longest. It takes the news, and home hears of it from another at the latest when that one's ticket is due.
#[test]
fn a_ghost_of_the_expanding_fleet_may_hold_news_until_a_ticket_is_due() {
    let fleet = Fleet::named("expanding").expect("a fleet");
    let budget = Budget { words: 0, news: 1, aborted: 1, faults: 1, ..Budget::default() };
    let world = World { fleet, budget, home: Habit::Kept, dock: Rules::Kept, hears: Hears::InTime, servers: 1 };
    let checker = world.checker().spawn_bfs().join();
    checker.assert_no_discovery("L4: once faults stop, all is delivered within one parking time");
    let path = checker.assert_any_discovery("a ghost holds news until its ticket");
    path.into_actions().iter().for_each(|action| println!("    {action:?}"));
}
