//! A record that falls is told on its own: once, to those who talked here.

use super::*;
use weather::time::DAY_MS;

/// A house with 400 days before today, of the last `days` also temperatures: highs between 15.0 and 20.0 °C. One day a year ago was
/// hot and wet.
async fn house(days: i64) -> House {
    let house = House::new().await;
    let day = |back: i64| {
        let (high, rain) = if back == 380 { (30.0, 25.0) } else { (15.0 + (back % 6) as f64, 0.0) };
        let values = [("precipitation", rain), ("temperature", high)];
        report(NOW.plus(-back * DAY_MS), &values[..if back <= days { 2 } else { 1 }])
    };
    house.append((1..=400).rev().map(day).collect()).await;
    house
}

/// A reading that arrives this minute.
async fn read(house: &House, at: i64, quantity: &str, value: f64) {
    house.set_clock(minute(at));
    house.append(vec![report(minute(at), &[(quantity, value)])]).await;
}

/// Everything before this has been looked at once this is told.
const RAIN: &str = "New record: 26.5 mm so far today is the most rain of a day ever measured here. \
    The most so far was 25.0 mm on Fri 17 Mar 2023.";

#[tokio::test]
async fn a_record_is_told_once_to_those_who_talked_here_also_over_a_restart() {
    let mut house = house(400).await;
    let (talker, american, stranger) = (visitor("talker"), visitor("american"), visitor("stranger"));
    house.ask(&talker, "C-metric", "hello").await;
    house.ask(&american, "F-us", "hello").await;
    read(&house, 0, "temperature", 19.0).await;
    read(&house, 30, "temperature", 22.0).await;
    let year = "New record of the year: 22.0 °C at 14:30 is the highest temperature measured here this year. \
        The highest so far was 20.0 °C on Tue 2 Jan 2024.";
    assert_eq!(house.until_heard(&talker, 2).await[1], year);
    assert!(house.until_heard(&american, 2).await[1].starts_with("New record of the year: 71.6 °F at 14:30 is "));
    for (at, value) in [(60, 25.0), (90, 28.0), (120, 30.6)] {
        read(&house, at, "temperature", value).await;
    }
    let ever = "New record: 30.6 °C at 16:00 is the highest temperature ever measured here. \
        The highest so far was 30.0 °C on Fri 17 Mar 2023.";
    assert_eq!(house.until_heard(&talker, 3).await[2], ever);
    house = house.killed(QUICK).await;
    read(&house, 130, "temperature", 31.0).await;
    read(&house, 140, "precipitation", 26.5).await;
    assert_eq!(house.until_heard(&talker, 4).await[1..], [year, ever, RAIN]);
    read(&house, 150, "precipitation", 30.0).await;
    read(&house, 150, "temperature", 31.4).await;
    assert_eq!(house.until_heard(&american, 4).await.len(), 4);
    assert_eq!(house.words(&stranger).await, []);
}

#[tokio::test]
async fn a_late_value_is_no_news() {
    let mut house = house(400).await;
    let visitor = visitor("talker");
    house.ask(&visitor, "C-metric", "hello").await;
    read(&house, 60, "temperature", 19.0).await;
    house.append(vec![report(minute(0), &[("temperature", 22.0)])]).await;
    // It beats the year's former record, but not what came late.
    read(&house, 61, "temperature", 20.5).await;
    read(&house, 62, "precipitation", 26.5).await;
    assert_eq!(house.until_heard(&visitor, 2).await[1..], [RAIN]);
}

#[tokio::test]
async fn a_young_station_breaks_no_record() {
    let mut house = house(20).await;
    let visitor = visitor("talker");
    house.ask(&visitor, "C-metric", "hello").await;
    read(&house, 0, "temperature", 35.0).await;
    read(&house, 1, "precipitation", 26.5).await;
    assert_eq!(house.until_heard(&visitor, 2).await[1..], [RAIN]);
}
