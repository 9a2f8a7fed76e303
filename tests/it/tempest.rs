//! WeatherFlow's broadcasts, over real UDP on this machine.

use crate::kit::program::{Program, add_station, run};
use rusqlite::Connection;
use std::fs;
use std::net::UdpSocket;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// How long a datagram may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A station whose device is bound, a server, and a hub.
struct Field {
    data: TempDir,
    server: Program,
    hub: UdpSocket,
    port: u16,
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

impl Field {
    fn new(knobs: &str, serials: &[&str]) -> Self {
        let binds: Vec<_> = serials.iter().map(|serial| ["station", "bind", "town-hall", "--serial", serial]).collect();
        Self::after(&binds.iter().map(|bind| &bind[..]).collect::<Vec<_>>(), knobs)
    }

    /// The same after these commands.
    fn after(commands: &[&[&str]], knobs: &str) -> Self {
        Self::serving(commands, knobs, &[])
    }

    /// The same with a server that is started with these arguments.
    fn serving(commands: &[&[&str]], knobs: &str, arguments: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        add_station(data.path(), "town-hall");
        for command in commands {
            let ran = run(data.path(), command);
            assert!(ran.status.success(), "{ran:?}");
        }
        let port = free_port();
        let text = format!("[tempest]\nenabled = true\naddress = \"127.0.0.1\"\nport = {port}\n{knobs}");
        fs::write(data.path().join("stevenson.toml"), text).expect("written");
        let server = Program::start_with(data.path(), arguments);
        Self { server, data, hub: UdpSocket::bind("127.0.0.1:0").expect("a socket"), port }
    }

    fn sends(&self, datagram: &str) {
        self.hub.send_to(datagram.as_bytes(), ("127.0.0.1", self.port)).expect("sent");
    }

    /// What a Tempest has observed in the minute before `at`.
    fn observes(&self, at: i64, rain: f64, strokes: u32) {
        let obs = format!("[{at},0,1.5,2.5,308,3,988.4,7.5,81,6983,0.08,58,{rain},0,0,{strokes},2.8,1]");
        self.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"obs_st","hub_sn":"HB-1","obs":[{obs}]}}"#));
    }

    /// All values of a quantity of a sensor, in the order of their times.
    fn values(&self, sensor: &str, quantity: &str) -> Vec<f64> {
        let sql = format!(
            "SELECT o.{quantity} FROM observation o JOIN sensor s ON s.id = o.sensor \
            WHERE s.name = ?1 AND o.{quantity} IS NOT NULL ORDER BY o.observed_ms"
        );
        let database = Connection::open(self.data.path().join("stevenson.db")).expect("it opens");
        let mut statement = database.prepare(&sql).expect("SQL");
        statement.query_map([sensor], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect()
    }

    async fn metrics(&self) -> String {
        let answer = reqwest::get(format!("{}/metrics", self.server.url)).await.expect("an answer");
        answer.text().await.expect("text")
    }

    /// The words of one of the owner's pages.
    async fn words(&self, path: &str) -> String {
        let answer = reqwest::get(format!("{}{path}", self.server.url)).await.expect("an answer");
        crate::admin::words(&answer.text().await.expect("a page"))
    }

    /// Waits until one of the owner's pages says something.
    async fn until_page(&self, path: &str, told: &str) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.words(path).await;
            if shown.contains(told) {
                return shown;
            }
            assert!(begun.elapsed() < PATIENCE, "{told}: never, but {shown}");
        }
    }

    async fn until(&self, line: &str) {
        let begun = Instant::now();
        loop {
            let text = self.metrics().await;
            if text.lines().any(|known| known == format!("stevenson_{line}")) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{line}: never, but {text}");
        }
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() as i64
}

#[tokio::test]
async fn what_a_hub_broadcasts_becomes_readings_and_rain_counts_once() {
    let field = Field::new("", &["ST-00055227"]);
    let begin = now() - 300;
    for (minute, rain, strokes) in [(0, 0.0, 0), (1, 0.2, 1), (2, 0.3, 2), (2, 0.3, 2)] {
        field.observes(begin + 60 * minute, rain, strokes);
    }
    field.sends(&format!(
        r#"{{"serial_number":"ST-00055227","type":"rapid_wind","hub_sn":"HB-1","ob":[{begin}1,2.3,128]}}"#
    ));
    field.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"rapid_wind","ob":[{},4.5,128]}}"#, begin + 123));
    field.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"evt_strike","evt":[{},27,3848]}}"#, begin + 130));
    field.sends(r#"{"serial_number":"ST-00055227","type":"device_status","hub_sn":"HB-1","voltage":2.8}"#);
    field.until("tempest_datagrams_total 8").await;
    field.until("tempest_reports_stored_total 6").await;
    assert_eq!(field.values("", "precipitation_total"), [0.0, 0.2, 0.5]);
    assert_eq!(field.values("", "precipitation"), [0.0, 0.2, 0.5]);
    assert_eq!(field.values("", "lightning_count"), [0.0, 1.0, 3.0]);
    assert_eq!(field.values("", "lightning_distance"), [27.0]);
    assert_eq!(field.values("", "wind_gust"), [2.5; 3]);
    let speeds = field.values("", "wind_speed");
    assert_eq!(speeds[..4], [1.5, 1.5, 1.5, 4.5], "and one whose time is not to be believed: {speeds:?}");
    // A server that starts again counts on.
    let Field { data, server, hub, port } = field;
    assert!(server.stop().1);
    let server = Program::start(data.path());
    let field = Field { data, server, hub, port };
    field.observes(begin + 120, 0.3, 2);
    field.observes(begin + 180, 0.1, 0);
    field.until("tempest_reports_stored_total 1").await;
    assert_eq!(field.values("", "precipitation_total"), [0.0, 0.2, 0.5, 0.6]);
}

#[tokio::test]
async fn only_devices_that_are_bound_are_heard_and_nothing_else_is_stored() {
    let field = Field::new("rapid_wind = false\n", &["AR-00004049", "SK-00008453", "ST-00055227"]);
    let at = now() - 60;
    field.sends(&format!(
        r#"{{"serial_number":"AR-00004049","type":"obs_air","obs":[[{at},835.0,10.0,45,0,0,3.46,1]]}}"#
    ));
    let sky = format!("[[{at},9000,10,0.1,2.6,4.6,7.4,187,3.12,1,130,null,0,3]]");
    field.sends(&format!(r#"{{"serial_number":"SK-00008453","type":"obs_sky","obs":{sky}}}"#));
    field.until("tempest_reports_stored_total 2").await;
    field.observes(at, 0.0, 0);
    field.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"rapid_wind","ob":[{at},9.5,128]}}"#));
    field.sends(&format!(r#"{{"serial_number":"ST-00055228","type":"evt_strike","evt":[{at},27,3848]}}"#));
    field.sends("hello");
    field.sends(&" ".repeat(3_000));
    field.until("tempest_refused_total{reason=\"unreadable\"} 2").await;
    field.until("tempest_refused_total{reason=\"unknown\"} 1").await;
    field.until("tempest_reports_stored_total 3").await;
    assert_eq!((field.values("", "temperature"), field.values("", "wind_speed")), (vec![10.0], vec![4.6]));
    assert_eq!((field.values("", "humidity"), field.values("", "precipitation_total")), (vec![45.0], vec![0.1]));
    assert_eq!(
        (field.values("ar-00004049", "battery_voltage"), field.values("sk-00008453", "battery_voltage")),
        (vec![3.46], vec![3.12])
    );
    let second = "st-00055227";
    assert_eq!((field.values(second, "temperature"), field.values(second, "wind_speed")), (vec![7.5], vec![1.5]));
    for n in 0..60 {
        field.sends(&format!(r#"{{"serial_number":"ST-1{n}","type":"evt_strike","evt":[{at},27,3848]}}"#));
    }
    field.until("tempest_datagrams_total 67").await;
    let text = field.metrics().await;
    let slowed = text.lines().find_map(|line| line.strip_prefix("stevenson_tempest_refused_total{reason=\"rate\"} "));
    assert!(slowed.is_some_and(|count| count.parse::<u32>().expect("a number") > 20), "{text}");
}

#[tokio::test]
async fn the_owner_sees_datagrams_with_what_became_of_them() {
    let field = Field::new("rapid_wind = false\n", &["ST-00055227"]);
    field.observes(now() - 120, 0.2, 0);
    field.until_page("/admin/inbox/1", "Upload 1").await;
    field.observes(now() - 60, 0.3, 0);
    field.until_page("/admin/inbox/2", "Upload 2").await;
    field.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"rapid_wind","ob":[{},2.5,128]}}"#, now()));
    field.sends(r#"{"serial_number":"HB-00013030","type":"hub_status","firmware_revision":"35"}"#);
    field.sends(&format!(r#"{{"serial_number":"ST-00055228","type":"evt_strike","evt":[{},27,3848]}}"#, now()));
    field.sends("hello");
    let list = field.until_page("/admin/inbox", "is not what a hub").await;
    assert!(list.contains("WeatherFlow UDP 127.0.0.1 Town Hall 11 values taken"), "{list}");
    for (number, told) in [
        (1, "none; it was taken"),
        (1, "precipitation_total 0.2 mm rain 0.2 mm"),
        (2, "precipitation_total 0.5 mm rain 0.5 mm"),
        (2, "temperature 7.5 °C air_temperature 7.5 °C"),
        (3, "none: the device is bound to no station"),
        (4, "none; it was refused: the device is bound to no station"),
        (4, "lightning_distance 27 km"),
        (5, "none: it is not what a hub of WeatherFlow sends"),
    ] {
        let shown = field.words(&format!("/admin/inbox/{number}")).await;
        assert!(shown.contains(told), "{number}, {told}: {shown}");
    }
}

#[tokio::test]
async fn a_device_that_is_bound_to_none_waits_with_what_it_observed_and_is_claimed() {
    let field = Field::serving(&[], "", &["--enrol"]);
    let begin = now() - 300;
    field.observes(begin, 0.2, 1);
    field.sends(&format!(r#"{{"serial_number":"ST-00055227","type":"rapid_wind","ob":[{begin},2.5,128]}}"#));
    field.observes(begin + 60, 0.3, 0);
    let list = field.until_page("/admin", "2 reports").await;
    assert!(list.contains("WeatherFlow, Tempest …5227"), "{list}");
    assert_eq!(field.values("", "temperature"), [0.0; 0], "nothing of it shows");
    assert!(field.words("/admin/inbox/1").await.contains("none: it waits to be claimed"));
    let claimed = run(field.data.path(), &["station", "claim", "1", "town-hall"]);
    assert!(claimed.status.success(), "{claimed:?}");
    assert_eq!(field.values("", "temperature"), [7.5; 2]);
    assert_eq!(field.values("", "precipitation_total"), [0.0; 0], "nobody knows what it had counted");
    let begun = Instant::now();
    while field.values("", "precipitation_total").is_empty() {
        // The server notices another process's change within half a second.
        field.observes(begin + 120, 0.1, 0);
        assert!(begun.elapsed() < PATIENCE, "it is never heard");
        tokio::task::yield_now().await;
    }
    assert_eq!(field.values("", "temperature"), [7.5; 3], "and from now on it is the station's");
}

#[tokio::test]
async fn the_manuals_example_is_heard() {
    let manual = fs::read_to_string("docs/STATIONS.md").expect("the manual");
    let (_, part) = manual.split_once("\n## WeatherFlow Tempest\n").expect("its part");
    let commands: Vec<&str> =
        part.split("```sh\n").skip(1).take(2).filter_map(|rest| rest.split("```").next()).collect();
    let bind: Vec<&str> = commands[0].split_whitespace().skip(1).collect();
    let field = Field::after(&[&bind], "");
    let command = commands[1].replace("50222", &field.port.to_string());
    assert!(std::process::Command::new("bash").args(["-c", &command]).status().expect("bash").success());
    field.until("tempest_reports_stored_total 1").await;
    assert_eq!(field.values("", "temperature"), [-6.01]);
}
