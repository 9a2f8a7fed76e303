//! Turns, shares and limits, without a writer.

use super::*;
use tokio::sync::oneshot;
use weather::quantity::Quantity::Temperature;
use weather::report::Draft;

/// Reports of so many sensors each.
fn reports(count: usize, sensors: usize) -> Vec<Report> {
    let one = |number: usize| {
        let mut draft = Draft::new(Timestamp(1_792_800_000_000));
        for sensor in 0..sensors {
            let name = SensorName::new(&format!("s{sensor}")).expect("a name");
            draft.take_number(&name, Temperature, Temperature.unit(), "", number as f64 / 100.0);
        }
        draft.finish(None).report.expect("values")
    };
    (0..count).map(one).collect()
}

fn queue(rows: usize) -> Arc<Queue> {
    Arc::new(Queue::new(rows, usize::MAX))
}

type Answered = oneshot::Receiver<Result<Appended, Error>>;

fn offer(queue: &Queue, station: i64, reports: Vec<Report>) -> Result<Answered, Limit> {
    let (answer, answered) = oneshot::channel();
    match queue.offer(StationId(station), reports, answer) {
        Ok(()) => Ok(answered),
        Err(Error::Overloaded(limit)) => Err(limit),
        Err(other) => panic!("{other}"),
    }
}

/// Whose slices, and how many rows each has.
fn turns(taken: &[Slice]) -> Vec<(i64, usize)> {
    taken.iter().map(|slice| (slice.station.0, slice.rows())).collect()
}

#[test]
fn a_single_report_has_its_turn_before_a_large_upload_has_its_second() {
    let queue = queue(10_000);
    let large = [1, 2].map(|station| offer(&queue, station, reports(3, 250)).expect("room"));
    let single = offer(&queue, 3, reports(1, 1)).expect("room");
    assert_eq!(turns(&queue.take(600)), [(1, 250), (2, 250), (3, 1), (1, 250)]);
    assert_eq!(turns(&queue.take(10_000)), [(2, 250), (1, 250), (2, 250)]);
    assert!(queue.take(10_000).is_empty());
    drop((large, single));
}

#[test]
fn who_is_alone_does_not_wait_for_turns() {
    let queue = queue(10_000);
    let _alone = offer(&queue, 1, reports(1_000, 1)).expect("room");
    assert_eq!(turns(&queue.take(700)), [(1, 700)]);
    assert_eq!(turns(&queue.take(700)), [(1, 300)]);
}

#[test]
fn an_upload_is_answered_once_with_the_sum_of_its_slices() {
    let queue = queue(10_000);
    let mut answered = offer(&queue, 1, reports(5, 1)).expect("room");
    let mut slices = [2, 2, 2].into_iter().flat_map(|rows| queue.take(rows)).collect::<Vec<_>>();
    assert_eq!(slices.iter().map(|slice| slice.first).collect::<Vec<_>>(), [Some(0), Some(2), Some(4)]);
    let last = slices.pop().expect("three");
    for slice in slices {
        slice.succeed(Appended { stored: 1, duplicate: 1, ..Appended::default() });
        assert!(answered.try_recv().is_err(), "not all of it is stored");
    }
    last.succeed(Appended { stored: 1, ..Appended::default() });
    let sum = answered.try_recv().expect("answered").expect("stored");
    assert_eq!((sum.stored, sum.duplicate, queue.reports()), (3, 2, 0));
}

#[test]
fn an_upload_of_which_a_slice_failed_has_failed() {
    let queue = queue(10_000);
    let mut answered = offer(&queue, 1, reports(2, 1)).expect("room");
    let (first, second) = (queue.take(1), queue.take(1));
    first.into_iter().for_each(|slice| slice.fail(&Error::Closed));
    assert!(matches!(answered.try_recv().expect("answered"), Err(Error::Closed)));
    second.into_iter().for_each(|slice| slice.succeed(Appended { stored: 1, ..Appended::default() }));
    assert_eq!(queue.reports(), 0);
}

#[test]
fn a_station_has_a_quarter_of_the_queue_and_gets_it_back() {
    let queue = queue(4_000);
    let _own = offer(&queue, 1, reports(900, 1)).expect("room");
    assert_eq!(offer(&queue, 1, reports(101, 1)).err(), Some(Limit::StationRows));
    let _other = offer(&queue, 2, reports(101, 1)).expect("another station has its own");
    let taken = queue.take(4_000);
    assert_eq!(offer(&queue, 1, reports(101, 1)).err(), Some(Limit::StationRows), "taken is not stored");
    drop(taken);
    assert!(offer(&queue, 1, reports(101, 1)).is_ok());
}

#[test]
fn a_queue_full_of_large_uploads_takes_a_single_report() {
    let queue = queue(4_000);
    let mut large = Vec::new();
    let full = loop {
        match offer(&queue, large.len() as i64, reports(4, 250)) {
            Ok(answered) => large.push(answered),
            Err(limit) => break limit,
        }
    };
    assert_eq!((full, large.len()), (Limit::Rows, 3));
    let _single = offer(&queue, 100, reports(1, 1)).expect("the last quarter is for those who send little");
    assert_eq!(offer(&queue, 0, reports(1, 1)).err(), Some(Limit::StationRows), "it is not for the others");
}

#[test]
fn bytes_are_counted_as_rows_are() {
    let each = Size::of(&reports(1, 1)[0]).bytes;
    assert!(each > size_of::<Values>());
    let queue = Arc::new(Queue::new(usize::MAX, 8 * each));
    let _own = offer(&queue, 1, reports(2, 1)).expect("room");
    assert_eq!(offer(&queue, 1, reports(1, 1)).err(), Some(Limit::StationBytes));
    let _other = offer(&queue, 2, reports(4, 1)).expect("it is beyond its share, but nothing else of it waits");
    assert_eq!(offer(&queue, 3, reports(1, 1)).err(), Some(Limit::Bytes));
}

#[test]
fn what_is_larger_than_the_queue_gets_in_when_it_is_empty() {
    let queue = queue(10);
    let _large = offer(&queue, 1, reports(50, 1)).expect("it is empty");
    assert_eq!(offer(&queue, 2, reports(50, 1)).err(), Some(Limit::Rows));
}

#[test]
fn reports_that_came_at_once_without_a_time_are_as_many_instants() {
    let queue = queue(10_000);
    let answers: Vec<_> = (0..20).map(|_| offer(&queue, 1, reports(2, 1)).expect("room")).collect();
    let other = offer(&queue, 2, reports(1, 1)).expect("room");
    let taken = queue.take(10_000);
    let of = |station: i64| {
        let slices = taken.iter().filter(move |slice| slice.station == StationId(station));
        slices.flat_map(|slice| slice.reports.iter().map(|report| report.observed_at().since(report.received_at())))
    };
    assert_eq!(of(1).collect::<Vec<_>>(), (-1..39).collect::<Vec<_>>());
    assert_eq!(of(2).collect::<Vec<_>>(), [0], "another station's reports are no reason");
    drop((answers, other));
}
