//! Records and counted days over a database that is older than ten years.

use super::*;

/// A reading that was read from a file.
fn old(at: &str, values: &[(&str, f64)]) -> Report {
    let at: Timestamp = chrono::DateTime::parse_from_rfc3339(at).expect("a time").to_utc().into();
    let mut draft = Draft::of_history(NOW);
    for (name, value) in values {
        let quantity = Quantity::from_name(name).expect("a quantity");
        draft.take_number(&SensorName::main(), quantity, quantity.unit(), name, *value);
    }
    draft.finish(Some(at)).report.expect("it has values")
}

#[tokio::test]
async fn ever_is_longer_than_ten_years_and_days_are_counted() {
    let mut house = House::new().await;
    let frost = |day: u32| old(&format!("2024-03-{day:02}T05:00:00Z"), &[("temperature", -1.5)]);
    let mut reports: Vec<Report> = (1..=20).map(frost).collect();
    reports.push(old("2004-07-01T03:00:00Z", &[("temperature", 15.0)]));
    reports.push(old("2004-07-01T13:00:00Z", &[("temperature", 35.5)]));
    house.append(reports).await;
    house.append(vec![report(minute(-1), &[("temperature", 12.0)])]).await;
    let visitor = visitor("metric");
    for (text, answer) in [
        ("record high?", "Highest ever: 35.5 °C on 1 Jul 2004 at 15:00. My records begin on Thu 1 Jul 2004."),
        (
            "how many frost days this month?",
            "20 frost days this month (low below 0.0 °C). I have readings of 21 of the 31 days.",
        ),
        ("tropical nights ever", "No tropical nights ever (low at least 20.0 °C). My records begin on Thu 1 Jul 2004."),
        ("any records today?", "I have readings of too few days: I tell of records after 30 of them."),
        ("sunset?", "Nobody has told me where I stand, so I know no sunrise and no sunset."),
        (
            "moon?",
            "The moon today: waning gibbous, 67 % lit. Next full moon: Wed 24 Apr 2024, next new moon: Mon 8 Apr 2024.",
        ),
    ] {
        assert_eq!(house.ask(&visitor, "C-metric", text).await, answer, "{text:?}");
    }
    let fahrenheit = house.ask(&visitor, "F-us", "frost days this month").await;
    assert!(fahrenheit.starts_with("20 frost days this month (low below 32.0 °F)."), "{fahrenheit}");
}

#[tokio::test]
async fn the_records_of_today_are_told_when_asked() {
    let mut house = House::new().await;
    let day = |day: i64| report(NOW.plus(-day * 24 * 60 * MINUTE_MS), &[("temperature", 10.0 + day as f64 / 100.0)]);
    house.append((1..=40).rev().map(day).collect()).await;
    let visitor = visitor("metric");
    house.append(vec![report(minute(-2), &[("temperature", 10.2)])]).await;
    assert_eq!(house.ask(&visitor, "C-metric", "new records?").await, "No record today.");
    house.append(vec![report(minute(-1), &[("temperature", 11.5)])]).await;
    let told = house.until_heard(&visitor, 2).await.swap_remove(1);
    assert!(told.starts_with("New record of the year: 11.5 °C at 13:59 is the highest"), "{told}");
    assert_eq!(
        house.ask(&visitor, "C-metric", "any new records?").await,
        "Highest temperature ever measured here: 11.5 °C, 13:59."
    );
}
