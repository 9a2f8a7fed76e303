//! Consoles that upload pairs, over real sockets, with the requests as they send them.

use crate::kit::app::TestApp;
use crate::kit::connection::Connection;
use std::net::SocketAddr;
use std::sync::Arc;
use stevenson::config::Config;
use weather::station::Station;

/// The program, and one station of it.
struct House {
    app: TestApp,
    station: Arc<Station>,
    key: String,
}

/// What a console sends beside its request line.
const HEAD: &str = "Host: weather.local\r\nConnection: Close\r\n";
/// Values of which each upload of these tests has one.
const STORED: &str = "{\"errcode\":\"0\",\"errmsg\":\"ok\",\"UTC_offset\":\"";

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::with(change).await;
        let (station, key) = app.add_station("town-hall").await;
        Self { app, station, key }
    }

    /// Sends bytes and reads the whole answer.
    async fn says(&self, request: &str) -> String {
        says(self.app.address, request.as_bytes()).await
    }

    /// All newest values: `indoor/temperature 21.50`.
    async fn latest(&self) -> Vec<String> {
        let latest = self.app.storage.latest(self.station.id).await.expect("reads");
        latest.iter().map(|l| format!("{} {:.2}", l.sensor.key(l.quantity), l.value)).collect()
    }
}

async fn says(to: SocketAddr, request: &[u8]) -> String {
    let mut connection = Connection::send_bytes(to, request).await;
    String::from_utf8_lossy(&connection.rest().await).into_owned()
}

/// The body of an answer with that status.
#[track_caller]
fn body(answer: &str, status: u16) -> &str {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
    assert!(head.starts_with("HTTP/1.") && head[8..].starts_with(&format!(" {status} ")), "{answer}");
    body
}

#[tokio::test]
async fn a_report_reaches_the_ordinary_port_in_every_form_that_http_allows() {
    let house = House::new().await;
    let key = &house.key;
    for (degrees, line) in [
        (1, format!("GET /data/report/?PASSKEY={key}&dateutc=now&tempf=33.8 HTTP/1.1")),
        (2, format!("GET /data/report&PASSKEY={key}&dateutc=now&tempf=35.6 HTTP/1.1")),
        (3, format!("GET //data/report/?PASSKEY={key}&dateutc=now&tempf=37.4 HTTP/1.1")),
        (4, format!("GET /data/report/stationtype=AMBWeatherV4.3.4&PASSKEY={key}&dateutc=now&tempf=39.2 HTTP/1.1")),
        (5, format!("GET /data/report/{key}?&PASSKEY=XX:7D:3A:7C:1D:XX&dateutc=now&tempf=41 HTTP/1.1")),
        (6, format!("GET /data/report/{key}/?stationtype=AMB&PASSKEY=0&dateutc=now&tempf=42.8 HTTP/1.0")),
        (7, format!("GET /DATA/REPORT?passkey={key}&DateUTC=now&TempF=44.6 HTTP/1.1")),
    ] {
        let answer = house.says(&format!("{line}\r\n{HEAD}\r\n")).await;
        assert!(body(&answer, 200).starts_with(STORED), "{line}: {answer}");
        assert!(answer.to_lowercase().contains("\r\ncontent-type: application/json\r\n"), "{answer}");
        assert_eq!(house.latest().await, [format!("temperature {degrees}.00")], "{line}");
    }
    let pairs = format!("PASSKEY={key}&stationtype=GW1000A_V1.6.8&dateutc=now&tempf=46.4&freq=868M");
    for path in ["/data/report/", "/data/report", "//data/report/", &format!("/data/report/{key}/")] {
        // A gateway names the type of its body, or it does not.
        for kind in ["Content-Type: application/x-www-form-urlencoded\r\n", ""] {
            let head = format!("POST {path} HTTP/1.1\r\n{HEAD}{kind}Content-Length: {}\r\n\r\n", pairs.len());
            let answer = house.says(&format!("{head}{pairs}")).await;
            assert!(body(&answer, 200).starts_with(STORED), "{path}: {answer}");
        }
    }
    assert_eq!(house.latest().await, ["temperature 8.00"]);
}

#[tokio::test]
async fn each_protocol_refuses_in_its_own_words() {
    let house = House::new().await;
    for (target, status, text) in [
        ("/data/report/?PASSKEY=0123&dateutc=now", 401, "{\"errcode\":\"40001\",\"errmsg\":\"invalid passkey\"}"),
        ("/data/report/stv_0123?dateutc=now", 401, "{\"errcode\":\"40001\",\"errmsg\":\"invalid passkey\"}"),
        ("/data/report/?dateutc=now", 400, "{\"errcode\":\"400\",\"errmsg\":\"bad request\"}"),
        (&format!("/data/report/{}", house.key), 400, "{\"errcode\":\"400\",\"errmsg\":\"bad request\"}"),
        ("/automaticreading?siteid=town-hall&siteAuthenticationKey=1&dateutc=now", 403, "unauthorized\n"),
        ("/automaticreading?siteid=town-hall", 400, "bad request\n"),
        ("/weatherstation/updateweatherstation.php?ID=town-hall&PASSWORD=1&dateutc=now", 401, "unauthorized\n"),
        ("/weatherstation/updateweatherstation?id=24C86E000000&mt=tower&sensor=1&dateutc=now", 401, "unauthorized\n"),
    ] {
        let answer = house.says(&format!("GET {target} HTTP/1.1\r\n{HEAD}\r\n")).await;
        assert_eq!(body(&answer, status), text, "{target}");
    }
    let answer = house.says(&format!("HEAD /data/report/{}?dateutc=now&tempf=1 HTTP/1.0\r\n\r\n", house.key)).await;
    assert!(answer.contains(" 405 "), "{answer}");
    assert_eq!(house.latest().await, [""; 0], "nothing of it is stored");
}

#[tokio::test]
async fn a_program_that_uploads_to_wow_can_upload_here() {
    let house = House::new().await;
    let pairs = format!("siteid=TOWN-HALL&siteAuthenticationKey={}&dateutc=2026-11-22+13%3A47%3A00", house.key);
    for (path, stored) in [("/automaticreading", "sea_level_pressure"), ("/api/v2/send", "altimeter_setting")] {
        let line = format!("GET {path}?{pairs}&baromin=29.92&softwaretype=weewx-5.5.2 HTTP/1.1");
        assert_eq!(body(&house.says(&format!("{line}\r\n{HEAD}\r\n")).await, 200), "success\n");
        assert!(house.latest().await.contains(&format!("{stored} 1013.21")), "{:?}", house.latest().await);
    }
}

#[tokio::test]
async fn a_console_hears_503_in_its_own_words_while_the_database_is_locked() {
    let house = House::with(|config| config.storage.lock_wait_ms = 50).await;
    let lock = house.app.database();
    lock.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let line = format!("GET /data/report/{}?dateutc=now&tempf=50 HTTP/1.1", house.key);
    let answer = house.says(&format!("{line}\r\n{HEAD}\r\n")).await;
    assert_eq!(body(&answer, 503), "{\"errcode\":\"503\",\"errmsg\":\"try again later\"}");
    assert!(answer.to_lowercase().contains("\r\nretry-after: 5\r\n"), "{answer}");
    drop(lock);
    assert!(body(&house.says(&format!("{line}\r\n{HEAD}\r\n")).await, 200).starts_with(STORED));
}
