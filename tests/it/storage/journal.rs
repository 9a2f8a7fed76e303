//! The journal: in order, only what is committed, pruned, never a number twice.

use super::opener::Opener;
use super::words::{Visitor, visitor};
use super::*;
use weather::time::MINUTE_MS;

fn minute(minute: i64) -> Report {
    report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0)])
}

#[tokio::test]
async fn nothing_is_told_that_is_not_committed() {
    let mut house = House::new().await;
    let other = house.outside();
    let storage = house.storage.clone();
    let id = house.station.id;
    let sender = tokio::spawn(async move {
        for number in 0..50 {
            storage.append(id, vec![minute(number)]).await.expect("stored");
        }
    });
    let mut told = 0_u64;
    while told < 50 {
        let entries = house.entries().await;
        told += entries.len() as u64;
        let rows = other.observations();
        assert!(rows >= told, "{told} were told, {rows} are there");
        assert!(other.head() >= entries.last().expect("never empty").seq);
    }
    sender.await.expect("it went well");
}

#[tokio::test]
async fn the_journal_says_what_was_told_byte_for_byte() {
    let mut house = House::new().await;
    house
        .append(vec![report(NOON, &[("temperature", 20.0 + 0.1 + 0.2), ("indoor/humidity", 1e-7), ("co2", 420.0)])])
        .await;
    house.append((1..5).map(minute).collect()).await;
    let told = [house.entries().await, house.entries().await].concat();
    assert_eq!(told.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(house.storage.journal_since(1, None, 100).await.expect("read"), Some(told.clone()));
    assert_eq!(house.storage.journal_since(1, None, 2).await.expect("read"), Some(told[..2].to_vec()));
    assert_eq!(house.storage.journal_tail(2).await.expect("read"), told[3..]);
    assert_eq!(house.storage.journal_since(6, None, 100).await.expect("read"), Some(vec![]));
}

#[tokio::test]
async fn a_cursor_that_the_journal_never_gave_out_is_refused() {
    let house = House::new().await;
    assert_eq!(house.storage.journal_since(2, None, 10).await.expect("read"), None, "beyond the head");
    assert_eq!(house.storage.journal_since(u64::MAX, None, 10).await.expect("read"), None);
    assert_eq!(
        house.storage.journal_since(0, None, 10).await.expect("read").map(|e| e.len()),
        Some(1),
        "from the start"
    );
}

#[tokio::test]
async fn an_empty_journal_goes_on_from_nothing() {
    let opener = Opener::fresh();
    let (storage, _commits) = opener.open(|_| {}).await;
    assert_eq!(storage.journal_since(0, None, 10).await.expect("read"), Some(vec![]));
    assert_eq!(storage.journal_since(1, None, 10).await.expect("read"), None);
}

#[tokio::test]
async fn numbers_and_epoch_go_on_after_a_restart() {
    let house = House::new().await;
    house.append(vec![minute(0)]).await;
    let epoch = house.storage.epoch().to_owned();
    let mut house = house.reopened(|_| {}).await;
    assert_eq!(house.storage.epoch(), epoch);
    assert!(!epoch.is_empty() && !epoch.contains('.'));
    house.append(vec![minute(1)]).await;
    assert_eq!(house.entries().await[0].seq, 3);
}

#[tokio::test]
async fn the_journal_is_pruned_by_number_and_keeps_its_newest() {
    let house = House::with(|options| options.journal_keep_entries = 100).await;
    for batch in 0..4 {
        house.append((batch * 500..(batch + 1) * 500).map(minute).collect()).await;
    }
    // The next job starts after the pruning that the last one was followed by.
    house.append(vec![minute(5_000)]).await;
    let journal = house.storage.journal_tail(10_000).await.expect("read");
    assert_eq!((journal.len(), journal[journal.len() - 1].seq), (101, 2_002));
    let since =
        async |seq| house.storage.journal_since(seq, None, 10_000).await.expect("read").map(|entries| entries.len());
    let oldest = journal[0].seq;
    assert_eq!(since(oldest).await, Some(100));
    assert_eq!(since(oldest - 1).await, Some(101), "nothing between was pruned");
    assert_eq!(since(oldest - 2).await, None);
}

#[tokio::test]
async fn the_journal_is_pruned_by_age_and_keeps_its_newest() {
    let house = House::with(|options| options.journal_keep_hours = 0).await;
    house.append((0..600).map(minute).collect()).await;
    house.append(vec![minute(1_000)]).await;
    let journal = house.storage.journal_tail(10_000).await.expect("read");
    assert_eq!(journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [601, 602]);
}

#[tokio::test]
async fn those_who_talk_do_not_push_reports_out_of_the_journal() {
    let keep = |options: &mut Options| (options.journal_keep_entries, options.journal_keep_private) = (1_000, 100);
    let house = House::with(keep).await.unheard();
    house.append((0..50).map(minute).collect()).await;
    let (anna, ben) = (visitor(1), visitor(2));
    house.say(&anna, "a").await;
    house.append((50..60).map(minute).collect()).await;
    for number in 0..700 {
        house.say(&visitor(1_000 + number), &format!("{number}")).await;
    }
    house.append((60..70).map(minute).collect()).await;
    let since = async |seq, reader: Option<&Visitor>| {
        let read = house.storage.journal_since(seq, reader, 10_000).await.expect("read");
        read.map(|entries| entries.iter().filter(|entry| entry.visitor.is_none()).count())
    };
    assert_eq!(since(1, None).await, Some(70), "every report");
    assert_eq!(since(1, Some(&ben)).await, Some(70), "nothing went that Ben may read");
    assert_eq!(since(1, Some(&anna)).await, None, "Anna's word went: her page reloads");
    assert_eq!(since(52, Some(&anna)).await, Some(20), "unless it has read the word");
    assert_eq!(since(200, Some(&ben)).await, Some(10), "a cursor at an entry that went, of somebody else");
    assert_eq!(since(10_000, Some(&ben)).await, None, "beyond the head");
    let invented = visitor(1_000);
    assert_eq!((since(61, Some(&invented)).await, since(63, Some(&invented)).await), (None, Some(10)));
}

#[tokio::test]
async fn reports_do_not_push_words_out_of_the_journal() {
    let keep = |options: &mut Options| (options.journal_keep_entries, options.journal_keep_private) = (100, 1_000);
    let house = House::with(keep).await.unheard();
    let anna = visitor(1);
    house.say(&anna, "a").await;
    house.append((0..1_500).map(minute).collect()).await;
    house.append(vec![minute(2_000)]).await;
    let journal = house.storage.journal_tail(10_000).await.expect("read");
    assert!(journal.iter().any(|entry| entry.visitor.is_some()), "the word is there");
    assert!(journal.len() < 700, "{} entries", journal.len());
    assert_eq!(house.storage.journal_since(2, Some(&anna), 10_000).await.expect("read"), None, "reports went");
}

#[tokio::test]
async fn the_journal_is_read_in_pieces_of_so_many_bytes() {
    let house = House::new().await.unheard();
    let anna = visitor(1);
    // Three entries fill a piece of 8 MiB.
    let fat = format!(r#"{{"kind":"lab","fill":"{}"}}"#, "x".repeat(2_700_000));
    for _ in 0..4 {
        house.storage.tell(&anna, "_lab", fat.clone().into()).await.expect("told");
    }
    let since = async |seq| {
        let piece = house.storage.journal_since(seq, Some(&anna), 100).await.expect("read").expect("a cursor");
        piece.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!((since(1).await, since(4).await), (vec![2, 3, 4], vec![5]));
    let between = async |head| house.storage.journal_between(1, head, Some(&anna), 100).await.expect("read");
    assert_eq!(between(4).await.map(|entries| entries.len()), Some(3));
    assert_eq!(between(5).await, None, "it does not fit, and half of it is none");
    let tail = house.storage.journal_tail(100).await.expect("read");
    assert_eq!(tail.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 4, 5], "the newest ones");
}
