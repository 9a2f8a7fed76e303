//! The kit of the tests is tested, too: the road that counts, the files, and the wait.

use crate::kit::chrome::eventually;
use crate::kit::relay::Relay;
use crate::kit::static_files::StaticFiles;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SOON: Duration = Duration::from_secs(5);
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const TRUCK: &[u8] =
    b"POST /dock/bay HTTP/1.1\r\nHost: h\r\ncontent-length: 30\r\n\r\nGET /not-a-request HTTP/1.1\r\n\r\n";

/// A server that the test plays, and a client before the relay.
async fn road() -> (Relay, TcpListener, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let relay = Relay::start(listener.local_addr().expect("an address")).await.expect("a relay");
    let client = TcpStream::connect(relay.address()).await.expect("the relay accepts");
    (relay, listener, client)
}

async fn read(connection: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut read = vec![0; bytes];
    soon(connection.read_exact(&mut read)).await.expect("as much as was sent");
    read
}

/// Whether the other side has ended the connection, in peace or not.
async fn ended(connection: &mut TcpStream) -> bool {
    matches!(soon(connection.read(&mut [0])).await, Ok(0) | Err(_))
}

/// What must not take for ever.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, what).await.expect("it happens soon")
}

async fn out(relay: &Relay, expected: usize) {
    let look = async || Some(relay.trucks_out()).filter(|out| *out == expected).ok_or(relay.trucks_out());
    eventually(&format!("{expected} trucks out"), SOON, look).await;
}

#[tokio::test]
async fn the_relay_carries_every_byte_and_counts_requests_on_one_connection() {
    let (relay, listener, mut client) = road().await;
    let (mut server, _) = soon(listener.accept()).await.expect("the relay connects");
    for trip in 1..=3 {
        client.write_all(TRUCK).await.expect("sent");
        assert_eq!(read(&mut server, TRUCK.len()).await, TRUCK, "as it was sent");
        assert_eq!((relay.trucks_out(), relay.count("POST", "/dock/")), (1, trip), "the body is no request");
        server.write_all(ANSWER).await.expect("answered");
        assert_eq!(read(&mut client, ANSWER.len()).await, ANSWER, "as it was answered");
        assert_eq!(relay.trucks_out(), 0);
    }
    client.write_all(b"GET /s/town-hall?x=1 HTTP/1.1\r\n\r\n").await.expect("sent");
    read(&mut server, 33).await;
    assert_eq!((relay.count("GET", "/s/"), relay.count("GET", "/"), relay.count("GET", "/not")), (1, 1, 0));
    assert_eq!((relay.trucks_out(), relay.trucks_out_max()), (0, 1), "a page is no truck");
    assert_eq!(relay.requests().len(), 4);
    relay.forget();
    assert_eq!((relay.requests().len(), relay.trucks_out_max()), (0, 0));
}

#[tokio::test]
async fn a_request_in_small_pieces_is_counted_once_it_is_whole() {
    let (relay, listener, mut client) = road().await;
    let (mut server, _) = soon(listener.accept()).await.expect("the relay connects");
    for (sent, byte) in TRUCK.iter().enumerate() {
        client.write_all(&[*byte]).await.expect("sent");
        read(&mut server, 1).await;
        let whole = TRUCK.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 3;
        assert_eq!(relay.count("POST", "/dock/"), usize::from(sent >= whole), "after {sent} bytes");
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_has_no_truck_out() {
    let (relay, listener, mut client) = road().await;
    let (mut server, _) = soon(listener.accept()).await.expect("the relay connects");
    client.write_all(TRUCK).await.expect("sent");
    read(&mut server, TRUCK.len()).await;
    out(&relay, 1).await;
    drop(client);
    out(&relay, 0).await;
    assert!(ended(&mut server).await, "the server sees it");
}

#[tokio::test]
async fn a_cut_road_ends_every_connection_and_takes_new_ones() {
    let (relay, listener, mut client) = road().await;
    let (mut server, _) = soon(listener.accept()).await.expect("the relay connects");
    client.write_all(TRUCK).await.expect("sent");
    read(&mut server, TRUCK.len()).await;
    relay.cut();
    assert!(ended(&mut client).await, "cut");
    out(&relay, 0).await;
    let mut client = TcpStream::connect(relay.address()).await.expect("the relay accepts");
    let (mut server, _) = soon(listener.accept()).await.expect("the relay connects");
    client.write_all(TRUCK).await.expect("sent");
    assert_eq!(read(&mut server, TRUCK.len()).await, TRUCK);
}

#[tokio::test]
async fn a_server_that_comes_back_elsewhere_is_found() {
    let (relay, listener, mut client) = road().await;
    drop(soon(listener.accept()).await.expect("the relay connects"));
    drop(listener);
    assert!(ended(&mut client).await, "the first server is gone");
    let mut refused = TcpStream::connect(relay.address()).await.expect("the relay accepts");
    assert!(ended(&mut refused).await, "nobody is there");
    let second = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    relay.lead_to(second.local_addr().expect("an address"));
    let mut client = TcpStream::connect(relay.address()).await.expect("the relay accepts");
    let (mut server, _) = soon(second.accept()).await.expect("the relay connects");
    client.write_all(TRUCK).await.expect("sent");
    assert_eq!(read(&mut server, TRUCK.len()).await, TRUCK);
}

#[tokio::test]
#[should_panic(expected = "not within 30ms: pigs fly; seen last: \"pigs on the ground\"")]
async fn what_does_not_happen_in_time_is_told_with_what_was_seen() {
    eventually("pigs fly", Duration::from_millis(30), async || Err::<Infallible, _>("pigs on the ground")).await;
}

#[tokio::test]
async fn only_the_scripts_and_their_tests_are_served() {
    let server = StaticFiles::start().await.expect("a server");
    for (path, status) in [
        ("/", 200),
        ("/static/js/channel/home.js", 200),
        ("/static/js/channel/home.js?v=1", 200),
        ("/tests/js/check.js", 200),
        ("/Cargo.toml", 404),
        ("/static/../Cargo.toml", 404),
        ("/static//../Cargo.toml", 404),
        ("/tests/browser/js.rs", 404),
        ("/static/js/none.js", 404),
    ] {
        // By hand: clients tidy a path before they send it.
        let address: SocketAddr = server.url("").trim_start_matches("http://").parse().expect("an address");
        let mut connection = TcpStream::connect(address).await.expect("connected");
        connection.write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).await.expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("answered");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
    }
}
