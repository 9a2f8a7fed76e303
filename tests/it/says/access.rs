//! The access log, on request.

use super::server::Server;
use crate::kit::connection::{Connection, truck};
use crate::kit::program::add_station;

#[tokio::test]
async fn the_access_log_has_a_line_for_each_answered_request_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Server::start(folder.path(), &["--access-log"]);
    assert_eq!(server.posts(&key, r#"{"temperature": 20}"#).await, 201);
    let posted = server.hears(&[
        "INFO stevenson::access: answered from=127.0.0.1 method=POST target=/api/v1/readings status=201 bytes=",
    ]);
    assert!(posted.contains(" ms=") && posted.contains("station=roof"), "{posted}");
    assert_eq!(server.gets("/s/roof?units=us&x=%1b").await.0, 200);
    server.hears(&["method=GET target=\"/s/roof?units=us&x=%1b\" status=200 bytes="]);
    let console = format!("/weatherstation/updateweatherstation.php?ID=roof&PASSWORD={key}&tempf=50&dateutc=now");
    assert_eq!(server.gets(&console).await.0, 200);
    server.hears(&["updateweatherstation.php?ID=…&PASSWORD=…&tempf=50&dateutc=now", "status=200"]);
    let old = format!("/api/v1/{key}/telemetry");
    let request = reqwest::Client::new().post(format!("{}{old}", server.url)).body(r#"{"temperature": 21}"#);
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 200);
    server.hears(&["method=POST", "/telemetry", "status=200", "station=roof"]);
    assert_eq!(server.gets("/nowhere").await.0, 404);
    server.hears(&["target=/nowhere status=404"]);
    let body = serde_json::json!({"v": 1, "fleet": "ping-pong", "park": 45_000, "seen": "x.1", "watch": [], "say": []});
    let request = truck(&"a".repeat(32), "Content-Type: application/json\r\n", &body.to_string());
    let address = server.url.strip_prefix("http://").expect("a URL").parse().expect("an address");
    let mut page = Connection::send(address, &request).await;
    page.load().await;
    server.hears(&["method=POST target=/dock/", "status=200 bytes="]);
    let (_, log) = server.ends();
    assert!(!log.contains(&key) && !log.contains(&key[..8]), "{log}");
}

#[tokio::test]
async fn secrets_are_hidden_wherever_a_request_has_them() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), "[web]\nmetrics_token = \"open-the-figures\"\n")
        .expect("written");
    let mut server = Server::start(folder.path(), &["--access-log"]);
    let address = server.url.strip_prefix("http://").expect("a URL").parse().expect("an address");
    for (number, (method, target, agent)) in [
        ("GET", "/a?PASSWORD=opensesame", "console/1 opensesame"),
        ("GET", "/b/opensesame?x=1", "console PASSKEY=opensesame&v=1"),
        ("GET", "/c?x=1", "console%20password%3Dopensesame"),
        ("GET", "/d?to=http://anna:opensesame@host/x", "see anna:opensesame@host"),
        ("GET", "/e=1/abcDEF123456789012opensesame", "-"),
        ("GET", "/f/open-the-figures", "open-the-figures"),
        ("opensesame-opensesame", "/g", "-"),
    ]
    .into_iter()
    .enumerate()
    {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n"
        );
        let _open = Connection::send(address, &head).await;
        let place = char::from(b'a' + u8::try_from(number).expect("few"));
        server.hears(&["stevenson::access: answered", &format!("/{place}")]);
    }
    let (_, log) = server.ends();
    assert!(!log.contains("opensesame") && !log.contains("open-the-figures"), "{log}");
    assert!(log.contains("console/1 …") && log.contains("anna:…@host") && log.contains("method=…"), "{log}");
}

#[tokio::test]
async fn nobody_gets_it_who_has_not_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--log", "trace"]);
    assert_eq!(server.gets("/").await.0, 200);
    let (_, log) = server.ends();
    assert!(!log.contains("stevenson::access"), "{log}");
}
