//! A page before a server of few words. Before the real one: `tests/it/page.rs`.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers one request after the other, each on a connection of its own; returns what was asked.
async fn serve(listener: &TcpListener, answer: &str) -> String {
    let (mut connection, _) = listener.accept().await.expect("a connection");
    let mut request = Vec::new();
    let whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse().ok());
        body.len() >= length.unwrap_or(0)
    };
    while !whole(&request) {
        assert!(connection.read_buf(&mut request).await.expect("a request") > 0, "the request is cut");
    }
    connection.write_all(answer.as_bytes()).await.expect("sent");
    String::from_utf8(request).expect("text")
}

fn ok(json: &str, more: &str) -> String {
    let length = json.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n{json}"
    )
}

#[tokio::test]
async fn a_page_stays_the_same_visitor_and_goes_on_from_the_cursor_of_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    let (page, mut told) = Page::open(Options::new(&url, fleet)).expect("a page");

    let reload = r#"{"v":1,"why":"reload","after":"J.7","seen":"J.7","cargo":[],"heard":[]}"#;
    let first = serve(&listener, &ok(reload, "Set-Cookie: visitor=abc; HttpOnly; SameSite=Lax; Path=/\r\n")).await;
    assert!(first.contains(r#""seen":"none.0""#) && !first.to_lowercase().contains("cookie"), "{first}");

    let turn = r#"{"v":1,"why":"cargo","after":"J.7","seen":"J.8","cargo":[{"at":"J.8","kind":"report"}],"heard":[]}"#;
    let second = serve(&listener, &ok(turn, "")).await;
    assert!(second.contains(r#""seen":"J.7""#), "{second}");
    let visitor = |request: &str| request.lines().find(|line| line.starts_with("visitor: ")).map(str::to_owned);
    assert!(visitor(&first).is_some() && visitor(&first) == visitor(&second), "{first}{second}");
    loop {
        match told.recv().await.expect("the page lives") {
            Told::Applied(items) => break assert_eq!(items[0].at.to_string(), "J.8"),
            Told::Reloaded(seen) => assert_eq!(seen.to_string(), "J.7"),
            Told::State(_) => {}
            Told::Heard(ids) => panic!("nobody said {ids:?}"),
        }
    }
    assert_eq!(page.say("town-hall", " ").await.map_err(|error| error.to_string()), Err("the message is empty".into()));
    let trips = page.counters().trips;
    assert_eq!((trips.home, trips.lost), (2, 0));
}

#[tokio::test]
async fn what_is_no_load_is_a_lost_truck_and_the_next_one_brings_the_word_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let fleet = Fleet::named("stay-home").expect("a fleet");
    let options = Options { seen: "J.1".parse().ok(), ..Options::new(&url, fleet) };
    let (page, mut told) = Page::open(options).expect("a page");
    let id = page.say("town-hall", "how cold is it?").await.expect("a word");
    for answer in ["HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", ""] {
        assert!(serve(&listener, answer).await.contains(id.as_str()));
    }
    let heard = format!(r#"{{"v":1,"why":"turn","after":"J.1","seen":"J.1","cargo":[],"heard":["{}"]}}"#, id.as_str());
    assert!(serve(&listener, &ok(&heard, "")).await.contains(id.as_str()));
    while told.recv().await.expect("the page lives") != Told::Heard(vec![id.clone()]) {}
    drop(page);
    while told.recv().await.is_some() {}
}
