//! A home by itself. `tests/browser/twin.rs` shows that it does as the pages' home does.

use super::*;
use channel::cargo::Why;

fn fleet(name: &str) -> &'static Fleet {
    Fleet::named(name).expect("a fleet")
}

fn at(text: &str) -> Cursor {
    text.parse().expect("a cursor")
}

fn word(number: u32) -> Word {
    Word { id: Id::new(&format!("word-{number:011}")).expect("an id"), station: "a".into(), text: "hello".into() }
}

fn load(why: Why) -> Load {
    let (after, seen) = (Some(at("J.1")), Some(at("J.1")));
    Load { why, after, seen, cargo: vec![], heard: vec![], parked_ms: 0, retry_ms: None, limit: None }
}

/// The departures: how long each truck is willing to park, and how many words it carries.
fn departures(events: &[Event]) -> Vec<(Ms, usize)> {
    let departure = |event: &Event| match event {
        Event::Departs { clipboard, .. } => Some((clipboard.park, clipboard.say.len())),
        _ => None,
    };
    events.iter().filter_map(departure).collect()
}

/// A home whose first truck has shown that the road is open, at 20 ms.
fn at_rest(name: &str) -> Home {
    let mut home = Home::new(fleet(name), PARK_MS, 0);
    assert_eq!(departures(&home.start(at("J.1"), Arc::new([]), 0)), [(0, 0)]);
    home.home(1, load(Why::Turn), 20, &mut || 0.5);
    home
}

#[test]
fn one_truck_is_kept_out_and_words_leave_at_once() {
    let mut home = at_rest("ping-pong");
    assert_eq!((home.out().collect::<Vec<_>>(), home.state(20).kind), (vec![2], Kind::Live));
    let said = home.say(word(1), 30).expect("room");
    assert_eq!(departures(&said), [(PARK_MS, 1)], "a truck with words may wait");
    assert_eq!(departures(&home.say(word(2), 40).expect("room")), [], "both are out");
    let relieved = home.home(2, load(Why::Relieved), 60, &mut || 0.5);
    assert_eq!(departures(&relieved), [(PARK_MS, 2)], "all that is not confirmed");
}

#[test]
fn a_timer_that_rings_far_too_late_wakes_home() {
    let mut home = at_rest("ping-pong");
    let (due, timer) = home.timers()[0];
    let events = home.ring(timer, due + JUMP_MS + 1, &mut || 0.5);
    assert_eq!(events[0], Event::Recalled(2));
    assert_eq!((departures(&events), home.tally().lost), (vec![(0, 0)], 0), "it is not believed, but not lost either");
}

#[test]
fn a_home_that_may_not_park_asks_at_the_docks_pace_and_speaks_at_once() {
    let mut home = at_rest("ping-pong");
    let turned = Load { limit: Some("visitor".into()), retry_ms: Some(5_000), ..load(Why::Turn) };
    assert_eq!(departures(&home.home(2, turned.clone(), 30, &mut || 0.5)), []);
    assert_eq!((home.timers(), home.limit()), (&[(5_030, Timer::Again)][..], Some("visitor")));
    assert_eq!(departures(&home.say(word(1), 40).expect("room")), [(PARK_MS, 1)]);
    let turned = Load { heard: vec![word(1).id], ..turned };
    assert_eq!(departures(&home.home(3, turned, 60, &mut || 0.5)), []);
    assert_eq!(departures(&home.ring(Timer::Again, 5_060, &mut || 0.5)), [(PARK_MS, 0)]);
    home.home(4, load(Why::Ticket), 30_000, &mut || 0.5);
    assert_eq!((home.limit(), home.out().count()), (None, 1), "there is room again");
}

#[test]
fn homes_that_differ_in_time_only_become_equal() {
    let (mut early, mut late) = (at_rest("ping-pong"), Home::new(fleet("ping-pong"), PARK_MS, 5));
    late.start(at("J.1"), Arc::new([]), 100);
    late.home(1, load(Why::Turn), 900, &mut || 0.25);
    late.home(2, load(Why::Ticket), 26_000, &mut || 0.25);
    assert_ne!(early, late);
    assert_eq!((early.forget_time(), late.forget_time()), (vec![2], vec![3]));
    assert_eq!(early, late);
}
