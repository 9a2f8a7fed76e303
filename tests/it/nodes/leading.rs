//! One leads; when it goes, another does within three seconds.

use super::*;
use crate::kit::nodes::Nodes;
use std::time::{Duration, Instant};

/// So long the work of a leader rests at most.
const TAKEOVER_MAX: Duration = Duration::from_secs(3);

async fn two(nodes: &Nodes) -> (TestApp, TestApp) {
    let one = nodes.start_with(|config| config.keeper = QUICK).await;
    one.add_station("town-hall").await;
    let other = nodes.start_with(|config| config.keeper = QUICK).await;
    which(one, other).await
}

#[tokio::test]
async fn words_said_anywhere_are_answered_once_and_come_to_pages_everywhere() {
    let nodes = Nodes::new().await;
    let (leader, other) = two(&nodes).await;
    assert!(!other.storage.lead().is_leading());
    let mut seen = other.dock.cursor();
    for number in 0..10 {
        says(&leader.storage, &format!("a-word-at-one-{number}"), "how cold is it?").await;
        says(&other.storage, &format!("a-word-at-two-{number}"), "how cold is it?").await;
    }
    // Her page is at the server that does not lead.
    let mut answers = 0;
    while answers < 20 {
        let clipboard = json!({"v": 1, "fleet": "ping-pong", "seen": seen, "watch": ["town-hall"]});
        let headers = format!("Content-Type: application/json\r\nCookie: visitor={SECRET}\r\n");
        let load = other.send(&truck("0123456789abcdef", &headers, &clipboard.to_string())).await.load().await;
        seen = load["seen"].as_str().expect("a cursor").to_owned();
        answers += load["cargo"].as_array().expect("a list").iter().filter(|item| item["from"] == "robot").count();
    }
    assert_eq!((answers, heard(&leader.storage).await.len(), heard(&other.storage).await.len()), (20, 20, 20));
    assert_eq!(other.storage.stats().words_answered, 0);
    let metrics = async |server: &TestApp| {
        let text = reqwest::get(format!("{}/metrics", server.url)).await.expect("an answer").text().await.expect("text");
        text.lines().find(|line| line.starts_with("stevenson_leads ")).expect("a gauge").to_owned()
    };
    assert_eq!((metrics(&leader).await, metrics(&other).await), ("stevenson_leads 1".into(), "stevenson_leads 0".into()));
}

#[tokio::test]
async fn when_the_leader_goes_another_answers_and_watches_its_alerts() {
    let nodes = Nodes::new().await;
    let (leader, other) = two(&nodes).await;
    let station = other.storage.directory().by_slug("town-hall").expect("there").slug.clone();
    let key = other.storage.renew_key(&station).await.expect("a key").reveal().to_owned();
    says(&other.storage, "word-number-00001", "warn me below 0").await;
    until(async || heard(&other.storage).await.len() == 1).await;
    let began = Instant::now();
    drop(leader);
    until(async || other.storage.lead().is_leading()).await;
    assert!(began.elapsed() < TAKEOVER_MAX, "{:?}", began.elapsed());
    says(&other.storage, "word-number-00002", "warn me above 30").await;
    until(async || heard(&other.storage).await.len() == 2).await;
    assert!(heard(&other.storage).await[1].starts_with("Alert 2"), "it knows of the first");
    comes(&other).await;
    other.measures(&key, &json!({"temperature": -3.0})).await;
    until(async || heard(&other.storage).await.len() == 3).await;
    assert!(heard(&other.storage).await[2].contains("-3"), "{:?}", heard(&other.storage).await);
}

#[tokio::test]
async fn a_leader_whose_session_is_ended_leads_no_more_and_one_of_them_goes_on() {
    let nodes = Nodes::new().await;
    let (leader, other) = two(&nodes).await;
    let began = Instant::now();
    let ended = nodes.psql().number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    assert_eq!(ended, 1, "one session has the lock");
    let lead = leader.storage.lead();
    lead.lost().await;
    until(async || lead.is_leading() != other.storage.lead().is_leading()).await;
    assert!(began.elapsed() < TAKEOVER_MAX, "{:?}", began.elapsed());
    says(&leader.storage, "word-number-00001", "how cold is it?").await;
    until(async || heard(&other.storage).await.len() == 1).await;
}

#[tokio::test]
async fn a_visitor_at_any_server_is_here_for_the_one_that_leads() {
    let nodes = Nodes::new().await;
    let (leader, other) = two(&nodes).await;
    let station = other.storage.directory().by_slug("town-hall").expect("there").slug.clone();
    let key = other.storage.renew_key(&station).await.expect("a key").reveal().to_owned();
    // Her page was last at a server a while ago, and then an alert rings.
    says(&other.storage, "word-number-00001", "warn me below 0").await;
    until(async || heard(&other.storage).await.len() == 1).await;
    nodes.psql().run("UPDATE word SET said_ms = 0");
    drop(leader);
    let third = nodes.start_with(|config| config.keeper = QUICK).await;
    let (leader, other) = which(other, third).await;
    leader.measures(&key, &json!({"temperature": -3.0})).await;
    leader.until_told(other.storage.answers().await.map(|()| leader.storage.head()).expect("it answers")).await;
    assert_eq!(heard(&other.storage).await.len(), 1, "she is away");
    comes(&other).await;
    until(async || heard(&other.storage).await.len() == 2).await;
}
