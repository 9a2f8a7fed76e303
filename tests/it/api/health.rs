//! What watchers ask.

use super::with_roof;
use crate::guard::ask;
use crate::kit::program::Program;

#[tokio::test]
async fn everybody_may_ask_whether_the_server_is_alive_and_ready() {
    let (app, _) = with_roof().await;
    for (path, says) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        for headers in ["", "Host: 10.1.2.3:8000\r\n", "X-Forwarded-For: 192.0.2.1\r\n"] {
            let answer = ask(&app, &format!("GET {path}"), headers, b"").await;
            assert_eq!((answer.status, &*answer.body), (200, says), "{path}");
            assert!(answer.is_for_programs() && !answer.head.contains("set-cookie"), "{}", answer.head);
        }
        let head = ask(&app, &format!("HEAD {path}"), "", b"").await;
        assert_eq!((head.status, &*head.body), (200, ""));
        assert_eq!(ask(&app, &format!("POST {path}"), "", b"").await.status, 405);
    }
}

#[tokio::test]
async fn asking_often_asks_the_database_no_more() {
    let (app, _) = with_roof().await;
    let before = app.storage.stats().reads;
    for _ in 0..50 {
        assert_eq!(ask(&app, "GET /readyz", "", b"").await.status, 200);
        assert_eq!(ask(&app, "GET /healthz", "", b"").await.status, 200);
    }
    let reads = app.storage.stats().reads - before;
    assert!((1..20).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    let (app, _) = with_roof().await;
    app.storage.close().await;
    let answer = ask(&app, "GET /readyz", "", b"").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{}", answer.body);
    assert!(answer.body.contains("\"detail\":\"") && !answer.body.contains(".db"), "{}", answer.body);
    assert_eq!(ask(&app, "GET /healthz", "", b"").await.status, 200);
}

#[tokio::test]
async fn no_log_tells_of_watchers() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), "[door]\naccess_log = true\n").expect("written");
    let mut server = Program::start_unread(folder.path(), "info");
    for path in ["/healthz", "/readyz", "/api/v1/status"] {
        let answer = reqwest::get(format!("{}{path}", server.url)).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
    let log = server.log();
    assert!(log.contains("target=/api/v1/status") && !log.contains("healthz") && !log.contains("readyz"), "{log}");
}
