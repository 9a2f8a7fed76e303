//! The dock, in paused time.

use super::*;
use crate::crowd::{Limit, Party};
use crate::watch::Watch;

const EPOCH: &str = "E";

fn dock() -> Dock {
    Dock::new(EPOCH, vec![], Options::default())
}

fn truck(bay: u32, seen: u64, park_ms: u64) -> Truck {
    Truck {
        bay: Id::new(&format!("{bay:016}")).expect("an id"),
        fleet: Fleet::named("ping-pong").expect("a fleet"),
        seen: Cursor::new(EPOCH.into(), seen),
        watch: Watch::all(),
        party: Party { visitor: None, source: None },
        words: Arc::default(),
        park_ms,
    }
}

fn text(dock: &Dock, load: &Load) -> String {
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    String::from_utf8(dock.encode(fleet, load, Note { now_ms: 9, retry_ms: dock.retry_ms(load), ..Note::default() }))
        .expect("text")
}

fn news(seq: u64) -> Vec<News> {
    vec![News { seq, topic: "t".into(), word: None, committed_ms: 5, body: format!("{{\"n\":{seq}}}").into() }]
}

fn parks(arrived: Arrived) -> Parking {
    match arrived {
        Arrived::Parks(parking) => parking,
        _ => panic!("it does not park"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_parked_truck_takes_the_news_home() {
    let dock = dock();
    let parking = parks(dock.arrive(truck(1, 0, 25_000)));
    tokio::time::advance(Duration::from_millis(1_830)).await;
    dock.announce(news(1));
    let load = parking.load().await;
    let expected = r#"{"v":1,"why":"cargo","after":"E.0","seen":"E.1","cargo":[{"at":"E.1","committed_at":5,"n":1}],"heard":[],"parked":1830,"now":9}"#;
    assert_eq!((text(&dock, &load).as_str(), dock.cursor().as_str()), (expected, "E.1"));
}

#[tokio::test(start_paused = true)]
async fn after_numbers_that_were_left_out_the_journal_is_asked_what_pages_may_have_seen() {
    let dock = dock();
    dock.announce((1..=5).flat_map(news).collect());
    let parking = parks(dock.arrive(truck(1, 5, 25_000)));
    dock.announce(news(1_000_004));
    let load = parking.load().await;
    assert_eq!((load.why, load.seen, load.cargo.len()), (Why::Ticket, 5, 0), "it comes again with what it has seen");
    for seen in [3, 5] {
        let Arrived::Behind(behind) = dock.arrive(truck(1, seen, 25_000)) else { panic!("{seen} may be lost") };
        assert_eq!(dock.catch_up(behind, None).why, Why::Reload);
    }
    let Arrived::Leaves(load) = dock.arrive(truck(1, 1_000_003, 25_000)) else { panic!("it has news") };
    assert_eq!(load.cargo.len(), 1);
    parks(dock.arrive(truck(1, 1_000_004, 25_000)));
}

#[tokio::test(start_paused = true)]
async fn tickets_are_kept_to_the_millisecond_whoever_came_first() {
    let dock = dock();
    let (late, early) = (parks(dock.arrive(truck(1, 0, 25_000))), parks(dock.arrive(truck(2, 0, 20_000))));
    let tickets = tokio::spawn(dock.clone().run_tickets(std::future::pending()));
    // Parked while the towing task waits for another ticket.
    tokio::time::advance(Duration::from_millis(1)).await;
    let earliest = parks(dock.arrive(truck(3, 0, 5_000)));
    for (parking, parked_ms) in [(earliest, 5_000), (early, 20_000), (late, 25_000)] {
        let load = parking.load().await;
        assert_eq!((load.why, load.parked_ms), (Why::Ticket, parked_ms));
    }
    tickets.abort();
}

#[tokio::test(start_paused = true)]
async fn a_truck_that_nobody_waits_for_leaves_the_yard() {
    let dock = dock();
    let parking = parks(dock.arrive(truck(1, 0, 25_000)));
    assert_eq!((dock.stats().parked(), dock.stats().bays), (1, 1));
    drop(parking);
    assert_eq!((dock.stats().parked(), dock.stats().bays), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_second_truck_frees_the_first_and_everyone_is_counted() {
    let dock = dock();
    let first = parks(dock.arrive(truck(1, 0, 25_000)));
    tokio::time::advance(Duration::from_millis(40)).await;
    let second = parks(dock.arrive(truck(1, 0, 25_000)));
    assert_eq!(first.load().await.why, Why::Relieved);
    dock.announce(news(1));
    assert_eq!(second.load().await.why, Why::Cargo);
    let stats = dock.stats();
    assert_eq!((stats.loads(Why::Relieved), stats.loads(Why::Cargo), stats.loads(Why::Ticket)), (1, 1, 0));
    let fleet = stats.of(Fleet::named("ping-pong").expect("a fleet"));
    assert_eq!((fleet.items, fleet.parked_ms, fleet.parked), (1, 40, 0));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_sends_everyone_home() {
    let dock = dock();
    let parking = parks(dock.arrive(truck(1, 0, 25_000)));
    let (stop, stopped) = oneshot::channel::<()>();
    let tickets = tokio::spawn(dock.clone().run_tickets(async { drop(stopped.await) }));
    stop.send(()).expect("the task runs");
    let load = parking.load().await;
    assert_eq!(load.why, Why::Closing);
    assert!(text(&dock, &load).contains(",\"retry\":"));
    assert!(matches!(dock.arrive(truck(1, 0, 25_000)), Arrived::Leaves(load) if load.why == Why::Closing));
    tickets.await.expect("it ends with the server");
}

#[tokio::test(start_paused = true)]
async fn a_full_dock_turns_strangers_away_but_not_the_next_truck_of_a_page_it_knows() {
    let dock = Dock::new(EPOCH, vec![], Options { parked_max_trucks: 1, ..Options::default() });
    let first = parks(dock.arrive(truck(1, 0, 25_000)));
    let Arrived::Leaves(load) = dock.arrive(truck(2, 0, 25_000)) else { panic!("it parks") };
    assert_eq!((load.why, load.limit), (Why::Turn, Some(Limit::Dock)));
    assert!(text(&dock, &load).contains(r#","limit":"dock","retry":5000"#));
    assert_eq!(dock.stats().limited[Limit::Dock as usize], (Limit::Dock, 1));
    let second = parks(dock.arrive(truck(1, 0, 25_000)));
    assert_eq!((first.load().await.why, dock.stats().parked()), (Why::Relieved, 1));
    drop(second);
}

#[tokio::test(start_paused = true)]
async fn the_journals_tail_is_at_hand_from_the_start() {
    let tail = (5..=7).flat_map(news).collect();
    let dock = Dock::new(EPOCH, tail, Options::default());
    assert_eq!(dock.cursor(), "E.7");
    let Arrived::Leaves(load) = dock.arrive(truck(1, 5, 25_000)) else { panic!("it has cargo") };
    assert_eq!((load.after, load.seen, load.cargo.len()), (5, 7, 2));
    let Arrived::Behind(behind) = dock.arrive(truck(1, 3, 25_000)) else { panic!("4 is in the journal only") };
    let load = dock.catch_up(behind, Some((4..=7).flat_map(news).collect()));
    assert_eq!((load.why, load.after, load.seen, load.cargo.len()), (Why::Cargo, 3, 7, 4));
    let Arrived::Ahead(ahead) = dock.arrive(truck(1, 8, 25_000)) else { panic!("only the journal knows") };
    assert!(matches!(dock.looked(ahead, None), Arrived::Leaves(load) if load.why == Why::Reload));
    assert_eq!((dock.stats().loads(Why::Cargo), dock.stats().loads(Why::Reload), dock.stats().ahead), (2, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_place_in_the_journal_goes_on_once_it_is_announced() {
    let dock = Dock::new(EPOCH, news(1), Options::default());
    dock.announced(1).await;
    let (waits, told) = (dock.clone(), dock.clone());
    let waits = tokio::spawn(async move { waits.announced(3).await });
    dock.announce(news(2));
    tokio::task::yield_now().await;
    assert!(!waits.is_finished());
    told.announce(news(3));
    waits.await.expect("it goes on");
}

#[tokio::test(start_paused = true)]
async fn a_truck_that_is_ahead_parks_after_the_look_and_is_not_told_again() {
    let dock = dock();
    let Arrived::Ahead(ahead) = dock.arrive(truck(1, 2, 25_000)) else { panic!("2 is not announced here") };
    let parking = parks(dock.looked(ahead, Some(vec![])));
    dock.announce((1..=2).flat_map(news).collect());
    assert_eq!(dock.stats().parked(), 1);
    dock.announce(news(3));
    let load = parking.load().await;
    assert_eq!((load.why, load.after, load.seen, load.cargo.len()), (Why::Cargo, 2, 3, 1));
}
