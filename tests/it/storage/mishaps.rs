//! Words when the database refuses, is locked, is shared or is killed, and when there are too many at once.

use super::opener::Refusal;
use super::words::{visitor, word};
use super::*;
use futures_util::future::join_all;
use stevenson::storage::{Error, Limit};

#[tokio::test]
async fn one_word_that_the_database_refuses_does_not_fail_what_waits_beside_it() {
    let house = House::new().await;
    house.outside().refuse(Refusal::Word("unlucky"));
    let (storage, anna) = (&house.storage, visitor(1));
    let (good, bad, reading, more) = tokio::join!(
        storage.say(&anna, "", vec![word("a", "hello")]),
        storage.say(&anna, "", vec![word("b", "unlucky")]),
        storage.append(house.station.id, vec![report(NOON, &[("temperature", 20.0)])]),
        storage.say(&anna, "", vec![word("c", "there")]),
    );
    assert!(matches!(bad, Err(Error::Database(_))), "{bad:?}");
    assert_eq!(reading.expect("stored").stored, 1);
    good.and(more).expect("stored");
    assert_eq!(house.ids(&anna).await, ["a", "c"]);
}

#[tokio::test]
async fn more_words_than_the_queue_holds_are_refused_at_once_and_readings_are_not() {
    let house = House::with(|options| options.queue_words = 10).await;
    let (storage, anna) = (&house.storage, visitor(1));
    let words = |range: std::ops::Range<usize>| range.map(|number| word(&number.to_string(), "hello")).collect();
    let (first, second, reading) = tokio::join!(
        storage.say(&anna, "", words(0..8)),
        storage.say(&anna, "", words(8..11)),
        storage.append(house.station.id, vec![report(NOON, &[("temperature", 20.0)])]),
    );
    first.expect("stored");
    assert!(matches!(second, Err(Error::Overloaded(Limit::Words))), "{second:?}");
    assert_eq!(reading.expect("stored").stored, 1);
    storage.say(&anna, "", words(8..50)).await.expect("more than the queue holds gets in when it is empty");
    assert_eq!((house.ids(&anna).await.len(), storage.stats().queued_words), (50, 0));
}

#[tokio::test]
async fn a_locked_database_says_so_and_no_word_is_lost() {
    let house = House::with(|options| options.lock_wait_ms = 100).await;
    let (storage, anna) = (&house.storage, visitor(1));
    let other = house.outside();
    other.lock();
    let says = (0..5).map(|number| storage.say(&anna, "", vec![word(&number.to_string(), "hello")]));
    let (said, forgot, more) = tokio::join!(
        join_all(says),
        storage.forget_conversation(&anna, "town-hall"),
        storage.forget_conversation(&anna, "town-hall")
    );
    assert!(
        said.iter().chain([&forgot, &more]).all(|done| matches!(done, Err(Error::Locked(_)))),
        "{said:?} {forgot:?}"
    );
    assert_eq!(storage.stats().failures, 1, "nobody waits longer than its turn");
    other.unlock();
    for number in 0..5 {
        house.say(&anna, &number.to_string()).await;
    }
    assert_eq!(house.ids(&anna).await, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn words_that_were_confirmed_outlive_a_crash() {
    let house = House::new().await;
    let anna = visitor(1);
    house.say(&anna, "a").await;
    house.storage.answer(&house.unanswered().await[0], "yes", vec![]).await.expect("answered");
    let copy = house.opener.as_if_killed();
    let (storage, _commits) = copy.open(|_| {}).await;
    let words = storage.conversation(&anna, "town-hall", 10).await.expect("read");
    assert_eq!(words, house.conversation(&anna).await);
    assert_eq!(words.len(), 2);
    storage.say(&anna, "metric", vec![word("a", "I say a")]).await.expect("known");
    assert_eq!(storage.conversation(&anna, "town-hall", 10).await.expect("read"), words);
}

#[tokio::test]
async fn words_that_another_process_stored_are_told_and_known() {
    let mut house = House::new().await;
    let (other, _) = house.opener.open(|_| {}).await;
    let anna = visitor(1);
    other.say(&anna, "us", vec![word("a", "hello")]).await.expect("stored");
    house.say(&anna, "a").await;
    let told = house.entries().await;
    assert_eq!((told.len(), told[0].visitor.as_ref()), (1, Some(&anna)));
    house.say(&anna, "b").await;
    assert_eq!(house.entries().await[0].seq, 3);
    assert_eq!(house.conversation(&anna).await[0].text, "hello");
}
