//! One leads; when it goes, another does within three seconds.

use super::*;
use crate::kit::nodes::Nodes;
use crate::kit::program::Program;
use std::time::{Duration, Instant};

/// So long the work of a leader rests at most.
const TAKEOVER_MAX: Duration = Duration::from_secs(3);

async fn two(nodes: &Nodes) -> (TestApp, TestApp) {
    let one = nodes.start_with(|config| config.keeper = QUICK).await;
    one.add_station("town-hall").await;
    let other = nodes.start_with(|config| config.keeper = QUICK).await;
    which(one, other).await
}

async fn gauge(url: &str) -> String {
    let text = reqwest::get(format!("{url}/metrics")).await.expect("an answer").text().await.expect("text");
    text.lines().find(|line| line.starts_with("stevenson_leads ")).expect("a gauge").to_owned()
}

/// The database ends the session that has the lock.
fn end_session(nodes: &Nodes) {
    let ended = nodes.psql().number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    assert_eq!(ended, 1, "one session has the lock");
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
    assert_eq!(
        (gauge(&leader.url).await, gauge(&other.url).await),
        ("stevenson_leads 1".into(), "stevenson_leads 0".into())
    );
}

#[tokio::test]
async fn when_the_leader_is_killed_another_answers_and_watches_its_alerts() {
    let nodes = Nodes::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let leader = Program::start_with(folder.path(), &["--database", nodes.address().reveal()]);
    until(async || gauge(&leader.url).await == "stevenson_leads 1").await;
    let other = nodes.start_with(|config| config.keeper = QUICK).await;
    let (_, key) = other.add_station("town-hall").await;
    other.measures(&key, &json!({"temperature": 0.2})).await;
    says(&other.storage, "word-number-00001", "warn me below 0").await;
    until(async || heard(&other.storage).await.len() == 1).await;
    // It is never answered by the one that is killed while it thinks, or by that one alone.
    says(&other.storage, "word-number-00002", "warn me above 30").await;
    let began = Instant::now();
    leader.kill();
    until(async || other.storage.lead().is_leading()).await;
    assert!(began.elapsed() < TAKEOVER_MAX, "{:?}", began.elapsed());
    until(async || heard(&other.storage).await.len() == 2).await;
    assert!(heard(&other.storage).await[1].starts_with("Alert 2"), "it knows of the first");
    comes(&other).await;
    other.measures(&key, &json!({"temperature": -0.3})).await;
    until(async || heard(&other.storage).await.len() == 3).await;
    assert!(heard(&other.storage).await[2].contains("(alert 1)"), "{:?}", heard(&other.storage).await);
}

#[tokio::test]
async fn a_leader_whose_session_is_ended_leads_no_more_and_one_of_them_goes_on() {
    let nodes = Nodes::new().await;
    let (leader, other) = two(&nodes).await;
    let began = Instant::now();
    end_session(&nodes);
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
    other.measures(&key, &json!({"temperature": 0.2})).await;
    says(&other.storage, "word-number-00001", "warn me below 0").await;
    until(async || heard(&other.storage).await.len() == 1).await;
    // Who takes over knows of nobody that is here.
    end_session(&nodes);
    leader.storage.lead().lost().await;
    let (leader, other) = which(leader, other).await;
    leader.measures(&key, &json!({"temperature": -0.3})).await;
    comes(&other).await;
    until(async || heard(&other.storage).await.len() == 2).await;
}
