//! paho-mqtt, by which most devices in Python publish, at Debian's mosquitto, where the server reads.

use super::{bin, script};
use crate::kit::broker::Broker;
use crate::kit::program::{Program, add_station};
use rusqlite::Connection;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long something may take.
const PATIENCE: Duration = Duration::from_secs(60);

const HOUSE: &str = r#"
[[mqtt.subscriptions]]
topic = "weather"
station = "town-hall"

[[mqtt.subscriptions]]
topic = "tele/+/+"
station = "town-hall"
sensor = "{1}"
format = "tasmota"

[[mqtt.subscriptions]]
topic = "attic/temperature"
station = "town-hall"
sensor = "attic"
format = "number"
quantity = "temperature"
"#;

/// A device that publishes. It is cut off without a goodbye when it is dropped.
struct Device {
    child: Child,
    tell: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
}

impl Device {
    fn connect(broker: &Broker) -> Self {
        let address = broker.address();
        let (_, port) = address.split_once(':').expect("a port");
        let mut command = Command::new(bin().join("python"));
        command.arg(script("device.py")).arg(port).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let tell = child.stdin.take().expect("a pipe");
        let says = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, tell, says }
    }

    /// Publishes a message with this quality of service, and waits until it is gone or acknowledged.
    fn publish(&mut self, topic: &str, payload: &str, qos: u8, retain: bool) {
        self.told(&serde_json::json!({
            "topic": topic, "payload": payload, "qos": qos, "retain": retain, "later": false
        }));
    }

    /// Queues a message of quality of service 1 while there is no broker.
    fn queue(&mut self, topic: &str, payload: &str) {
        self.told(&serde_json::json!({"topic": topic, "payload": payload, "qos": 1, "retain": false, "later": true}));
    }

    /// Waits until all that was queued is acknowledged.
    fn settle(&mut self) {
        self.told(&"rest".into());
    }

    fn told(&mut self, line: &serde_json::Value) {
        writeln!(self.tell, "{line}").expect("it reads");
        self.says.next().expect("it goes on: see its words above").expect("text");
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // Both fail if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what}: never");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn metric(server: &Program, name: &str) -> f64 {
    let answer = reqwest::get(format!("{}/metrics", server.url)).await.expect("an answer");
    let text = answer.text().await.expect("text");
    let start = format!("stevenson_mqtt_{name} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("{name} in {text}"));
    line.parse().expect("a number")
}

async fn serve(data: &std::path::Path) -> Program {
    let server = Program::start(data);
    until("the reader is connected", async || metric(&server, "connected").await == 1.0).await;
    server
}

/// Sensor, time in seconds and value of all temperatures, in the order of sensors and times.
fn temperatures(data: &std::path::Path) -> Vec<(String, i64, f64)> {
    let database = Connection::open(data.join("stevenson.db")).expect("it opens");
    let sql = "SELECT s.name, o.observed_ms / 1000, o.temperature FROM observation o JOIN sensor s ON s.id = o.sensor \
        WHERE o.temperature IS NOT NULL ORDER BY s.name, o.observed_ms";
    let mut statement = database.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn what_paho_publishes_is_stored_once_and_nothing_old_looks_new() {
    let begun = chrono::Utc::now().timestamp();
    // Minutes of the last hours, each with a temperature of its own.
    let first = begun - 3 * 3_600;
    let minute = |place: i64| format!(r#"{{"ts":{},"temperature":{}}}"#, first + 60 * place, place as f64 / 10.0);
    let mut broker = Broker::start();
    let data = tempfile::tempdir().expect("a folder");
    add_station(data.path(), "town-hall");
    let knobs = format!("[mqtt]\nbroker = \"{}\"\n{HOUSE}", broker.address());
    std::fs::write(data.path().join("stevenson.toml"), knobs).expect("written");

    // The broker has kept two messages for a server that starts later: nobody knows how old the bare number is.
    let mut device = Device::connect(&broker);
    device.publish("attic/temperature", "17.5", 1, true);
    device.publish("weather", &minute(0), 0, true);
    let server = serve(data.path()).await;
    let no_time = "refused_total{reason=\"no_time\"}";
    until("what was kept has come", async || metric(&server, "reports_stored_total").await == 1.0).await;
    until("the number has no time", async || metric(&server, no_time).await == 1.0).await;

    // Both qualities of service; a message that is sent again; one that the broker keeps from now on.
    device.publish("weather", &minute(1), 0, false);
    device.publish("weather", &minute(2), 1, false);
    device.publish("weather", &minute(2), 1, false);
    device.publish("attic/temperature", "18.5", 1, true);
    until("it is stored", async || metric(&server, "reports_stored_total").await == 4.0).await;
    until("once", async || metric(&server, "reports_duplicate_total").await == 1.0).await;

    // Both numbers, the first "Online" and both messages of the second minute. A broker that goes before it has heard so sends them again,
    // and after a short break a bare number is as good as new.
    (0..5).for_each(|_| drop(broker.until_says("Received PUBACK from stevenson-")));

    // The broker goes and comes back. The device queues what it has to say; the kept number comes a second time.
    broker.stop();
    until("it is noticed", async || metric(&server, "connected").await == 0.0).await;
    (3..23).for_each(|place| device.queue("weather", &minute(place)));
    broker.run();
    device.settle();
    until("all is stored", async || metric(&server, "reports_stored_total").await == 24.0).await;
    until("the kept number is old", async || metric(&server, no_time).await == 2.0).await;

    // The server goes and comes back. The broker keeps for it what was sent with quality of service 1.
    assert!(server.stop().1);
    (23..28).for_each(|place| device.publish("weather", &minute(place), 1, false));
    device.publish("attic/temperature", "19.5", 1, false);
    let server = serve(data.path()).await;
    until("the rest is stored", async || metric(&server, "reports_stored_total").await == 5.0).await;
    until("both numbers are old", async || metric(&server, no_time).await == 2.0).await;

    // The device loses its power: the broker tells its last will, which is no reading and no mistake.
    let before = metric(&server, "messages_total").await;
    drop(device);
    until("the last will has come", async || metric(&server, "messages_total").await > before).await;
    let mut device = Device::connect(&broker);
    // A broker keeps none of quality of service 0, so it is new although the reader may still be catching up.
    device.publish("tele/roof/SENSOR", r#"{"BME280":{"Temperature":12.1},"TempUnit":"C"}"#, 0, false);
    until("it is back", async || metric(&server, "reports_stored_total").await == 6.0).await;
    assert_eq!(metric(&server, "refused_total{reason=\"unreadable\"}").await, 0.0);

    let found = temperatures(data.path());
    let of = |name: &str| -> Vec<(i64, f64)> {
        found.iter().filter(|(sensor, ..)| sensor == name).map(|(_, at, value)| (*at, *value)).collect()
    };
    let expected: Vec<_> = (0..28).map(|place| (first + 60 * place, place as f64 / 10.0)).collect();
    assert_eq!(of(""), expected);
    for (sensor, value) in [("attic", 18.5), ("roof", 12.1)] {
        let values = of(sensor);
        assert!(matches!(values[..], [(at, only)] if at >= begun && only == value), "{sensor}: {values:?}");
    }
}
