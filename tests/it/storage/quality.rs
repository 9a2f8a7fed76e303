//! Values that do not count: set aside by the checks, struck out and restored by people.

use super::*;
use stevenson::storage::{Author, CORRECTION_MAX_MS, Correction, Error, Marked, Selection};
use weather::mark::Reason;
use weather::quantity::Quantity::{Humidity, Precipitation, Temperature};
use weather::time::{DAY_MS, MINUTE_MS};

const TODAY: (i32, u32, u32) = (2026, 11, 22);

fn minute(minute: i64) -> Timestamp {
    NOON.plus(minute * MINUTE_MS)
}

fn warmth(at: i64, celsius: f64) -> Report {
    report(minute(at), &[("temperature", celsius), ("humidity", 80.0)])
}

fn author() -> Author {
    Author { name: "Ada".into(), reason: "a bird".into() }
}

impl House {
    /// What does not count, by its minute.
    async fn marked(&self) -> Vec<(i64, Quantity, f64, Reason)> {
        let marked = self.storage.marked(self.station.id, NOON.plus(-DAY_MS), NOON.plus(DAY_MS), 100).await;
        let marked = marked.expect("read").into_iter();
        marked
            .map(|Marked { quantity, observed_at, value, reason, .. }| {
                (observed_at.since(NOON) / MINUTE_MS, quantity, value, reason)
            })
            .collect()
    }

    fn select(&self, quantity: Quantity, from: i64, to: i64) -> Selection {
        let (station, sensor) = (self.station.slug.clone(), Some(SensorName::main()));
        Selection { station, sensor, quantity: Some(quantity), from: minute(from), to: minute(to) }
    }

    async fn strike(&self, quantity: Quantity, from: i64, to: i64) -> u64 {
        self.storage.strike(self.select(quantity, from, to), author()).await.expect("struck out")
    }

    async fn restore(&self, quantity: Quantity, from: i64, to: i64) -> u64 {
        self.storage.restore(self.select(quantity, from, to), author()).await.expect("restored")
    }

    /// The temperatures that count.
    async fn means(&self) -> Vec<f64> {
        let (main, from, to) = (SensorName::main(), NOON.plus(-DAY_MS), NOON.plus(DAY_MS));
        let series = self.storage.buckets(self.station.id, &main, Temperature, from, to, MINUTE_MS).await;
        series.expect("read").into_iter().map(|bucket| bucket.mean).collect()
    }
}

#[tokio::test]
async fn a_step_waits_over_a_restart_and_the_next_value_settles_it() {
    for (next, means, marked) in
        [(14.2, vec![14.0, 14.2], vec![(5, Temperature, 40.0, Reason::Spike)]), (39.5, vec![14.0, 40.0, 39.5], vec![])]
    {
        let house = House::new().await;
        house.append(vec![warmth(0, 14.0), warmth(5, 40.0)]).await;
        assert_eq!(house.latest(Temperature).await.value, 14.0, "a step is not the weather yet");
        assert_eq!(house.latest(Humidity).await.observed_at, minute(5), "what came beside it is");
        assert_eq!(house.marked().await, [(5, Temperature, 40.0, Reason::Step)]);
        let house = house.reopened(|_| {}).await;
        house.append(vec![warmth(10, next)]).await;
        assert_eq!(house.means().await, means);
        assert_eq!(house.marked().await, marked);
        let high = means.iter().copied().fold(f64::MIN, f64::max);
        assert_eq!(house.extreme(Temperature, TODAY).await.expect("a day").high, high);
        assert_eq!(house.latest(Temperature).await.value, next);
        assert_eq!(house.append(vec![warmth(5, 40.0)]).await, Appended { duplicate: 1, ..Appended::default() });
    }
}

#[tokio::test]
async fn what_comes_late_counts_and_settles_nothing() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(10, 40.0)]).await;
    house.append(vec![arrived(minute(5), minute(11), &[("temperature", 14.1)])]).await;
    assert_eq!(house.marked().await, [(10, Temperature, 40.0, Reason::Step)], "it is older than the step");
    house.append(vec![warmth(15, 14.3)]).await;
    assert_eq!(house.means().await, [14.0, 14.1, 14.3]);
    assert_eq!(house.marked().await, [(10, Temperature, 40.0, Reason::Spike)]);
}

#[tokio::test]
async fn a_newest_value_that_waits_is_settled_by_a_late_one_before_it() {
    // A front of which the later half came first, and a late value that the newest one shows to be a spike.
    for (newest, late, means, marked) in [
        (30.0, 29.5, vec![14.0, 29.5, 30.0], vec![]),
        (22.0, 40.0, vec![14.0], vec![(3, Temperature, 40.0, Reason::Spike), (5, Temperature, 22.0, Reason::Step)]),
    ] {
        for is_reopened in [false, true] {
            let mut house = House::new().await;
            house.append(vec![warmth(0, 14.0), warmth(5, newest)]).await;
            assert_eq!(house.latest(Temperature).await.value, 14.0, "it waits");
            if is_reopened {
                house = house.reopened(|_| {}).await;
            }
            house.append(vec![warmth(3, late)]).await;
            assert_eq!((house.means().await, house.marked().await), (means.clone(), marked.clone()));
            assert_eq!(house.latest(Temperature).await.value, means[means.len() - 1]);
            let high = house.extreme(Temperature, TODAY).await.expect("a day").high;
            assert_eq!(high, means[means.len() - 1]);
        }
    }
}

#[tokio::test]
async fn what_is_struck_out_leaves_nothing_behind_and_comes_back_as_it_was() {
    let mut house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 15.5), warmth(10, 16.5)]).await;
    house.news().await;
    let before = (house.latest(Temperature).await, house.extreme(Temperature, TODAY).await, house.means().await);
    assert_eq!(house.strike(Temperature, 10, 11).await, 1);
    assert_eq!((house.latest(Temperature).await.value, house.means().await), (15.5, vec![14.0, 15.5]));
    assert_eq!(house.extreme(Temperature, TODAY).await.expect("a day").high, 15.5);
    assert_eq!(house.latest(Humidity).await.observed_at, minute(10), "only what was named");
    assert_eq!(house.marked().await, [(10, Temperature, 16.5, Reason::Struck)]);
    let told = serde_json::json!(
        {"kind": "backfill", "station": "town-hall", "from": minute(10).0, "to": minute(11).0 - 1});
    assert_eq!(house.news().await, [told]);
    assert_eq!(house.append(vec![warmth(10, 16.5)]).await, Appended { duplicate: 1, ..Appended::default() });
    assert_eq!(house.strike(Temperature, 10, 11).await, 0, "it is struck out already");
    assert_eq!(house.restore(Temperature, 10, 11).await, 1);
    let after = (house.latest(Temperature).await, house.extreme(Temperature, TODAY).await, house.means().await);
    assert_eq!(after, before);
    assert_eq!(house.marked().await, []);
    let history = house.storage.corrections(house.station.id, 10).await.expect("read");
    let history: Vec<_> = history
        .into_iter()
        .map(|Correction { restored, values, author, .. }| (restored, values, author.name, author.reason))
        .collect();
    let by = |restored, values| (restored, values, "Ada".to_owned(), "a bird".to_owned());
    assert_eq!(history, [by(true, 1), by(false, 1)], "what changed nothing is no correction");
}

#[tokio::test]
async fn a_day_of_which_all_is_struck_out_has_no_lows_and_highs() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 15.5)]).await;
    assert_eq!(house.strike(Temperature, -60, 60).await, 2);
    assert_eq!(house.extreme(Temperature, TODAY).await, None);
    let latest = house.storage.latest(house.station.id).await.expect("read");
    assert!(latest.iter().all(|latest| latest.quantity == Humidity), "{latest:?}");
    house.append(vec![warmth(10, 14.5)]).await;
    assert_eq!(house.latest(Temperature).await.value, 14.5);
    assert_eq!(house.extreme(Temperature, TODAY).await.expect("a day").high, 14.5);
}

#[tokio::test]
async fn rain_of_a_struck_reading_has_not_fallen() {
    let house = House::new().await;
    let rain = |at, mm| report(minute(at), &[("precipitation_total", mm)]);
    house.append(vec![rain(0, 812.8), rain(5, 813.0), rain(10, 815.0), rain(15, 813.0), rain(20, 813.4)]).await;
    assert_eq!(house.latest(Precipitation).await.value, 2.6, "a reading that is too high, and not impossible");
    let before = house.extreme(Precipitation, TODAY).await;
    assert_eq!(house.strike(Precipitation, 10, 11).await, 2, "the rain and its counter");
    let latest = house.latest(Precipitation).await;
    assert_eq!((latest.value, latest.observed_at), (0.6, minute(20)));
    assert_eq!(house.extreme(Precipitation, TODAY).await.expect("a day").high, 0.6);
    house.append(vec![rain(25, 813.6)]).await;
    assert_eq!(house.latest(Precipitation).await.value, 0.8, "it goes on from there");
    house.restore(Precipitation, 10, 11).await;
    assert_eq!(house.latest(Precipitation).await.value, 2.8);
    assert_eq!(before.expect("a day").high, 2.6);
}

#[tokio::test]
async fn a_step_that_a_person_struck_out_does_not_come_back_with_the_next_value() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 40.0)]).await;
    house.strike(Temperature, 5, 6).await;
    house.append(vec![warmth(10, 40.5)]).await;
    assert_eq!(house.marked().await[0], (5, Temperature, 40.0, Reason::Struck));
}

#[tokio::test]
async fn a_person_may_let_count_what_the_checks_have_set_aside() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 40.0), warmth(10, 14.0)]).await;
    assert_eq!(house.restore(Temperature, 5, 6).await, 1);
    assert_eq!(house.means().await, [14.0, 40.0, 14.0]);
    assert_eq!(house.extreme(Temperature, TODAY).await.expect("a day").high_at, minute(5));
    let house = house.reopened(|_| {}).await;
    house.append(vec![warmth(15, 14.1)]).await;
    assert_eq!(house.marked().await, [], "it is judged once");
}

#[tokio::test]
async fn what_another_process_struck_out_is_told_and_known() {
    let mut house = House::new().await;
    house.append(vec![warmth(0, 14.0), warmth(5, 16.5)]).await;
    house.news().await;
    let (command_line, _) = house.opener.open(|_| {}).await;
    command_line.strike(house.select(Temperature, 5, 6), author()).await.expect("struck out");
    command_line.close().await;
    assert_eq!(house.news().await[0]["kind"], "backfill");
    assert_eq!(house.append(vec![warmth(5, 16.5)]).await, Appended { duplicate: 1, ..Appended::default() });
    house.append(vec![warmth(10, 15.0)]).await;
    assert_eq!(house.extreme(Temperature, TODAY).await.expect("a day").high, 15.0);
}

#[tokio::test]
async fn what_cannot_be_corrected_is_refused_with_the_reason() {
    let house = House::new().await;
    house.append(vec![warmth(0, 14.0)]).await;
    let good = house.select(Temperature, 0, 1);
    let refused = async |selection| house.storage.strike(selection, author()).await.expect_err("refused");
    let too_long = Selection { to: good.from.plus(CORRECTION_MAX_MS + 1), ..good.clone() };
    assert!(matches!(refused(too_long).await, Error::Stretch(31)));
    assert!(matches!(refused(Selection { to: good.from, ..good.clone() }).await, Error::Stretch(_)));
    let cellar = Some(SensorName::new("cellar").expect("a name"));
    assert!(matches!(refused(Selection { sensor: cellar, ..good.clone() }).await, Error::NoSensor(..)));
    let nowhere = Slug::new("nowhere").expect("a slug");
    assert!(matches!(refused(Selection { station: nowhere, ..good }).await, Error::NoStation(_)));
    assert_eq!(house.means().await, [14.0]);
}
