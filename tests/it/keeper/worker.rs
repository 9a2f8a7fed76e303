//! The worker: every word answered once, in order, whatever ends the process.

use super::*;

/// The ids that the keeper's words answer, by the journal; in order.
async fn answered(house: &House) -> Vec<String> {
    let entries = house.storage.journal_tail(100_000).await.expect("read");
    let body = |entry: &storage::Entry| serde_json::from_slice::<serde_json::Value>(&entry.body).expect("JSON");
    entries.iter().filter_map(|entry| Some(body(entry)["answers"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn words_are_answered_once_and_in_order_over_a_restart_in_mid_thought() {
    let mut house = House::thinking(Options { think_min_ms: 5, think_max_ms: 20 }).await;
    let visitor = visitor("restart");
    let texts: Vec<String> = (0..30).map(|n| format!("what is {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    house.say(&visitor, "C-metric", &texts).await;
    for heard in [1, 7, 15] {
        house.until_heard(&visitor, heard).await;
        house = house.killed(Options { think_min_ms: 5, think_max_ms: 20 }).await;
    }
    house.until_heard(&visitor, 30).await;
    let expected: Vec<String> = texts.iter().map(|text| format!("{}{text}", visitor.as_str())).collect();
    assert_eq!(answered(&house).await, expected);
    assert!(house.words(&visitor).await.iter().all(|word| word.answered));
}

#[tokio::test]
async fn many_visitors_are_answered_at_once_each_in_order() {
    let mut house = House::new().await;
    house.append(vec![report(minute(0), &[("temperature", 5.0)])]).await;
    let visitors: Vec<Visitor> = (0..50).map(|n| visitor(&format!("visitor {n}"))).collect();
    let texts: Vec<String> = (0..20).map(|n| format!("how cold is it? {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for visitor in &visitors {
        house.say(visitor, "C-metric", &texts).await;
    }
    for visitor in &visitors {
        house.until_heard(visitor, texts.len()).await;
    }
    let answered = answered(&house).await;
    for visitor in &visitors {
        let theirs: Vec<&String> = answered.iter().filter(|id| id.starts_with(visitor.as_str())).collect();
        let expected: Vec<String> = texts.iter().map(|text| format!("{}{text}", visitor.as_str())).collect();
        assert_eq!(theirs, expected.iter().collect::<Vec<_>>());
    }
    assert_eq!(house.keeper.stats().answered, 1_000);
}

#[tokio::test]
async fn a_word_about_a_station_that_is_gone_is_answered_too() {
    let mut house = House::new().await;
    let visitor = visitor("lost");
    house.storage.remove_station(&Slug::new("town-hall").expect("a slug")).await.expect("removed");
    let answer = house.ask(&visitor, "C-metric", "how cold is it?").await;
    assert_eq!(answer, "I know no station called \"town-hall\".");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute; run it alone to see what the machine sustains"]
async fn a_thousand_conversations_of_twenty_words_are_answered() {
    let mut house = House::thinking(Options { think_min_ms: 0, think_max_ms: 0 }).await;
    house.append(vec![report(minute(0), &[("temperature", 5.0), ("wind_speed", 3.0), ("precipitation", 1.0)])]).await;
    let asked =
        ["how cold is it?", "lowest this week?", "is it windy?", "rain since Monday?", "warn me below 0", "list"];
    let texts: Vec<String> = (0..20).map(|n| format!("{} {n}", asked[n % asked.len()])).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let visitors: Vec<Visitor> = (0..1_000).map(|n| visitor(&format!("visitor {n}"))).collect();
    let started = std::time::Instant::now();
    for visitor in &visitors {
        house.say(visitor, "C-metric", &texts).await;
    }
    for visitor in &visitors {
        house.until_heard(visitor, texts.len()).await;
    }
    println!("20,000 answers in {:?}", started.elapsed());
    assert_eq!(house.keeper.stats().answered, 20_000);
}
