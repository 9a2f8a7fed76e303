//! Devices that are no station's: they wait to be claimed while enrolment is on, and show nowhere.

use super::{OURS, location};
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use crate::kit::connection::Connection;
use crate::kit::program::{Program, run};
use stevenson::storage::Unclaimed;
use stevenson::web;
use weather::quantity::Quantity;
use weather::station::SensorName;

async fn enrolling() -> TestApp {
    TestApp::with(|config| config.ingest.enrol = true).await
}

/// What a console uploads that calls itself so.
fn ecowitt(passkey: &str, tempf: f64) -> String {
    format!("GET /data/report/?PASSKEY={passkey}&stationtype=GW2000A_V3.1&dateutc=now&tempf={tempf}&humidityin=40")
}

const PASSKEY: &str = "0123456789ABCDEF0123456789ABCDEF";

async fn waiting(app: &TestApp) -> Vec<Unclaimed> {
    app.storage.unclaimed().await.expect("read")
}

async fn form(app: &TestApp, path: &str, body: &str) -> Plain {
    ask(app, &format!("POST {path}"), OURS, body.as_bytes()).await
}

/// A newest value of a station.
async fn latest(app: &TestApp, slug: &str, sensor: &str, quantity: Quantity) -> Option<f64> {
    let station = app.storage.directory().by_slug(slug).expect("a station").id;
    let latest = app.storage.latest(station).await.expect("read");
    let sensor = SensorName::new(sensor).expect("a name");
    latest.iter().find(|one| one.sensor == sensor && one.quantity == quantity).map(|one| one.value)
}

#[tokio::test]
async fn while_it_is_off_nobody_waits() {
    let app = TestApp::start().await;
    assert_eq!(ask(&app, &ecowitt(PASSKEY, 50.0), "", b"").await.status, 401);
    assert!(waiting(&app).await.is_empty());
}

#[tokio::test]
async fn a_console_waits_shows_nowhere_and_becomes_a_station_with_what_it_sent() {
    let app = enrolling().await;
    for tempf in [50.0, 51.8] {
        let answer = ask(&app, &ecowitt(PASSKEY, tempf), "", b"").await;
        assert!(
            answer.status == 200 && answer.body.contains(r#""errcode":"0""#),
            "it goes on to send: {}",
            answer.body
        );
    }
    let [device] = &waiting(&app).await[..] else { panic!("one device") };
    assert_eq!((device.format.as_str(), device.model.as_str(), device.reports), ("Ecowitt", "GW2000A_V3.1", 2));
    assert_eq!(device.address, "127.0.0.1");
    assert_eq!(app.storage.directory().count(), 0);
    let front = ask(&app, "GET /", "Accept: text/html\r\n", b"").await.body;
    assert!(!front.contains("GW2000A"), "{front}");
    let database = std::fs::read(app.folder.path().join("stevenson.db-wal")).expect("a log");
    assert!(!database.windows(PASSKEY.len()).any(|part| part == PASSKEY.as_bytes()), "only a hash of it is kept");

    let list = ask(&app, "GET /admin", "", b"").await.body;
    assert!(list.contains("Ecowitt, GW2000A_V3.1") && list.contains("2 reports"), "{list}");
    let shown = ask(&app, &format!("GET /admin/devices/{}", device.id), "", b"").await.body;
    assert!(shown.contains(&format!("/admin/new?device={}", device.id)), "{shown}");
    let body = format!("slug=garden&name=Garden&zone=UTC&elevation=&device={}", device.id);
    let added = form(&app, "/admin/stations", &body).await;
    assert_eq!(
        (added.status, location(&added).as_str()),
        (303, "/admin/stations/garden?done=claimed"),
        "{}",
        added.body
    );
    assert_eq!(latest(&app, "garden", "", Quantity::Temperature).await, Some(11.0), "the last of them");
    assert_eq!(latest(&app, "garden", "indoor", Quantity::Humidity).await, Some(40.0));
    let garden = app.storage.directory().by_slug("garden").expect("there").id;
    assert_eq!(app.storage.observation_count(garden).await.expect("read"), 4, "two reports of two sensors");
    assert!(waiting(&app).await.is_empty());
    assert_eq!(ask(&app, &ecowitt(PASSKEY, 53.6), "", b"").await.status, 200);
    assert_eq!(latest(&app, "garden", "", Quantity::Temperature).await, Some(12.0), "from now on it is the station's");
    assert!(waiting(&app).await.is_empty());
}

#[tokio::test]
async fn devices_of_one_model_and_address_are_told_apart() {
    let app = enrolling().await;
    let other = PASSKEY.replace("01", "FE");
    for (passkey, tempf) in [(PASSKEY, 50.0), (&other, 68.0)] {
        assert_eq!(ask(&app, &ecowitt(passkey, tempf), "", b"").await.status, 200);
    }
    let [later, first] = &waiting(&app).await[..] else { panic!("two devices") };
    assert!(later.fingerprint.len() == 4 && later.fingerprint != first.fingerprint, "{later:?} {first:?}");
    assert_eq!([later.said(), first.said()], ["20.0 °C, indoor 40 %", "10.0 °C, indoor 40 %"]);
    let list = ask(&app, "GET /admin", "", b"").await.body;
    for device in [later, first] {
        assert!(list.contains(&device.fingerprint) && list.contains(&device.said()), "{list}");
        let shown = ask(&app, &format!("GET /admin/devices/{}", device.id), "", b"").await.body;
        assert!(shown.contains(&device.fingerprint) && shown.contains(&device.said()), "{shown}");
    }
}

#[tokio::test]
async fn a_console_with_a_password_is_bound_to_a_station_that_is_there() {
    let app = enrolling().await;
    app.add_station("roof").await;
    let upload = |id: &str, password: &str, tempf: f64| {
        format!(
            "GET /weatherstation/updateweatherstation.php?ID={id}&PASSWORD={password}&dateutc=now&action=updateraw&tempf={tempf}"
        )
    };
    assert_eq!(ask(&app, &upload("IBARN1", "secret", 50.0), "", b"").await.body, "success\n");
    let [device] = &waiting(&app).await[..] else { panic!("one device") };
    let claimed = form(&app, &format!("/admin/devices/{}/claim", device.id), "slug=roof").await;
    assert_eq!((claimed.status, location(&claimed).as_str()), (303, "/admin/stations/roof?done=claimed"));
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(10.0));
    assert_eq!(ask(&app, &upload("ibarn1", "secret", 51.8), "", b"").await.status, 200, "in any case");
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(11.0));
    assert_eq!(ask(&app, &upload("IBARN1", "Secret", 0.0), "", b"").await.status, 200, "another password is another");
    assert_eq!(waiting(&app).await.len(), 1);
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(11.0));
    let page = ask(&app, "GET /admin/stations/roof", "", b"").await.body;
    assert!(page.contains("a console, by its ID and password"), "{page}");
}

#[tokio::test]
async fn a_hub_waits_with_its_sensors_apart() {
    let app = enrolling().await;
    app.add_station("roof").await;
    let upload = |kind: &str, number: u32, tempf: f64| {
        format!(
            "GET /weatherstation/updateweatherstation?dateutc=now&action=updateraw&id=24C86E012345&mt={kind}&sensor={number}&tempf={tempf}"
        )
    };
    for (kind, number, tempf) in [("tower", 7, 86.0), ("5N1x38", 1398, 50.0)] {
        let answer = ask(&app, &upload(kind, number, tempf), "", b"").await;
        assert!(answer.body.contains("localtime"), "{}", answer.body);
    }
    let [device] = &waiting(&app).await[..] else { panic!("one device") };
    form(&app, &format!("/admin/devices/{}/claim", device.id), "slug=roof").await;
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(10.0), "the whole one is the main sensor");
    assert_eq!(latest(&app, "roof", "tower-00000007", Quantity::Temperature).await, None);
    assert_eq!(latest(&app, "roof", "tower-7", Quantity::Temperature).await, Some(30.0));
    assert_eq!(ask(&app, &upload("5N1x31", 1398, 51.8), "", b"").await.status, 200);
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(11.0));
}

#[tokio::test]
async fn who_is_not_of_a_private_network_or_says_a_wrong_password_does_not_wait() {
    let app = enrolling_behind_a_proxy().await;
    for (address, status) in [("198.51.100.7", 401), ("2001:db8::1", 401), ("nonsense", 401), ("192.168.1.7", 200)] {
        let header = format!("X-Forwarded-For: {address}\r\n");
        assert_eq!(ask(&app, &ecowitt(PASSKEY, 50.0), &header, b"").await.status, status, "{address}");
        assert_eq!(waiting(&app).await.len(), usize::from(status == 200), "{address}");
    }
    assert_eq!(waiting(&app).await[0].address, "192.168.1.7");
    let app = enrolling().await;
    let (_, key) = app.add_station("roof").await;
    let of_proxy = ask(&app, &ecowitt(PASSKEY, 50.0), "X-Forwarded-For: 192.168.1.7\r\n", b"").await;
    assert_eq!(of_proxy.status, 401, "nobody knows for whom that proxy speaks");
    let shown = super::words(&ask(&app, "GET /admin/inbox/1", "", b"").await.body);
    assert!(shown.contains("no station is bound to this PASSKEY, and its own address is not known"), "{shown}");
    for page in ["Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        let of_page = ask(&app, &ecowitt(PASSKEY, 50.0), page, b"").await;
        assert_eq!(of_page.status, 401, "a page in a browser of the house is no console");
    }
    let wu = "GET /weatherstation/updateweatherstation.php?dateutc=now&tempf=1&ID=";
    assert_eq!(ask(&app, &format!("{wu}{key}&PASSWORD=roof"), "", b"").await.status, 401);
    let shown = super::words(&ask(&app, "GET /admin/inbox/4", "", b"").await.body);
    assert!(shown.contains("ID and password look swapped") && !shown.contains(&key[4..]), "{shown}");
    for pairs in ["roof&PASSWORD=wrong".to_owned(), format!("barn&PASSWORD={key}"), "barn&PASSWORD=stv_abc".to_owned()]
    {
        assert_eq!(ask(&app, &format!("{wu}{pairs}"), "", b"").await.status, 401, "{pairs}");
    }
    assert_eq!(ask(&app, "GET /data/report/stv_AAAA?dateutc=now&tempf=1", "", b"").await.status, 401);
    let shown = super::words(&ask(&app, "GET /admin/inbox/8", "", b"").await.body);
    assert!(shown.contains("has not the form of a key"), "it is cut off: {shown}");
    assert_eq!(ask(&app, &format!("GET /data/report/?PASSKEY={PASSKEY}&dateutc=soon"), "", b"").await.status, 400);
    assert!(waiting(&app).await.is_empty());
}

/// A server that believes what a proxy on this machine says of addresses.
async fn enrolling_behind_a_proxy() -> TestApp {
    let trusted_proxies: Vec<web::Network> = vec!["127.0.0.1".parse().expect("a network")];
    TestApp::with(|config| {
        config.ingest.enrol = true;
        config.web.trusted_proxies = trusted_proxies;
    })
    .await
}

#[tokio::test]
async fn so_many_devices_wait_and_the_one_goes_that_was_heard_longest_ago() {
    let app = enrolling_behind_a_proxy().await;
    for number in 0..18 {
        let from = format!("X-Forwarded-For: 192.168.1.{number}\r\n");
        let answer = ask(&app, &ecowitt(&format!("{number:032}"), 50.0), &from, b"").await;
        assert_eq!(answer.status, 200, "{number}");
    }
    let waiting = waiting(&app).await;
    assert_eq!(waiting.len(), 16);
    assert_eq!(waiting.iter().map(|device| device.id).collect::<Vec<_>>(), (3..=18).rev().collect::<Vec<_>>());
    app.add_station("roof").await;
    let roof = app.storage.directory().by_slug("roof").expect("there").slug.clone();
    assert!(app.storage.claim(1, &roof).await.is_err(), "it has gone");
}

#[tokio::test]
async fn a_device_that_is_forgotten_waits_no_longer() {
    let app = enrolling().await;
    for passkey in [PASSKEY, "FEDCBA9876543210FEDCBA9876543210"] {
        assert_eq!(ask(&app, &ecowitt(passkey, 50.0), "", b"").await.status, 200);
    }
    let id = waiting(&app).await[0].id;
    let forgotten = form(&app, &format!("/admin/devices/{id}/forget"), "").await;
    assert_eq!(location(&forgotten), "/admin?done=forgotten");
    assert_eq!(waiting(&app).await.len(), 1);
    assert_eq!(form(&app, &format!("/admin/devices/{id}/claim"), "slug=roof").await.status, 404, "it has gone");
}

#[tokio::test]
async fn one_address_does_not_fill_the_waiting_room() {
    let app = enrolling_behind_a_proxy().await;
    assert_eq!(ask(&app, &ecowitt(PASSKEY, 50.0), "X-Forwarded-For: 192.168.1.7\r\n", b"").await.status, 200);
    let mut taken = 0;
    for number in 0..30 {
        let answer = ask(&app, &ecowitt(&format!("{number:032}"), 50.0), "X-Forwarded-For: 192.168.1.8\r\n", b"").await;
        taken += u32::from(answer.status == 200);
    }
    assert!((10..30).contains(&taken), "an address may send so many: {taken}");
    let waiting = waiting(&app).await;
    let of = |address: &str| waiting.iter().filter(|device| device.address == address).count();
    assert_eq!((of("192.168.1.7"), of("192.168.1.8")), (1, 4));
}

#[tokio::test]
async fn a_device_that_is_bound_waits_no_longer() {
    let app = enrolling().await;
    app.add_station("roof").await;
    for tempf in [50.0, 51.8] {
        assert_eq!(ask(&app, &ecowitt(PASSKEY, tempf), "", b"").await.status, 200);
    }
    let bound = form(&app, "/admin/stations/roof/devices", &format!("kind=passkey&secret={PASSKEY}")).await;
    assert_eq!(location(&bound), "/admin/stations/roof?done=bound");
    assert!(waiting(&app).await.is_empty());
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(11.0), "with what it sent");
    let bound = form(&app, "/admin/stations/roof/devices", "kind=serial&secret=ST-00055227").await;
    assert_eq!(location(&bound), "/admin/stations/roof?done=bound");
    assert!(app.storage.directory().by_serial("ST-00055227").is_some());
}

#[tokio::test]
async fn a_key_in_the_path_that_is_mistyped_does_not_wait_and_is_named_by_its_first_signs() {
    let app = enrolling().await;
    app.add_station("roof").await;
    let wrong = "stv_WrongAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let pairs = format!("PASSKEY={PASSKEY}&dateutc=now&tempf=50");
    for (first, body) in [
        (format!("POST /data/report/{wrong}"), pairs.as_str()),
        (format!("POST /api/v1/{wrong}/telemetry"), "{\"temperature\":20}"),
        ("POST /api/v1/stv_short/telemetry".to_owned(), "{\"temperature\":20}"),
    ] {
        assert_eq!(ask(&app, &first, super::FORM, body.as_bytes()).await.status, 401, "{first}");
    }
    assert!(waiting(&app).await.is_empty(), "it says whose it is, and that is wrong");
    for number in [1, 2] {
        let shown = super::words(&ask(&app, &format!("GET /admin/inbox/{number}"), "", b"").await.body);
        assert!(shown.contains("unknown key, \"Wron…\" after stv_"), "{shown}");
        assert!(!shown.contains("WrongA") && !shown.contains(PASSKEY), "{shown}");
    }
    let shown = super::words(&ask(&app, "GET /admin/inbox/3", "", b"").await.body);
    assert!(shown.contains("has not the form of a key"), "{shown}");
}

#[tokio::test]
async fn the_last_reports_of_a_device_are_kept_and_no_more() {
    let app = enrolling().await;
    app.add_station("roof").await;
    let stranger = || stevenson::storage::Stranger {
        secret: stevenson::storage::DeviceSecret::passkey(PASSKEY).expect("a PASSKEY"),
        format: "Ecowitt",
        model: "x".repeat(500),
        address: "192.168.1.7".to_owned(),
        part: None,
    };
    let now = weather::time::Timestamp(chrono::Utc::now().timestamp_millis());
    for minute in 0..70 {
        let mut draft = weather::report::Draft::new(now);
        let (main, unit) = (SensorName::main(), Quantity::Temperature.unit());
        draft.take_number(&main, Quantity::Temperature, unit, "temperature", f64::from(minute) / 2.0);
        let at = now.plus((i64::from(minute) - 70) * weather::time::MINUTE_MS);
        let report = draft.finish(Some(at)).report.expect("a report");
        app.storage.keep_unclaimed(stranger(), &[report]).await.expect("kept");
    }
    let [device] = &waiting(&app).await[..] else { panic!("one device") };
    assert_eq!((device.reports, device.model.len()), (60, 60));
    let roof = app.storage.directory().by_slug("roof").expect("there").clone();
    let appended = app.storage.claim(device.id, &roof.slug).await.expect("claimed");
    assert_eq!(appended.stored, 60);
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(34.5));
}

#[tokio::test]
async fn a_console_at_the_station_port_waits_too() {
    let app = TestApp::with(|config| {
        config.ingest.enrol = true;
        config.station_port.enabled = true;
        config.station_port.address = [127, 0, 0, 1].into();
        config.station_port.port = 0;
    })
    .await;
    let odd = format!("GET ?&PASSKEY={PASSKEY}&dateutc=now&tempf=50 HTTP/1.0\r\n\r\n");
    let answer = Connection::send(app.station_port.expect("it is open"), &odd).await.rest().await;
    assert!(answer.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(waiting(&app).await.len(), 1);
}

#[tokio::test]
async fn the_command_line_claims_a_device() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start_with(folder.path(), &["--enrol"]);
    server.add_station("roof");
    let upload = ecowitt(PASSKEY, 50.0);
    let target = upload.strip_prefix("GET ").expect("a target");
    assert_eq!(reqwest::get(format!("{}{target}", server.url)).await.expect("an answer").status(), 200);
    let told = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let listed = told(&["station", "unclaimed"]);
    let fingerprint = listed.lines().nth(1).expect("a device").split_whitespace().nth(1).expect("a fingerprint");
    assert!(
        listed.starts_with("number  fingerprint ")
            && listed.contains("\n1 ")
            && listed.contains("GW2000A_V3.1")
            && listed.contains("1 report  10.0 °C, indoor 40 %\n"),
        "{listed}"
    );
    assert!(told(&["station", "claim", "1", "barn"]).contains("there is no station \"barn\""));
    assert!(told(&["station", "claim", "7", "roof"]).contains("no device 7 waits"));
    assert!(told(&["station", "claim", "zzzz", "roof"]).contains("no device zzzz waits"));
    assert!(told(&["station", "claim", fingerprint, "roof"]).contains("with 1 report that waited"));
    assert!(told(&["station", "unclaimed"]).contains("no device waits"));
}

#[tokio::test]
async fn what_comes_right_after_a_device_was_bound_beside_the_server_is_the_stations() {
    let app = enrolling().await;
    app.add_station("roof").await;
    let output = run(app.folder.path(), &["station", "bind", "roof", "--passkey", PASSKEY]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(ask(&app, &ecowitt(PASSKEY, 50.0), "", b"").await.status, 200);
    assert!(waiting(&app).await.is_empty(), "nothing waits");
    assert_eq!(latest(&app, "roof", "", Quantity::Temperature).await, Some(10.0));
}
