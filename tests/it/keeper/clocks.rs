//! A station whose clock is wrong: what the keeper says of now, and of alerts.

use super::*;
use weather::time::HOUR_MS;

/// A report that arrives at a time, of a clock that is so far ahead (negative: behind), ms. The owner's correction is in `right_ms`.
fn late(at: Timestamp, skew_ms: i64, right_ms: i64, values: &[(&str, f64)]) -> Report {
    let mut draft = Draft::new(at).of_clock(right_ms);
    for (name, value) in values {
        let quantity = Quantity::from_name(name).expect("a quantity");
        draft.take_number(&SensorName::main(), quantity, quantity.unit(), name, *value);
    }
    draft.finish(Some(at.plus(skew_ms))).report.expect("it has values")
}

/// A house whose station has sent three reports by such a clock.
async fn house(skew_ms: i64) -> House {
    let house = House::new().await;
    let now = [("temperature", 3.0), ("humidity", 60.0), ("wind_speed", 2.0), ("precipitation", 0.0)];
    for at in -3..0 {
        house.append(vec![late(minute(at), skew_ms, 0, &now)]).await;
    }
    house.set_clock(minute(0));
    house
}

const BEHIND: &str = "My station's clock is 5 h behind";

#[tokio::test]
async fn every_alert_of_a_station_whose_clock_is_behind_is_taken_with_the_word_that_it_cannot_ring() {
    let mut house = house(-5 * HOUR_MS).await;
    let visitor = visitor("hopeful");
    for (text, taken) in [
        ("warn me above 5 °C", "Alert 1: I will tell you when I see temperature above 5 °C."),
        ("warn me when it rains", "Alert 2: I will tell you when it rains."),
        ("tell me if humidity goes above 90 %", "Alert 3: I will tell you when I see humidity above 90 %."),
    ] {
        let answer = house.ask(&visitor, "C-metric", text).await;
        assert!(answer.starts_with(taken), "{answer}");
        assert!(answer.contains(BEHIND) && answer.contains("cannot ring until"), "{answer}");
        assert!(answer.contains("stevenson station set town-hall --clock-offset 5h"), "{answer}");
        assert!(answer.contains("/admin/stations/town-hall"), "{answer}");
    }
    let silence = house.ask(&visitor, "C-metric", "tell me if the station goes silent").await;
    assert!(silence.contains(BEHIND) && silence.contains("cannot tell when a silence is over until"), "{silence}");
    let list = house.ask(&visitor, "C-metric", "list").await;
    assert!(list.contains(BEHIND) && list.contains("cannot ring until"), "{list}");
    assert!(!house.ask(&visitor, "C-metric", "forget 2").await.contains(BEHIND));

    // The owner puts the clock right.
    for at in 1..4 {
        house.set_clock(minute(at));
        house.keeper.visit(&visitor);
        house.append(vec![late(minute(at), -5 * HOUR_MS, 5 * HOUR_MS, &[("temperature", 6.0)])]).await;
    }
    let heard = house.until_heard(&visitor, 7).await;
    assert_eq!(heard[6], "It is 6.0 °C now, at 14:01: above 5 °C, as you asked (alert 1).");
    let added = house.ask(&visitor, "C-metric", "warn me below 1 °C").await;
    assert!(!added.contains("clock"), "{added}");
}

#[tokio::test]
async fn every_answer_about_now_says_that_the_clock_is_off() {
    let mut behind = house(-5 * HOUR_MS).await;
    let visitor = visitor("asking");
    for text in [
        "what is the temperature?",
        "humidity?",
        "is it windy?",
        "is it raining?",
        "what does it feel like?",
        "dew point?",
        "weather?",
        "hello",
        "how are you",
        "is it getting warmer?",
        "is it below 20?",
        "compare with harbour",
    ] {
        let answer = behind.ask(&visitor, "C-metric", text).await;
        assert_eq!(answer.matches("clock is 5 h behind").count(), 1, "{text}: {answer}");
    }
    for text in ["help", "what time is it", "thanks", "high yesterday?"] {
        let answer = behind.ask(&visitor, "C-metric", text).await;
        assert!(!answer.contains("behind"), "{text}: {answer}");
    }
    let mut ahead = house(9 * HOUR_MS).await;
    let answer = ahead.ask(&visitor, "C-metric", "what is the temperature?").await;
    assert_eq!(
        answer,
        "It is 3.0 °C at 13:59. It feels like 1.0 °C. My station's clock is 9 h ahead, so I use the time at which its reports arrive."
    );
    let alert = ahead.ask(&visitor, "C-metric", "warn me above 5 °C").await;
    assert_eq!(alert, "Alert 1: I will tell you when I see temperature above 5 °C.", "it rings");
}
