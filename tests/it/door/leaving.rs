//! Clients that close their side, or leave.

use super::PAGE;
use crate::kit::app::TestApp;
use crate::kit::connection::truck;
use serde_json::json;
use tokio::io::AsyncWriteExt;

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn all_requests_that_came_before_a_client_closed_its_side_are_answered() {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    let turns = truck("0123456789abcdef", JSON, r#"{"v":1,"fleet":"polling","seen":"F.0"}"#);
    let odd = turns.replace("Host: x", "Host: x\r\nConnection: keep-alive, x");
    let post = |temperature| {
        let body = json!({"temperature": temperature}).to_string();
        let head = format!("Authorization: Bearer {key}\r\nContent-Length: {}", body.len());
        format!("POST /api/v1/readings HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{body}")
    };
    let icon = "GET /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\n".to_owned();
    for (number, order) in [
        [PAGE.to_owned(), PAGE.to_owned(), icon.clone(), PAGE.to_owned()],
        [turns.clone(), turns.clone(), turns.clone(), turns.clone()],
        [turns.clone(), PAGE.to_owned(), odd.clone(), turns.clone()],
        [post(1), PAGE.to_owned(), post(2), post(3)],
        [odd.clone(), odd.clone(), post(4), icon.clone()],
    ]
    .iter()
    .enumerate()
    {
        let mut client = server.send(&order.concat()).await;
        client.stream.shutdown().await.expect("open");
        let all = String::from_utf8_lossy(&client.rest().await).into_owned();
        let heads: Vec<_> = all.lines().filter(|line| line.contains("HTTP/1.1 ")).collect();
        assert_eq!(heads.len(), order.len(), "{number}: {heads:?}, {} bytes", all.len());
    }
}

#[tokio::test]
async fn a_parked_truck_is_given_up_when_its_page_leaves_whatever_was_sent_behind_it() {
    let server = TestApp::start().await;
    let park = truck("0123456789abcdef", JSON, &json!({"v": 1, "fleet": "ping-pong", "seen": "E.0"}).to_string());
    for behind in [0, 100, 7 << 10, 9 << 10, 60 << 10] {
        let line = server.send(&format!("{park}{}", "x".repeat(behind))).await;
        server.until(|stats| stats.parked() == 1).await;
        drop(line);
        server.until(|stats| stats.parked() == 0).await;
    }
}
