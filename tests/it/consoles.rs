//! Consoles that upload pairs, over real sockets, with the requests as they send them.

use crate::kit::app::TestApp;
use crate::kit::connection::Connection;
use crate::kit::program::{Program, run};
use std::net::SocketAddr;
use std::sync::Arc;
use stevenson::config::Config;
use stevenson::ingest::console::Place;
use stevenson::storage::{DeviceSecret, Error};
use tokio::io::AsyncWriteExt;
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
async fn a_get_may_have_its_pairs_in_the_body_if_its_target_says_not_whose_they_are() {
    let house = House::new().await;
    let asks = |target: &str, pairs: &str| {
        format!("GET {target} HTTP/1.1\r\n{HEAD}Content-Length: {}\r\n\r\n{pairs}", pairs.len())
    };
    let pairs = |fahrenheit: f64| format!("PASSKEY={}&dateutc=now&tempf={fahrenheit}", house.key);
    for (target, sent, degrees) in [
        ("/data/report/".to_owned(), pairs(50.0), 10),
        ("/data/report/?stationtype=GW1000A".to_owned(), pairs(51.8), 11),
        (format!("/data/report/?{}", pairs(53.6)), "tempf=100&humidity=3".to_owned(), 12),
    ] {
        let answer = house.says(&asks(&target, &sent)).await;
        assert!(body(&answer, 200).starts_with(STORED), "{target}: {answer}");
        assert_eq!(house.latest().await, [format!("temperature {degrees}.00")], "{target}");
    }
    let large = house.says(&asks("/data/report/", &"x".repeat(100 << 10))).await;
    body(&large, 413);
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

const PASSKEY: &str = "38E4AECB5DAFE9D8CBC4B90ACE6D13BB";

#[tokio::test]
async fn a_bound_console_is_its_stations_by_what_it_calls_itself() {
    let house = House::new().await;
    let line = |passkey: &str, tempf: &str| {
        format!(
            "GET /data/report/?PASSKEY={passkey}&stationtype=AMBWeatherPro_V5.1.4&dateutc=now&tempf={tempf} HTTP/1.1\r\n{HEAD}\r\n"
        )
    };
    body(&house.says(&line(PASSKEY, "50")).await, 401);
    let device = DeviceSecret::passkey(PASSKEY).expect("a PASSKEY");
    house.app.storage.bind_device(&house.station.slug, &device).await.expect("bound");
    assert!(body(&house.says(&line(PASSKEY, "50")).await, 200).starts_with(STORED));
    assert!(body(&house.says(&line(&PASSKEY.to_lowercase(), "51.8")).await, 200).starts_with(STORED));
    assert_eq!(house.latest().await, ["temperature 11.00"]);
    body(&house.says(&line("38E4AECB5DAFE9D8CBC4B90ACE6D13BC", "50")).await, 401);
    // Also where the path says something else than a key.
    let named = line(PASSKEY, "53.6").replace("/report/?", "/report/garden?");
    assert!(body(&house.says(&named).await, 200).starts_with(STORED));
    house.app.storage.unbind_devices(&house.station.slug).await.expect("unbound");
    body(&house.says(&line(PASSKEY, "50")).await, 401);
}

#[tokio::test]
async fn a_device_is_bound_to_one_station_and_goes_with_it() {
    let house = House::new().await;
    let (other, _) = house.app.add_station("other").await;
    let storage = &house.app.storage;
    let device = DeviceSecret::mac("24:C8:6E:01:23:45").expect("an address");
    storage.bind_device(&house.station.slug, &device).await.expect("bound");
    storage.bind_device(&house.station.slug, &device).await.expect("it is bound already");
    let taken = storage.bind_device(&other.slug, &device).await;
    assert!(matches!(&taken, Err(Error::DeviceTaken(slug)) if slug == "town-hall"), "{taken:?}");
    assert_eq!(storage.directory().devices("town-hall"), [device.kind()]);
    storage.remove_station(&house.station.slug).await.expect("removed");
    assert_eq!(storage.directory().by_device("24C86E012345"), None);
    storage.bind_device(&other.slug, &device).await.expect("it is free");
    assert_eq!(storage.directory().by_device("24C86E012345"), Some(&other));
    let gone = storage.bind_device(&house.station.slug, &DeviceSecret::mac("24C86E012346").expect("an address")).await;
    assert!(matches!(&gone, Err(Error::NoStation(_))), "{gone:?}");
    assert!(matches!(storage.unbind_devices(&house.station.slug).await, Err(Error::NoStation(_))));
    let kept: Vec<u8> =
        house.app.database().query_row("SELECT hash FROM device", [], |row| row.get(0)).expect("one row");
    assert_eq!(kept.len(), 32, "a hash and nothing else");
}

#[tokio::test]
async fn several_sensors_of_a_hub_are_not_mixed_and_the_first_array_is_the_main_one() {
    let house = House::new().await;
    let device = DeviceSecret::mac("24C86E012345").expect("an address");
    house.app.storage.bind_device(&house.station.slug, &device).await.expect("bound");
    let tells = async |pairs: &str| {
        let start = "/weatherstation/updateweatherstation?dateutc=now&action=updateraw&realtime=1&id=24C86E012345";
        let answer = house.says(&format!("GET {start}&{pairs} HTTP/1.1\r\n{HEAD}\r\n")).await;
        let body = body(&answer, 200);
        assert!(body.starts_with("{\"localtime\":\"") && body.ends_with("\",\"checkversion\":\"224\"}"), "{answer}");
    };
    // A tower is no whole station, though it comes first.
    tells("mt=tower&sensor=00002719&humidity=60&tempf=50&baromin=29.92&battery=normal&rssi=3").await;
    tells("mt=5N1x38&sensor=00001398&windspeedmph=9&humidity=76&tempf=84.2&baromin=29.92&battery=normal&rssi=1").await;
    tells("mt=5N1x31&sensor=00001398&windspeedmph=9&winddir=180&rainin=0.00&dailyrainin=0.10&baromin=29.92").await;
    tells("mt=5N1x38&sensor=00003021&windspeedmph=0&humidity=70&tempf=41&baromin=29.92").await;
    let expected = [
        "temperature 29.00",
        "humidity 76.00",
        "sea_level_pressure 1013.21",
        "wind_speed 4.02",
        "wind_direction 180.00",
        "precipitation 2.54",
        "precipitation_1h 0.00",
        "5n1-00003021/temperature 5.00",
        "5n1-00003021/humidity 70.00",
        "5n1-00003021/wind_speed 0.00",
        "battery_low 0.00",
        "tower-00002719/temperature 10.00",
        "tower-00002719/humidity 60.00",
        "tower-00002719/battery_low 0.00",
    ];
    let mut latest = house.latest().await;
    latest.sort();
    let mut sorted = expected.map(str::to_owned);
    sorted.sort();
    assert_eq!(latest, sorted);
    let main = house.app.storage.directory().main_device("town-hall").cloned();
    assert_eq!(main.map(|name| name.as_str().to_owned()).as_deref(), Some("5n1-00001398"));
}

#[tokio::test]
async fn values_of_a_hub_that_does_not_say_whose_they_are_are_not_mixed_into_the_main_sensor() {
    let house = House::new().await;
    let device = DeviceSecret::mac("24C86E012345").expect("an address");
    house.app.storage.bind_device(&house.station.slug, &device).await.expect("bound");
    for pairs in ["mt=5N1x38&sensor=00001398&humidity=76&tempf=84.2", "mt=5N1x38&humidity=50&tempf=41&baromin=29.92"] {
        let start = "/weatherstation/updateweatherstation?dateutc=now&action=updateraw&id=24C86E012345";
        body(&house.says(&format!("GET {start}&{pairs} HTTP/1.1\r\n{HEAD}\r\n")).await, 200);
    }
    let latest = house.latest().await;
    for value in ["temperature 29.00", "unnamed/temperature 5.00", "sea_level_pressure 1013.21"] {
        assert!(latest.contains(&value.to_owned()), "{latest:?}");
    }
}

#[tokio::test]
async fn a_key_in_a_path_may_be_percent_encoded() {
    let house = House::new().await;
    let key = house.key.replace('_', "%5F").replace('-', "%2d");
    assert_ne!(key, house.key);
    let upload = format!("/data/report/{key}?stationtype=GW2000A&dateutc=now&tempf=50");
    body(&house.says(&format!("GET {upload} HTTP/1.1\r\n{HEAD}\r\n")).await, 200);
    let post = format!("POST /api/v1/{key}/telemetry HTTP/1.1\r\n{HEAD}Content-Length: 16\r\n\r\n{{\"humidity\": 40}}");
    body(&house.says(&post).await, 200);
    assert_eq!(house.latest().await, ["temperature 10.00", "humidity 40.00"]);
    let wrong = upload.replacen("stv%5F", "stv%5Fx", 1);
    body(&house.says(&format!("GET {wrong} HTTP/1.1\r\n{HEAD}\r\n")).await, 401);
}

#[tokio::test]
async fn consoles_upload_to_paths_that_the_owner_has_chosen() {
    let paths = [("/my/weather", Place::Report), ("/wu", Place::Weatherstation)];
    let paths = paths.map(|(path, place)| (path.to_owned(), place)).into();
    let house = House::with(|config| config.ingest.paths = paths).await;
    let key = &house.key;
    let ecowitt = format!("/My/Weather/{key}?stationtype=GW2000A&dateutc=now&tempf=50");
    assert!(body(&house.says(&format!("GET {ecowitt} HTTP/1.1\r\n{HEAD}\r\n")).await, 200).starts_with(STORED));
    let wu = format!("/wu?ID=town-hall&PASSWORD={key}&dateutc=now&humidity=40");
    assert_eq!(body(&house.says(&format!("GET {wu} HTTP/1.1\r\n{HEAD}\r\n")).await, 200), "success\n");
    let post = format!(
        "POST /my/weather HTTP/1.1\r\n{HEAD}Content-Length: {}\r\n\r\nPASSKEY={key}&dateutc=now&uv=3",
        25 + key.len()
    );
    assert!(body(&house.says(&post).await, 200).starts_with(STORED));
    assert_eq!(house.latest().await, ["temperature 10.00", "humidity 40.00", "uv_index 3.00"]);
    assert!(house.says(&format!("GET /other?ID=x HTTP/1.1\r\n{HEAD}\r\n")).await.contains(" 404 "));
}

#[tokio::test]
async fn a_device_is_bound_and_unbound_beside_the_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    server.add_station("roof");
    let done = run(folder.path(), &["station", "bind", "roof", "--passkey", PASSKEY]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let list = || String::from_utf8(run(folder.path(), &["station", "list"]).stdout).expect("UTF-8");
    assert!(list().contains("passkey") && !list().contains(PASSKEY), "{}", list());
    let upload = async || {
        let url = format!("{}/data/report/?PASSKEY={PASSKEY}&dateutc=now&tempf=50", server.url);
        reqwest::get(url).await.expect("answered").status().as_u16()
    };
    let becomes = async |status: u16| {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        while upload().await != status {
            assert!(tokio::time::Instant::now() < deadline, "never {status}");
        }
    };
    becomes(200).await;
    assert!(run(folder.path(), &["station", "unbind", "roof"]).status.success());
    becomes(401).await;
    for (arguments, said) in [
        (&["station", "bind", "roof"][..], "--passkey"),
        (&["station", "bind", "roof", "--mac", "24:C8"], "24:C8:6E:01:23:45"),
        (&["station", "bind", "nobody", "--mac", "24:C8:6E:01:23:45"], "nobody"),
    ] {
        let refused = run(folder.path(), arguments);
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && error.contains(said), "{arguments:?}: {error}");
    }
}

impl House {
    /// With the station port open.
    async fn with_station_port() -> Self {
        Self::with(|config| {
            config.station_port.enabled = true;
            config.station_port.address = [127, 0, 0, 1].into();
            config.station_port.port = 0;
            config.station_port.read_limit_s = 2;
        })
        .await
    }

    /// Sends bytes to the station port and reads the whole answer.
    async fn station_port_says(&self, request: &[u8]) -> String {
        says(self.app.station_port.expect("it is open"), request).await
    }
}

#[tokio::test]
async fn the_station_port_is_shut_unless_somebody_asks_for_it() {
    assert_eq!(House::new().await.app.station_port, None);
}

#[tokio::test]
async fn the_station_port_understands_what_an_http_server_must_refuse() {
    let house = House::with_station_port().await;
    let key = &house.key;
    let named = format!("ID=town-hall&PASSWORD={key}");
    let end = "Host: x\r\n\r\n";
    let pairs = format!("PASSKEY={key}&stationtype=GW1000A_V1.7.8&dateutc=now&tempf=");
    let length = pairs.len() + 4;
    let cases: Vec<(String, &str)> = vec![
        // The targets of real consoles.
        (format!("GET ?&PASSKEY={key}&stationtype=AMBWeatherPro_V5.1.4&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), STORED),
        (format!("POST api/webhook/xxxx HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{pairs}@"), STORED),
        (format!("GET {named}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), "success"),
        (format!("GET /data/report&PASSKEY={key}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), STORED),
        (
            format!(
                "GET /data/report/stationtype=AMBWeatherV4.3.4&PASSKEY={key}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"
            ),
            STORED,
        ),
        (
            format!("GET /weatherstation/updateweatherstation.php{named}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"),
            "success",
        ),
        (format!("GET //data/report/?PASSKEY={key}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), STORED),
        (format!("GET /my/own/path?{named}&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), "success"),
        (format!("GET /my/{key}/?dateutc=now&tempf=@ HTTP/1.1\r\n{end}"), "success"),
        (format!("GET /stationtype=GW1000&dateutc=now&PASSKEY={key}&tempf=@ HTTP/1.1\r\n{end}"), STORED),
        // Blanks, umlauts and brackets.
        (
            format!("GET /?PASSKEY={key}&stationtype=GW2000A_V2.1.0, runtime=4&dateutc=now&tempf=@ HTTP/1.1\r\n{end}"),
            STORED,
        ),
        (format!("GET  /?{named}&dateutc=now&tempf=@  HTTP/1.1\r\n{end}"), "success"),
        (format!("GET /?{named}&dateutc=now&unit=°C&x=[1]{{2}}|\"3\"^&tempf=@ HTTP/1.1\r\n{end}"), "success"),
        // Heads that are none.
        (format!("GET /?{named}&dateutc=now&tempf=@ HTTP/1.0\r\n\r\n"), "success"),
        (format!("get /?{named}&dateutc=now&tempf=@ http/1.1\n\n"), "success"),
        (format!("GET /?{named}&dateutc=now&tempf=@\r\n\r\n"), "success"),
        (format!("GET /?{named}&dateutc=now&tempf=@ HTTP/1.1\r\nAccept: * / *\r\nno colon\r\n: x\r\n\r\n"), "success"),
        (
            format!("POST /data/report/ HTTP/1.1\r\ncontent-LENGTH : {length}\r\nconnection: Close\r\n\r\n{pairs}@"),
            STORED,
        ),
        (format!("GET /data/report/ HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{pairs}@"), STORED),
        // A length, and no body; a body, and no length, on a connection that stays open.
        (format!("GET /?{named}&dateutc=now&tempf=@ HTTP/1.1\r\nContent-Length: 200\r\n\r\n"), "success"),
        (format!("POST / HTTP/1.1\r\n\r\n{pairs}@"), STORED),
    ];
    for (celsius, (request, expected)) in cases.iter().enumerate() {
        let celsius = 10 + celsius;
        // Four characters, so that every length is right.
        let fahrenheit = format!("{:<4.1}", celsius as f64 * 1.8 + 32.0);
        let request = request.replace('@', &fahrenheit);
        let answer = house.station_port_says(request.as_bytes()).await;
        assert!(body(&answer, 200).starts_with(expected), "{request}: {answer}");
        assert!(answer.to_lowercase().contains("\r\nconnection: close\r\n"), "{answer}");
        assert_eq!(house.latest().await, [format!("temperature {celsius}.00")], "{request}");
    }
}

#[tokio::test]
async fn an_upload_whose_connection_ends_with_its_body_is_stored() {
    let house = House::with_station_port().await;
    let to = house.app.station_port.expect("it is open");
    let pairs = format!("PASSKEY={}&stationtype=GW1000A_V1.7.8&dateutc=now&tempf=50", house.key);
    let says = async |upload: &str| {
        let mut console = Connection::send(to, upload).await;
        console.stream.shutdown().await.expect("its side is closed");
        String::from_utf8_lossy(&console.rest().await).into_owned()
    };
    // What was cut off is no weather: the last value may be 7 of 70.
    let query = format!("?{}", pairs.replace("tempf=50", "tempf=7"));
    body(&says(&format!("POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n{pairs}")).await, 400);
    body(&says(&format!("POST /{query} HTTP/1.1\r\nContent-Length: 20\r\n\r\nhumidity=4")).await, 400);
    assert_eq!(says(&format!("GET /{query}")).await, "");
    assert_eq!(house.latest().await, [""; 0]);
    let answer = says(&format!("POST / HTTP/1.0\r\n\r\n{pairs}")).await;
    assert!(body(&answer, 200).starts_with(STORED), "{answer}");
    assert_eq!(house.latest().await, ["temperature 10.00"]);
}

#[tokio::test]
async fn the_station_port_refuses_with_an_answer_and_stores_nothing() {
    let house = House::with_station_port().await;
    let key = &house.key;
    let long = "x".repeat(9_000);
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET /data/report/?PASSKEY=0123&dateutc=now HTTP/1.1\r\n\r\n".to_owned(), 401),
        ("GET ID=town-hall&PASSWORD=wrong&dateutc=now HTTP/1.1\r\n\r\n".to_owned(), 401),
        ("GET siteid=town-hall&siteAuthenticationKey=1&dateutc=now HTTP/1.1\r\n\r\n".to_owned(), 403),
        (format!("HEAD /{key}?dateutc=now&tempf=50 HTTP/1.1\r\n\r\n"), 405),
        (format!("DELETE /{key}?dateutc=now&tempf=50 HTTP/1.1\r\n\r\n"), 405),
        (format!("GET /{key}?dateutc=now&tempf=50&x={long} HTTP/1.1\r\n\r\n"), 413),
        (long, 413),
        (format!("POST /{key} HTTP/1.1\r\nContent-Length: 70000\r\n\r\n"), 413),
        (format!("POST /{key} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400),
        (format!("POST /{key} HTTP/1.1\r\nContent-Length: 100\r\n\r\ndateutc=now&te"), 408),
        ("GET /half a".to_owned(), 408),
        (String::new(), 408),
    ] {
        let answer = house.station_port_says(request.as_bytes()).await;
        body(&answer, status);
        assert!(!answer.contains(key.as_str()), "{answer}");
    }
    assert_eq!(house.latest().await, [""; 0]);
}

#[tokio::test]
async fn the_metrics_count_what_the_station_port_has_answered() {
    let house = House::with_station_port().await;
    let upload = |key: &str| format!("GET ?ID=town-hall&PASSWORD={key}&dateutc=now&tempf=50 HTTP/1.0\r\n\r\n");
    for key in [&house.key, "stv_wrong", &house.key] {
        house.station_port_says(upload(key).as_bytes()).await;
    }
    let metrics = house.says("GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    for line in [
        "stevenson_station_port_connections_total 3",
        "stevenson_station_port_full_total 0",
        "stevenson_station_port_answers_total{status=\"200\"} 2",
        "stevenson_station_port_answers_total{status=\"401\"} 1",
        "stevenson_station_port_answers_total{status=\"503\"} 0",
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn noise_at_the_station_port_ends_with_an_answer_or_the_connection() {
    let house = House::with_station_port().await;
    let whole =
        format!("POST /data/report/?PASSKEY={}&dateutc=now HTTP/1.1\r\nContent-Length: 8\r\n\r\ntempf=50", house.key);
    let mut noise = 0x5EED_u64;
    for _ in 0..200 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..4 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(noise >> 33).expect("31 bits") % bytes.len();
            bytes[at] = noise.to_le_bytes()[7];
        }
        let mut console = Connection::send_bytes(house.app.station_port.expect("it is open"), &bytes).await;
        console.stream.shutdown().await.expect("its side is closed");
        let answer = String::from_utf8_lossy(&console.rest().await).into_owned();
        assert!(answer.is_empty() || (answer.starts_with("HTTP/1.") && !answer.contains(" 50")), "{answer}");
    }
    let answer = house.station_port_says(whole.as_bytes()).await;
    assert!(body(&answer, 200).starts_with(STORED), "{answer}");
}

#[tokio::test]
async fn the_station_port_has_room_for_so_many_and_tells_the_others() {
    let house = House::with(|config| {
        config.station_port.enabled = true;
        config.station_port.address = [127, 0, 0, 1].into();
        config.station_port.port = 0;
        config.station_port.max_connections = 2;
    })
    .await;
    let to = house.app.station_port.expect("it is open");
    let silent = [Connection::send(to, "GET /").await, Connection::send(to, "GET /").await];
    let answer = says(to, b"").await;
    assert_eq!(body(&answer, 503), "try again later\n");
    drop(silent);
    let upload = format!("GET /{}?dateutc=now&tempf=50 HTTP/1.1\r\n\r\n", house.key);
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while !says(to, upload.as_bytes()).await.contains(" 200 ") {
        assert!(tokio::time::Instant::now() < deadline, "there is never room again");
    }
}

#[tokio::test]
async fn metric_numbers_under_names_for_others_are_refused_until_the_owner_says_what_they_are() {
    let house = House::new().await;
    let upload = |key: &str, temperature: &str| {
        let pairs = format!(
            "PASSKEY={key}&stationtype=GW1000B&dateutc=now&tempinf=26.4&humidityin=41&baromrelin=837.793&baromabsin=837.793\
             &tempf={temperature}&humidity=85&windspeedmph=3.6&rainratein=2.5&dailyrainin=12.5&solarradiation=0&tf_ch1="
        );
        let length = pairs.len();
        format!(
            "POST /data/report HTTP/1.1\r\n{HEAD}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{pairs}"
        )
    };
    body(&house.says(&upload(&house.key, "20.1")).await, 200);
    assert_eq!(house.latest().await, ["humidity 85.00", "solar_radiation 0.00", "indoor/humidity 41.00"]);
    let shown = crate::guard::ask(&house.app, "GET /admin/inbox/1", "", b"").await.body;
    let why = "this upload gives hPa under a name for inHg, so its °F, mph and in are not believed";
    assert_eq!(shown.matches(why).count(), 7, "{shown}");
    assert!(shown.contains("<code>tempinf</code> 26.4: "), "{shown}");

    let set = async |units: &str| {
        let settings = stevenson::storage::StationSettings {
            upload_units: Some(weather::upload_units::UploadUnits::from_name(units).expect("units")),
            // Where air has that pressure.
            elevation_m: Some(Some(1_600.0)),
            ..stevenson::storage::StationSettings::default()
        };
        house.app.storage.set_station(&house.station.slug, settings).await.expect("set");
    };
    let of = async |what: &str| house.latest().await.into_iter().find(|one| one.starts_with(&format!("{what} ")));
    set("metric").await;
    body(&house.says(&upload(&house.key, "20.2")).await, 200);
    for is in ["temperature 20.20", "indoor/temperature 26.40", "station_pressure 837.79", "precipitation_rate 2.50"] {
        assert!(house.latest().await.contains(&is.to_owned()), "{is}: {:?}", house.latest().await);
    }
    assert_eq!(of("wind_speed").await, None, "nobody has said which");
    let shown = crate::guard::ask(&house.app, "GET /admin/inbox/2", "", b"").await.body;
    assert!(
        shown.contains("<code>windspeedmph</code> 3.6: nobody has said whether this wind is in m/s or km/h"),
        "{shown}"
    );
    set("metric-km/h").await;
    body(&house.says(&upload(&house.key, "20.3")).await, 200);
    assert_eq!(of("wind_speed").await.as_deref(), Some("wind_speed 1.00"));
    // The true units are none of these.
    set("as-named").await;
    let fine = "GET /weatherstation/updateweatherstation.php?ID=town-hall&PASSWORD=";
    let fine = format!("{fine}{}&dateutc=now&tempf=68&baromin=29.92 HTTP/1.1\r\n{HEAD}\r\n", house.key);
    body(&house.says(&fine).await, 200);
    assert_eq!(of("temperature").await.as_deref(), Some("temperature 20.00"));
    let wrong = fine.replace("29.92", "1013.2").replace("tempf=68", "tempf=21");
    body(&house.says(&wrong).await, 200);
    assert_eq!(of("temperature").await.as_deref(), Some("temperature 20.00"), "baromin gives it away, too");
}
