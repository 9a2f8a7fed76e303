//! Bodies and protocols that the door does not speak.

use super::answer;
use crate::kit::app::TestApp;

#[tokio::test]
async fn a_transfer_coding_that_is_not_undone_is_refused() {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    let body = r#"{"temperature":21.5}"#;
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (codings, status) in [
        ("Transfer-Encoding: chunked", 201),
        ("Transfer-Encoding: Chunked", 201),
        ("Transfer-Encoding: gzip, chunked", 501),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 501),
        ("Transfer-Encoding: chunked, chunked", 501),
        ("Transfer-Encoding: identity, chunked", 501),
    ] {
        let request =
            format!("POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{codings}\r\n\r\n");
        let answer = answer(&server, &format!("{request}{chunks}")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{codings}: {answer}");
        assert!(status == 201 || answer.contains("chunked"), "{codings}: {answer}");
    }
}

#[tokio::test]
async fn a_websocket_is_not_opened_over_an_old_protocol() {
    let server = TestApp::start().await;
    let upgrade =
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    let request = format!("GET /dock/0123456789abcdef/socket HTTP/1.0\r\nHost: x\r\n{upgrade}\r\n");
    let answer = String::from_utf8_lossy(&server.send(&request).await.rest().await).into_owned();
    assert!(answer.contains(" 400 ") && answer.contains("HTTP/1.1"), "{answer}");
}
