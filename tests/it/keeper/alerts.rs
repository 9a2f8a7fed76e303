//! Alerts: they ring once, for who is here at once, for who is away later, and outlive the process.

use super::*;
use weather::time::HOUR_MS;

async fn temperatures(house: &House, values: &[(i64, f64)]) {
    for (at, value) in values {
        house.set_clock(minute(*at));
        house.append(vec![report(minute(*at), &[("temperature", *value)])]).await;
    }
}

/// A house with one reading, so that the station has a thermometer. It is so old that later ones are not judged by it.
async fn house() -> House {
    let house = House::new().await;
    house.append(vec![report(minute(-120), &[("temperature", 5.0), ("humidity", 50.0), ("precipitation", 0.0)])]).await;
    house
}

#[tokio::test]
async fn who_is_here_hears_it_at_once_and_once() {
    let mut house = house().await;
    let visitor = visitor("here");
    house.set_clock(Timestamp(chrono::Utc::now().timestamp_millis()));
    house.say(&visitor, "C-metric", &["warn me below 0 °C", "warn me above 90 % humidity"]).await;
    let heard = house.until_heard(&visitor, 2).await;
    assert_eq!(heard[0], "Alert 1: I will tell you when I see temperature below 0 °C.");
    for (at, value) in [(0, 0.3), (1, -0.3), (2, 0.2), (3, -1.0), (4, 0.4), (5, -0.2)] {
        house.set_clock(minute(at));
        house.keeper.visit(&visitor);
        house.append(vec![report(minute(at), &[("temperature", value)])]).await;
    }
    // Everything before this has been looked at once this has rung.
    house.append(vec![report(minute(6), &[("humidity", 95.0)])]).await;
    let heard = house.until_heard(&visitor, 4).await;
    assert_eq!(
        heard[2..],
        [
            "It is −0.3 °C now, at 14:01: below 0 °C, as you asked (alert 1).",
            "The humidity is 95 % now, at 14:06: above 90 %, as you asked (alert 2).",
        ]
    );
    temperatures(&house, &[(10, 0.9), (15, 1.0), (20, 1.2)]).await;
    let heard = house.until_heard(&visitor, 5).await;
    assert!(heard[4].starts_with("It is above 0 °C again since 14:10; lowest −1.0 °C at 14:03"), "{}", heard[4]);
}

#[tokio::test]
async fn who_was_away_hears_what_happened_once_even_after_a_restart() {
    let mut house = house().await;
    let visitor = visitor("away");
    assert!(house.ask(&visitor, "C-metric", "warn me below 0 °C").await.starts_with("Alert 1"));
    // The word was said by the computer's clock, long after these readings: nobody was seen since.
    let house_now = Timestamp(chrono::Utc::now().timestamp_millis()).plus(HOUR_MS);
    house.set_clock(house_now);
    for (at, value) in [(10, -0.5), (20, -2.1), (30, 0.7), (40, 0.9)] {
        house.append(vec![report(minute(at), &[("temperature", value)])]).await;
    }
    let mut house = house.killed(QUICK).await;
    assert_eq!(house.heard(&visitor).await.len(), 1, "nobody is here to hear it");
    house.set_clock(minute(60));
    house.keeper.visited(&visitor).await;
    let heard = house.until_heard(&visitor, 2).await;
    assert_eq!(
        heard[1],
        "While you were away: at 14:10 it fell below 0 °C; lowest −2.1 °C at 14:20; above again since 14:30 (alert 1)."
    );
    let mut house = house.killed(QUICK).await;
    house.keeper.visited(&visitor).await;
    assert_eq!(house.ask(&visitor, "C-metric", "list").await, "Your alerts here are 1: temperature below 0 °C.");
    assert_eq!(house.heard(&visitor).await.len(), 3, "once");
}

#[tokio::test]
async fn what_is_forgotten_rings_no_more_and_frees_its_number() {
    let mut house = house().await;
    let visitor = visitor("forgetful");
    for (text, answer) in [
        ("warn me below 0 °C", "Alert 1: I will tell you when I see temperature below 0 °C."),
        ("tell me when it rains", "Alert 2: I will tell you when it rains."),
        ("humidity above 90", "Alert 3: I will tell you when I see humidity above 90 %."),
        ("forget 2", "Forgotten: alert 2 (rain)."),
        ("forget 2", "There is no alert 2. Your alerts here are 1: temperature below 0 °C; 3: humidity above 90 %."),
        ("if the station goes silent", "Alert 2: I will tell you when my station goes silent."),
        ("forget 1", "Forgotten: alert 1 (temperature below 0 °C)."),
        (
            "warn me above 300",
            "Temperature is never above 300 °C: what I measure lies between −80 °C and 60 °C. That alert would never ring.",
        ),
    ] {
        assert_eq!(house.ask(&visitor, "C-metric", text).await, answer, "{text}");
    }
    let mut house = house.killed(QUICK).await;
    assert_eq!(
        house.ask(&visitor, "C-metric", "list").await,
        "Your alerts here are 2: my silence; 3: humidity above 90 %."
    );
    let before = house.heard(&visitor).await.len();
    house.keeper.visit(&visitor);
    house.append(vec![report(minute(1), &[("temperature", -5.0)]), report(minute(2), &[("humidity", 95.0)])]).await;
    let heard = house.until_heard(&visitor, before + 1).await;
    assert!(heard[before].contains("humidity"), "{}", heard[before]);
    assert_eq!(house.keeper.stats().alerts, 2);
}

#[tokio::test]
async fn what_does_not_fit_into_the_queue_is_read_from_the_journal() {
    let house = house().await;
    let visitor = visitor("overflow");
    let mut house = house;
    assert!(house.ask(&visitor, "C-metric", "warn me below 0 °C").await.starts_with("Alert 1"));
    house.set_clock(minute(0));
    house.keeper.visit(&visitor);
    // One commit with more reports than wait in memory; the last but one rings.
    let mut reports: Vec<Report> =
        (0..6_000).map(|n| report(minute(0).plus(n * 10), &[("temperature", 1.0)])).collect();
    reports.push(report(minute(2), &[("temperature", -1.0)]));
    reports.push(report(minute(3), &[("temperature", 1.0)]));
    house.append(reports).await;
    let heard = house.until_heard(&visitor, 2).await;
    assert_eq!(heard[1], "It is −1.0 °C now, at 14:02: below 0 °C, as you asked (alert 1).");
    assert!(house.keeper.stats().overflowed > 0);
}

#[tokio::test]
async fn alerts_are_private_to_each_visitor_and_units_are_theirs() {
    let mut house = house().await;
    let (one, other) = (visitor("one"), visitor("other"));
    assert!(house.ask(&one, "F-us", "warn me below 32").await.contains("temperature below 32 °F"));
    assert_eq!(
        house.ask(&other, "C-metric", "list").await,
        "You have no alerts here. Say for example \"warn me below 0 °C\"."
    );
    house.set_clock(minute(1));
    house.keeper.visit(&one);
    house.append(vec![report(minute(1), &[("temperature", -1.0)])]).await;
    let heard = house.until_heard(&one, 2).await;
    assert_eq!(heard[1], "It is 30.2 °F now, at 14:01: below 32 °F, as you asked (alert 1).");
    assert_eq!(house.heard(&other).await.len(), 1);
}
