//! MQTT, over a real broker: Debian's mosquitto.

use crate::kit::broker::Broker;
use crate::kit::program::{Program, add_station, program};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a message may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder with a station, a configuration and a server.
struct House {
    data: TempDir,
}

impl House {
    /// A folder with the station Town Hall, and with this configuration behind the broker's address.
    fn new(broker: &Broker, knobs: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        add_station(data.path(), "town-hall");
        let text = format!("[mqtt]\nbroker = \"{}\"\n{knobs}", broker.address());
        fs::write(data.path().join("stevenson.toml"), text).expect("written");
        Self { data }
    }

    async fn serve(&self) -> Program {
        let server = Program::start(self.data.path());
        until("the reader is connected", async || metric(&server, "mqtt_connected").await == 1.0).await;
        server
    }

    fn database(&self) -> Connection {
        Connection::open(self.data.path().join("stevenson.db")).expect("it opens")
    }

    /// All values of a quantity, by sensor, in the order of their times.
    fn values(&self, quantity: &str) -> BTreeMap<String, Vec<f64>> {
        let sql = format!(
            "SELECT s.name, o.{quantity} FROM observation o JOIN sensor s ON s.id = o.sensor \
            WHERE o.{quantity} IS NOT NULL ORDER BY o.observed_ms"
        );
        let database = self.database();
        let mut statement = database.prepare(&sql).expect("SQL");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        let mut values = BTreeMap::<String, Vec<f64>>::new();
        for row in rows {
            let (sensor, value) = row.expect("a row");
            values.entry(sensor).or_default().push(value);
        }
        values
    }

    fn count(&self) -> usize {
        self.values("temperature").values().map(Vec::len).sum()
    }

    /// The times of the main sensor's temperatures.
    fn times(&self) -> Vec<i64> {
        let database = self.database();
        let sql = "SELECT o.observed_ms FROM observation o JOIN sensor s ON s.id = o.sensor \
            WHERE s.name = '' AND o.temperature IS NOT NULL ORDER BY 1";
        let mut statement = database.prepare(sql).expect("SQL");
        statement.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect()
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what}: never");
        tokio::task::yield_now().await;
    }
}

async fn metrics(server: &Program) -> String {
    let answer = reqwest::get(format!("{}/metrics", server.url)).await.expect("an answer");
    answer.text().await.expect("text")
}

/// A count or a gauge of the server's metrics.
async fn metric(server: &Program, name: &str) -> f64 {
    let text = metrics(server).await;
    let start = format!("stevenson_{name} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{name} in {text}"));
    line.parse().expect("a number")
}

async fn refused(server: &Program, reason: &str) -> f64 {
    metric(server, &format!("mqtt_refused_total{{reason=\"{reason}\"}}")).await
}

async fn messages(server: &Program, count: usize) {
    until("all messages came", async || metric(server, "mqtt_messages_total").await >= count as f64).await;
}

const HOUSE: &str = r#"
[[mqtt.subscriptions]]
topic = "tele/+/SENSOR"
station = "town-hall"
sensor = "{1}"
format = "tasmota"

[[mqtt.subscriptions]]
topic = "zigbee2mqtt/+"
station = "town-hall"
sensor = "{1}"
format = "zigbee2mqtt"

[[mqtt.subscriptions]]
topic = "weather"
station = "town-hall"

[[mqtt.subscriptions]]
topic = "garden/+/state"
station = "town-hall"
sensor = "{1}"
format = "map"
time = "at"
[mqtt.subscriptions.map]
"env.temp" = "temperature °F"
"env.wet" = "humidity"

[[mqtt.subscriptions]]
topic = "attic/temperature"
station = "town-hall"
sensor = "attic"
format = "number"
quantity = "temperature"
"#;

/// A time that is believed whenever the test runs.
fn yesterday() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now() - chrono::Duration::days(1)
}

/// What a device with Tasmota publishes.
fn tasmota() -> String {
    let time = yesterday().format("%Y-%m-%dT%H:%M:%S");
    format!(r#"{{"Time":"{time}","SHTC3":{{"Temperature":12.1,"Humidity":59.8}},"TempUnit":"C"}}"#)
}

#[tokio::test]
async fn what_devices_publish_becomes_readings_of_their_sensors() {
    let broker = Broker::start();
    let house = House::new(&broker, HOUSE);
    let server = house.serve().await;
    for (topic, message) in [
        ("tele/roof/SENSOR", tasmota().as_str()),
        ("zigbee2mqtt/Living Room", r#"{"battery":97,"humidity":40.5,"linkquality":120,"temperature":21.3}"#),
        ("weather", r#"{"temperature":8.5,"indoor/humidity":48}"#),
        ("garden/pole/state", &format!(r#"{{"env":{{"temp":70.7,"wet":"63"}},"at":{}}}"#, yesterday().timestamp())),
        ("attic/temperature", "17.5"),
    ] {
        broker.publish(topic, message, &[]);
    }
    until("all is stored", async || metric(&server, "mqtt_reports_stored_total").await == 5.0).await;
    let one = |pairs: &[(&str, f64)]| -> BTreeMap<String, Vec<f64>> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![*value])).collect()
    };
    let expected = [("", 8.5), ("attic", 17.5), ("living-room", 21.3), ("pole", 21.5), ("roof", 12.1)];
    assert_eq!(house.values("temperature"), one(&expected));
    assert_eq!(
        house.values("humidity"),
        one(&[("indoor", 48.0), ("living-room", 40.5), ("pole", 63.0), ("roof", 59.8)])
    );
    assert_eq!(house.values("battery_level"), one(&[("living-room", 97.0)]));
    broker.publish("attic/temperature", "warm", &["-q", "1"]);
    broker.publish("garden/pole/state", "{", &["-q", "1"]);
    broker.publish("weather", &"x".repeat(70_000), &["-q", "1"]);
    until("it is refused", async || refused(&server, "unreadable").await == 2.0).await;
    until("it is too large", async || refused(&server, "too_large").await == 1.0).await;
    let (_, ended_well) = server.stop();
    assert!(ended_well);
}

/// The words of one of the owner's pages.
async fn words(server: &Program, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", server.url)).await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    crate::admin::words(&answer.text().await.expect("a page"))
}

#[tokio::test]
async fn the_owner_sees_messages_with_what_became_of_them() {
    let broker = Broker::start();
    let more = "[[mqtt.subscriptions]]\ntopic = \"mill\"\nstation = \"mill\"\n";
    let house = House::new(&broker, &format!("{HOUSE}{more}"));
    let server = house.serve().await;
    let sent = [
        ("tele/roof/SENSOR", tasmota()),
        ("garden/pole/state", r#"{"env":{"temp":500,"wet":40}}"#.to_owned()),
        ("weather", r#"{"temperature":8.5,"wobble":7,"token":"opensesame"}"#.to_owned()),
        ("attic/temperature", "warm".to_owned()),
        ("attic/temperature", "offline".to_owned()),
        ("weather", format!("{{{}}}", "x".repeat(70_000))),
        ("mill", r#"{"temperature":1}"#.to_owned()),
    ];
    for (number, (topic, message)) in sent.iter().enumerate() {
        broker.publish(topic, message, &["-q", "1"]);
        // The messages of two stations wait apart: the next is sent when this one is seen.
        let path = format!("{}/admin/inbox/{}", server.url, number + 1);
        until("it is seen", async || reqwest::get(&path).await.expect("an answer").status().is_success()).await;
    }
    for (number, told) in [
        (1, "Tasmota"),
        (1, "MQTT"),
        (1, "tele/roof/SENSOR"),
        (1, "none; it was taken"),
        (1, "roof/temperature 12.1 °C"),
        (2, "pole/humidity 40 %"),
        (2, "pole/temperature 260 °C"),
        (2, "outside what weather can be"),
        (3, "temperature 8.5 °C temperature 8.5 °C"),
        (3, "wobble 7"),
        (4, "none; it was refused: nothing in it is what its subscription says"),
        (4, "warm"),
        (5, "none; it was taken"),
        (5, "No values"),
        (6, "larger than message_limit_kib"),
        (6, "The first 4096 of 70002 bytes"),
        (7, "none: there is no station \"mill\""),
    ] {
        let shown = words(&server, &format!("/admin/inbox/{number}")).await;
        assert!(shown.contains(told), "{number}, {told}: {shown}");
    }
    let list = words(&server, "/admin/inbox").await;
    assert!(list.contains("Tasmota MQTT Town Hall 2 values taken"), "{list}");
    assert!(list.contains("Number MQTT Town Hall 0 values, 1 remark refused"), "{list}");
}

#[tokio::test]
async fn what_the_broker_has_kept_is_stored_at_its_time_or_not_at_all() {
    let broker = Broker::start();
    broker.publish("weather", r#"{"temperature":1.5}"#, &["-r"]);
    broker.publish("garden/pole/state", r#"{"env":{"temp":50},"at":1795356000}"#, &["-r", "-q", "1"]);
    broker.publish("garden/shed/state", r#"{"env":{"temp":50},"at":1000}"#, &["-r"]);
    broker.publish("attic/temperature", "17.5", &["-r"]);
    let house = House::new(&broker, HOUSE);
    let server = house.serve().await;
    until("three of them have no time", async || refused(&server, "no_time").await == 3.0).await;
    until("one has", async || metric(&server, "mqtt_reports_stored_total").await == 1.0).await;
    assert_eq!(house.values("temperature"), [("pole".to_owned(), vec![10.0])].into());
    let observed: i64 =
        house.database().query_row("SELECT observed_ms FROM observation", [], |row| row.get(0)).expect("a row");
    assert_eq!(observed, 1_795_356_000_000);
    broker.publish("weather", r#"{"temperature":2.5}"#, &["-r"]);
    until("a new one is new", async || metric(&server, "mqtt_reports_stored_total").await == 2.0).await;
}

#[tokio::test]
async fn a_last_will_is_no_reading_and_no_error() {
    let broker = Broker::start();
    let knobs = HOUSE.replace("tele/+/SENSOR", "tele/+/+");
    let house = House::new(&broker, &knobs);
    let server = house.serve().await;
    let mut device = broker.client("mosquitto_sub");
    device.args(["-t", "cmnd/roof", "--will-topic", "tele/roof/LWT", "--will-payload", "Offline", "--will-retain"]);
    let mut device = device.stdout(Stdio::null()).spawn().expect("mosquitto_sub");
    broker.until_says("Sending SUBACK");
    broker.until_says("Sending SUBACK");
    device.kill().expect("killed");
    device.wait().expect("an end");
    messages(&server, 1).await;
    broker.publish("zigbee2mqtt/roof", "", &["-r"]);
    broker.publish("attic/temperature", "offline", &[]);
    broker.publish("attic/temperature", "17.5", &[]);
    until("a reading", async || metric(&server, "mqtt_reports_stored_total").await == 1.0).await;
    let text = metrics(&server).await;
    let refusals: Vec<_> = text.lines().filter(|line| line.starts_with("stevenson_mqtt_refused_total")).collect();
    assert!(refusals.len() == 7 && refusals.iter().all(|line| line.ends_with(" 0")), "{refusals:?}");
    assert_eq!(house.values("temperature"), [("attic".to_owned(), vec![17.5])].into());
}

/// Reports of so many minutes, with their times, one a line.
fn minutes(from: i64, count: i64) -> String {
    let line = |minute: i64| format!("{{\"ts\":{},\"temperature\":{}}}\n", 1_795_356_000 + 60 * minute, minute % 40);
    (from..from + count).map(line).collect()
}

#[tokio::test]
async fn after_a_restart_of_the_broker_it_reads_on_and_nothing_is_lost() {
    let mut broker = Broker::start();
    let house = House::new(&broker, HOUSE);
    let server = house.serve().await;
    broker.publish_lines("weather", &minutes(0, 50), &["-q", "1"]);
    broker.stop();
    until("it is noticed", async || metric(&server, "mqtt_connected").await == 0.0).await;
    broker.run();
    broker.publish_lines("weather", &minutes(50, 50), &["-q", "1"]);
    until("all is stored", async || house.count() == 100).await;
    assert_eq!(metric(&server, "mqtt_connections_total").await, 2.0);
    broker.publish_lines("attic/temperature", "7.5\n", &["-q", "1"]);
    until("what comes now is new", async || house.values("temperature").contains_key("attic")).await;
}

#[tokio::test]
async fn what_is_not_committed_is_not_acknowledged() {
    let broker = Broker::start();
    let house = House::new(&broker, HOUSE);
    let server = house.serve().await;
    let held = house.database();
    held.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    broker.publish_lines("weather", &minutes(0, 15), &["-q", "1"]);
    until("messages wait", async || metric(&server, "mqtt_waits_total").await >= 1.0).await;
    messages(&server, 15).await;
    server.kill();
    // While nobody reads, the broker keeps them, and also what comes now. Nobody knows how old a bare number is.
    broker.publish_lines("weather", &minutes(15, 15), &["-q", "1"]);
    broker.publish("attic/temperature", "7.5", &["-q", "1"]);
    held.execute_batch("ROLLBACK").expect("free again");
    assert_eq!(house.count(), 0);
    let server = house.serve().await;
    until("all is stored", async || house.count() == 30).await;
    until("but the number", async || refused(&server, "no_time").await == 1.0).await;
    let expected: Vec<i64> = (0..30).map(|minute| 1_795_356_000_000 + 60_000 * minute).collect();
    assert_eq!(house.times(), expected);
}

#[tokio::test]
async fn a_topic_that_floods_takes_nobody_elses_room() {
    let broker = Broker::start();
    let more = "[[mqtt.subscriptions]]\ntopic = \"flood\"\nstation = \"mill\"\n";
    let house = House::new(&broker, &format!("queue_messages = 4\n{HOUSE}{more}"));
    add_station(house.data.path(), "mill");
    let server = house.serve().await;
    let held = house.database();
    held.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let flood: String = (0..3_000).map(|n| format!("{{\"temperature\":{}}}\n", n % 40)).collect();
    broker.publish_lines("flood", &flood, &[]);
    broker.publish("weather", r#"{"temperature":8.5}"#, &[]);
    until("the flood has no room", async || refused(&server, "queue").await >= 2_000.0).await;
    messages(&server, 3_001).await;
    held.execute_batch("ROLLBACK").expect("free again");
    until("the others had", async || house.values("temperature").get("").is_some_and(|all| all.contains(&8.5))).await;
}

#[tokio::test]
async fn what_finds_no_room_stays_with_the_broker_if_it_must_not_be_lost() {
    let broker = Broker::start();
    let house = House::new(&broker, &format!("queue_messages = 3\n{HOUSE}"));
    let server = house.serve().await;
    let held = house.database();
    held.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    broker.publish_lines("weather", &minutes(0, 15), &["-q", "1"]);
    until("some find no room", async || metric(&server, "mqtt_left_total").await >= 8.0).await;
    held.execute_batch("ROLLBACK").expect("free again");
    until("all is stored", async || house.count() == 15).await;
    assert_eq!(refused(&server, "queue").await, 0.0);
}

#[tokio::test]
async fn a_refused_login_is_named_once_and_the_password_never() {
    let broker = Broker::for_user("stevenson", "right-one");
    let knobs = |password: &str| format!("user = \"stevenson\"\npassword = \"{password}\"\n{HOUSE}");
    let house = House::new(&broker, &knobs("wr0ng-0ne"));
    let mut server = Program::start_unread(house.data.path(), "debug");
    for _ in 0..3 {
        broker.until_says("not authorised");
    }
    assert_eq!(metric(&server, "mqtt_connected").await, 0.0);
    let log = server.log();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("WARN") && line.contains("MQTT")).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("refuses the login of user \"stevenson\""), "{warnings:?}");
    assert!(!log.contains("wr0ng-0ne"), "{log}");
    let right = House::new(&broker, &knobs("right-one"));
    let server = right.serve().await;
    broker.publish("attic/temperature", "17.5", &["-u", "stevenson", "-P", "right-one"]);
    until("it reads", async || metric(&server, "mqtt_reports_stored_total").await == 1.0).await;
}

#[tokio::test]
async fn over_tls_it_reads_at_a_broker_whose_certificate_is_vouched_for() {
    let broker = Broker::with_tls();
    let ca_file = broker.ca_file();
    let house = House::new(&broker, &format!("tls = true\nca_file = \"{ca_file}\"\n{HOUSE}"));
    let server = house.serve().await;
    broker.publish("attic/temperature", "17.5", &["--cafile", &ca_file]);
    until("it reads", async || metric(&server, "mqtt_reports_stored_total").await == 1.0).await;
    assert_eq!(house.values("temperature"), [("attic".to_owned(), vec![17.5])].into());
}

#[tokio::test]
async fn a_broker_whose_certificate_is_another_authoritys_is_refused_and_the_log_says_so() {
    let (broker, other) = (Broker::with_tls(), Broker::with_tls());
    let house = House::new(&broker, &format!("tls = true\nca_file = \"{}\"\n{HOUSE}", other.ca_file()));
    let mut server = Program::start_unread(house.data.path(), "info");
    broker.until_says("lert");
    assert_eq!(metric(&server, "mqtt_connected").await, 0.0);
    let log = server.log();
    assert!(log.contains("no TLS with the broker of MQTT") && log.contains("check ca_file"), "{log}");
}

#[test]
fn a_file_without_certificates_is_named() {
    let data = tempfile::tempdir().expect("a folder");
    add_station(data.path(), "town-hall");
    let file = data.path().join("ca.pem");
    for (text, why) in [(None, "cannot be read"), (Some(""), "has no certificate"), (Some(BROKEN), BROKEN_WHY)] {
        text.into_iter().for_each(|text| fs::write(&file, text).expect("written"));
        let broker = format!("broker = \"localhost\"\ntls = true\nca_file = \"{}\"\n", file.display());
        fs::write(data.path().join("stevenson.toml"), format!("[mqtt]\n{broker}{HOUSE}")).expect("written");
        let output = program().args(["serve", "--data"]).arg(data.path()).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let told = said.matches(&format!("wrong: mqtt.ca_file: \"{}\" {why}", file.display())).count();
        assert_eq!((told, said.matches("mqtt.ca_file").count()), (1, 1), "{said}");
    }
}

/// A certificate that is none, and what is said of it.
const BROKEN_WHY: &str = "has a certificate that cannot be used";
const BROKEN: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

#[tokio::test]
async fn the_manuals_example_is_read() {
    let manual = fs::read_to_string("docs/STATIONS.md").expect("the manual");
    let (_, part) = manual.split_once("\n## MQTT\n").expect("its part");
    let fence = |language: &str| {
        let (_, rest) = part.split_once(&format!("```{language}\n")).expect("an example");
        rest.split("```").next().expect("its end").to_owned()
    };
    let broker = Broker::start();
    let house = House::new(&broker, "");
    let knobs = fence("toml").replace("192.168.1.7:1883", &broker.address());
    fs::write(house.data.path().join("stevenson.toml"), knobs).expect("written");
    let server = house.serve().await;
    let (host, port) =
        broker.address().split_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).expect("two");
    let commands = fence("sh").replace("-h 192.168.1.7", &format!("-h {host} -p {port}"));
    let ran = std::process::Command::new("bash").args(["-c", &format!("set -e\n{commands}")]).status();
    assert!(ran.expect("bash").success(), "{commands}");
    until("all is stored", async || metric(&server, "mqtt_reports_stored_total").await == 3.0).await;
    let found = house.values("temperature");
    assert_eq!(
        found,
        [("greenhouse", 24.5), ("kitchen", 21.3), ("roof", 12.1)].map(|(s, v)| (s.to_owned(), vec![v])).into()
    );
}

#[test]
fn a_station_that_was_removed_keeps_no_others_from_being_served() {
    let data = tempfile::tempdir().expect("a folder");
    add_station(data.path(), "town-hall");
    let text = HOUSE.replacen("town-hall", "town-hell", 1);
    fs::write(data.path().join("stevenson.toml"), format!("[mqtt]\nbroker = \"127.0.0.1\"\n{text}")).expect("written");
    let log = Program::start_unread(data.path(), "warn").log();
    assert!(log.contains("mqtt.subscriptions.0.station: there is no station \"town-hell\""), "{log}");
}

#[test]
fn a_mistake_in_the_configuration_is_named_at_the_start() {
    let data = tempfile::tempdir().expect("a folder");
    add_station(data.path(), "town-hall");
    let serve = |text: &str| {
        fs::write(data.path().join("stevenson.toml"), text).expect("written");
        let serving = program().args(["serve", "--port", "0", "--data"]).arg(data.path()).output().expect("it runs");
        assert!(!serving.status.success());
        String::from_utf8(serving.stderr).expect("text")
    };
    let knobs = "[mqtt]\nbroker = \"127.0.0.1\"\n";
    for (change, error) in [
        (("\"weather\"", "\"wea+ther\""), "mqtt.subscriptions.2.topic: \"wea+ther\": \"+\" must be a whole level"),
        (("\"temperature\"", "\"temprature\""), "mqtt.subscriptions.4.quantity: \"temprature\" is no quantity"),
        (("°F", "°R"), "mqtt.subscriptions.3.map.env.temp: \"°R\" is no unit of temperature"),
        (("format = \"number\"", "format = \"nomber\""), "nomber"),
    ] {
        let said = serve(&format!("{knobs}{}", HOUSE.replacen(change.0, change.1, 1)));
        assert!(said.contains(error), "{said}");
    }
    let said = serve(&format!("{knobs}user = \"u\"\npassword = 31415\n{HOUSE}"));
    assert!(said.contains("in quotes") && !said.contains("31415"), "{said}");
}

#[tokio::test]
async fn the_log_tells_which_messages_were_refused_and_why() {
    let broker = Broker::start();
    let house = House::new(&broker, HOUSE);
    let mut server = Program::start_unread(house.data.path(), "info");
    until("it is connected", async || metric(&server, "mqtt_connected").await == 1.0).await;
    for message in ["warm", "hot"] {
        broker.publish("attic/temperature", message, &["-q", "1"]);
    }
    broker.publish("weather", r#"{"temperature": 8.5, "temprature": 9}"#, &["-q", "1"]);
    until("two are refused", async || refused(&server, "unreadable").await == 2.0).await;
    until("one is stored", async || metric(&server, "mqtt_reports_stored_total").await == 1.0).await;
    let log = server.log();
    let told = |parts: &[&str]| log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(told(&["INFO", "connected to the broker of MQTT"]), "{log}");
    assert!(told(&["WARN", "an upload was refused station=town-hall", "way=MQTT", "attic/temperature: "]), "{log}");
    assert!(told(&["WARN", "an upload was not stored in full", "weather: temprature: unknown field"]), "{log}");
}
