//! The front door from outside: its limits, on real sockets.

mod codings;
mod endless;
mod leaving;

use crate::kit::app::TestApp;
use flate2::read::GzDecoder;
use serde_json::json;
use std::io::Read;
use stevenson::door::{Cut, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PAGE: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async fn with(options: Options) -> TestApp {
    TestApp::with(|config| config.door = options).await
}

/// The answer to a request, up to its end or the connection's.
async fn answer(server: &TestApp, request: &str) -> String {
    let request = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    String::from_utf8_lossy(&server.send(&request).await.rest().await).into_owned()
}

#[tokio::test]
async fn a_request_names_its_host_once() {
    let server = TestApp::start().await;
    for path in ["/", "/dock/0123456789abcdef/events"] {
        let none = answer(&server, &format!("GET {path} HTTP/1.1\r\nX: y\r\n\r\n")).await;
        assert!(none.starts_with("HTTP/1.1 400 ") && none.contains("no Host header"), "{none}");
        let two = answer(&server, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")).await;
        assert!(two.starts_with("HTTP/1.1 400 ") && two.contains("more than one Host"), "{two}");
    }
}

#[tokio::test]
async fn a_client_that_closes_its_side_still_gets_its_answer() {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    let body = r#"{"temperature":21.5}"#;
    let post = format!(
        "POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let form = "POST /units HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n\r\nrest=imperial";
    let truck = "POST /dock/0123456789abcdef HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n\
        {\"v\":1,\"fleet\":\"ping-pong\",\"seen\":\"F.0\"}";
    for (request, status) in [(PAGE, 200), (&post, 201), (form, 303), (truck, 200)] {
        let mut client = server.send(request).await;
        client.stream.shutdown().await.expect("open");
        let answer = String::from_utf8_lossy(&client.rest().await).into_owned();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
    }
}

#[tokio::test]
async fn silent_connections_make_room_for_who_has_something_to_say() {
    let server = with(Options { max_connections: 8, ..Options::default() }).await;
    let mut silent = Vec::new();
    for number in 0..40 {
        silent.push(server.send(if number % 2 == 0 { "" } else { "GET / HT" }).await);
        if number % 8 == 7 {
            let page = server.send(PAGE).await.head().await;
            assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
        }
    }
}

#[tokio::test]
async fn who_has_a_request_keeps_its_place_and_the_newcomer_is_told() {
    let server = with(Options { max_connections: 2, ..Options::default() }).await;
    let park = json!({"v": 1, "fleet": "ping-pong", "seen": server.dock.cursor()});
    let mut parked = vec![server.parked("0123456789abcdef", &park).await];
    parked.push(server.parked("another-bay-00000", &park).await);
    let refused = String::from_utf8_lossy(&server.send(PAGE).await.rest().await).into_owned();
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 5"), "{refused}");
    server.send_home();
    for line in &mut parked {
        assert_eq!(line.why().await, "closing");
    }
}

#[tokio::test]
async fn a_head_that_never_ends_and_one_that_is_too_large_are_refused() {
    let server = with(Options { head_limit_s: 0, ..Options::default() }).await;
    for start in ["", "GET / HTTP/1.1\r\nHost:", "POST /dock/0123456789abcdef HTTP/1.1\r\nHost:"] {
        assert_eq!(server.send(start).await.rest().await, b"", "{start:?}");
    }
    let server = TestApp::start().await;
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "c".repeat(33 << 10));
    let refused = answer(&server, &large).await;
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    let fits = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "c".repeat(24 << 10));
    assert!(answer(&server, &fits).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let server = with(Options { idle_limit_s: 0, ..Options::default() }).await;
    let mut client = server.send(PAGE).await;
    let all = client.rest().await;
    assert!(all.starts_with(b"HTTP/1.1 200 "), "and had its answer before");
    let body = r#"{"v":1,"fleet":"polling","seen":"F.0"}"#;
    let truck = crate::kit::connection::truck("0123456789abcdef", "Content-Type: application/json\r\n", body);
    assert!(server.send(&truck).await.rest().await.starts_with(b"HTTP/1.1 200 "), "after a truck, too");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let server = with(Options { write_limit_s: 0, ..Options::default() }).await;
    let mut client = server.send("").await;
    let asked = 2_000;
    let ask = async {
        for _ in 0..asked {
            // The server stops reading when nobody reads its answers, and hangs up in the end.
            if client.stream.write_all(PAGE.as_bytes()).await.is_err() {
                return;
            }
        }
    };
    ask.await;
    let mut read = Vec::new();
    let ended = client.stream.read_to_end(&mut read).await;
    let answers = read.windows(15).filter(|some| some == b"HTTP/1.1 200 OK").count();
    assert!(answers < asked, "{answers} answers, {ended:?}");
}

#[tokio::test]
async fn pages_and_texts_are_compressed_and_loads_are_not() {
    let server = TestApp::start().await;
    let gzip = "Accept-Encoding: gzip, br\r\n";
    for path in ["/", "/lab", "/metrics"] {
        let mut client =
            server.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{gzip}Connection: close\r\n\r\n")).await;
        let all = client.rest().await;
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
        assert!(head.contains("content-encoding: gzip") && head.contains("accept-encoding"), "{head}");
        let mut text = String::new();
        GzDecoder::new(&all[end..]).read_to_string(&mut text).expect("gzip");
        assert!(text.len() > 2 * (all.len() - end), "{path}: {} of {}", all.len() - end, text.len());
    }
    let plain = answer(&server, PAGE).await;
    assert!(!plain.contains("content-encoding") && plain.contains("</html>"));
    for seq in 1..=50 {
        server.announce(seq, "town-hall");
    }
    let body = json!({"v": 1, "fleet": "polling", "seen": "E.0"}).to_string();
    let headers = format!("Content-Type: application/json\r\n{gzip}");
    let mut truck = server.send(&crate::kit::connection::truck("0123456789abcdef", &headers, &body)).await;
    let answer = truck.answer().await;
    assert!(!answer.head.contains("content-encoding"), "{}", answer.head);
}

#[tokio::test]
async fn a_page_that_leaves_a_stream_or_a_socket_is_gone_at_once() {
    let server = TestApp::start().await;
    let cursor = server.dock.cursor();
    let upgrade =
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    let mut line =
        server.send(&format!("GET /dock/0123456789abcdef/socket HTTP/1.1\r\nHost: x\r\n{upgrade}\r\n")).await;
    assert!(line.head().await.starts_with("HTTP/1.1 101 "));
    let clipboard = json!({"v": 1, "fleet": "websocket", "seen": cursor}).to_string();
    // A frame of text, masked with zeros.
    let frame = [&[0x81, 0x80 | clipboard.len() as u8, 0, 0, 0, 0], clipboard.as_bytes()].concat();
    line.stream.write_all(&frame).await.expect("open");
    server.until(|stats| stats.parked() == 1).await;
    drop(line);
    server.until(|stats| stats.parked() == 0).await;
    let mut events =
        server.send(&format!("GET /dock/0123456789abcdef/events?seen={cursor} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
    events.head().await;
    server.until(|stats| stats.parked() == 1).await;
    drop(events);
    server.until(|stats| stats.parked() == 0).await;
}

#[tokio::test]
async fn a_stream_that_ends_has_its_last_chunk_on_a_connection_that_closes_too() {
    let server = TestApp::start().await;
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let request = format!("GET /dock/0123456789abcdef/events?seen={} {head}", server.dock.cursor());
    let mut events = server.send(&request).await;
    events.head().await;
    server.until(|stats| stats.parked() == 1).await;
    server.send_home();
    let rest = String::from_utf8(events.rest().await).expect("text");
    assert!(rest.contains("closing") && rest.ends_with("\r\n0\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn head_tells_the_length_that_get_would_have_uncompressed() {
    let server = TestApp::start().await;
    let length = |head: &str| {
        let line = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned);
        head.lines().find_map(line)
    };
    for path in ["/", "/lab", "/favicon.svg", "/nothing"] {
        let ask = |method: &str, headers: &str| format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        let head_and_get = format!("{}{}", ask("HEAD", ""), ask("GET", "Connection: close\r\n"));
        let mut client = server.send(&head_and_get).await;
        let head = client.head().await;
        let get = String::from_utf8(client.rest().await).expect("text");
        let (get, body) = get.split_once("\r\n\r\n").expect("a head: HEAD had no body");
        assert!(get.starts_with("HTTP/1.1 "), "{get}");
        assert_eq!(
            (length(&head), length(get)),
            (Some(body.len().to_string()), Some(body.len().to_string())),
            "{path}"
        );
        let zipped = ask("HEAD", "Accept-Encoding: gzip\r\nConnection: close\r\n");
        let head = String::from_utf8(server.send(&zipped).await.rest().await).expect("text");
        assert!(head.starts_with("HTTP/1.1 ") && length(&head).is_none_or(|length| length != "0"), "{head}");
        assert!(head.ends_with("\r\n\r\n"), "no body: {head}");
    }
}

#[tokio::test]
async fn requests_that_were_sent_ahead_are_answered_in_order() {
    let server = TestApp::start().await;
    let body = r#"{"v":1,"fleet":"polling","seen":"F.0"}"#;
    let truck = crate::kit::connection::truck("0123456789abcdef", "Content-Type: application/json\r\n", body);
    let odd = truck.replace("Host: x", "Host: x\r\nX-Odd: 1\r\nConnection: keep-alive, x");
    let mut client = server.send(&format!("{truck}{odd}{truck}")).await;
    for _ in 0..3 {
        assert_eq!(client.why().await, "reload");
    }
}

/// What the metrics say of this name, for a watcher behind the proxy.
async fn watched(server: &TestApp, name: &str) -> u64 {
    let metrics = answer(server, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n").await;
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or_else(|| panic!("{metrics}"))
}

#[tokio::test]
async fn the_pages_of_one_address_do_not_stand_before_those_of_others() {
    let server = TestApp::with(|config| {
        config.web.trusted_proxies = vec!["127.0.0.1".parse().expect("one")];
        config.web.metrics_from = vec!["192.0.2.1".parse().expect("one")];
    })
    .await;
    let (_, key) = server.add_station("town-hall").await;
    let page = |from: &str| format!("GET /s/town-hall HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {from}\r\n\r\n");
    const MADE: &str = "stevenson_pages_total{end=\"made\"}";
    let mut greedy = Vec::new();
    for _ in 0..100 {
        // Many on each connection: they are still being made when the last connection is open.
        greedy.push(server.send(&page("203.0.113.7").repeat(20)).await);
    }
    let mut passed = 0;
    for visitor in 1..=5 {
        let before = watched(&server, MADE).await;
        let head = server.send(&page(&format!("198.51.100.{visitor}"))).await.head().await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        server.measures(&key, &json!({"temperature": visitor})).await;
        passed += watched(&server, MADE).await - before;
    }
    assert!(watched(&server, MADE).await < 1_500, "the greedy had all of theirs");
    assert!(passed < 5 * 40, "{passed} pages were made before five others and their posts");
    drop(greedy);
}

#[tokio::test]
async fn the_door_counts_what_it_does() {
    let server = with(Options { head_limit_s: 0, ..Options::default() }).await;
    server.send("GET").await.rest().await;
    let metrics = answer(&server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let cut = format!("stevenson_connections_cut_total{{reason=\"{}\"}} 1", Cut::Head.name());
    assert!(metrics.contains(&cut) && metrics.contains("stevenson_connections 1"), "{metrics}");
}

#[tokio::test]
async fn a_body_of_a_stream_is_never_the_next_request() {
    let server = TestApp::start().await;
    let smuggled = "GET /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\n";
    let of = |door: &str, length: &str| {
        let upgrade =
            "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
        let more = if door == "socket" { upgrade } else { "" };
        format!("GET /dock/0123456789abcdef/{door}?seen=lab.0 HTTP/1.1\r\nHost: x\r\n{more}{length}\r\n\r\n")
    };
    for door in ["events", "socket"] {
        for length in [format!("Content-Length: {}", smuggled.len()), "Transfer-Encoding: chunked".to_owned()] {
            // The body comes late, when the head is answered.
            let mut line = server.send(&of(door, &length)).await;
            let head = line.head().await;
            assert!(
                head.starts_with("HTTP/1.1 400 ") && head.contains("connection: close"),
                "{door}, {length}: {head}"
            );
            drop(line.stream.write_all(smuggled.as_bytes()).await);
            let rest = String::from_utf8_lossy(&line.rest().await).into_owned();
            assert!(!rest.contains("HTTP/1.1"), "{door}, {length}: {rest}");
        }
    }
    // No body is no mistake, however it is said.
    let mut line = server.send(&of("events", "Content-Length: 0")).await;
    assert!(line.head().await.starts_with("HTTP/1.1 200 "));
    drop(line);
    server.until(|stats| stats.parked() == 0).await;
}

#[tokio::test]
async fn a_header_that_is_no_text_is_not_taken_for_absent() {
    let server = TestApp::start().await;
    for (name, status) in [("X-Forwarded-For", 400), ("Origin", 400), ("User-Agent", 200), ("Cookie", 200)] {
        let head = format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: ");
        let request = [head.as_bytes(), b"\xff, 1.2.3.4\r\n\r\n"].concat();
        let mut line = server.send("").await;
        line.stream.write_all(&request).await.expect("open");
        let answer = line.head().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {answer}");
    }
    let odd = answer(&server, "GET http://weather.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(odd.starts_with("HTTP/1.1 400 ") && odd.contains("different hosts"), "{odd}");
    let same = answer(&server, "GET http://weather.example/ HTTP/1.1\r\nHost: weather.example\r\n\r\n").await;
    assert!(same.starts_with("HTTP/1.1 200 "), "{same}");
}

#[tokio::test]
async fn the_metrics_have_one_spelling() {
    let server = TestApp::start().await;
    for (path, status) in [("/metrics", 200), ("/metrics/", 404), ("/metrics//", 404), ("//metrics", 404)] {
        let answer = answer(&server, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
    }
}
