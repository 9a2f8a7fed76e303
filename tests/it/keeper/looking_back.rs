//! What storage finds when it looks back.

use super::*;
use chrono::NaiveDate;
use stevenson::storage::Side;
use weather::time::DAY_MS;

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 3, day).expect("a date")
}

async fn house() -> House {
    let house = House::new().await;
    let reports = [(-4 * DAY_MS, -1.0), (-4 * DAY_MS + 1, -2.0), (-2 * DAY_MS, 3.0), (-1, 7.0), (0, 7.0)];
    house.append(reports.iter().map(|(at, value)| report(NOW.plus(*at), &[("temperature", *value)])).collect()).await;
    house
}

#[tokio::test]
async fn the_newest_that_fits_is_found_within_the_days_that_are_looked_at() {
    let house = house().await;
    let last = async |side, limit, from| {
        let (main, quantity) = (SensorName::main(), Quantity::Temperature);
        house.storage.last_beyond(&house.station, &main, quantity, (side, limit), date(from)).await.expect("read")
    };
    assert_eq!(last(Side::Below, 0.0, 1).await, Some((NOW.plus(-4 * DAY_MS + 1), -2.0)));
    assert_eq!(last(Side::Below, -1.5, 27).await, Some((NOW.plus(-4 * DAY_MS + 1), -2.0)));
    assert_eq!(last(Side::Below, 0.0, 28).await, None, "too long ago");
    assert_eq!(last(Side::Below, -2.0, 1).await, None, "the limit itself is not below it");
    assert_eq!(last(Side::Above, 3.0, 1).await, Some((NOW, 7.0)));
    assert_eq!(last(Side::Above, 7.0, 1).await, None);
}

#[tokio::test]
async fn days_and_hours_have_their_lows_and_highs() {
    let house = house().await;
    let (id, main) = (house.station.id, SensorName::main());
    let days =
        house.storage.extremes_between(id, &main, Quantity::Temperature, date(27), date(30)).await.expect("read");
    let days: Vec<_> = days.into_iter().map(|(day, extreme)| (day, extreme.low, extreme.high)).collect();
    assert_eq!(days, [(date(27), -2.0, -1.0), (date(29), 3.0, 3.0)]);
    let within = async |from, to| {
        let within = house.storage.extreme_within(id, &main, Quantity::Temperature, from, to).await.expect("read");
        within.map(|extreme| (extreme.low, extreme.low_at, extreme.high_at))
    };
    assert_eq!(within(NOW.plus(-10), NOW.plus(1)).await, Some((7.0, NOW.plus(-1), NOW.plus(-1))), "the first of each");
    assert_eq!(within(NOW.plus(-10), NOW.plus(-1)).await, None);
    assert_eq!(within(Timestamp(0), NOW).await.map(|found| found.0), Some(3.0), "48 hours at most");
    assert_eq!(house.storage.first_day(id, &main).await.expect("read"), Some(date(27)));
    assert_eq!(house.storage.first_day(id, &SensorName::new("no").expect("a name")).await.expect("read"), None);
}
