//! The lane agrees with hyper about where a request ends.

use super::*;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::convert::Infallible;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const BAY: &str = "POST /dock/0123456789abcdef HTTP/1.1\r\nHost: x\r\n";

/// What the lane makes of some bytes: the path and the lengths of head and body; `None`: it is hyper's.
fn taken(bytes: &[u8]) -> Option<(String, usize, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let plain = plain(bytes, &mut headers).ok()??;
    Some((plain.path.to_owned(), plain.head, plain.body))
}

#[test]
fn a_plain_truck_is_taken() {
    let head = format!("{BAY}content-type: application/json\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(taken(head.as_bytes()), Some(("/dock/0123456789abcdef".into(), head.len(), 12)));
}

#[test]
fn whatever_is_unusual_is_hypers() {
    for odd in [
        "\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "Content-Length: 1, 1\r\n\r\n",
        "Content-Length: +1\r\n\r\n",
        "Content-Length: 0x1\r\n\r\n",
        "Content-Length: 65537\r\n\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n",
        "Content-Length: 1\r\nConnection: close\r\n\r\n",
        "Content-Length: 1\r\nConnection: keep-alive, upgrade\r\n\r\n",
        "Content-Length: 1\r\nUpgrade: h2c\r\n\r\n",
        "Content-Length: 1\r\nContent-Encoding: gzip\r\n\r\n",
        "Content-Length: 1\r\nHost: y\r\n\r\n",
        "Content-Length : 1\r\n\r\n",
        "Content-Length: 1\r\n folded\r\n\r\n",
    ] {
        assert_eq!(taken(format!("{BAY}{odd}").as_bytes()), None, "{odd:?}");
    }
    for start in [
        "GET /dock/x HTTP/1.1\r\nHost: x\r\n",
        "POST /dock/x HTTP/1.0\r\nHost: x\r\n",
        "POST /dock/x?y HTTP/1.1\r\nHost: x\r\n",
        "POST http://x/dock/x HTTP/1.1\r\nHost: x\r\n",
        "POST /dock/%78 HTTP/1.1\r\nHost: x\r\n",
        "POST /dock/x HTTP/1.1\r\n",
        "\r\nPOST /dock/x HTTP/1.1\r\nHost: x\r\nHost: x\r\n",
    ] {
        assert_eq!(taken(format!("{start}Content-Length: 1\r\n\r\n").as_bytes()), None, "{start:?}");
    }
}

/// What hyper makes of the same bytes: the path and the body's length of each request.
async fn read_by_hyper(bytes: &[u8]) -> Vec<(String, usize)> {
    let (mut client, server) = tokio::io::duplex(1 << 17);
    client.write_all(bytes).await.expect("room");
    client.shutdown().await.expect("open");
    let seen = Mutex::new(Vec::new());
    let service = service_fn(async |request: Request<Incoming>| {
        let path = request.uri().path().to_owned();
        let body = request.into_body().collect().await.map(|body| body.to_bytes().len());
        if let Ok(length) = body {
            seen.lock().expect("sound").push((path, length));
        }
        Ok::<_, Infallible>(hyper::Response::new(Full::<Bytes>::default()))
    });
    let served = http1::Builder::new()
        .half_close(true)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(server), service);
    let read = async {
        let mut answers = Vec::new();
        client.read_to_end(&mut answers).await.expect("it ends");
    };
    let (served, ()) = tokio::join!(served, read);
    drop(served); // bad requests end with an error
    seen.into_inner().expect("sound")
}

const NAMES: [&str; 18] = [
    "Host",
    "host",
    "Content-Length",
    "content-length",
    "CONTENT-LENGTH",
    "Transfer-Encoding",
    "Connection",
    "Expect",
    "Upgrade",
    "Content-Type",
    "Cookie",
    "X",
    "Content-Length ",
    "Content_Length",
    "TE",
    "Trailer",
    "",
    "Content-Encoding",
];
const VALUES: [&str; 26] = [
    "x",
    "",
    "0",
    "1",
    "2",
    "12",
    "012",
    " 2",
    "2 ",
    "\t2",
    "2,2",
    "2, 2",
    "+2",
    "-1",
    "0x2",
    "2\u{b2}",
    "99999999999999999999",
    "chunked",
    "identity",
    "gzip, chunked",
    "keep-alive",
    "close",
    "Keep-Alive",
    "100-continue",
    "h2c",
    "a\r\n 2",
];
const ENDS: [&str; 6] = ["\r\n", "\r\n", "\r\n", "\n", "\r", " \r\n"];
const STARTS: [&str; 9] = [
    "POST /dock/0123456789abcdef HTTP/1.1",
    "POST /dock/0123456789abcdef HTTP/1.1",
    "POST /api/v1/readings HTTP/1.1",
    "POST /dock/a HTTP/1.0",
    "POST  /dock/a HTTP/1.1",
    "POST /dock/a b HTTP/1.1",
    "POST /dock/a?b HTTP/1.1",
    "post /dock/a HTTP/1.1",
    "POST /dock/a\u{0} HTTP/1.1",
];

fn any_request(random: &mut StdRng) -> Vec<u8> {
    // The first of each list is good, and common, or nothing would be compared.
    let mut pick = |from: &[&'static str]| match random.random_bool(0.8) {
        true => from[0],
        false => *from.choose(random).expect("some"),
    };
    let mut text = format!("{}{}Host: x\r\n", pick(&STARTS), pick(&ENDS));
    for line in ["X: y", "Content-Length: 2", "Cookie: a=b"] {
        text.push_str(&format!("{}{}", pick(&[line, "", "Content-Length: 3", "X-Y:z"]), pick(&ENDS)));
        if pick(&["", "odd"]) == "odd" {
            text.push_str(&format!("{}:{}{}{}", pick(&NAMES), pick(&[" ", "", "\t"]), pick(&VALUES), pick(&ENDS)));
        }
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    if random.random_bool(0.2) {
        let at = random.random_range(0..bytes.len());
        bytes[at] = random.random();
    }
    bytes
}

/// Cases by default, and for `scripts/test --all`.
fn cases() -> u32 {
    if std::env::var_os("FULL_LENGTH").is_some() { 1_000_000 } else { 20_000 }
}

#[tokio::test]
async fn the_lane_and_hyper_agree_on_where_a_request_ends() {
    let seed = getrandom::u64().expect("random");
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut compared = 0;
    for _ in 0..cases() {
        let head = any_request(&mut random);
        let Some((path, length, body)) = taken(&head) else { continue };
        compared += 1;
        // A request stands behind it: if hyper found another end, it would not see that one.
        let mut bytes = head[..length].to_vec();
        bytes.extend(std::iter::repeat_n(b'b', body));
        bytes.extend_from_slice(b"GET /sentinel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let seen = read_by_hyper(&bytes).await;
        let expected = [(path, body), ("/sentinel".to_owned(), 0)];
        assert_eq!(seen, expected, "seed {seed}: {:?}", String::from_utf8_lossy(&head));
    }
    assert!(compared > cases() / 10, "{compared} of {} were compared", cases());
}
