//! Three ways to get it wrong, each found by the same checker.

use crate::actions::{Habit, World};
use crate::bay::Rules;
use crate::checks::faults;
use stateright::{Checker, HasDiscoveries, Model};
use stevenson::dock::fleet::Fleet;

/// The promises that are found broken, the one with the shortest way there first, which is printed.
fn broken(home: Habit, dock: Rules) -> Vec<&'static str> {
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    let world = World { fleet, budget: faults(1), home, dock };
    let checker = world.checker().threads(1).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let mut found: Vec<_> = checker.discoveries().into_iter().filter(|(name, _)| name.len() == 2).collect();
    found.sort_by_key(|(name, path)| (path.clone().into_actions().len(), *name));
    for (promise, path) in found.iter().take(1) {
        println!("{home:?}, {dock:?}: {promise} is broken by");
        path.clone().into_actions().iter().for_each(|action| println!("    {action:?}"));
    }
    found.into_iter().map(|(promise, _)| promise).collect()
}

#[test]
fn a_home_that_sends_a_truck_for_each_that_returns_never_rests() {
    assert_eq!(broken(Habit::SendsOnEveryReturn, Rules::Kept), ["L1"]);
}

#[test]
fn a_dock_where_the_newest_leaves_first_lets_a_ghost_keep_the_place() {
    assert_eq!(broken(Habit::Kept, Rules::NewestLeavesFirst), ["L1"]);
}

#[test]
fn a_dock_that_forgets_what_it_has_loaded_loses_news() {
    assert_eq!(broken(Habit::Kept, Rules::DroppedOnLoad), ["S1"]);
}
