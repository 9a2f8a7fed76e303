//! Compressed uploads, and the headers of every answer to an upload.

use super::ask;
use crate::kit::app::TestApp;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

const JSON: &str = "/api/v1/readings";
const UPLOAD: &str = "/weatherstation/updateweatherstation.php";

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn a_compressed_upload_is_read_in_every_format() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let auth = format!("Authorization: Bearer {key}\r\n");
    let uploads = [
        (JSON, auth.clone(), r#"{"observed_at":1795356000000,"temperature":21.5}"#.to_owned(), 201),
        (
            JSON,
            format!("{auth}Content-Type: application/x-ndjson\r\n"),
            "{\"observed_at\":1795356001000,\"temperature\":1}\n".into(),
            201,
        ),
        (
            UPLOAD,
            String::new(),
            format!("action=updateraw&ID=roof&PASSWORD={key}&dateutc=2026-11-22+14%3A00%3A02&tempf=70.7"),
            200,
        ),
    ];
    for (path, headers, body, status) in uploads {
        for encoding in ["gzip", "x-gzip", "GZIP"] {
            let head = format!("{headers}Content-Encoding: {encoding}\r\n");
            let answer = ask(&app, &format!("POST {path}"), &head, &gzip(body.as_bytes())).await;
            let stored_before = path == JSON && encoding != "gzip";
            assert_eq!(answer.status, if stored_before { 200 } else { status }, "{path}: {}", answer.body);
            assert!(answer.is_for_programs(), "{}", answer.head);
        }
        let answer =
            ask(&app, &format!("POST {path}"), &format!("{headers}Content-Encoding: identity\r\n"), body.as_bytes())
                .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let stored: u32 =
        app.database().query_row("SELECT count(*) FROM observation", [], |row| row.get(0)).expect("a count");
    assert_eq!(stored, 3);
}

#[tokio::test]
async fn a_compression_that_is_not_known_is_415_and_the_known_one_is_named() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let auth = format!("Authorization: Bearer {key}\r\n");
    let form = format!("action=updateraw&ID=roof&PASSWORD={key}&dateutc=now&tempf=70.7");
    for encoding in ["deflate", "br", "zstd", "gzip, gzip", "compress"] {
        for (path, body) in [(JSON, r#"{"temperature":1}"#), (UPLOAD, form.as_str())] {
            let head = format!("{auth}Content-Encoding: {encoding}\r\n");
            let answer = ask(&app, &format!("POST {path}"), &head, body.as_bytes()).await;
            assert_eq!((answer.status, answer.header("accept-encoding")), (415, Some("gzip")), "{encoding}");
            assert!(answer.is_for_programs(), "{}", answer.head);
        }
    }
}

#[tokio::test]
async fn a_bomb_is_too_large_and_what_is_no_gzip_is_400() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let head = format!("Authorization: Bearer {key}\r\nContent-Encoding: gzip\r\n");
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "it fits");
    assert_eq!(ask(&app, &format!("POST {JSON}"), &head, &bomb).await.status, 413);
    assert_eq!(ask(&app, &format!("POST {UPLOAD}"), &head, &gzip(&vec![b'a'; 1 << 20])).await.status, 413);
    let whole = gzip(br#"{"temperature":1}"#);
    for (path, bad) in [(JSON, &whole[..whole.len() - 4]), (JSON, b"{}"), (UPLOAD, b"action=x"), (JSON, b"")] {
        let answer = ask(&app, &format!("POST {path}"), &head, bad).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let trailing = [&whole[..], b"junk"].concat();
    assert_eq!(ask(&app, &format!("POST {JSON}"), &head, &trailing).await.status, 400);
}

#[tokio::test]
async fn no_answer_to_a_program_may_be_kept_or_taken_for_something_else() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let auth = format!("Authorization: Bearer {key}\r\n");
    let good = format!("GET {UPLOAD}?action=updateraw&ID=roof&PASSWORD={key}&dateutc=now&tempf=70.7");
    for (first, headers, body, status) in [
        ("POST /api/v1/readings", auth.as_str(), r#"{"temperature":1}"#, 201),
        ("POST /api/v1/readings", auth.as_str(), "{", 400),
        ("POST /api/v1/readings", "", "{}", 401),
        (&good, "", "", 200),
        ("GET /weatherstation/updateweatherstation.php?ID=x", "", "", 400),
        ("POST /dock/short", "Content-Type: application/json\r\n", "{}", 400),
        ("GET /metrics", "", "", 200),
        ("GET /metrics", "Via: x\r\n", "", 403),
        ("POST /lab/change", "", "", 403),
    ] {
        let answer = ask(&app, first, headers, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{first}: {}", answer.body);
        assert!(answer.is_for_programs(), "{first}: {}", answer.head);
    }
}
