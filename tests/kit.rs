//! The tests' own kit is tested, too: the road that counts, and the browser.

mod common;

use common::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use common::relay::Relay;
use common::static_files::StaticFiles;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use thirtyfour::By;
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
        ("/tests/js.rs", 404),
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

/// What a page can know of who looks at it.
async fn prefers(browser: &Browser, query: &str) -> bool {
    let script = format!("return matchMedia('({query})').matches");
    browser.execute(script, vec![]).await.expect("run").convert().expect("a truth")
}

async fn width(browser: &Browser) -> u32 {
    let width = browser.execute("return document.documentElement.clientWidth", vec![]).await.expect("run");
    width.convert().expect("a number")
}

#[tokio::test]
async fn a_browser_shows_the_page_as_its_options_ask() {
    let server = StaticFiles::start().await.expect("a server");
    let browser = Browser::open(Options::default()).await;
    browser.goto(server.url("/")).await.expect("a page");
    let seen = (prefers(&browser, "prefers-color-scheme: dark").await, width(&browser).await);
    assert_eq!(seen, (false, DESKTOP.0));
    assert!(!prefers(&browser, "prefers-reduced-motion: reduce").await);
    browser.close().await;

    let options = Options { window: PHONE, dark: true, reduced_motion: true, scripts: true };
    let browser = Browser::open(options).await;
    browser.goto(server.url("/")).await.expect("a page");
    assert!(prefers(&browser, "prefers-color-scheme: dark").await);
    assert!(prefers(&browser, "prefers-reduced-motion: reduce").await);
    browser.goto("data:text/html,<meta name=viewport content='width=device-width'>phone").await.expect("a page");
    assert_eq!(width(&browser).await, PHONE.0);
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("phone.png");
    browser.screenshot(&picture).await.expect("a picture");
    assert!(std::fs::read(picture).expect("a file").starts_with(b"\x89PNG"));
    browser.close().await;
}

#[tokio::test]
async fn a_page_without_scripts_can_be_read_all_the_same() {
    const PAGE: &str =
        "data:text/html,<h1>18.4</h1><noscript><p>Reload</p></noscript><script>document.body.textContent='x'</script>";
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(PAGE).await.expect("a page");
    assert_eq!(browser.find(By::Css("h1")).await.expect("a number").text().await.expect("its text"), "18.4");
    assert_eq!(browser.find(By::Css("noscript p")).await.expect("a note").text().await.expect("its text"), "Reload");
    browser.close().await;
}

#[tokio::test]
async fn what_the_console_complains_about_is_told_once() {
    let server = StaticFiles::start().await.expect("a server");
    let browser = Browser::open(Options::default()).await;
    browser.goto(server.url("/")).await.expect("a page");
    assert!(browser.console_errors().await.is_empty());
    browser.execute("console.error('broken'); console.info('fine')", vec![]).await.expect("run");
    let errors = browser.console_errors().await;
    assert!(errors.len() == 1 && errors[0].contains("broken"), "{errors:?}");
    assert!(browser.console_errors().await.is_empty());
    browser.close().await;
}

#[tokio::test]
async fn a_browser_that_is_dropped_leaves_nothing_behind() {
    let profile = {
        let browser = Browser::open(Options::default()).await;
        browser.profile().to_owned()
    };
    assert!(!profile.exists(), "its profile is removed");
    let left = running_with(&profile.display().to_string());
    assert!(left.is_empty(), "{left:?}");
}

/// The command lines of processes that name `text`.
fn running_with(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).into_owned()).filter(|line| line.contains(text)).collect()
}
