//! Overload, a locked database, one that refuses, closing.

use super::opener::Refusal;
use super::*;
use std::time::{Duration, Instant};
use stevenson::storage::{Error, Limit};
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
    let house = House::with(|options| (options.lock_wait_ms, options.batch_rows) = (300, 1)).await;
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
    house.outside().refuse(Refusal::Temperature(19.0));
    let (storage, id) = (&house.storage, house.station.id);
    let unlucky = report(NOON.plus(MINUTE_MS), &[("temperature", 19.0)]);
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
    let house = House::with(|options| (options.queue_rows, options.batch_rows) = (10, 10)).await;
    let (storage, id) = (&house.storage, house.station.id);
    // Both are polled before the writer's task is.
    let (first, second) = tokio::join!(storage.append(id, minutes(0..8)), storage.append(id, minutes(8..11)));
    assert_eq!(first.expect("stored").stored, 8);
    assert!(matches!(second, Err(Error::Overloaded(Limit::StationRows))), "{second:?}");
    assert!(second.expect_err("refused").to_string().contains("queue_rows"), "the error names the knob");
    assert_eq!(house.append(minutes(8..11)).await.stored, 3, "there is room again");
    assert_eq!(
        house.append(minutes(11..50)).await.stored,
        39,
        "an upload larger than the queue gets in when it is empty"
    );
    assert_eq!(house.storage.stats().queued_reports, 0);
}

/// Reports that say something of 250 sensors each.
fn large(reports: i64) -> Vec<Report> {
    let keys: Vec<_> = (0..250).map(|sensor| format!("s{sensor}/temperature")).collect();
    let values: Vec<_> = keys.iter().map(|key| (key.as_str(), 20.0)).collect();
    (0..reports).map(|minute| report(NOON.plus(minute * MINUTE_MS), &values)).collect()
}

#[tokio::test]
async fn a_single_report_is_stored_before_large_uploads_that_came_first() {
    let house = House::new().await.unheard();
    let mut sends = Vec::new();
    for number in 0..18 {
        let (station, _) = house.storage.add_station(new_station(&format!("large-{number}"))).await.expect("added");
        sends.push((number, station.id, large(4)));
    }
    sends.push((99, house.station.id, minutes(0..1)));
    // All of them are asked before the writer's task is, in this order.
    let send = async |(who, station, reports)| (who, house.storage.append(station, reports).await);
    let mut answers: futures_util::stream::FuturesUnordered<_> = sends.into_iter().map(send).collect();
    let mut order = Vec::new();
    while let Some((who, answer)) = futures_util::StreamExt::next(&mut answers).await {
        assert!(answer.expect("stored").stored > 0);
        order.push(who);
    }
    assert_eq!(order[0], 99, "{order:?}");
}

#[tokio::test]
async fn one_station_does_not_fill_the_queue() {
    let house = House::with(|options| (options.queue_rows, options.batch_rows) = (400, 400)).await;
    let (other, _) = house.storage.add_station(new_station("harbour")).await.expect("added");
    let (storage, id) = (&house.storage, house.station.id);
    let (first, more, others) = tokio::join!(
        storage.append(id, minutes(0..90)),
        storage.append(id, minutes(90..120)),
        storage.append(other.id, minutes(0..90)),
    );
    assert_eq!(first.expect("stored").stored, 90);
    assert!(matches!(more, Err(Error::Overloaded(Limit::StationRows))), "{more:?}");
    assert_eq!(others.expect("stored").stored, 90, "others have their own share");
}

#[tokio::test]
async fn what_was_merged_behind_a_batch_that_fails_is_stored_all_the_same() {
    let house = House::with(|options| options.batch_rows = 4).await.unheard();
    house.append(minutes(0..1)).await;
    house.outside().refuse(Refusal::Temperature(19.0));
    let (storage, id) = (&house.storage, house.station.id);
    let send = async |minute: i64| {
        let value = if minute == 2 { 19.0 } else { 20.0 };
        (minute, storage.append(id, vec![report(NOON.plus(minute * MINUTE_MS), &[("temperature", value)])]).await)
    };
    for (minute, answer) in futures_util::future::join_all((1..40).map(send)).await {
        match answer {
            Ok(answer) => assert_eq!((answer.stored, minute == 2), (1, false)),
            Err(error) => assert!(minute == 2 && matches!(error, Error::Database(_)), "{minute}: {error:?}"),
        }
    }
    assert_eq!(house.storage.observation_count(id).await.expect("read"), 39);
    assert_eq!(house.latest(Temperature).await.observed_at, NOON.plus(39 * MINUTE_MS));
    assert_eq!(house.append(minutes(0..40)).await.duplicate, 39, "memory knows what the database has");
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
