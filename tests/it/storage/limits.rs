//! Overload, a locked database, one that refuses, closing.

use super::opener::Refusal;
use super::*;
use std::time::{Duration, Instant};
use stevenson::storage::Error;
use weather::quantity::Quantity::Temperature;
use weather::time::MINUTE_MS;

fn minutes(range: std::ops::Range<i64>) -> Vec<Report> {
    range.map(|minute| report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0)])).collect()
}

#[tokio::test]
async fn a_locked_database_says_so_within_the_lock_wait_and_recovers() {
    let house = House::with(|options| options.lock_wait_ms = 200).await;
    let other = house.outside();
    other.lock();
    let before = Instant::now();
    let error = house.storage.append(house.station.id, minutes(0..1)).await.expect_err("locked");
    assert!(matches!(error, Error::Locked(_)), "{error:?}");
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    other.unlock();
    assert_eq!(house.append(minutes(0..1)).await.stored, 1);
}

#[tokio::test]
async fn nobody_waits_for_a_locked_database_longer_than_its_turn() {
    let house = House::with(|options| (options.lock_wait_ms, options.batch_reports) = (300, 1)).await;
    let other = house.outside();
    other.lock();
    let before = Instant::now();
    let appends = (0..20).map(|minute| house.storage.append(house.station.id, minutes(minute..minute + 1)));
    for answer in futures_util::future::join_all(appends).await {
        assert!(matches!(answer, Err(Error::Locked(_))), "{answer:?}");
    }
    assert!(before.elapsed() < Duration::from_secs(3), "{:?} is their turns one after the other", before.elapsed());
}

#[tokio::test]
async fn one_upload_that_the_database_refuses_does_not_fail_the_others() {
    let house = House::new().await;
    house.outside().refuse(Refusal::Temperature(13.0));
    let (storage, id) = (&house.storage, house.station.id);
    let unlucky = report(NOON.plus(MINUTE_MS), &[("temperature", 13.0)]);
    let (one, bad, other) = tokio::join!(
        storage.append(id, minutes(0..1)),
        storage.append(id, vec![unlucky]),
        storage.append(id, minutes(2..3)),
    );
    assert!(matches!(bad, Err(Error::Database(_))), "{bad:?}");
    assert_eq!((one.expect("stored").stored, other.expect("stored").stored), (1, 1));
}

#[tokio::test]
async fn what_failed_leaves_no_trace_in_the_writers_memory() {
    let house = House::new().await;
    let other = house.outside();
    other.refuse(Refusal::Observations);
    let both = || vec![report(NOON, &[("temperature", 13.0), ("attic/temperature", 14.0)])];
    let error = house.storage.append(house.station.id, both()).await.expect_err("refused");
    assert!(matches!(error, Error::Database(_)), "{error:?}");
    other.allow();
    assert_eq!(house.append(both()).await.stored, 1);
    let latest = house.storage.latest(house.station.id).await.expect("read");
    assert_eq!(latest.iter().map(|latest| latest.value).collect::<Vec<_>>(), [13.0, 14.0]);
    assert_eq!(house.extreme(Temperature, (2026, 11, 22)).await.expect("a day").low, 13.0);
}

#[tokio::test]
async fn what_waits_while_the_database_is_locked_is_stored_when_it_opens() {
    let house = House::new().await;
    let other = house.outside();
    other.lock();
    let waiting = house.storage.append(house.station.id, minutes(0..1));
    let unlock = async { other.unlock() };
    assert_eq!(tokio::join!(waiting, unlock).0.expect("stored").stored, 1);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_at_once() {
    let house = House::with(|options| (options.queue_reports, options.batch_reports) = (10, 10)).await;
    let (storage, id) = (&house.storage, house.station.id);
    // Both are polled before the writer's task is.
    let (first, second) = tokio::join!(storage.append(id, minutes(0..8)), storage.append(id, minutes(8..11)));
    assert_eq!(first.expect("stored").stored, 8);
    assert!(matches!(second, Err(Error::Overloaded)), "{second:?}");
    assert_eq!(house.append(minutes(8..11)).await.stored, 3, "there is room again");
    assert_eq!(
        house.append(minutes(11..50)).await.stored,
        39,
        "an upload larger than the queue gets in when it is empty"
    );
    assert_eq!(house.storage.stats().queued_reports, 0);
}

#[tokio::test]
async fn what_waits_together_is_committed_together() {
    let house = House::new().await.unheard();
    let (storage, id) = (&house.storage, house.station.id);
    let appends = (0..100).map(|minute| storage.append(id, minutes(minute..minute + 1)));
    for answer in futures_util::future::join_all(appends).await {
        assert_eq!(answer.expect("stored").stored, 1);
    }
    let stats = storage.stats();
    assert_eq!(stats.reports_stored, 100);
    assert!(stats.commits < 10, "{stats:?}");
}

#[tokio::test]
async fn one_upload_for_a_station_that_is_gone_does_not_fail_the_others() {
    let house = House::new().await;
    let (gone, _) = house.storage.add_station(new_station("gone")).await.expect("added");
    house.storage.remove_station(&gone.slug).await.expect("removed");
    let (storage, id) = (&house.storage, house.station.id);
    let (good, bad) = tokio::join!(storage.append(id, minutes(0..1)), storage.append(gone.id, minutes(0..1)));
    assert_eq!(good.expect("stored").stored, 1);
    assert!(matches!(bad, Err(Error::NoStation(_))), "{bad:?}");
}

#[tokio::test]
async fn closing_commits_what_is_queued_and_refuses_the_rest() {
    let mut house = House::new().await;
    let (storage, id) = (house.storage.clone(), house.station.id);
    let (queued, ()) = tokio::join!(storage.append(id, minutes(0..5)), storage.close());
    assert_eq!(queued.expect("stored").stored, 5);
    assert!(matches!(storage.append(id, minutes(5..6)).await, Err(Error::Closed)));
    assert!(matches!(storage.latest(id).await, Err(Error::Closed)));
    assert_eq!(house.entries().await.len(), 5);
    assert!(house.commits.as_mut().expect("someone listens").next().await.is_none(), "then the stream ends");
    storage.close().await;
}

#[tokio::test]
async fn a_listener_who_sleeps_does_not_keep_storage_from_closing() {
    let house = House::new().await;
    let storage = house.storage.clone();
    let id = house.station.id;
    let sender = tokio::spawn(async move {
        for minute in 0.. {
            if storage.append(id, minutes(minute..minute + 1)).await.is_err() {
                return minute;
            }
        }
        0
    });
    // The listener holds on to `house.commits` and never takes one; at some point the writer waits for it.
    while house.storage.stats().commits < 65 {
        tokio::task::yield_now().await;
    }
    house.storage.close().await;
    assert!(sender.await.expect("it ended") >= 65);
}
