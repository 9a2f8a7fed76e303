//! Late, repeated, filling in, contradicting.

use super::*;
use proptest::prelude::*;
use weather::quantity::Quantity::{Humidity, Temperature};
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};

#[tokio::test]
async fn what_is_appended_is_the_latest_and_among_the_days_extremes() {
    let house = House::new().await;
    let answer = house.append(vec![report(NOON, &[("temperature", 21.4), ("indoor/temperature", 20.1)])]).await;
    assert_eq!(answer, Appended { stored: 1, ..Appended::default() });
    let latest = house.storage.latest(house.station.id).await.expect("read");
    let values: Vec<_> = latest.iter().map(|l| (l.sensor.as_str(), l.quantity, l.observed_at, l.value)).collect();
    assert_eq!(values, [("", Temperature, NOON, 21.4), ("indoor", Temperature, NOON, 20.1)]);
    let extreme = house.extreme(Temperature, (2026, 11, 22)).await.expect("a day");
    assert_eq!((extreme.low, extreme.low_at, extreme.high), (21.4, NOON, 21.4));
}

#[tokio::test]
async fn a_repeated_report_changes_nothing_and_is_no_news() {
    let mut house = House::new().await;
    let same = report(NOON, &[("temperature", 21.4)]);
    house.append(vec![same.clone()]).await;
    assert_eq!(house.append(vec![same]).await, Appended { duplicate: 1, ..Appended::default() });
    house.append(vec![report(NOON.plus(MINUTE_MS), &[("temperature", 21.5)])]).await;
    assert_eq!(house.news().await.len(), 1);
    assert_eq!(house.news().await[0]["values"]["temperature"], 21.5, "the repeated one was not told");
}

#[tokio::test]
async fn a_repeated_report_is_known_after_a_restart_too() {
    let house = House::new().await;
    let awkward =
        [("temperature", 10.499_999_999_999_998), ("station_pressure", 1_013.207_490_064), ("humidity", 0.1 + 0.2)];
    house.append(vec![report(NOON, &awkward)]).await;
    let house = house.reopened(|_| {}).await;
    let again = house.append(vec![report(NOON, &awkward)]).await;
    assert_eq!(again, Appended { duplicate: 1, ..Appended::default() });
}

#[tokio::test]
async fn a_late_report_goes_to_its_place_and_leaves_the_latest_alone() {
    let mut house = House::new().await;
    let earlier = NOON.plus(-5 * MINUTE_MS);
    house.append(vec![report(NOON, &[("temperature", 21.4)])]).await;
    house.append(vec![arrived(earlier, NOON, &[("temperature", 19.0)])]).await;
    assert_eq!(house.latest(Temperature).await.value, 21.4);
    assert_eq!(house.extreme(Temperature, (2026, 11, 22)).await.expect("a day").low, 19.0);
    assert!(house.news().await[0].get("late").is_none());
    let late = &house.news().await[0];
    assert_eq!((&late["late"], &late["observed_at"]), (&true.into(), &earlier.0.into()));
    assert!(late.get("derived").is_none());
}

#[tokio::test]
async fn a_later_report_for_the_same_time_fills_in_what_is_missing() {
    let mut house = House::new().await;
    house.append(vec![report(NOON, &[("temperature", 21.4)])]).await;
    let answer = house.append(vec![report(NOON, &[("temperature", 21.4), ("humidity", 55.0)])]).await;
    assert_eq!(answer, Appended { stored: 1, ..Appended::default() });
    assert_eq!(house.storage.observation_count(house.station.id).await.expect("read"), 1);
    assert_eq!((house.latest(Temperature).await.value, house.latest(Humidity).await.value), (21.4, 55.0));
    house.news().await;
    assert_eq!(house.news().await[0]["values"], serde_json::json!({"humidity": 55.0}), "only what is new");
}

#[tokio::test]
async fn a_contradiction_is_named_and_the_stored_value_stands() {
    let house = House::new().await;
    house.append(vec![report(NOON, &[("temperature", 21.4)])]).await;
    let answer = house.append(vec![report(NOON, &[("temperature", 25.0), ("humidity", 55.0)])]).await;
    assert_eq!((answer.stored, answer.duplicate), (1, 0));
    assert_eq!((answer.warnings[0].field.as_str(), answer.warnings[0].value.as_str()), ("temperature", "25"));
    assert!(answer.warnings[0].reason.contains("21.4"), "{}", answer.warnings[0].reason);
    assert_eq!(house.latest(Temperature).await.value, 21.4);
    let only = house.append(vec![report(NOON, &[("temperature", 26.0)]), report(NOON, &[("humidity", 55.0)])]).await;
    assert_eq!((only.stored, only.duplicate), (0, 1));
    assert_eq!(only.warnings[0].field, "[0].temperature");
}

#[tokio::test]
async fn a_row_that_the_writer_does_not_know_of_is_filled_in_and_not_overwritten() {
    let house = House::new().await;
    house.append(vec![report(NOON, &[("temperature", 21.4)])]).await;
    let later = NOON.plus(MINUTE_MS);
    house.outside().slip_in(later.0, 5.0);
    house.append(vec![report(later, &[("temperature", 22.0), ("humidity", 50.0)])]).await;
    let series = async |quantity| {
        let main = SensorName::main();
        let stretch = house.storage.buckets(house.station.id, &main, quantity, later, later.plus(1), 1).await;
        stretch.expect("read")[0].mean
    };
    assert_eq!((series(Temperature).await, series(Humidity).await), (5.0, 50.0));
}

#[tokio::test]
async fn a_clock_that_ran_ahead_does_not_hide_what_comes_after() {
    let mut house = House::new().await;
    house.append(vec![arrived(NOON.plus(4 * MINUTE_MS), NOON, &[("temperature", 30.0)])]).await;
    let next = NOON.plus(MINUTE_MS);
    house.append(vec![arrived(next, next, &[("temperature", 21.0)])]).await;
    assert_eq!(house.latest(Temperature).await.value, 21.0);
    house.news().await;
    assert!(house.news().await[0].get("late").is_none());
}

#[tokio::test]
async fn old_reports_are_told_as_one_stretch() {
    let mut house = House::new().await;
    let hours = (1..=100).map(|hour| arrived(NOON.plus(-hour * HOUR_MS), NOON, &[("temperature", hour as f64 / 10.0)]));
    let mut reports: Vec<_> = hours.collect();
    reports.push(report(NOON, &[("temperature", 15.0), ("wind_speed", 3.0)]));
    house.append(reports).await;
    let news = house.news().await;
    assert_eq!(news.len(), 2, "{news:?}");
    assert_eq!((&news[0]["kind"], &news[1]["kind"]), (&"report".into(), &"backfill".into()));
    let stretch = (NOON.plus(-100 * HOUR_MS).0.into(), NOON.plus(-HOUR_MS).0.into());
    assert_eq!((news[1]["from"].clone(), news[1]["to"].clone()), stretch);
}

#[tokio::test]
async fn what_it_feels_like_rests_on_what_the_main_sensor_said_lately() {
    let mut house = House::new().await;
    house.append(vec![report(NOON, &[("wind_speed", 8.0)])]).await;
    house.append(vec![report(NOON.plus(10 * MINUTE_MS), &[("temperature", -5.0), ("indoor/temperature", 30.0)])]).await;
    house.append(vec![report(NOON.plus(20 * MINUTE_MS), &[("temperature", -5.0)])]).await;
    assert_eq!(house.news().await[0]["derived"], serde_json::json!({}));
    assert!(house.news().await[0]["derived"]["feels_like"].as_f64().expect("wind chill") < -10.0);
    assert_eq!(house.news().await[0]["derived"], serde_json::json!({}), "that wind is 20 minutes old");
}

#[tokio::test]
async fn extremes_belong_to_the_local_day_even_where_it_has_25_hours() {
    let house = House::new().await;
    // 2026-10-25 in Berlin lasts from 22:00 UTC the day before to 23:00 UTC.
    let midnight = Timestamp(1_792_879_200_000);
    let values = [(-1, 4.0), (0, 5.0), (24 * 60 + 59, 9.0), (25 * 60, 10.0)];
    let reports = values.map(|(minute, value)| report(midnight.plus(minute * MINUTE_MS), &[("temperature", value)]));
    house.append(reports.to_vec()).await;
    let range = |e: Option<Extreme>| e.map(|e| (e.low, e.high));
    assert_eq!(range(house.extreme(Temperature, (2026, 10, 24)).await), Some((4.0, 4.0)));
    assert_eq!(range(house.extreme(Temperature, (2026, 10, 25)).await), Some((5.0, 9.0)));
    assert_eq!(range(house.extreme(Temperature, (2026, 10, 26)).await), Some((10.0, 10.0)));
}

#[tokio::test]
async fn of_equal_extremes_the_first_occurrence_stands_also_after_a_restart() {
    let house = House::new().await;
    house.append(vec![report(NOON, &[("temperature", 21.1)])]).await;
    let house = house.reopened(|_| {}).await;
    house.append(vec![report(NOON.plus(HOUR_MS), &[("temperature", 21.1)])]).await;
    assert_eq!(house.extreme(Temperature, (2026, 11, 22)).await.expect("a day").high_at, NOON);
    house.append(vec![arrived(NOON.plus(-MINUTE_MS), NOON, &[("temperature", 21.1)])]).await;
    assert_eq!(house.extreme(Temperature, (2026, 11, 22)).await.expect("a day").low_at, NOON.plus(-MINUTE_MS));
}

#[tokio::test]
async fn a_station_has_a_limited_number_of_sensors() {
    let house = House::new().await;
    let names: Vec<String> = (0..300).map(|n| format!("s{n:03}/temperature")).collect();
    let values: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 20.0)).collect();
    let answer = house.append(vec![report(NOON, &values)]).await;
    assert_eq!((answer.stored, answer.warnings.len()), (1, 44));
    assert!(answer.warnings[0].reason.contains("as many sensors"), "{}", answer.warnings[0]);
    assert_eq!(house.append(vec![report(NOON.plus(1), &[("s299/temperature", 1.5)])]).await.stored, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_value_comes_back_to_the_last_bit(values in prop::collection::vec((-80.0..60.0f64, 500.0..1100.0f64), 200)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let house = House::new().await;
            let reports: Vec<_> = (0..).zip(&values).map(|(minute, (temperature, pressure))| {
                report(NOON.plus(minute * MINUTE_MS), &[("temperature", *temperature), ("station_pressure", *pressure)])
            }).collect();
            house.append(reports.clone()).await;
            let house = house.reopened(|_| {}).await;
            let again = house.append(reports.clone()).await;
            assert_eq!(again, Appended { duplicate: reports.len(), ..Appended::default() });
        });
    }
}

#[tokio::test]
async fn readings_that_the_future_noted_give_way_when_the_clock_is_right_again() {
    let mut house = House::new().await;
    let future = NOON.plus(10 * 365 * DAY_MS);
    house.append(vec![arrived(future, future, &[("temperature", 30.0), ("humidity", 50.0)])]).await;
    house.entries().await;
    // The clock is set back; nobody is restarted.
    house.append(vec![report(NOON, &[("temperature", 20.0)])]).await;
    let news = house.news().await;
    assert_eq!(news[0].get("late"), None, "{news:?}");
    let latest = house.latest(Temperature).await;
    assert_eq!((latest.value, latest.observed_at), (20.0, NOON));
    // Five minutes are what a clock may be ahead.
    house.append(vec![report(NOON.plus(4 * MINUTE_MS), &[("temperature", 21.0)])]).await;
    house.append(vec![report(NOON.plus(MINUTE_MS), &[("temperature", 22.0)])]).await;
    assert_eq!(house.latest(Temperature).await.value, 21.0);
    // After a restart, too, which reads the newest values from the database.
    house.append(vec![arrived(future.plus(1), future.plus(1), &[("temperature", 31.0)])]).await;
    let house = house.reopened(|_| {}).await;
    house.append(vec![report(NOON.plus(5 * MINUTE_MS), &[("temperature", 23.0)])]).await;
    assert_eq!(house.latest(Temperature).await.value, 23.0);
}

#[tokio::test]
async fn a_late_value_settles_a_step_of_the_next_day_and_that_days_extremes_follow() {
    let house = House::new().await;
    // In Berlin it is midnight eleven hours after noon in UTC.
    let at = |minute: i64| NOON.plus(11 * HOUR_MS + minute * MINUTE_MS);
    let now = at(13 * 60);
    let warmth = |minute, celsius| arrived(at(minute), now, &[("temperature", celsius)]);
    house.append(vec![warmth(-30, 10.0), warmth(10, 30.0), warmth(12 * 60, 15.0)]).await;
    let (today, tomorrow) = ((2026, 11, 22), (2026, 11, 23));
    let high =
        async |house: &House, day| house.extreme(Quantity::Temperature, day).await.map(|day| (day.low, day.high));
    assert_eq!(high(&house, tomorrow).await, Some((15.0, 15.0)), "the step of midnight waits");
    let house = house.reopened(|_| {}).await;
    house.append(vec![warmth(-10, 20.0)]).await;
    assert_eq!(high(&house, tomorrow).await, Some((15.0, 30.0)));
    assert_eq!(high(&house, today).await, Some((10.0, 20.0)));
}
