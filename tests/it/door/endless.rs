//! Old clients that say nothing of their body's length, and end it by closing their side, or not at all.

use crate::kit::app::TestApp;
use crate::kit::connection::Connection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use weather::station::Station;

struct House {
    app: TestApp,
    station: Arc<Station>,
    key: String,
}

impl House {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (station, key) = app.add_station("town-hall").await;
        Self { app, station, key }
    }

    /// Every door: its path, a body that says these degrees, and the status when it is stored.
    fn doors(&self, degrees: usize) -> [(String, String, u16); 5] {
        let key = &self.key;
        let fahrenheit = 1.8 * degrees as f64 + 32.0;
        let line = format!("w temperature={degrees}");
        let json = format!("{{\"temperature\":{degrees}}}");
        let pairs = format!("PASSKEY={key}&stationtype=GW1000A_V1.6.8&dateutc=now&tempf={fahrenheit}");
        [
            (format!("/write?db=x&p={key}"), line.clone(), 204),
            (format!("/api/v2/write?bucket=x&p={key}"), line, 204),
            ("/api/v1/readings".to_owned(), json.clone(), 201),
            (format!("/api/v1/{key}/telemetry"), json, 200),
            ("/data/report/".to_owned(), pairs, 200),
        ]
    }

    fn head(&self, path: &str) -> String {
        let scheme = if path == "/api/v1/readings" { "Bearer" } else { "Token" };
        format!("POST {path} HTTP/1.0\r\nAuthorization: {scheme} {}\r\n\r\n", self.key)
    }

    async fn temperature(&self) -> Option<f64> {
        let latest = self.app.storage.latest(self.station.id).await.expect("reads");
        latest.iter().find(|one| one.sensor.is_main()).map(|one| one.value)
    }
}

/// What is left of the answers.
async fn rest(client: &mut Connection) -> String {
    String::from_utf8_lossy(&client.rest().await).into_owned()
}

fn has(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.0 {status} "))
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_stored_at_every_door() {
    let house = House::new().await;
    for door in 0..5 {
        let (path, body, status) = &house.doors(door + 1)[door];
        let mut client = house.app.send(&(house.head(path) + body.as_str())).await;
        client.stream.shutdown().await.expect("open");
        let answer = rest(&mut client).await;
        assert!(
            has(&answer, *status) && answer.to_lowercase().contains("\r\nconnection: close\r\n"),
            "{path}: {answer}"
        );
        assert_eq!(house.temperature().await, Some((door + 1) as f64), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_comes_in_parts_is_stored_whole_and_silence_ends_it() {
    let house = House::new().await;
    for door in 0..5 {
        let (path, body, status) = &house.doors(11 + door)[door];
        let mut client = house.app.send(&house.head(path)).await;
        for part in body.as_bytes().chunks(body.len().div_ceil(3)) {
            tokio::time::timeout(Duration::from_millis(150), client.stream.readable())
                .await
                .expect_err("no answer yet");
            client.stream.write_all(part).await.expect("it reads");
        }
        // The client keeps its side open.
        let answer = rest(&mut client).await;
        assert!(has(&answer, *status), "{path}: {answer}");
        assert_eq!(house.temperature().await, Some((11 + door) as f64), "{path}");
    }
}

#[tokio::test]
async fn a_request_behind_such_a_body_is_a_part_of_it() {
    let house = House::new().await;
    let (path, body, _) = &house.doors(7)[0];
    let mut client = house.app.send(&format!("{}{body}\nGET /ping HTTP/1.0\r\n\r\n", house.head(path))).await;
    client.stream.shutdown().await.expect("open");
    let answer = rest(&mut client).await;
    assert!(has(&answer, 400) && answer.contains("partial write"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.0 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn readings_without_body_and_length_are_never_said_to_be_stored() {
    let house = House::new().await;
    for (path, _, _) in &house.doors(0)[..3] {
        let answer = rest(&mut house.app.send(&house.head(path)).await).await;
        assert!(has(&answer, 411) && answer.contains("Content-Length"), "{path}: {answer}");
    }
    let path = &house.doors(0)[0].0;
    let none = house.head(path).replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n");
    let answer = rest(&mut house.app.send(&none).await).await;
    assert!(has(&answer, 204), "InfluxDB takes nothing for nothing: {answer}");
}

#[tokio::test]
async fn a_console_that_posts_its_pairs_in_the_target_has_its_answer_soon() {
    let house = House::new().await;
    let pairs = &house.doors(9)[4].1;
    let begun = Instant::now();
    let answer = house.app.send(&house.head(&format!("/data/report/?{pairs}"))).await.head().await;
    assert!(has(&answer, 200), "{answer}");
    assert_eq!(house.temperature().await, Some(9.0));
    // Silence would be the end of a body after two seconds.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_without_an_end_has_the_limit_of_its_door() {
    let house = House::new().await;
    for (path, _, _) in [&house.doors(0)[0], &house.doors(0)[4]] {
        let mut client = house.app.send(&house.head(path)).await;
        let all = "x".repeat(40 << 20);
        // The server stops reading when it has enough.
        let _ = client.stream.write_all(all.as_bytes()).await;
        let answer = client.head().await;
        assert!(has(&answer, 413), "{path}: {answer}");
    }
    assert_eq!(house.temperature().await, None);
}

#[tokio::test]
async fn an_old_client_keeps_its_connection_for_what_has_a_length() {
    let house = House::new().await;
    let mut client = house.app.send("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").await;
    assert!(client.head().await.to_lowercase().contains("\r\nconnection: keep-alive"));
    let (path, body, _) = &house.doors(3)[0];
    let length = format!("\r\nConnection: keep-alive\r\nContent-Length: {}\r\n\r\n", body.len());
    let asked = house.head(path).replace("\r\n\r\n", &length) + body.as_str();
    client.stream.write_all(asked.as_bytes()).await.expect("open");
    assert!(has(&client.head().await, 204));
    // And the last one may end it.
    let (path, body, _) = &house.doors(4)[0];
    client.stream.write_all((house.head(path) + body.as_str()).as_bytes()).await.expect("open");
    client.stream.shutdown().await.expect("open");
    assert!(has(&rest(&mut client).await, 204));
    assert_eq!(house.temperature().await, Some(4.0));
}
