//! Readings that are older than the owner wants to keep go; what their hours and days were stays, whatever comes then.

use super::rollups::oracle::Kept;
use super::rollups::{oracle_of, rows_of};
use super::*;
use chrono::{Days, NaiveDate};
use stevenson::storage::{Author, CalibrationStart, Day, MadeOf, Selection, Series, Side, Soundness, StationSettings};
use weather::calibration::{Calibration, EVER};
use weather::day;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Two years before the others' noon: what is still to come never goes.
const NOON: Timestamp = Timestamp(super::NOON.0 - 730 * DAY_MS);

/// Lets all go that is to go. Hours come first: what came late is to have them.
pub async fn prune(storage: &Storage) {
    while storage.recalculate_some().await.expect("made") {}
    while storage.prune_some().await.expect("pruned") {}
}

/// Days that readings are kept.
const RAW_DAYS: u32 = 7;
/// Days of readings.
const LIVED: i64 = 40;
/// Between two reports, ms.
const EVERY_MS: i64 = 20 * MINUTE_MS;
/// What hours and days are asked of.
const READ: [Quantity; 4] =
    [Quantity::Temperature, Quantity::WindDirection, Quantity::Precipitation, Quantity::SeaLevelPressure];

/// What the station sent so long before noon.
fn said(ms: i64) -> Report {
    let number = ms / EVERY_MS;
    let values = [
        ("temperature", 10.0 + ((number * 7) % 50) as f64 / 10.0),
        ("wind_direction", ((number * 13) % 3_600) as f64 / 10.0),
        ("wind_speed", ((number * 3) % 40) as f64 / 10.0),
        ("sea_level_pressure", 1_000.0 + ((number * 11) % 90) as f64 / 10.0),
        ("precipitation_total", (LIVED * DAY_MS - ms) as f64 / HOUR_MS as f64 / 10.0),
    ];
    let at = NOON.plus(-ms);
    arrived(at, at, &values)
}

/// A house with forty days of readings, of which none has gone.
async fn lived_in(change: impl FnOnce(&mut Options)) -> House {
    let house = House::with(change).await.unheard();
    let reports: Vec<_> = (0..LIVED * DAY_MS / EVERY_MS).rev().map(|number| said(number * EVERY_MS)).collect();
    for some in reports.chunks(500) {
        house.append(some.to_vec()).await;
    }
    house
}

/// The first instant of which readings stay.
fn boundary(house: &House) -> Timestamp {
    let date = day::date_at(&house.station.zone, NOON) - Days::new(RAW_DAYS.into());
    day::bounds(&house.station.zone, date).0
}

async fn with_pruning(house: House) -> House {
    let house = house.reopened(|options| options.raw_days = RAW_DAYS).await.unheard();
    prune(&house.storage).await;
    house
}

fn today() -> NaiveDate {
    day::date_at(&Zone::UTC, NOON)
}

async fn series(house: &House, quantity: Quantity, days: (i64, i64), points: u32) -> Series {
    let stretch = (NOON.plus(-days.0 * DAY_MS), NOON.plus(-days.1 * DAY_MS));
    house.storage.series(&house.station, (&SensorName::main(), quantity), stretch, points).await.expect("read")
}

/// All that is told of the past.
async fn past(house: &House) -> (Vec<Vec<Day>>, Vec<Series>, String) {
    let (mut days, mut all) = (Vec::new(), Vec::new());
    for quantity in READ {
        let dates = (today() - Days::new(50), today());
        days.push(house.storage.days(&house.station, (&SensorName::main(), quantity), dates).await.expect("read"));
        for (stretch, points) in [((50, 0), 500), ((50, 0), 20), ((30, 20), 240), ((9, 5), 24 * 4), ((3, 0), 500)] {
            all.push(series(house, quantity, stretch, points).await);
        }
    }
    let years = house.storage.years(&house.station, (NaiveDate::MIN, today())).await.expect("read");
    (days, all, format!("{years:?}"))
}

#[tokio::test]
async fn readings_go_and_what_is_told_of_hours_days_and_records_stays() {
    let house = lived_in(|_| {}).await;
    let (before, rows) = (past(&house).await, house.outside().observations());
    assert_eq!(rows, LIVED as u64 * 72);
    let house = with_pruning(house).await;
    let left = rows_of(&house).await;
    assert_eq!(left.first().map(|(at, _)| *at), Some(boundary(&house)));
    assert_eq!(house.outside().observations(), left.len() as u64, "and no other");
    assert_eq!(left.len() as i64, NOON.since(boundary(&house)) / EVERY_MS + 1, "of seven days and of today");
    assert_eq!(house.storage.stats().readings_pruned, rows - left.len() as u64);
    let after = past(&house).await;
    assert_eq!(before.0, after.0);
    assert_eq!(before.1, after.1);
    assert_eq!(before.2, after.2);
    prune(&house.storage).await;
    assert_eq!(house.outside().observations(), left.len() as u64, "nothing else goes");
}

#[tokio::test]
async fn nothing_goes_by_itself() {
    let house = lived_in(|_| {}).await;
    prune(&house.storage).await;
    assert_eq!(house.outside().observations(), LIVED as u64 * 72);
}

#[tokio::test]
async fn where_readings_have_gone_hours_tell() {
    let house = lived_in(|_| {}).await;
    let hours = series(&house, Quantity::Temperature, (20, 19), 24).await;
    let readings = series(&house, Quantity::Temperature, (20, 19), 500).await;
    assert_eq!((hours.made_of, readings.made_of), (MadeOf::Hours, MadeOf::Readings));
    let (main, of) = (SensorName::main(), house.station.id);
    let low = async |house: &House| {
        let stretch = (NOON.plus(-20 * DAY_MS), NOON.plus(-19 * DAY_MS));
        let extreme = house.storage.extreme_within(of, &main, Quantity::Temperature, stretch.0, stretch.1);
        extreme.await.expect("read").map(|extreme| (extreme.low, extreme.low_at, extreme.high, extreme.high_at))
    };
    let last = async |house: &House| {
        let limit = (Side::Above, 40.0);
        let from = today() - Days::new(60);
        house.storage.last_beyond(&house.station, &main, Quantity::Humidity, limit, from).await.expect("read")
    };
    // There is one of them only, long ago.
    house.append(vec![arrived(NOON.plus(-20 * DAY_MS + 1), NOON, &[("humidity", 50.0)])]).await;
    let before = (low(&house).await, last(&house).await);
    let house = with_pruning(house).await;
    for points in [24, 500] {
        assert_eq!(series(&house, Quantity::Temperature, (20, 19), points).await, hours);
    }
    assert_eq!((low(&house).await, before.0.is_some()), (before.0, true));
    assert_eq!((last(&house).await, before.1.is_some()), (before.1, true));
    let stretch = (NOON.plus(-20 * DAY_MS), NOON.plus(-19 * DAY_MS));
    let buckets = house.storage.buckets(of, &main, Quantity::Temperature, stretch.0, stretch.1, HOUR_MS).await;
    let buckets = buckets.expect("read");
    let told: Vec<_> = buckets.iter().map(|bucket| (bucket.start, bucket.mean, bucket.min, bucket.count)).collect();
    let expected: Vec<_> = hours.spans.iter().map(|span| (span.from, span.mean, span.min, span.count)).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_comes_for_a_time_whose_readings_have_gone_is_refused_and_nothing_else() {
    let house = with_pruning(lived_in(|_| {}).await).await;
    let (hours, days, edge) = (house.outside().hours(), house.outside().days(), boundary(&house));
    let gone = arrived(edge.plus(-1), NOON, &[("temperature", 33.0), ("humidity", 3.0)]);
    let late = arrived(edge.plus(MINUTE_MS), NOON, &[("humidity", 47.0)]);
    let appended = house.append(vec![gone.clone(), late, said(30 * DAY_MS)]).await;
    assert_eq!((appended.stored, appended.duplicate), (1, 0));
    assert!(appended.warnings.iter().all(|warning| warning.reason.contains("the readings of that time are gone")));
    let before = |house: &House| {
        let mut hours = house.outside().hours();
        hours.retain(|hour| hour.place < edge);
        format!("{hours:?}")
    };
    let hours: Vec<_> = hours.into_iter().filter(|hour| hour.place < edge).collect();
    assert_eq!(before(&house), format!("{hours:?}"));
    let first = day::date_at(&house.station.zone, edge);
    let old = |days: Vec<_>| {
        format!("{:?}", days.into_iter().filter(|day: &Kept<NaiveDate>| day.place < first).collect::<Vec<_>>())
    };
    assert_eq!(old(house.outside().days()), old(days));
    assert_eq!(rows_of(&house).await[1].0, edge.plus(MINUTE_MS), "what was late, but not too late, is there");
    // Also by who comes first after a start.
    let house = house.reopened(|options| options.raw_days = RAW_DAYS).await.unheard();
    assert_eq!(house.append(vec![gone]).await.stored, 0);
    assert_eq!(before(&house), format!("{hours:?}"));
}

/// Hours and days from before the boundary.
fn old(house: &House, edge: Timestamp) -> String {
    let first = day::date_at(&house.station.zone, edge);
    let (mut hours, mut days) = (house.outside().hours(), house.outside().days());
    hours.retain(|hour| hour.place < edge);
    days.retain(|day| day.place < first);
    assert!(hours.len() > 1_000 && days.len() > 100, "{} hours, {} days", hours.len(), days.len());
    format!("{hours:?} {days:?}")
}

#[tokio::test]
async fn corrections_and_calibrations_leave_hours_without_readings_as_they_are() {
    let house = with_pruning(lived_in(|_| {}).await).await;
    let edge = boundary(&house);
    let (before, rain) = (old(&house, edge), past(&house).await.0[2].clone());
    let (slug, storage) = (house.station.slug.clone(), &house.storage);
    let author = || Author { name: "Ada".into(), reason: String::new() };
    let selection = |quantity| {
        let (station, from, to) = (slug.clone(), NOON.plus(-30 * DAY_MS), edge.plus(2 * HOUR_MS));
        Selection { station, sensor: None, quantity: Some(quantity), from, to }
    };
    for quantity in [Quantity::Temperature, Quantity::Precipitation] {
        assert!(storage.strike(selection(quantity), author()).await.expect("struck") > 0);
        assert_eq!(old(&house, edge), before);
        assert!(storage.restore(selection(quantity), author()).await.expect("restored") > 0);
        assert_eq!(old(&house, edge), before);
    }
    assert_eq!(past(&house).await.0[2], rain, "what fell over midnight is in no counter any more, and stays");
    let start = CalibrationStart { sensor: SensorName::main(), quantity: Quantity::Temperature, from: EVER };
    let calibration = Calibration::new(Quantity::Temperature, 1.0, 0.5).expect("a calibration");
    storage.calibrate(&slug, start, calibration, "Ada").await.expect("calibrated");
    while storage.recalculate_some().await.expect("made anew") {}
    assert_eq!(old(&house, edge), before);
    assert_eq!(
        rows_of(&house).await[0].1.get(Quantity::Temperature),
        said(NOON.since(edge)).sensors()[&SensorName::main()].get(Quantity::Temperature).map(|value| value + 0.5)
    );
}

#[tokio::test]
async fn days_without_readings_stay_those_of_the_zone_before() {
    let house = with_pruning(lived_in(|_| {}).await).await;
    let edge = boundary(&house);
    let kept = |house: &House| {
        let mut days = house.outside().days();
        days.retain(|kept| kept.place < day::date_at(&house.station.zone, edge.plus(-1)));
        format!("{days:?}")
    };
    let before = kept(&house);
    for name in ["Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe"] {
        let settings = StationSettings { zone: Zone::inside(name), ..StationSettings::default() };
        house.storage.set_station(&house.station.slug, settings).await.expect("set");
        let late = arrived(edge.plus(1), NOON, &[("humidity", 47.0)]);
        house.append(vec![late]).await;
        while house.storage.recalculate_some().await.expect("made anew") {}
        prune(&house.storage).await;
        assert_eq!(kept(&house), before, "{name}");
        let station = house.storage.directory().by_slug("town-hall").expect("is there").clone();
        let sensors = house.storage.sensors(station.id).await.expect("read");
        let from = sensors[0].raw_from.expect("some have gone");
        let (first, _) = day::bounds(&station.zone, day::date_at(&station.zone, from));
        assert_eq!(first, from, "{name}: readings begin at a local midnight");
        let mut oracle = oracle_of(&house).await;
        oracle.from(from);
        let (hours, days) = (house.outside().hours(), house.outside().days());
        let date = day::date_at(&station.zone, from);
        oracle.hours_are(hours.into_iter().filter(|hour| hour.place >= from).collect());
        oracle.days_are(days.into_iter().filter(|day| day.place >= date).collect());
        // Nothing in between is told twice.
        let main = SensorName::main();
        let days = house.storage.days(&station, (&main, Quantity::Temperature), (today() - Days::new(60), today()));
        let days = days.await.expect("read");
        assert!(days.len() >= 38 && days.windows(2).all(|pair| pair[0].date < pair[1].date), "{name}: {}", days.len());
    }
}

#[tokio::test]
async fn the_writer_lets_readings_go_while_reports_come() {
    let house = lived_in(|_| {}).await;
    let house = house.reopened(|options| options.raw_days = RAW_DAYS).await.unheard();
    let rows = async {
        for minute in 1..200 {
            let at = NOON.plus(minute * MINUTE_MS);
            assert_eq!(house.append(vec![arrived(at, at, &[("temperature", 9.0)])]).await.stored, 1);
        }
    };
    tokio::join!(rows, prune(&house.storage));
    prune(&house.storage).await;
    let left = rows_of(&house).await;
    assert_eq!(left[0].0, boundary(&house));
    assert_eq!(left.len() as u64, house.outside().observations());
    let mut oracle = oracle_of(&house).await;
    oracle.from(boundary(&house));
    let hours = house.outside().hours();
    oracle.hours_are(hours.into_iter().filter(|hour| hour.place >= boundary(&house)).collect());
}

#[tokio::test]
async fn a_kill_between_two_steps_leaves_a_database_that_goes_on() {
    let house = lived_in(|_| {}).await;
    let before = past(&house).await;
    let house = with_pruning(house).await;
    let (edge, left) = (boundary(&house), house.outside().observations());
    // The boundary was moved, and not all rows had gone.
    for ms in [1, HOUR_MS, 20 * DAY_MS] {
        house.outside().slip_in(edge.plus(-ms).0, 33.0);
    }
    let opener = house.opener.as_if_killed();
    let (storage, _) = opener.open(|_| {}).await;
    let station = house.station.clone();
    let killed = House { opener, storage, commits: None, station };
    assert_eq!(past(&killed).await, before);
    // A PostgreSQL sees to its files itself.
    if let Opener::Sqlite(file) = &killed.opener {
        let seen = stevenson::storage::inspect(&Options { file: file.path(), ..Options::default() }, None)
            .await
            .expect("read");
        assert_eq!(seen.soundness, Soundness::Sound);
    }
    let (main, everything) = (SensorName::main(), (Timestamp(0), NOON));
    let rows = async || killed.storage.rows(killed.station.id, &main, everything, 1_000_000).await.expect("read").len();
    assert_eq!(rows().await as u64, left + 3 - 1, "noon's is not asked for");
    // What was begun is ended also if the owner has changed his mind.
    prune(&killed.storage).await;
    assert_eq!(rows().await as u64, left - 1);
    assert_eq!(past(&killed).await, before);
}
