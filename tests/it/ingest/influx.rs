//! Clients of InfluxDB.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

impl AtTheDoor {
    /// Lines in a request; `more` puts in the rest.
    fn written(&self, path: &str, body: &str, more: impl Fn(RequestBuilder) -> RequestBuilder) -> RequestBuilder {
        more(self.client.post(self.url(path)).body(body.to_owned()))
    }

    async fn lines(&self, path: &str, body: &str, more: impl Fn(RequestBuilder) -> RequestBuilder) -> Response {
        self.written(path, body, more).send().await.expect("answered")
    }
}

async fn said(response: Response) -> (u16, String) {
    (response.status().as_u16(), response.text().await.expect("text"))
}

#[tokio::test]
async fn both_versions_store_lines_with_each_way_to_send_the_key() {
    let door = AtTheDoor::new().await;
    let now = chrono::Utc::now().timestamp();
    let line = |n: i64| format!("weather,host=pi temperature={n},note=\"x\" {}", now - 60 + n);
    let (key, basic) = (door.key.clone(), format!("/write?db=x&rp=y&precision=s&u=telegraf&p={}", door.key));
    let token = |request: RequestBuilder| request.header("Authorization", format!("Token {key}"));
    let bearer = |request: RequestBuilder| request.bearer_auth(&key);
    let named = |request: RequestBuilder| request.basic_auth("TOWN-HALL", Some(&key));
    let anybody = |request: RequestBuilder| request.basic_auth("telegraf", Some(&key));
    let v2 = "/api/v2/write?org=o&bucket=b&precision=s";
    let v1 = "/write?db=x&precision=s";
    let named_token = |request: RequestBuilder| request.header("Authorization", format!("Token telegraf:{key}"));
    for (n, request) in [
        (1, door.written(v2, &line(1), token)),
        (2, door.written(v2, &line(2), bearer)),
        (3, door.written(v1, &line(3), named)),
        (4, door.written(v1, &line(4), anybody)),
        (5, door.written(&basic, &line(5), |request| request)),
        (6, door.written(v1, &line(6), named_token)),
    ] {
        let response = request.send().await.expect("answered");
        assert!(response.headers().contains_key("x-influxdb-version"));
        assert_eq!(said(response).await, (204, String::new()), "{n}");
        assert_eq!(door.latest().await, [format!("temperature {n}.00")], "stored when it is acknowledged");
    }
    assert_eq!(said(door.lines(v2, &line(6), token).await).await.0, 204, "known already");
    for nothing in ["", "\n# nothing\r\n", "mem used=1i"] {
        assert_eq!(said(door.lines(v2, nothing, token).await).await.0, 204, "{nothing:?}");
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(line(7).as_bytes()).expect("memory");
    let request = token(door.client.post(door.url(v2))).header("Content-Encoding", "gzip");
    let response = request.body(gzip.finish().expect("memory")).send().await.expect("answered");
    assert_eq!(said(response).await.0, 204);
    assert_eq!(door.latest().await, ["temperature 7.00"]);
}

#[tokio::test]
async fn wrong_lines_are_named_and_good_ones_are_stored() {
    let door = AtTheDoor::new().await;
    let token = |request: RequestBuilder| request.header("Authorization", format!("Token {}", door.key));
    let body = "weather temperature=21.5\nweather temperature=NaN\nweather humidity=5 1792889971";
    let (status, told) = said(door.lines("/api/v2/write", body, token).await).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let message = told["message"].as_str().expect("text");
    assert_eq!((status, &told["code"]), (400, &json!("invalid")));
    assert!(
        message.starts_with("partial write: unable to parse 'weather temperature=NaN': invalid number\n"),
        "{message}"
    );
    assert!(
        message.ends_with("read as nanoseconds is 1970; in seconds it makes sense: send precision=s dropped=2"),
        "{message}"
    );
    assert_eq!(door.latest().await, ["temperature 21.50"]);
    let response = door.lines("/write?db=x", "weather", token).await;
    assert_eq!(
        response.headers()["x-influxdb-error"],
        "partial write: unable to parse 'weather': missing fields dropped=1"
    );
    let (status, told) = said(response).await;
    assert_eq!(status, 400);
    assert_eq!(told, "{\"error\":\"partial write: unable to parse 'weather': missing fields dropped=1\"}\n");
    let (status, told) = said(door.lines("/api/v2/write?precision=m", "weather temperature=1", token).await).await;
    assert_eq!(status, 400);
    assert!(told.contains("valid precision units are ns, us, ms, and s"), "{told}");
}

#[tokio::test]
async fn refusals_are_in_the_words_of_each_version() {
    let door = AtTheDoor::with(Options { json_limit_kib: 1, reports_max: 2, ..Options::default() }).await;
    let nobody = |request: RequestBuilder| request;
    let token = |request: RequestBuilder| request.header("Authorization", format!("Token {}", door.key));
    for path in ["/write?db=x", "/api/v2/write"] {
        let field = if path.starts_with("/write") { "error" } else { "message" };
        let three = "m co2=400\nm co2=401\nm co2=402";
        let large = "# x\n".repeat(300);
        for (response, status) in [
            (door.lines(path, "m co2=400", nobody).await, 401),
            (door.lines(path, three, token).await, 413),
            (door.lines(path, &large, token).await, 413),
            (door.lines(path, "m co2=400", |request| token(request).header("Content-Encoding", "br")).await, 415),
        ] {
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.headers().contains_key("www-authenticate"), status == 401);
            let told: Value = response.json().await.expect("JSON");
            assert!(told[field].is_string(), "{told}");
        }
        let lock = door.lock();
        let response = door.lines(path, "m co2=400", token).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (503, &"5".parse().expect("text"))
        );
        drop(lock);
    }
    assert_eq!(door.latest().await, [""; 0]);
}

#[tokio::test]
async fn clients_find_what_they_ask_before_they_write() {
    let door = AtTheDoor::new().await;
    for request in [door.client.get(door.url("/ping")), door.client.head(door.url("/ping"))] {
        let response = request.send().await.expect("answered");
        assert_eq!(response.status(), 204);
        assert!(
            response.headers()["x-influxdb-version"].to_str().is_ok_and(|version| version.starts_with("1.8-stevenson"))
        );
    }
    let health: Value =
        door.client.get(door.url("/health")).send().await.expect("answered").json().await.expect("JSON");
    assert_eq!((&health["name"], &health["status"]), (&json!("stevenson"), &json!("pass")));
    let create = "q=CREATE+DATABASE+%22telegraf%22";
    let form = door.client.post(door.url("/query")).header("Content-Type", "application/x-www-form-urlencoded");
    for request in [door.client.post(door.url(&format!("/query?{create}"))), form.body(create)] {
        let response = request.send().await.expect("answered");
        assert_eq!(said(response).await, (200, "{\"results\":[{\"statement_id\":0}]}".to_owned()));
    }
    for (question, status, answer) in [
        ("CREATE DATABASE \"a;b\"; create database c;", 200, r#"{"results":[{"statement_id":0},{"statement_id":1}]}"#),
        (
            "SHOW DATABASES",
            200,
            r#"{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["stevenson"]]}]}]}"#,
        ),
        ("SHOW RETENTION POLICIES ON c", 200, r#"{"results":[{"statement_id":0}]}"#),
        ("CREATE DATABASE a; DROP DATABASE a", 400, "\\\"DROP DATABASE a\\\" is not answered here"),
        ("SELECT * FROM weather", 400, "SELECT"),
        ("CREATE", 400, "CREATE"),
        (" ; ", 400, "missing required parameter"),
    ] {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("q", question).finish();
        let request = door.client.post(door.url("/query")).header("Content-Type", "application/x-www-form-urlencoded");
        let response = request.body(form).send().await.expect("answered");
        let (sent, text) = said(response).await;
        assert!(sent == status && text.contains(answer), "{question}: {sent} {text}");
    }
    for path in ["/write", "/api/v2/write"] {
        let response = door.client.get(door.url(path)).send().await.expect("answered");
        assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"POST".parse().expect("text")));
    }
}

#[tokio::test]
async fn an_old_client_posts_lines() {
    let door = AtTheDoor::new().await;
    let line = "weather temperature=21.5";
    let head = format!("POST /write?p={} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{line}", door.key, line.len());
    let answer = door.raw(head.as_bytes()).await;
    assert!(answer.contains(" 204 "), "{answer}");
    assert_eq!(door.latest().await, ["temperature 21.50"]);
}
