//! Who may read the metrics, and which names the server answers to.

use super::ask;
use crate::kit::app::TestApp;
use stevenson::web;

fn network(text: &str) -> Vec<web::Network> {
    vec![text.parse().expect("a network")]
}

async fn status(web: &web::Options, headers: &str) -> u16 {
    let app = TestApp::with(|config| config.web = web.clone()).await;
    ask(&app, "GET /metrics", headers, b"").await.status
}

#[tokio::test]
async fn the_metrics_are_for_this_machine_and_not_for_whom_a_proxy_lets_in() {
    let default = web::Options::default();
    for host in ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"] {
        assert_eq!(status(&default, &format!("Host: {host}\r\n")).await, 200, "{host}");
    }
    for headers in [
        "Host: weather.example\r\n",
        "Host: 192.168.1.7:8000\r\n",
        "X-Forwarded-For: 192.0.2.1\r\n",
        "X-Forwarded-For: 127.0.0.1\r\n",
        "X-Forwarded-For: unknown\r\n",
        "X-Forwarded-Proto: https\r\n",
        "X-Forwarded-Host: localhost\r\n",
        "X-Forwarded-Server: a\r\n",
        "Forwarded: for=127.0.0.1\r\n",
        "X-Real-IP: 127.0.0.1\r\n",
        "Via: 1.1 a\r\n",
    ] {
        assert_eq!(status(&default, headers).await, 403, "{headers}");
    }
}

#[tokio::test]
async fn a_trusted_proxy_that_names_nobody_is_not_this_machine() {
    let behind = web::Options { trusted_proxies: network("127.0.0.1"), ..web::Options::default() };
    let opened = web::Options { metrics_from: network("127.0.0.0/8"), ..behind.clone() };
    for headers in ["", "X-Forwarded-For: nonsense\r\n", "X-Forwarded-For: 127.0.0.1\r\n", "Via: 1.1 a\r\n"] {
        assert_eq!(status(&behind, headers).await, 403, "{headers}");
        assert_eq!(status(&opened, headers).await, 403, "{headers}");
    }
    let opened = web::Options { metrics_from: network("192.0.2.0/24"), ..behind };
    for (from, expected) in [("192.0.2.1", 200), ("198.51.100.7", 403), ("192.0.2.1, 198.51.100.7", 403)] {
        assert_eq!(status(&opened, &format!("X-Forwarded-For: {from}\r\n")).await, expected, "{from}");
    }
}

#[tokio::test]
async fn the_token_opens_the_metrics_from_anywhere() {
    let web = web::Options { metrics_token: "long-and-random".into(), ..web::Options::default() };
    let app = TestApp::with(|config| config.web = web).await;
    let far = "Host: weather.example\r\nX-Forwarded-For: 192.0.2.1\r\n";
    for (sent, expected) in [
        ("Bearer long-and-random", 200),
        ("bearer long-and-random", 200),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        ("Basic long-and-random", 401),
    ] {
        let answer = ask(&app, "GET /metrics", &format!("{far}Authorization: {sent}\r\n"), b"").await;
        assert_eq!(answer.status, expected, "{sent}");
        assert_eq!(answer.header("www-authenticate").is_some(), expected == 401);
    }
    assert_eq!(ask(&app, "GET /metrics", "", b"").await.status, 200, "this machine needs none");
    let none = web::Options::default();
    assert_eq!(status(&none, &format!("{far}Authorization: Bearer \r\n")).await, 403, "no token opens nothing");
}

#[tokio::test]
async fn a_name_that_is_not_the_servers_own_is_misdirected() {
    let app = TestApp::with(|config| config.web.hosts = vec!["weather.example".parse().expect("a name")]).await;
    for path in ["GET /", "GET /metrics", "POST /api/v1/readings", "POST /dock/0123456789abcdef", "GET /nothing"] {
        let refused = ask(&app, path, "Host: evil.example:8000\r\nContent-Type: application/json\r\n", b"{}").await;
        assert_eq!(refused.status, 421, "{path}");
        assert!(refused.body.contains("evil.example") && refused.is_for_programs(), "{}", refused.body);
        for own in ["weather.example", "localhost:8000", "192.168.1.7"] {
            let answer = ask(&app, path, &format!("Host: {own}\r\nContent-Type: application/json\r\n"), b"{}").await;
            assert_ne!(answer.status, 421, "{path} at {own}");
        }
    }
    let forwarded = "Host: weather.example\r\nX-Forwarded-Host: evil.example\r\n";
    assert_eq!(ask(&app, "GET /", forwarded, b"").await.status, 200, "a stranger's header is not read");
}
