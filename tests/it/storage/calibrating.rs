//! Calibrations: what is sent is put right, what was sent is kept, and what is stored follows.

use super::*;
use proptest::prelude::*;
use stevenson::storage::{Author, CalibrationStart, Error, Selection};
use weather::calibration::{CALIBRATIONS_MAX, Calibration, EVER};
use weather::mark::Reason;
use weather::quantity::Quantity::{
    DewPoint, Humidity, Precipitation, PrecipitationRate, SeaLevelPressure, StationPressure, Temperature,
};
use weather::time::{DAY_MS, MINUTE_MS};

const TODAY: (i32, u32, u32) = (2026, 11, 22);

fn minute(minute: i64) -> Timestamp {
    NOON.plus(minute * MINUTE_MS)
}

fn start(quantity: Quantity, from: Timestamp) -> CalibrationStart {
    CalibrationStart { sensor: SensorName::main(), quantity, from }
}

fn calibration(quantity: Quantity, factor: f64, offset: f64) -> Calibration {
    Calibration::new(quantity, factor, offset).expect("a calibration")
}

/// All that pages show of a quantity.
type Shown = (Option<f64>, Option<(f64, f64)>, Vec<f64>);

impl House {
    async fn calibrate(&self, quantity: Quantity, from: Timestamp, factor: f64, offset: f64) {
        let made = calibration(quantity, factor, offset);
        let done = self.storage.calibrate(&self.station.slug, start(quantity, from), made, "Ada").await;
        done.expect("calibrated");
        self.follow().await;
    }

    async fn uncalibrate(&self, quantity: Quantity, from: Timestamp) {
        let done = self.storage.uncalibrate(&self.station.slug, start(quantity, from), "Bea").await;
        done.expect("removed");
        self.follow().await;
    }

    async fn follow(&self) {
        while self.storage.recalculate_some().await.expect("recalculated") {}
        assert!(!self.storage.is_recalculating(self.station.id).await.expect("read"));
    }

    async fn sent(&self, quantity: Quantity) -> Vec<f64> {
        let of = (self.station.id, &SensorName::main(), quantity);
        let sent = self.storage.sent(of, (NOON.plus(-DAY_MS), NOON.plus(DAY_MS)), 10_000).await.expect("read");
        sent.into_iter().map(|(_, value)| value).collect()
    }

    async fn values(&self, quantity: Quantity) -> Vec<f64> {
        let (main, from, to) = (SensorName::main(), NOON.plus(-DAY_MS), NOON.plus(DAY_MS));
        let series = self.storage.buckets(self.station.id, &main, quantity, from, to, MINUTE_MS).await;
        series.expect("read").into_iter().map(|bucket| bucket.mean).collect()
    }

    async fn shown(&self, quantity: Quantity) -> Shown {
        let all = self.storage.latest(self.station.id).await.expect("read");
        let latest = all.iter().find(|latest| latest.quantity == quantity).map(|latest| latest.value);
        let extreme = self.extreme(quantity, TODAY).await.map(|extreme| (extreme.low, extreme.high));
        (latest, extreme, self.values(quantity).await)
    }

    async fn marks(&self) -> Vec<(Quantity, f64, Reason)> {
        let marked = self.storage.marked(self.station.id, NOON.plus(-DAY_MS), NOON.plus(DAY_MS), 100).await;
        marked.expect("read").into_iter().map(|marked| (marked.quantity, marked.value, marked.reason)).collect()
    }
}

fn warmth(at: i64, celsius: f64) -> Report {
    report(minute(at), &[("temperature", celsius)])
}

#[tokio::test]
async fn what_is_sent_counts_as_it_is_put_right_and_what_was_sent_is_kept() {
    let mut house = House::new().await;
    house.calibrate(Temperature, minute(5), 1.0, -0.4).await;
    assert_eq!(house.news().await[0]["kind"], "station");
    house.append(vec![warmth(0, 21.4)]).await;
    assert_eq!(house.news().await[0]["values"]["temperature"], 21.4, "it does not hold yet");
    house.append(vec![warmth(5, 21.5)]).await;
    assert_eq!(house.news().await[0]["values"]["temperature"], 21.1, "without noise");
    assert_eq!(house.shown(Temperature).await, (Some(21.1), Some((21.1, 21.4)), vec![21.4, 21.1]));
    assert_eq!(house.sent(Temperature).await, [21.4, 21.5]);
    let again = Appended { duplicate: 1, ..Appended::default() };
    assert_eq!(house.append(vec![warmth(5, 21.5)]).await, again);
    let house = house.reopened(|_| {}).await;
    assert_eq!(house.append(vec![warmth(5, 21.5)]).await, again, "after a restart, too");
    let other = house.append(vec![warmth(5, 22.5)]).await;
    assert!(other.warnings[0].reason.contains("21.1 is stored"), "{:?}", other.warnings);
    assert_eq!(house.sent(Temperature).await, [21.4, 21.5]);
}

#[tokio::test]
async fn a_calibration_of_the_past_changes_what_is_stored_and_leaves_nothing_behind_when_it_is_removed() {
    let mut house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 15.5), warmth(10, 14.5)]).await;
    house.news().await;
    let before = house.shown(Temperature).await;
    house.calibrate(Temperature, minute(5), 1.0, 2.0).await;
    assert_eq!(house.shown(Temperature).await, (Some(16.5), Some((14.0, 17.5)), vec![14.0, 17.5, 16.5]));
    assert_eq!(house.sent(Temperature).await, [14.0, 15.5, 14.5]);
    assert_eq!(house.news().await[0]["kind"], "station");
    let told = serde_json::json!(
        {"kind": "backfill", "station": "town-hall", "from": minute(5).0, "to": minute(10).0});
    assert_eq!(house.news().await, [told], "pages hear of what has changed");
    house.calibrate(Temperature, minute(10), 1.0, -1.0).await;
    assert_eq!(house.values(Temperature).await, [14.0, 17.5, 13.5], "each holds until the next");
    house.calibrate(Temperature, minute(10), 1.0, -2.0).await;
    assert_eq!(house.values(Temperature).await, [14.0, 17.5, 12.5], "one of the same time is replaced");
    house.uncalibrate(Temperature, minute(10)).await;
    assert_eq!(house.values(Temperature).await, [14.0, 17.5, 16.5], "the one before it holds again");
    house.uncalibrate(Temperature, minute(5)).await;
    assert_eq!(house.shown(Temperature).await, before);
    let made = house.storage.calibrations(house.station.id, 10).await.expect("read");
    let removed: Vec<_> = made.iter().map(|made| made.removed.as_ref().map(|(who, _)| who.as_str())).collect();
    assert_eq!(removed, [Some("Bea"), Some("Bea"), Some("Ada")], "who and when is kept: {made:?}");
    assert!(made.iter().all(|made| made.author == "Ada"));
}

#[tokio::test]
async fn what_is_stored_follows_in_steps_and_reports_come_in_between() {
    let house = House::new().await;
    let reports = (0..1_100).map(|second| report(NOON.plus(second * 1_000), &[("temperature", 14.0)]));
    house.append(reports.collect()).await;
    let slug = &house.station.slug;
    let made = calibration(Temperature, 1.0, 1.0);
    // Another process has made it: only its own steps are taken here.
    let (command_line, _) = house.opener.open(|_| {}).await;
    house.storage.close().await;
    command_line.calibrate(slug, start(Temperature, EVER), made, "Ada").await.expect("calibrated");
    let (mut steps, mut last) = (0, NOON.plus(20 * MINUTE_MS));
    while command_line.recalculate_some().await.expect("recalculated") {
        steps += 1;
        last = last.plus(1_000);
        command_line.append(house.station.id, vec![report(last, &[("temperature", 14.0)])]).await.expect("stored");
    }
    assert!(steps <= 5, "{steps} steps");
    let main = SensorName::main();
    let all = command_line.buckets(house.station.id, &main, Temperature, NOON, NOON.plus(DAY_MS), DAY_MS).await;
    let all = all.expect("read").remove(0);
    assert_eq!((all.min, all.max), (15.0, 15.0));
}

#[tokio::test]
async fn a_calibration_that_makes_no_weather_of_it_sets_aside_and_gives_back() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 14.5)]).await;
    let before = house.shown(Temperature).await;
    house.calibrate(Temperature, minute(5), 1.0, 60.0).await;
    assert_eq!(house.shown(Temperature).await, (Some(14.0), Some((14.0, 14.0)), vec![14.0]));
    assert_eq!(house.marks().await, [(Temperature, 74.5, Reason::Gross)]);
    let appended = house.storage.append(house.station.id, vec![warmth(10, 14.2)]).await.expect("stored");
    let told: Vec<_> = appended.warnings.iter().map(|warning| (&*warning.field, &*warning.value)).collect();
    assert_eq!(told, [("temperature", "74.2")], "the answer names it: {:?}", appended.warnings);
    assert_eq!(house.marks().await[1], (Temperature, 74.2, Reason::Gross), "what comes then, too");
    assert_eq!(house.sent(Temperature).await, [14.0, 14.5, 14.2]);
    house.uncalibrate(Temperature, minute(5)).await;
    assert_eq!(house.marks().await, []);
    assert_eq!(house.shown(Temperature).await, (Some(14.2), before.1, vec![14.0, 14.5, 14.2]));
}

#[tokio::test]
async fn what_was_struck_out_stays_so_and_comes_back_calibrated() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 14.5)]).await;
    let struck = Selection {
        station: house.station.slug.clone(),
        sensor: None,
        quantity: Some(Temperature),
        from: minute(5),
        to: minute(6),
    };
    let author = || Author { name: "Ada".into(), reason: String::new() };
    house.storage.strike(struck.clone(), author()).await.expect("struck out");
    house.calibrate(Temperature, EVER, 1.0, 1.0).await;
    assert_eq!(house.marks().await, [(Temperature, 15.5, Reason::Struck)]);
    house.storage.restore(struck, author()).await.expect("restored");
    assert_eq!(house.values(Temperature).await, [15.0, 15.5]);
    house.uncalibrate(Temperature, EVER).await;
    assert_eq!(house.values(Temperature).await, [14.0, 14.5]);
}

#[tokio::test]
async fn a_gauges_factor_applies_to_what_falls() {
    for counter in ["precipitation", "precipitation_total"] {
        let house = House::new().await;
        let rain = |at: i64, mm: f64| report(minute(at), &[(counter, mm), ("precipitation_rate", 2.0)]);
        house.append(vec![rain(-30, 10.0), rain(-20, 10.2)]).await;
        let uncalibrated = house.values(Precipitation).await;
        house.calibrate(Precipitation, minute(-15), 1.1, 0.0).await;
        assert_eq!(house.values(Precipitation).await, uncalibrated, "what fell before stays");
        house.append(vec![rain(-10, 10.4), rain(0, 11.2)]).await;
        let fallen = |base: f64| [base, base + 0.2, base + 0.42, base + 1.3].map(|mm: f64| (mm * 1e6).round() / 1e6);
        let base = if counter == "precipitation" { 10.0 } else { 0.0 };
        assert_eq!(house.values(Precipitation).await, fallen(base), "{counter}");
        assert_eq!(house.latest(PrecipitationRate).await.value, 2.2);
        assert_eq!(house.sent(PrecipitationRate).await, [2.0; 4]);
        if counter == "precipitation" {
            assert_eq!(house.sent(Precipitation).await, [10.0, 10.2, 10.4, 11.2], "the counter as it came");
        }
        house.uncalibrate(Precipitation, minute(-15)).await;
        let plain = [0.0, 0.2, 0.4, 1.2].map(|mm: f64| ((base + mm) * 1e6).round() / 1e6);
        assert_eq!(house.values(Precipitation).await, plain);
        house.calibrate(Precipitation, minute(-15), 1.1, 0.0).await;
        assert_eq!(house.values(Precipitation).await, fallen(base), "made anew, it is the same");
        assert_eq!(house.latest(Precipitation).await.value, fallen(base)[3]);
        assert_eq!(house.extreme(Precipitation, TODAY).await.expect("a day").high, fallen(base)[3]);
    }
}

#[tokio::test]
async fn what_is_derived_follows() {
    let house = House::new().await;
    let air = |at| {
        report(
            minute(at),
            &[("temperature", 15.0), ("humidity", 50.0), ("dew_point", 4.7), ("station_pressure", 987.7)],
        )
    };
    house.append(vec![air(0)]).await;
    let before = [house.shown(SeaLevelPressure).await, house.shown(DewPoint).await];
    house.calibrate(StationPressure, EVER, 1.0, 2.0).await;
    house.calibrate(Humidity, EVER, 1.0, 20.0).await;
    let reduced = house.latest(SeaLevelPressure).await.value;
    assert!((reduced - before[0].0.expect("a pressure") - 2.05).abs() < 0.1, "{reduced} after {before:?}");
    let dew_point = house.latest(DewPoint).await.value;
    assert!((dew_point - 9.6).abs() < 0.2, "{dew_point}");
    assert_eq!(house.sent(DewPoint).await, [4.7]);
    house.append(vec![air(5)]).await;
    assert_eq!(house.values(SeaLevelPressure).await, [reduced; 2], "as it is of what comes");
    house.uncalibrate(StationPressure, EVER).await;
    house.uncalibrate(Humidity, EVER).await;
    house.append(vec![]).await;
    assert_eq!([house.shown(SeaLevelPressure).await.1, house.shown(DewPoint).await.1], [before[0].1, before[1].1]);
}

#[tokio::test]
async fn a_new_calibration_is_no_step_of_the_weather() {
    let house = House::new().await;
    house.append(vec![report(minute(0), &[("sea_level_pressure", 1_000.0)])]).await;
    house.calibrate(SeaLevelPressure, minute(1), 1.0, 12.0).await;
    house.append(vec![report(minute(1), &[("sea_level_pressure", 1_000.0)])]).await;
    assert_eq!((house.marks().await, house.latest(SeaLevelPressure).await.value), (vec![], 1_012.0));
}

#[tokio::test]
async fn a_calibration_of_another_process_holds_at_once() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0)]).await;
    let (command_line, _) = house.opener.open(|_| {}).await;
    let made = calibration(Temperature, 1.0, 1.0);
    let done = command_line.calibrate(&house.station.slug, start(Temperature, EVER), made, "Ada").await;
    done.expect("calibrated");
    command_line.close().await;
    house.append(vec![warmth(5, 14.0)]).await;
    house.follow().await;
    assert_eq!(house.values(Temperature).await, [15.0, 15.0]);
}

#[tokio::test]
async fn what_cannot_be_calibrated_is_refused_with_the_reason() {
    let house = House::new().await.unheard();
    let slug = &house.station.slug;
    let gone = house.storage.uncalibrate(slug, start(Temperature, NOON), "Ada").await.expect_err("none");
    assert!(matches!(gone, Error::NoCalibration(_)), "{gone}");
    let nowhere = Slug::new("nowhere").expect("a slug");
    let made = calibration(Temperature, 1.0, 1.0);
    let refused = house.storage.calibrate(&nowhere, start(Temperature, NOON), made, "Ada").await;
    assert!(matches!(refused, Err(Error::NoStation(_))));
    for nth in 0..CALIBRATIONS_MAX as i64 {
        house.storage.calibrate(slug, start(Temperature, minute(nth)), made, "Ada").await.expect("calibrated");
    }
    let refused = house.storage.calibrate(slug, start(Temperature, EVER), made, "Ada").await;
    assert!(matches!(refused, Err(Error::TooManyCalibrations(CALIBRATIONS_MAX))));
    house.storage.calibrate(slug, start(Temperature, NOON), made, "Ada").await.expect("it takes the place of another");
}

/// A calibration of temperature or humidity: of which, from which minute, and how large.
type Change = (bool, i64, i32, bool);

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_calibrated_what_was_sent_is_known_and_what_is_stored_is_as_if_it_came_so(
        sent in proptest::collection::vec((0..300i32, 300..700i32), 4..12),
        changes in proptest::collection::vec((any::<bool>(), 0..12i64, -20..20i32, any::<bool>()), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run(&sent, &changes));
    }
}

async fn run(sent: &[(i32, i32)], changes: &[Change]) {
    let tenths = |tenths: i32| f64::from(tenths) / 10.0;
    let reports: Vec<_> = (0..)
        .zip(sent)
        .map(|(at, (t, h))| report(minute(120 * at), &[("temperature", tenths(*t)), ("humidity", tenths(*h))]))
        .collect();
    let said: [Vec<f64>; 2] =
        [sent.iter().map(|(t, _)| tenths(*t)).collect(), sent.iter().map(|(_, h)| tenths(*h)).collect()];
    let (before, after) = (House::new().await, House::new().await);
    for house in [&before, &after] {
        house.append(vec![report(minute(-120), &[("temperature", 1.0), ("humidity", 99.0)])]).await;
    }
    after.append(reports.clone()).await;
    let mut held: Vec<(Quantity, Timestamp)> = Vec::new();
    for (is_humidity, at, size, removes) in changes {
        let quantity = if *is_humidity { Humidity } else { Temperature };
        let from = minute(120 * at);
        for house in [&before, &after] {
            if *removes && held.contains(&(quantity, from)) {
                house.uncalibrate(quantity, from).await;
            } else {
                house.calibrate(quantity, from, 1.0 + f64::from(*size) / 1_000.0, f64::from(*size) / 10.0).await;
            }
        }
        if *removes && held.contains(&(quantity, from)) {
            held.retain(|other| *other != (quantity, from));
        } else if !held.contains(&(quantity, from)) {
            held.push((quantity, from));
        }
        for (quantity, said) in [(Temperature, &said[0]), (Humidity, &said[1])] {
            assert_eq!(&after.sent(quantity).await[1..], said);
        }
    }
    before.append(reports).await;
    for quantity in [Temperature, Humidity] {
        assert_eq!(before.shown(quantity).await, after.shown(quantity).await);
        assert_eq!(before.sent(quantity).await, after.sent(quantity).await);
    }
}
