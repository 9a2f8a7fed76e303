//! The inspector: what came, what was understood of it, what was answered; and no secret.

use super::words;
use crate::guard::ask;
use crate::kit::app::TestApp;
use crate::kit::connection::Connection;
use crate::kit::program::post;
use serde_json::json;

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn an_upload_is_shown_with_what_became_of_each_field() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    assert!(page(&app, "/admin/inbox").await.contains("Nothing came"));
    let body = "stationtype=GW2000A&dateutc=now&tempf=98.6&humidityin=40&temp1f=-9999&baromrelin=29.92&wobble=7";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let sent = ask(&app, &format!("POST /data/report/{key}"), headers, body.as_bytes()).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let list = words(&page(&app, "/admin/inbox").await);
    assert!(list.contains("Ecowitt POST 127.0.0.1 Town Hall 3 values, 1 remark, 1 unknown 200"), "{list}");
    let shown = words(&page(&app, "/admin/inbox/1").await);
    for told in [
        "127.0.0.1, POST",
        "Station Town Hall",
        "temperature 37 °C tempf 98.6 °F",
        "indoor/humidity 40 % humidityin 40 %",
        "temp1f -9999: means \"no value\", nothing stored",
        "wobble 7",
        "200 {\"errcode\":\"0\"",
        "tempf=98.6&humidityin=40",
    ] {
        let shown = shown.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&");
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(!shown.contains(&key) && shown.contains("/data/report/stv_…"), "{shown}");
    assert_eq!(ask(&app, "GET /admin/inbox/2", "", b"").await.status, 404);
}

#[tokio::test]
async fn all_doors_for_reports_are_seen_and_each_is_read_as_its_format() {
    let app = TestApp::with(|config| {
        config.station_port.enabled = true;
        config.station_port.address = [127, 0, 0, 1].into();
        config.station_port.port = 0;
    })
    .await;
    let (_, key) = app.add_station("roof").await;
    post(&app.url, &key, &json!({"temperature_F": 50, "Wobble": 1})).await.expect("the fast lane");
    let bearer = format!("Authorization: Bearer {key}\r\n");
    let written = ask(&app, "POST /api/v2/write", &bearer, b"weather temperature=21.5\nweather broken").await;
    assert_eq!(written.status, 400);
    let slow = ask(&app, "POST /api/v1/readings", &format!("{bearer}Content-Encoding: gzip\r\n"), b"no gzip").await;
    assert_eq!(slow.status, 400);
    let odd = format!("GET ID=roof&PASSWORD={key}&dateutc=now&tempf=70.7 HTTP/1.0\r\n\r\n");
    let to = app.station_port.expect("it is open");
    let answer = Connection::send(to, &odd).await.rest().await;
    assert!(answer.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(&answer));
    let list = words(&page(&app, "/admin/inbox").await);
    let kinds = ["Weather Underground station port", "JSON POST", "InfluxDB POST", "JSON POST"];
    let mut rest = list.as_str();
    for kind in kinds {
        let at = rest.find(kind).unwrap_or_else(|| panic!("{kind}, the newest first: {list}"));
        rest = &rest[at + kind.len()..];
    }
    for (number, told) in [
        (1, "temperature 10 °C temperature_F 50 °F"),
        (1, "Wobble 1"),
        (2, "temperature 21.5 °C temperature 21.5 °C"),
        (2, "unable to parse"),
        (3, "the body is not gzip"),
        (4, "temperature 21.5 °C tempf 70.7 °F"),
    ] {
        let shown = words(&page(&app, &format!("/admin/inbox/{number}")).await);
        assert!(shown.contains(told), "{number}, {told}: {shown}");
        assert!(!shown.contains(&key), "{shown}");
    }
}

#[tokio::test]
async fn whoever_is_refused_is_shown_with_the_reason_and_without_a_secret() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let wrong = "stv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let asked = [
        ("GET /data/report/?PASSKEY=0123456789ABCDEF0123456789ABCDEF&dateutc=now&tempf=50".to_owned(), String::new()),
        (
            "GET /weatherstation/updateweatherstation.php?ID=roof&PASS%57ORD=opensesame&dateutc=now".to_owned(),
            String::new(),
        ),
        (
            "GET /weatherstation/updateweatherstation?id=24C86E012345&mt=5N1x38&sensor=1&dateutc=now".to_owned(),
            String::new(),
        ),
        ("POST /api/v1/readings".to_owned(), format!("Authorization: Bearer {wrong}\r\n")),
        ("POST /write?db=x&p=opensesame".to_owned(), String::new()),
        ("POST /api/v1/abcdefghij0123456789/telemetry".to_owned(), String::new()),
        ("GET /weatherstation/updateweatherstation.php?ID=roof&dateutc=now".to_owned(), String::new()),
    ];
    for (first, headers) in &asked {
        let status = ask(&app, first, headers, b"").await.status;
        assert!(matches!(status, 400 | 401), "{first}: {status}");
    }
    let mut all = words(&page(&app, "/admin/inbox").await);
    for why in [
        "no station is bound to this PASSKEY",
        "the password is not the key of the station \"roof\"",
        "no station is bound to this hub's address",
    ] {
        assert!(all.replace("&#39;", "'").contains(why), "{why}: {all}");
    }
    assert!(all.contains("unknown key, \"AAAA…\" after stv_: it is mistyped, was renewed"), "{all}");
    for number in 1..=asked.len() {
        all.push_str(&words(&page(&app, &format!("/admin/inbox/{number}")).await));
    }
    for secret in ["0123456789ABCDEF", "opensesame", "24C86E012345", wrong, "abcdefghij0123456789"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
    assert!(all.contains("PASSWORD is missing"), "{all}");
}

#[tokio::test]
async fn an_owner_that_looks_is_told_of_uploads_and_nobody_else_is() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let database = app.database();
    let told = || -> i64 {
        let count = "SELECT count(*) FROM journal WHERE station = '_inbox'";
        database.query_row(count, [], |row| row.get(0)).expect("a number")
    };
    for number in 0..3 {
        app.measures(&key, &json!({"temperature": number})).await;
    }
    assert_eq!(told(), 0, "nobody looks");
    page(&app, "/admin/inbox").await;
    let looking = ask(&app, "GET /admin/inbox", "Cookie: visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n", b"").await;
    assert!(looking.body.contains(r#"data-watch="_inbox""#), "{}", looking.body);
    for number in 3..23 {
        app.measures(&key, &json!({"temperature": number})).await;
    }
    let of_visitor = || -> i64 {
        let visitor = stevenson::storage::words::Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
        let count = "SELECT count(*) FROM journal WHERE station = '_inbox' AND visitor = ?1";
        database.query_row(count, [visitor.as_str()], |row| row.get(0)).expect("a number")
    };
    let wait = async {
        while of_visitor() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::kit::connection::PATIENCE, wait).await.expect("it is told");
    assert!(of_visitor() < 20, "not of each");
    let strangers =
        ask(&app, "GET /admin/inbox", "Via: 1.1 proxy\r\nCookie: visitor=BBBBBBBBBBBBBBBBBBBBBA\r\n", b"").await;
    assert_eq!(strangers.status, 404);
}

#[tokio::test]
async fn a_value_that_is_kept_and_does_not_count_is_shown_with_its_reason() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    app.measures(&key, &json!({"temperature": 20, "wind_speed": 468, "CO2_eq": 400})).await;
    let shown = words(&page(&app, "/admin/inbox/1").await);
    assert!(shown.contains("wind_speed 468 m/s kept, does not count: outside what weather can be"), "{shown}");
    assert!(words(&page(&app, "/admin/inbox").await).contains("1 value"), "one counts");
}

#[tokio::test]
async fn a_value_that_the_next_has_settled_is_told_as_it_is_now() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    for temperature in [20.0, 45.0] {
        app.measures(&key, &json!({"temperature": temperature})).await;
    }
    let shown = words(&page(&app, "/admin/inbox/2").await);
    assert!(
        shown.contains("temperature 45 °C kept, does not count: a step that no value after it has settled"),
        "{shown}"
    );
    app.measures(&key, &json!({"temperature": 20.1})).await;
    let shown = words(&page(&app, "/admin/inbox/2").await);
    assert!(shown.contains("temperature 45 °C kept, does not count: a spike"), "{shown}");
    assert!(!words(&page(&app, "/admin/inbox/3").await).contains("does not count"));
}

#[tokio::test]
async fn fields_that_are_known_and_not_stored_have_a_list_of_their_own() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let body = "stationtype=GW2000A&PASSKEY=0123456789ABCDEF&freq=868M&dateutc=now&tempf=50&wobble=7";
    assert_eq!(ask(&app, &format!("POST /data/report/{key}"), super::FORM, body.as_bytes()).await.status, 200);
    let shown = words(&page(&app, "/admin/inbox/1").await);
    let (_, list) = shown.split_once("Known, not stored").expect("the list");
    let (known, unknown) = list.split_once("Fields that nothing here knows").expect("the other");
    assert!(
        known.contains("freq 868M") && known.contains("stationtype GW2000A") && known.contains("passkey …"),
        "{known}"
    );
    assert!(unknown.contains("wobble 7") && !known.contains("wobble"), "{unknown}");
}

#[tokio::test]
async fn secrets_of_every_dialect_are_hidden_wherever_they_are_told() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let bearer = format!("Authorization: Bearer {key}\r\n");
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"PASSKEY\"\r\n\r\nopensesame\r\n--b--\r\n";
    let double = "a=PASSKEY%253Dopensesame%2526tempf%253D50";
    for (first, headers, body) in [
        ("POST /api/v1/readings", &*bearer, r#"{"temperature":1,"token":"opensesame","api_key":"opensesame"}"#),
        ("POST /api/v1/readings", &*bearer, r#"{"temperature":1,"\u0074oken":"opensesame"}"#),
        ("POST /api/v2/write", &*bearer, "weather,token=opensesame temperature=2,password=\"opensesame\""),
        ("POST /data/report/", super::FORM, "PASSKEY=opensesame;tempf=50;dateutc=now"),
        ("POST /data/report/", super::FORM, double),
        (
            "POST /api/v1/readings",
            &*bearer,
            r#"{"temperature":1,"PassKey":["opensesame"],"meta":{"wifi_pwd":"opensesame"}}"#,
        ),
        ("POST /data/report/", "Content-Type: multipart/form-data; boundary=b\r\n", multipart),
    ] {
        ask(&app, first, headers, body.as_bytes()).await;
    }
    for number in 1..=7 {
        let shown = page(&app, &format!("/admin/inbox/{number}")).await;
        assert!(shown.contains('…') && !shown.contains("opensesame"), "{number}: {}", words(&shown));
    }
}

#[tokio::test]
async fn uploads_of_nobody_do_not_flush_what_an_owner_needs() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    app.measures(&key, &json!({"temperature": 20})).await;
    for _ in 0..210 {
        assert_eq!(post(&app.url, "nonsense", &json!({"temperature": 1})).await.expect("an answer").0, 401);
    }
    assert!(words(&page(&app, "/admin/inbox/1").await).contains("temperature 20 °C"));
    let list = page(&app, "/admin/inbox").await;
    assert_eq!(list.matches("<li class=\"card\"").count(), 51);
}
