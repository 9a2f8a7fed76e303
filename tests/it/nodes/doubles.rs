//! Two believe that they lead: what each does is as if one had done it.

use super::*;
use crate::kit::fake::Fake;
use crate::kit::nodes::Nodes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use stevenson::webhook;

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
    let answered = one.storage.stats().words_answered + other.storage.stats().words_answered;
    assert_eq!(answered, 50, "each by one of them");
}

#[tokio::test]
async fn an_alert_is_told_once() {
    let nodes = Nodes::new().await;
    let one = nodes.start_with(|config| config.keeper = QUICK).await;
    let (_, key) = one.add_station("town-hall").await;
    until(async || one.storage.lead().is_leading()).await;
    says(&one.storage, "word-number-00001", "warn me below 0").await;
    until(async || heard(&one.storage).await.len() == 1).await;
    let other = nodes.start_leading(|config| config.keeper = QUICK).await;
    until(async || other.storage.lead().is_leading()).await;
    for server in [&one, &other] {
        comes(server).await;
    }
    let mut told = 1;
    for round in 0..5 {
        let by = [&one, &other][round % 2];
        for temperature in [-5.0, 15.0] {
            by.measures(&key, &json!({"temperature": temperature})).await;
            told += 1;
            until(async || heard(&one.storage).await.len() >= told).await;
        }
    }
    let texts = heard(&one.storage).await;
    assert_eq!(texts.len(), 11, "{texts:#?}");
    assert!(texts[1..].iter().step_by(2).all(|text| text.contains("-5")), "{texts:#?}");
}

#[tokio::test]
async fn of_an_event_there_is_one_letter() {
    let got: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let to = got.clone();
    let fake = Fake::start(move |request| {
        let id = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("webhook-id")).expect("an id").1.clone();
        let text = String::from_utf8(request.body).expect("text");
        to.lock().expect("no panic").insert(id, text);
        async { (200, None, String::new()) }
    })
    .await;
    let alert = vec![webhook::Alerting { when: "temperature below 0".into(), ..webhook::Alerting::default() }];
    let hook = webhook::Options { name: "mine".into(), url: fake.url(), alert, ..webhook::Options::default() };
    let nodes = Nodes::new().await;
    let one = nodes.start_with(|config| config.webhook = vec![hook.clone()]).await;
    let (_, key) = one.add_station("town-hall").await;
    until(async || one.storage.alerts().await.expect("read").len() == 1).await;
    let other = nodes.start_leading(|config| config.webhook = vec![hook.clone()]).await;
    until(async || other.storage.lead().is_leading()).await;
    let mut sent = 0;
    for round in 0..4 {
        let by = [&one, &other][round % 2];
        for temperature in [-5.0, 15.0] {
            by.measures(&key, &json!({"temperature": temperature})).await;
            sent += 1;
            until(async || got.lock().expect("no panic").len() >= sent).await;
        }
    }
    assert_eq!(got.lock().expect("no panic").len(), 8, "by their ids");
}
