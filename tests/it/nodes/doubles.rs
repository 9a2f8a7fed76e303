//! Two believe that they lead: what each does is as if one had done it.

use super::*;
use crate::kit::fake::Fake;
use crate::kit::nodes::Nodes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use stevenson::webhook;

/// An alert rings below each of them.
const LIMITS: [f64; 6] = [0.0, -0.5, -1.0, -1.5, -2.0, -2.5];

#[tokio::test]
async fn words_are_answered_once() {
    let nodes = Nodes::new().await;
    let one = nodes.start_with(|config| config.keeper = QUICK).await;
    one.add_station("town-hall").await;
    let other = nodes.start_leading(|config| config.keeper = QUICK).await;
    until(async || one.storage.lead().is_leading() && other.storage.lead().is_leading()).await;
    for number in 0..50 {
        says(&one.storage, &format!("a-word-at-one-{number}"), "how cold is it?").await;
    }
    until(async || one.storage.unanswered(0, 1).await.expect("read").is_empty()).await;
    assert_eq!(heard(&one.storage).await.len(), 50);
    // Each counts a moment after what it wrote can be read.
    let answered = || one.storage.stats().words_answered + other.storage.stats().words_answered;
    until(async || answered() >= 50).await;
    assert_eq!(answered(), 50, "each by one of them");
}

#[tokio::test]
async fn an_alert_is_told_once() {
    let nodes = Nodes::new().await;
    let one = nodes.start_with(|config| config.keeper = QUICK).await;
    let (_, key) = one.add_station("town-hall").await;
    one.measures(&key, &json!({"temperature": 0.2})).await;
    for limit in LIMITS {
        says(&one.storage, &format!("word-of-limit-{limit}"), &format!("warn me below {limit}")).await;
    }
    until(async || heard(&one.storage).await.len() == LIMITS.len()).await;
    let other = nodes.start_leading(|config| config.keeper = QUICK).await;
    until(async || other.storage.lead().is_leading()).await;
    for server in [&one, &other] {
        comes(server).await;
    }
    for (round, limit) in LIMITS.into_iter().enumerate() {
        let by = [&one, &other][round % 2];
        by.measures(&key, &json!({"temperature": limit - 0.2})).await;
        until(async || heard(&one.storage).await.len() > LIMITS.len() + round).await;
    }
    let texts = heard(&one.storage).await.split_off(LIMITS.len());
    assert_eq!(texts.len(), LIMITS.len(), "{texts:#?}");
    for (number, text) in texts.iter().enumerate() {
        assert!(text.ends_with(&format!("(alert {}).", number + 1)), "{texts:#?}");
    }
}

#[tokio::test]
async fn of_an_event_there_is_one_letter() {
    let got: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let to = got.clone();
    let fake = Fake::start(move |request| {
        let id =
            request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("webhook-id")).expect("an id").1.clone();
        let text = String::from_utf8(request.body).expect("text");
        to.lock().expect("no panic").insert(id, text);
        async { (200, None, String::new()) }
    })
    .await;
    let alert =
        |limit: f64| webhook::Alerting { when: format!("temperature below {limit}"), ..webhook::Alerting::default() };
    let alert = LIMITS.map(alert).to_vec();
    let hook = webhook::Options { name: "mine".into(), url: fake.url(), alert, ..webhook::Options::default() };
    let nodes = Nodes::new().await;
    let one = nodes.start_with(|config| config.webhook = vec![hook.clone()]).await;
    let (_, key) = one.add_station("town-hall").await;
    until(async || one.storage.alerts().await.expect("read").len() == LIMITS.len()).await;
    let other = nodes.start_leading(|config| config.webhook = vec![hook.clone()]).await;
    until(async || other.storage.lead().is_leading()).await;
    one.measures(&key, &json!({"temperature": 0.2})).await;
    for (round, limit) in LIMITS.into_iter().enumerate() {
        let by = [&one, &other][round % 2];
        by.measures(&key, &json!({"temperature": limit - 0.2})).await;
        until(async || got.lock().expect("no panic").len() > round).await;
    }
    assert_eq!(got.lock().expect("no panic").len(), LIMITS.len(), "by their ids");
}
