//! The doors for readings, on real sockets over a real database.

mod devices;
mod influx;

use crate::kit::app::TestApp;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use stevenson::ingest::Options;
use tokio::io::AsyncWriteExt;
use weather::station::Station;

/// The program, and one station before its door.
struct AtTheDoor {
    app: TestApp,
    station: Arc<Station>,
    key: String,
    client: Client,
}

impl AtTheDoor {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let app = TestApp::with(|config| {
            config.ingest = options;
            config.storage.lock_wait_ms = 50;
        })
        .await;
        let (station, key) = app.add_station("town-hall").await;
        Self { app, station, key, client: Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.app.url)
    }

    /// A post without a key.
    fn knock(&self) -> RequestBuilder {
        self.client.post(self.url("/api/v1/readings"))
    }

    fn readings(&self) -> RequestBuilder {
        self.knock().bearer_auth(&self.key).header("Content-Type", "application/json")
    }

    async fn post(&self, body: Value) -> (u16, Value) {
        told(self.readings().body(body.to_string()).send().await.expect("answered")).await
    }

    /// An upload with our ID and key; `more` follows.
    fn upload(&self, more: &str) -> String {
        format!("ID=town-hall&PASSWORD={}&action=updateraw&{more}", self.key)
    }

    async fn station_says(&self, query: &str) -> (u16, String) {
        let url = self.url(&format!("/weatherstation/updateweatherstation.php?{query}"));
        let response = self.client.get(url).send().await.expect("answered");
        (response.status().as_u16(), response.text().await.expect("text"))
    }

    /// All newest values: `indoor/temperature 21.5`.
    async fn latest(&self) -> Vec<String> {
        let latest = self.app.storage.latest(self.station.id).await.expect("reads");
        latest.iter().map(|l| format!("{} {:.2}", l.sensor.key(l.quantity), l.value)).collect()
    }

    /// Sends bytes on a connection of their own and reads until it ends.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut connection = self.app.send("").await;
        connection.stream.write_all(bytes).await.expect("sends");
        String::from_utf8_lossy(&connection.rest().await).into_owned()
    }

    fn lock(&self) -> rusqlite::Connection {
        let other = self.app.database();
        other.execute_batch("BEGIN IMMEDIATE").expect("locks");
        other
    }
}

/// Status and JSON body of an answer.
async fn told(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = if status < 300 { "application/json" } else { "application/problem+json" };
    assert_eq!(response.headers()["content-type"], kind);
    (status, response.json().await.expect("JSON"))
}

/// RFC 3339, some minutes ago.
fn minutes_ago(minutes: i64) -> String {
    (chrono::Utc::now() - chrono::Duration::minutes(minutes)).to_rfc3339()
}

#[tokio::test]
async fn a_posted_reading_is_stored_when_it_is_acknowledged() {
    let door = AtTheDoor::new().await;
    let (status, receipt) = door.post(json!({"temperature_f": 50, "indoor/humidity": "40.5"})).await;
    assert_eq!((status, receipt), (201, json!({"stored": 1, "duplicate": 0, "warnings": []})));
    assert_eq!(door.latest().await, ["temperature 10.00", "indoor/humidity 40.50"]);
}

#[tokio::test]
async fn what_is_sent_again_is_known() {
    let door = AtTheDoor::new().await;
    let report = json!({"temperature": 21.5, "observed_at": minutes_ago(1)});
    assert_eq!(door.post(report.clone()).await.0, 201);
    let again = door.post(report).await;
    assert_eq!(again, (200, json!({"stored": 0, "duplicate": 1, "warnings": []})));
}

#[tokio::test]
async fn a_late_report_is_stored_and_does_not_become_the_newest() {
    let door = AtTheDoor::new().await;
    assert_eq!(door.post(json!({"temperature": 10})).await.0, 201);
    let late = json!({"temperature": 5, "observed_at": minutes_ago(300)});
    assert_eq!(door.post(late).await, (201, json!({"stored": 1, "duplicate": 0, "warnings": []})));
    assert_eq!(door.latest().await, ["temperature 10.00"]);
}

#[tokio::test]
async fn a_later_report_for_the_same_time_fills_in_and_a_contradiction_is_named_as_the_sender_counts() {
    let door = AtTheDoor::new().await;
    let (one, two) = (minutes_ago(2), minutes_ago(1));
    assert_eq!(door.post(json!({"temperature": 10, "observed_at": one})).await.0, 201);
    let (status, receipt) = door
        .post(json!([
            {"temperature": null},
            {"temperature": 11, "humidity": 50, "observed_at": one},
            {"temperature": 12, "observed_at": two},
        ]))
        .await;
    assert_eq!((status, &receipt["stored"]), (201, &json!(2)));
    assert_eq!(receipt["warnings"].as_array().map(Vec::len), Some(1), "{receipt}");
    assert_eq!(receipt["warnings"][0]["field"], "[1].temperature");
    assert_eq!(door.latest().await, ["temperature 12.00", "humidity 50.00"]);
}

#[tokio::test]
async fn without_the_key_nobody_gets_in() {
    let door = AtTheDoor::new().await;
    let body = json!({"temperature": 1}).to_string();
    let bearer = |key: &str| door.knock().header("Authorization", format!("Bearer {key}"));
    for request in [
        door.knock(),
        bearer("stv_wrong"),
        bearer(""),
        door.knock().header("Authorization", door.key.clone()),
        door.knock().basic_auth(&door.key, Some("town-hall")),
    ] {
        let response = request.body(body.clone()).send().await.expect("answered");
        assert_eq!(response.headers()["www-authenticate"], "Bearer, Token, Basic realm=\"station key\"");
        assert_eq!(told(response).await.0, 401);
    }
    let lower = door.knock().header("Authorization", format!("bearer  {} ", door.key));
    assert_eq!(lower.body(body).send().await.expect("answered").status(), 201);
}

#[tokio::test]
async fn a_removed_station_is_a_stranger() {
    let door = AtTheDoor::new().await;
    door.app.storage.remove_station(&door.station.slug).await.expect("removed");
    assert_eq!(door.post(json!({"temperature": 1})).await.0, 401);
    assert_eq!(door.station_says(&door.upload("tempf=50&dateutc=now")).await.0, 401);
}

#[tokio::test]
async fn what_is_not_stored_is_named_with_its_value_and_the_reason() {
    let door = AtTheDoor::new().await;
    let (status, receipt) =
        door.post(json!({"temperature": 21, "humidity": 140, "wind": 3, "indoor/humdity": 40, "co2": -9999})).await;
    assert_eq!(status, 201);
    let mut warnings = receipt["warnings"].as_array().expect("an array").clone();
    warnings.sort_by_key(|warning| warning["field"].to_string());
    let expected = [
        json!({"field": "co2", "value": "-9999", "reason": "means \"no value\", nothing stored"}),
        json!({"field": "humidity", "value": "140", "reason": "outside 0 to 100 %"}),
        json!({"field": "indoor/humdity", "value": "40", "reason": "unknown field, not stored; did you mean humidity?"}),
        json!({"field": "wind", "value": "3", "reason": "unknown field, not stored"}),
    ];
    assert_eq!(warnings, expected);
    assert_eq!(door.latest().await, ["temperature 21.00"]);
}

#[tokio::test]
async fn the_largest_post_is_stored_at_once_and_known_again() {
    let door = AtTheDoor::new().await;
    let most = Options::default().reports_max;
    let now = chrono::Utc::now().timestamp();
    let minute = |n: usize| json!({"observed_at": now - 60 * i64::try_from(n).expect("small"), "humidity": n % 100});
    let reports: Value = (0..most).map(minute).collect::<Vec<_>>().into();
    assert_eq!(door.post(reports.clone()).await, (201, json!({"stored": most, "duplicate": 0, "warnings": []})));
    assert_eq!(door.post(reports).await, (200, json!({"stored": 0, "duplicate": most, "warnings": []})));
}

#[tokio::test]
async fn a_thousand_warnings_are_a_hundred_and_a_number() {
    let door = AtTheDoor::new().await;
    let many: Vec<_> = (0..1_000).map(|n| json!({"temperature": 1, "wind": n})).collect();
    let (_, receipt) = door.post(many.into()).await;
    assert_eq!(receipt["warnings"].as_array().map(Vec::len), Some(100));
    assert_eq!(receipt["more_warnings"], 900);
}

#[tokio::test]
async fn a_request_without_anything_useful_is_refused_with_its_errors() {
    let door = AtTheDoor::new().await;
    for (body, field) in [
        (json!({"temperature": "warm"}), "temperature"),
        (json!([{"temperature": 99, "humidity": null}]), "[0].temperature"),
        (json!({"wind": 3}), "wind"),
    ] {
        let (status, problem) = door.post(body).await;
        assert_eq!((status, &problem["status"], &problem["errors"][0]["field"]), (400, &json!(400), &json!(field)));
    }
    for nothing in [json!({}), json!([]), json!([{}]), json!({"observed_at": 1_800_000_000})] {
        assert_eq!(door.post(nothing).await.0, 400);
    }
    assert_eq!(door.latest().await, [""; 0]);
}

#[tokio::test]
async fn a_request_in_which_all_values_are_missing_is_no_mistake() {
    let door = AtTheDoor::new().await;
    let (status, receipt) = door.post(json!({"temperature": -9999, "humidity": null})).await;
    assert_eq!((status, &receipt["stored"], &receipt["duplicate"]), (200, &json!(0), &json!(0)));
}

#[tokio::test]
async fn what_is_malformed_is_refused_as_a_whole() {
    let door = AtTheDoor::new().await;
    let (status, problem) = door.post(json!([{"temperature": 1}, {"temperature": 2, "observed_at": "noon"}])).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("[1].observed_at")));
    let bodies: [&[u8]; 5] = [b"", b"{\"temperature\": 1,}", b"\xff\xfe", b"[{\"temperature\": 1}", b"7"];
    for body in bodies {
        let response = door.readings().body(body.to_vec()).send().await.expect("answered");
        let (status, problem) = told(response).await;
        assert_eq!(status, 400);
        assert!(problem["detail"].as_str().is_some_and(|d| d.starts_with("nothing was stored: ")), "{problem}");
    }
    assert_eq!(door.latest().await, [""; 0], "nothing of them is stored");
}

#[tokio::test]
async fn lines_and_json_are_told_apart_by_their_type() {
    let door = AtTheDoor::new().await;
    let lines = format!("{}\n\n{}\r\n", json!({"temperature": 1, "observed_at": minutes_ago(9)}), json!({"co2": 400}));
    let post = |kind: &str| {
        let request = door.knock().bearer_auth(&door.key);
        if kind.is_empty() { request } else { request.header("Content-Type", kind) }
    };
    let response = post("application/x-ndjson").body(lines.clone()).send().await.expect("answered");
    assert_eq!(told(response).await, (201, json!({"stored": 2, "duplicate": 0, "warnings": []})));
    let (status, problem) = told(post("application/json").body(lines).send().await.expect("answered")).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("x-ndjson")), "{problem}");
    for kind in ["application/json; charset=utf-8", "text/json", "Application/JSON", ""] {
        let response = post(kind).body("{\"humidity\": 40}").send().await.expect("answered");
        assert_eq!(response.status(), 201, "{kind:?}");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"] {
        let response = post(kind).body("{\"humidity\": 40}").send().await.expect("answered");
        assert_eq!(told(response).await.0, 415, "{kind:?}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_sender_hears_it() {
    let door = AtTheDoor::with(Options { json_limit_kib: 64, upload_limit_kib: 2, ..Options::default() }).await;
    for spaces in [64 * 1_024, 200 * 1_024] {
        let body = format!("{{\"temperature\": 1}}{}", " ".repeat(spaces));
        let response = door.readings().body(body).send().await.expect("answered");
        assert_eq!(told(response).await.0, 413);
    }
    let fits = format!("{{\"temperature\": 1}}{}", " ".repeat(64 * 1_024 - 18));
    assert_eq!(door.readings().body(fits).send().await.expect("answered").status(), 201);
    let query = door.upload(&format!("tempf=50&dateutc=now&weather={}", "x".repeat(2_048)));
    assert_eq!(door.station_says(&query).await, (413, "too large\n".to_owned()));
    let url = door.url("/weatherstation/updateweatherstation.php");
    let response = door.client.post(url).body("x".repeat(3_000)).send().await.expect("answered");
    assert_eq!(response.status(), 413);
}

#[tokio::test]
async fn more_reports_than_the_limit_are_refused() {
    let door = AtTheDoor::with(Options { reports_max: 2, ..Options::default() }).await;
    let (status, problem) = door.post(json!([{"co2": 400}, {"co2": 401}, {"co2": 402}])).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().is_some_and(|d| d.ends_with("more than 2 reports in one request")), "{problem}");
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let door = AtTheDoor::with(Options { read_limit_s: 0, ..Options::default() }).await;
    let head = format!("POST /api/v1/readings HTTP/1.0\r\nAuthorization: Bearer {}\r\n", door.key);
    let answer = door.raw(format!("{head}Content-Length: 1000\r\n\r\n{{\"temperature\": 21").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.0 408 "), "{answer}");
    let head = "POST /weatherstation/updateweatherstation.php HTTP/1.0\r\nContent-Length: 1000\r\n\r\n";
    let answer = door.raw(format!("{head}ID=town-hall&PASSWORD=").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.0 408 "), "{answer}");
}

#[tokio::test]
async fn a_locked_database_is_a_503_with_retry_after_in_the_words_of_each_protocol() {
    let door = AtTheDoor::new().await;
    let lock = door.lock();
    let response = door.readings().body("{\"temperature\": 1}").send().await.expect("answered");
    assert_eq!(response.headers()["retry-after"], "5");
    assert_eq!(told(response).await.0, 503);
    let query = door.upload("tempf=50&dateutc=now");
    let url = door.url(&format!("/weatherstation/updateweatherstation.php?{query}"));
    let response = door.client.get(url).send().await.expect("answered");
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"5".parse().expect("text")));
    let body = response.text().await.expect("text").to_lowercase();
    assert!(!body.contains("error") && !body.contains("invalid"), "{body}");

    drop(lock);
    assert_eq!(door.post(json!({"temperature": 1})).await.0, 201);
    assert_eq!(door.station_says(&query).await, (200, "success\n".to_owned()));
}

#[tokio::test]
async fn a_station_uploads_by_get_and_by_post() {
    let door = AtTheDoor::new().await;
    let query = door.upload("tempf=50&indoortempf=68&dateutc=now");
    assert_eq!(door.station_says(&query).await, (200, "success\n".to_owned()));
    assert_eq!(door.latest().await, ["temperature 10.00", "indoor/temperature 20.00"]);
    for (query, body) in [
        ("".to_owned(), door.upload("tempf=53.6&dateutc=now")),
        ("?action=updateraw&dateutc=now".to_owned(), door.upload("tempf=53.6")),
    ] {
        let url = door.url(&format!("/weatherstation/updateweatherstation.php{query}"));
        let response = door.client.post(url).body(body).send().await.expect("answered");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(response.text().await.expect("text"), "success\n");
        assert_eq!(door.latest().await[0], "temperature 12.00");
    }
}

#[tokio::test]
async fn stations_that_bend_the_protocol_are_understood() {
    let door = AtTheDoor::new().await;
    let now = chrono::Utc::now().format("%Y-%-m-%-d%%20%-H:%-M:%-S");
    for (line, body) in [
        (format!("GET /weatherstation/updateweatherstation.php?{} HTTP/1.0", door.upload("tempf=50&dateutc=now")), ""),
        (
            format!("GET /weatherstation/updateweatherstation.asp?{} HTTP/1.0", door.upload("outtemp=10&dateutc=now")),
            "",
        ),
        (
            format!("GET /weatherstation/updateweatherstation?{} HTTP/1.1", door.upload(&format!("dateutc={now}"))),
            "x=1",
        ),
        (format!("GET //weatherstation/updateweatherstation.php?{} HTTP/1.1", door.upload("dateutc=now")), ""),
        (format!("GET /WEATHERSTATION/UPDATEWEATHERSTATION.PHP?{} HTTP/1.1", door.upload("dateutc=now")), ""),
        (format!("GET /weatherstation/updateweatherstation.php{} HTTP/1.1", door.upload("dateutc=now")), ""),
        (
            format!("GET /weatherstation/updateweatherstation.php?{} HTTP/1.1", door.upload("dateutc=now&tempf=-9999")),
            "",
        ),
        (format!("GET /weatherstation/updateweatherstation.php?{} HTTP/1.1", door.upload("dateutc=now&tempf=hot")), ""),
        ("POST /weatherstation/updateweatherstation.php HTTP/1.1".to_owned(), &*door.upload("dateutc=now")),
    ] {
        let host = if line.ends_with("1.1") { "Host: here\r\n" } else { "" };
        let head =
            format!("{line}\r\n{host}Accept: * / *\r\nConnection: Close\r\nContent-Length: {}\r\n\r\n", body.len());
        let answer = door.raw(format!("{head}{body}").as_bytes()).await;
        assert!(answer.contains(" 200 OK\r\n") && answer.ends_with("\r\n\r\nsuccess\n"), "{line}: {answer}");
    }
}

#[tokio::test]
async fn a_wrong_id_or_password_is_unauthorized() {
    let door = AtTheDoor::new().await;
    let unauthorized = (401, "unauthorized\n".to_owned());
    let rest = "action=updateraw&dateutc=now&tempf=50";
    assert_eq!(door.station_says(&format!("ID=town-hall&PASSWORD=wrong&{rest}")).await, unauthorized);
    assert_eq!(door.station_says(&format!("ID=city-hall&PASSWORD={}&{rest}", door.key)).await, unauthorized);
    assert_eq!(door.station_says(&format!("ID=TOWN-HALL&PASSWORD={}&{rest}", door.key)).await.0, 200);
}

#[tokio::test]
async fn what_the_protocol_requires_is_asked_for_and_named_in_a_header() {
    let door = AtTheDoor::new().await;
    let key = door.key.as_str();
    for (query, reason) in [
        (format!("PASSWORD={key}&action=updateraw&dateutc=now"), "ID is missing"),
        ("ID=town-hall&action=updateraw&dateutc=now".to_owned(), "PASSWORD is missing"),
        (door.upload("tempf=50"), "dateutc is missing"),
        (
            door.upload("dateutc=noon%0D%0AX-Evil:%20%C3%BC"),
            "dateutc \"noon\\r\\nX-Evil: ?\" is neither \"now\" nor like",
        ),
    ] {
        let url = door.url(&format!("/weatherstation/updateweatherstation.php?{query}"));
        let response = door.client.get(url).send().await.expect("answered");
        let said = response.headers()["x-reason"].to_str().expect("ASCII").to_owned();
        assert!(said.starts_with(reason), "{said}");
        assert!(response.headers().get("x-evil").is_none());
        assert_eq!((response.status().as_u16(), &*response.text().await.expect("text")), (400, "bad request\n"));
    }
}

#[tokio::test]
async fn other_targets_are_not_found() {
    let door = AtTheDoor::new().await;
    for path in ["/weatherstation/", "/weatherstation/index.php", "/s/nowhere", "/a/b/c", "/api/v1/reading"] {
        // At the address of a page nothing can be posted, whether there is a page or not.
        let posted = if path == "/s/nowhere" { 405 } else { 404 };
        for (request, status) in [(door.client.get(door.url(path)), 404), (door.client.post(door.url(path)), posted)] {
            assert_eq!(request.send().await.expect("answered").status(), status, "{path}");
        }
    }
}

#[tokio::test]
async fn senders_at_the_same_time_do_not_hinder_each_other() {
    let door = AtTheDoor::new().await;
    let posts = (0..64).map(|n| {
        let observed_at = minutes_ago(n);
        let door = &door;
        async move { door.post(json!({"humidity": n, "observed_at": observed_at})).await.0 }
    });
    let statuses = futures_util::future::join_all(posts).await;
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
}

/// A small generator of noise (xorshift), the same in every run.
struct Noise(u64);

/// What parsers trip over.
const NASTY: &[u8] = b"{}[]\",:-0.e\n%&=+/?\\u\0";

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % below
    }

    /// `text` with some of its bytes changed, dropped or doubled.
    fn garble(&mut self, text: &[u8]) -> Vec<u8> {
        let mut bytes = text.to_vec();
        for _ in 0..=self.next(6) {
            let at = self.next(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match self.next(3) {
                0 if !bytes.is_empty() => bytes[at] = u8::try_from(self.next(256)).expect("a byte"),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.insert(at, NASTY[self.next(NASTY.len())]),
            }
        }
        bytes
    }
}

#[tokio::test]
async fn garbage_is_never_our_fault_and_never_the_end() {
    let door = AtTheDoor::new().await;
    let mut noise = Noise(0x5EED_0F57);
    let object =
        br#"{"observed_at": "2026-11-22T14:00:00Z", "temperature": 21.5, "indoor/humidity": "40", "x": [null, {}]}"#;
    let array = br#"[{"temperature": 1e3}, {"observed_at": 1795356000, "co2": true}]"#;
    for round in 0..400 {
        let body = noise.garble(if round % 2 == 0 { object } else { array });
        let kind = if round % 3 == 0 { "application/x-ndjson" } else { "application/json" };
        let request = door.knock().bearer_auth(&door.key).header("Content-Type", kind).body(body.clone());
        let status = request.send().await.expect("answered").status();
        assert!(status.as_u16() < 500, "{status} for {:?}", String::from_utf8_lossy(&body));
    }
    for _ in 0..400 {
        let query = door.upload("dateutc=2026-11-22%2014:00:00&tempf=50&UV=1&AqPM2.5=4&baromin=29&baromin=30");
        let body = noise.garble(query.as_bytes());
        let url = door.url("/weatherstation/updateweatherstation.php");
        let status = door.client.post(url).body(body.clone()).send().await.expect("answered").status();
        assert!(status.as_u16() < 500, "{status} for {:?}", String::from_utf8_lossy(&body));
    }
    for _ in 0..100 {
        let line = "GET /weatherstation/updateweatherstation.php?ID=x&PASSWORD=y&action=updateraw&dateutc=now HTTP/1.0";
        let mut bytes = noise.garble(line.as_bytes());
        bytes.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
        let answer = door.raw(&bytes).await;
        assert!(!answer.contains(" 50"), "{answer} for {:?}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(door.post(json!({"temperature": 21.5})).await.0, 201);
}

#[tokio::test]
async fn who_only_looks_stores_nothing() {
    let door = AtTheDoor::new().await;
    let target = format!(
        "/weatherstation/updateweatherstation.php?ID=town-hall&PASSWORD={}&action=updateraw&dateutc=2026-11-22+10:00:00&tempf=55",
        door.key
    );
    let answer = door.raw(format!("HEAD {target} HTTP/1.0\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.0 405") || answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert!(door.raw(format!("GET {target} HTTP/1.0\r\n\r\n").as_bytes()).await.contains("success"));
    assert_eq!(door.app.storage.stats().reports_stored, 1, "by the GET alone");
}

/// The examples of a manual.
fn examples(manual: &str) -> Vec<&str> {
    manual.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Runs an example; returns what it says.
async fn run(example: &str, door: &AtTheDoor) -> String {
    let here = example.replace("http://127.0.0.1:8000", &door.url(""));
    let here = format!("curl() {{ command curl -f \"$@\"; }}; {here}");
    let run = tokio::process::Command::new("sh").args(["-euc", &here]).env("KEY", &door.key).output().await;
    let output = run.expect("sh and curl are installed");
    assert!(output.status.success(), "{example}{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn the_examples_of_the_manual_work() {
    let door = AtTheDoor::new().await;
    let manual = std::fs::read_to_string("docs/INGEST.md").expect("the manual");
    let examples = examples(&manual);
    assert_eq!(examples.len(), 8);
    let mut said = String::new();
    for example in examples {
        said += &run(example, &door).await;
    }
    let receipt = |stored| format!("{{\"stored\":{stored},\"duplicate\":0,\"warnings\":[]}}");
    let ecowitt = r#"{"errcode":"0","errmsg":"ok","UTC_offset":""#;
    let (start, rest) = said.split_once(ecowitt).expect("the answer to an Ecowitt console");
    assert_eq!(start, format!("{}{}{}{}success\n", receipt(1), receipt(2), receipt(1), receipt(1)));
    assert_eq!(rest.split_once('}').map(|(_, rest)| rest), Some("success\n"));
}

/// What a station or a program of each make would send.
#[tokio::test]
async fn every_make_of_station_is_heard_as_the_manual_says() {
    let manual = std::fs::read_to_string("docs/STATIONS.md").expect("the manual");
    // How many values each example brings, and its temperature outdoors.
    let expected = [
        ("Ecowitt", 13, "temperature 11.50"),
        ("Ambient", 5, "temperature 20.61"),
        ("Weather Underground", 4, "temperature 27.50"),
        ("WeeWX", 5, "temperature 0.39"),
        ("sensor.community", 4, "temperature 6.89"),
        ("ESPHome", 1, "temperature 21.50"),
        ("Tasmota", 4, "temperature 12.10"),
        ("Arduino, and others with InfluxDB's clients", 2, "temperature 21.50"),
        ("rtl_433", 7, "bresser-5in1-118/temperature 8.10"),
        ("Telegraf", 2, "greenhouse/temperature 24.50"),
        ("Home Assistant", 1, "temperature 7.40"),
        ("A script", 2, "temperature 21.50"),
    ];
    // What does not come by HTTP is run by other tests.
    let elsewhere = ["MQTT\n", "WeatherFlow Tempest\n"];
    let makes = manual.split("\n## ").skip(1).filter(|make| !elsewhere.iter().any(|other| make.starts_with(other)));
    let makes: Vec<&str> = makes.collect();
    assert_eq!(
        makes.iter().filter_map(|make| make.lines().next()).collect::<Vec<_>>(),
        expected.map(|(name, ..)| name)
    );
    for (make, (name, count, temperature)) in makes.into_iter().zip(expected) {
        let door = AtTheDoor::new().await;
        let examples = examples(make);
        assert_eq!(examples.len(), 1, "{name}");
        run(examples[0], &door).await;
        let latest = door.latest().await;
        assert!(latest.len() == count && latest.contains(&temperature.to_owned()), "{name}: {latest:?}");
    }
}

#[tokio::test]
async fn every_format_answers_its_example_at_its_path_and_stands_in_the_manual() {
    let manual = std::fs::read_to_string("docs/INGEST.md").expect("the manual");
    for format in &stevenson::ingest::FORMATS {
        assert!(manual.contains(format.path), "{}", format.name);
        let door = AtTheDoor::new().await;
        let example = format.example.replace("stv_secret", &door.key);
        let post = door.client.post(door.url(format.path)).bearer_auth(&door.key).body(example);
        let response = post.send().await.expect("answered");
        let (status, body) = (response.status().as_u16(), response.text().await.expect("text"));
        assert!(status == format.answer.0 && body.starts_with(format.answer.1), "{}: {status} {body}", format.name);
        assert_eq!(door.latest().await.len(), 2, "{}", format.name);
    }
}

#[tokio::test]
async fn large_uploads_of_one_station_take_turns_and_hold_up_nobody() {
    let server = TestApp::start().await;
    let (_, greedy) = server.add_station("greedy").await;
    let (_, honest) = server.add_station("honest").await;
    let head = |key: &str, more: &str| {
        format!("POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{more}\r\n\r\n")
    };
    // Each is asked for its body when it has its turn.
    let large = "Expect: 100-continue\r\nContent-Length: 2000000";
    let mut reading = Vec::new();
    for _ in 0..4 {
        let mut upload = server.send(&head(&greedy, large)).await;
        assert!(upload.head().await.starts_with("HTTP/1.1 100 "));
        reading.push(upload);
    }
    let kinds = [large, "Expect: 100-continue\r\nTransfer-Encoding: chunked"];
    let mut waiting = Vec::new();
    for kind in kinds {
        waiting.push(server.send(&head(&greedy, kind)).await);
    }
    // Neither a report of the same station nor a large upload of another one waits for them.
    let report = r#"{"temperature":21.5}"#;
    let small = head(&greedy, &format!("Content-Length: {}", report.len())) + report;
    assert!(server.send(&small).await.head().await.starts_with("HTTP/1.1 201 "));
    // What is small and compressed is no large upload while it comes.
    let gzip = "Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 50";
    for kind in [large, gzip] {
        let mut other = server.send(&head(&honest, kind)).await;
        assert!(other.head().await.starts_with("HTTP/1.1 100 "));
    }
    for upload in &mut waiting {
        let mut byte = [0];
        let read = upload.stream.try_read(&mut byte);
        assert_eq!(read.expect_err("it waits").kind(), std::io::ErrorKind::WouldBlock);
    }
    // Who leaves makes room.
    reading.clear();
    for mut upload in waiting {
        assert!(upload.head().await.starts_with("HTTP/1.1 100 "));
    }
}

#[tokio::test]
async fn what_is_acknowledged_is_stored_even_if_it_comes_at_once_without_a_time() {
    let door = AtTheDoor::new().await;
    let uploads = (0..20).map(|number| {
        let query = door.upload(&format!("tempf={}&dateutc=now", 50 + number));
        let (client, url) = (door.client.clone(), door.url("/weatherstation/updateweatherstation.php"));
        tokio::spawn(
            async move { client.get(format!("{url}?{query}")).send().await.expect("answered").status().as_u16() },
        )
    });
    for upload in uploads.collect::<Vec<_>>() {
        assert_eq!(upload.await.expect("no panic"), 200);
    }
    let posts = (0..20).map(|number| door.readings().body(json!({"temperature": number}).to_string()).send());
    for answer in futures_util::future::join_all(posts).await {
        let (status, receipt) = told(answer.expect("answered")).await;
        assert_eq!((status, receipt), (201, json!({"stored": 1, "duplicate": 0, "warnings": []})));
    }
    assert_eq!(door.app.storage.observation_count(door.station.id).await.expect("counts"), 40);
}

#[tokio::test]
async fn the_values_of_yesterday_are_not_live_because_a_report_came_now() {
    let door = AtTheDoor::new().await;
    let yesterday = json!({"temperature": 5, "humidity": 90, "wind_speed": 7, "precipitation_rate": 3,
        "observed_at": minutes_ago(20 * 60)});
    assert_eq!(door.post(yesterday).await.0, 201);
    assert_eq!(door.post(json!({"temperature": 12.3})).await.0, 201);
    assert_eq!(door.app.storage.interval_ms(door.station.id).await.expect("reads"), None, "one gap says nothing");
    let page = door.client.get(door.url("/s/town-hall")).send().await.expect("answered").text().await.expect("text");
    assert!(page.contains(r#"data-station="town-hall" data-state="live""#) && page.contains("12.3"));
    for tile in ["humidity", "wind_speed"] {
        assert!(page.contains(&format!(r#"data-tile="{tile}" data-state="offline""#)), "{tile}");
    }
}

#[tokio::test]
async fn the_pressure_of_a_barometer_is_shown_at_sea_level_too() {
    let door = AtTheDoor::new().await;
    assert_eq!(door.post(json!({"temperature": 15, "station_pressure": 987.7})).await.0, 201);
    assert_eq!(door.latest().await, ["temperature 15.00", "station_pressure 987.70", "sea_level_pressure 1012.88"]);
    let page = door.client.get(door.url("/s/town-hall")).send().await.expect("answered").text().await.expect("text");
    let beside = r#"data-key="sea_level_pressure" data-beside="temperature">1012.9 hPa<"#;
    assert!(page.contains(beside), "{page}");
    let small = r#"data-key="station_pressure" data-beside="temperature">987.7 hPa<"#;
    assert!(page.contains(small), "{page}");
    let sent = json!({"temperature": 15, "station_pressure": 987.7, "sea_level_pressure": 1012.5});
    assert_eq!(door.post(sent).await.0, 201);
    assert!(door.latest().await.contains(&"sea_level_pressure 1012.50".to_owned()), "a station's own number is taken");
    // Whatever comes first: what was derived gives way.
    let at = minutes_ago(0);
    for value in [json!({"temperature": 15}), json!({"station_pressure": 988}), json!({"sea_level_pressure": 1013})] {
        let mut value = value;
        value["observed_at"] = at.clone().into();
        assert_eq!(door.post(value).await, (201, json!({"stored": 1, "duplicate": 0, "warnings": []})));
    }
    assert!(door.latest().await.contains(&"sea_level_pressure 1013.00".to_owned()), "{:?}", door.latest().await);
    let row = "SELECT sea_level_pressure FROM observation WHERE station_pressure = 988";
    let stored: f64 = door.app.database().query_row(row, [], |row| row.get(0)).expect("a row");
    assert_eq!(stored, 1013.0);
}

#[tokio::test]
async fn a_station_whose_clock_is_behind_is_heard_all_the_same() {
    let door = AtTheDoor::new().await;
    let page = async || {
        let response = door.client.get(door.url("/s/town-hall")).send().await.expect("answered");
        response.text().await.expect("text")
    };
    for minute in 0..3 {
        let report = json!({"temperature": 12.0 + f64::from(minute), "observed_at": minutes_ago(300)});
        assert!(minute == 0 || page().await.contains(r#"data-state="offline""#), "two may be a backlog");
        assert_eq!(door.post(report).await.0, 201);
    }
    let shown = page().await;
    let overview = door.client.get(door.url("/")).send().await.expect("answered").text().await.expect("text");
    for html in [&shown, &overview] {
        assert!(html.contains(r#"data-station="town-hall" data-state="clock""#), "one truth everywhere: {html}");
        assert!(html.contains(r#"data-show="word">Clock 5 h behind<"#) && !html.contains("Offline since"), "{html}");
    }
    assert!(shown.contains("<title>Clock 5 h behind – Town Hall</title>"));
    assert!(shown.contains("but its clock is 5 h behind.") && shown.contains("Heard just now"), "it says why");
    assert!(shown.contains(r#"data-tile="temperature" data-state="offline""#), "the values are no younger for it");
    let right = json!({"temperature": 15, "observed_at": minutes_ago(0)});
    assert_eq!(door.post(right).await.0, 201);
    assert!(!page().await.contains("but its clock is"), "its clock was set right");
}

#[tokio::test]
async fn stations_that_send_slowly_do_not_keep_another_from_a_large_upload() {
    let server = TestApp::start().await;
    let head = |key: &str, more: &str| {
        format!("POST /api/v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{more}\r\n\r\n")
    };
    let mut stalled = Vec::new();
    for slow in 0..8 {
        let (_, key) = server.add_station(&format!("slow-{slow}")).await;
        for _ in 0..4 {
            let mut upload = server.send(&head(&key, "Expect: 100-continue\r\nTransfer-Encoding: chunked")).await;
            assert!(upload.head().await.starts_with("HTTP/1.1 100 "));
            stalled.push(upload);
        }
    }
    let (_, honest) = server.add_station("honest").await;
    let reports: Vec<_> = (0..1_000)
        .map(|minute| json!({"observed_at": 1_700_000_000_000_i64 + minute * 60_000, "temperature": 20}))
        .collect();
    let body = [serde_json::to_string(&reports).expect("JSON"), " ".repeat(64 << 10)].concat();
    let began = std::time::Instant::now();
    let upload = [head(&honest, &format!("Content-Length: {}", body.len())), body].concat();
    let answer = server.send(&upload).await.head().await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    let mut told = Vec::new();
    for upload in &mut stalled {
        let mut first = [0; 13];
        if upload.stream.try_read(&mut first).is_ok() {
            told.push(String::from_utf8_lossy(&first).into_owned());
        }
    }
    assert_eq!(told, ["HTTP/1.1 503 "], "one of them has given way");
}

#[tokio::test]
async fn no_time_that_somebody_sends_takes_a_page_down() {
    let door = AtTheDoor::new().await;
    for time in [i64::MIN, i64::MIN, i64::MIN, i64::MAX, i64::MIN, i64::MAX, i64::MAX, i64::MAX] {
        let write =
            door.client.post(door.url("/write?precision=h")).header("Authorization", format!("Token {}", door.key));
        let answer = write.body(format!("m temperature=1 {time}")).send().await.expect("answered");
        assert!(matches!(answer.status().as_u16(), 204 | 400), "{time}: {}", answer.status());
        for path in ["/", "/s/town-hall"] {
            let page = door.client.get(door.url(path)).send().await.expect("answered");
            assert_eq!(page.status(), 200, "{path} after {time}");
        }
    }
}

#[tokio::test]
async fn a_key_in_the_wrong_place_is_not_repeated() {
    let door = AtTheDoor::new().await;
    let key = &door.key;
    let answer = door.client.post(door.url(&format!("/api/v1/{key}/telemtry"))).send().await.expect("answered");
    let said = format!("{:?} {}", answer.headers().clone(), answer.text().await.expect("text"));
    assert!(!said.contains(&key[8..]), "{said}");
    let (_, receipt) = door.post(json!({"temperature": 1, "api_key": key, "token": key})).await;
    assert!(!receipt.to_string().contains(&key[8..]) && receipt.to_string().contains("stv_…"), "{receipt}");
}

#[tokio::test]
async fn sensors_in_every_script_are_sensors_of_their_own() {
    let door = AtTheDoor::new().await;
    for sensor in ["Кухня", "屋上"] {
        let report = json!({"sensor": sensor, "temperature": 27.25});
        assert_eq!(door.post(report).await.0, 201, "{sensor}");
    }
    let latest = door.latest().await;
    assert!(latest.len() == 2 && latest.iter().all(|value| value.starts_with("sensor-")), "{latest:?}");
}

#[tokio::test]
async fn good_lines_that_find_no_sensor_are_not_called_stored() {
    let door = AtTheDoor::new().await;
    let write = async |lines: String| {
        let post = door.client.post(door.url("/api/v2/write")).header("Authorization", format!("Token {}", door.key));
        let answer = post.body(lines).send().await.expect("answered");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    let lines =
        |sensors: std::ops::Range<usize>| sensors.map(|s| format!("m,sensor=s{s} temperature=1\n")).collect::<String>();
    assert_eq!(write(lines(0..256)).await.0, 204);
    let (status, said) = write(lines(255..258)).await;
    assert!(status == 400 && said.contains("as many sensors as it may have") && said.contains("dropped=2"), "{said}");
    assert_eq!(write("m temperature=7".to_owned()).await.0, 204, "the main sensor has room");
    assert!(door.latest().await.contains(&"temperature 7.00".to_owned()));
}

#[tokio::test]
async fn units_in_an_object_are_refused_and_not_ignored() {
    let door = AtTheDoor::new().await;
    for units in [json!({"temperature": "F"}), json!(["F"])] {
        let (status, problem) = door.post(json!({"temperature": 50, "units": units})).await;
        assert_eq!(status, 400, "{problem}");
    }
    assert_eq!(door.latest().await, [""; 0]);
}
